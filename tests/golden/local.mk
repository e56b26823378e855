# SPDX-License-Identifier: Apache-2.0
check_PROGRAMS += tests/golden/print-spec
tests_golden_print_spec_SOURCES = tests/golden/print-spec.c
tests_golden_print_spec_LDADD = $(LIBUNIT)
check_PROGRAMS += tests/golden/print-plan
tests_golden_print_plan_SOURCES = tests/golden/print-plan.c
tests_golden_print_plan_LDADD = $(LIBUNIT)
TESTS += tests/golden/run

check_PROGRAMS += tests/golden/print-policy
tests_golden_print_policy_SOURCES = tests/golden/print-policy.c
tests_golden_print_policy_LDADD = $(LIBUNIT)
TESTS += tests/golden/run-policy
EXTRA_DIST += tests/golden/run-policy tests/golden/policy
