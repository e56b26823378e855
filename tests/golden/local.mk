# SPDX-License-Identifier: Apache-2.0
check_PROGRAMS += tests/golden/print-spec
tests_golden_print_spec_SOURCES = tests/golden/print-spec.c
tests_golden_print_spec_LDADD = $(LIBUNIT)
TESTS += tests/golden/run
EXTRA_DIST += tests/golden/run tests/golden/spec
