# SPDX-License-Identifier: Apache-2.0
check_PROGRAMS += tests/faults/cycle
tests_faults_cycle_SOURCES = tests/faults/cycle.c
tests_faults_cycle_CFLAGS = -std=gnu11 $(WARN_CFLAGS)
