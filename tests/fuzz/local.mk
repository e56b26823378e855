# SPDX-License-Identifier: Apache-2.0
if FUZZING
noinst_PROGRAMS += tests/fuzz/fuzz-mount-options
tests_fuzz_fuzz_mount_options_SOURCES = tests/fuzz/fuzz-mount-options.c
tests_fuzz_fuzz_mount_options_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
tests_fuzz_fuzz_mount_options_LDADD = $(LIBUNIT)

noinst_PROGRAMS += tests/fuzz/fuzz-policy tests/fuzz/fuzz-audit
tests_fuzz_fuzz_policy_SOURCES = tests/fuzz/fuzz-policy.c
tests_fuzz_fuzz_policy_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
tests_fuzz_fuzz_policy_LDADD = $(LIBUNIT)
tests_fuzz_fuzz_audit_SOURCES = tests/fuzz/fuzz-audit.c
tests_fuzz_fuzz_audit_LDFLAGS = $(AM_LDFLAGS) -fsanitize=fuzzer
tests_fuzz_fuzz_audit_LDADD = $(LIBUNIT)
endif
