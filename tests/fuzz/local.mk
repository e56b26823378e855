# SPDX-License-Identifier: Apache-2.0
if FUZZING
noinst_PROGRAMS += tests/fuzz/fuzz-mount-options
tests_fuzz_fuzz_mount_options_SOURCES = tests/fuzz/fuzz-mount-options.c
tests_fuzz_fuzz_mount_options_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
tests_fuzz_fuzz_mount_options_LDADD = $(LIBUNIT)
endif
