# SPDX-License-Identifier: Apache-2.0

check_PROGRAMS += tests/unit/test-sha256 tests/unit/test-policy tests/unit/test-audit
tests_unit_test_sha256_SOURCES = tests/unit/test-sha256.c tests/unit/tap.h
tests_unit_test_sha256_LDADD = $(LIBUNIT)
tests_unit_test_policy_SOURCES = tests/unit/test-policy.c
tests_unit_test_policy_LDADD = $(LIBUNIT)
tests_unit_test_audit_SOURCES = tests/unit/test-audit.c
tests_unit_test_audit_LDADD = $(LIBUNIT)
TESTS += tests/unit/test-sha256 tests/unit/test-policy tests/unit/test-audit
EXTRA_DIST += tests/unit/tap.h

check_PROGRAMS += tests/unit/test-mount-options tests/unit/test-openat2
tests_unit_test_mount_options_SOURCES = tests/unit/test-mount-options.c
tests_unit_test_mount_options_LDADD = $(LIBUNIT)
tests_unit_test_openat2_SOURCES = tests/unit/test-openat2.c
tests_unit_test_openat2_LDADD = $(LIBUNIT)
TESTS += tests/unit/test-mount-options tests/unit/test-openat2

check_PROGRAMS += tests/unit/test-device-rules tests/unit/test-cgroup-plan
tests_unit_test_device_rules_SOURCES = tests/unit/test-device-rules.c
tests_unit_test_device_rules_LDADD = $(LIBUNIT)
tests_unit_test_cgroup_plan_SOURCES = tests/unit/test-cgroup-plan.c
tests_unit_test_cgroup_plan_LDADD = $(LIBUNIT)
TESTS += tests/unit/test-device-rules tests/unit/test-cgroup-plan

check_PROGRAMS += tests/unit/test-options tests/unit/test-cli
tests_unit_test_options_SOURCES = tests/unit/test-options.c
tests_unit_test_options_LDADD = $(LIBUNIT)
tests_unit_test_cli_SOURCES = tests/unit/test-cli.c
tests_unit_test_cli_LDADD = $(LIBUNIT)
TESTS += tests/unit/test-options tests/unit/test-cli

# Our seccomp compiler against libseccomp, which is only linked here.
check_PROGRAMS += tests/unit/test-seccomp-diff
tests_unit_test_seccomp_diff_SOURCES = tests/unit/test-seccomp-diff.c tests/unit/bpf-run.h
tests_unit_test_seccomp_diff_CFLAGS = $(AM_CFLAGS) $(SECCOMP_CFLAGS)
tests_unit_test_seccomp_diff_LDADD = $(LIBUNIT) $(SECCOMP_LIBS)
TESTS += tests/unit/test-seccomp-diff

check_PROGRAMS += tests/unit/test-str tests/unit/test-json tests/unit/test-base
tests_unit_test_str_SOURCES = tests/unit/test-str.c
tests_unit_test_str_LDADD = $(LIBUNIT)
tests_unit_test_json_SOURCES = tests/unit/test-json.c
tests_unit_test_json_LDADD = $(LIBUNIT)
tests_unit_test_base_SOURCES = tests/unit/test-base.c
tests_unit_test_base_LDADD = $(LIBUNIT)
TESTS += tests/unit/test-str tests/unit/test-json tests/unit/test-base

check_PROGRAMS += tests/unit/test-spec
tests_unit_test_spec_SOURCES = tests/unit/test-spec.c
tests_unit_test_spec_LDADD = $(LIBUNIT)
TESTS += tests/unit/test-spec

check_PROGRAMS += tests/unit/test-spec-check
tests_unit_test_spec_check_SOURCES = tests/unit/test-spec-check.c
tests_unit_test_spec_check_LDADD = $(LIBUNIT)
TESTS += tests/unit/test-spec-check
check_PROGRAMS += tests/unit/test-process-plan tests/unit/test-seccomp-plan \
	tests/unit/test-passwd tests/unit/test-apply-process
tests_unit_test_process_plan_SOURCES = tests/unit/test-process-plan.c
tests_unit_test_process_plan_LDADD = $(LIBUNIT)
tests_unit_test_seccomp_plan_SOURCES = tests/unit/test-seccomp-plan.c tests/unit/bpf-run.h
tests_unit_test_seccomp_plan_LDADD = $(LIBUNIT)
tests_unit_test_passwd_SOURCES = tests/unit/test-passwd.c
tests_unit_test_passwd_LDADD = $(LIBUNIT)
tests_unit_test_apply_process_SOURCES = tests/unit/test-apply-process.c
tests_unit_test_apply_process_LDADD = $(LIBUNIT)
TESTS += tests/unit/test-process-plan tests/unit/test-seccomp-plan tests/unit/test-passwd \
	tests/unit/test-apply-process

check_PROGRAMS += tests/unit/test-mounts-plan
tests_unit_test_mounts_plan_SOURCES = tests/unit/test-mounts-plan.c
tests_unit_test_mounts_plan_LDADD = $(LIBUNIT)
TESTS += tests/unit/test-mounts-plan

check_PROGRAMS += tests/unit/test-class-seccomp
tests_unit_test_class_seccomp_SOURCES = tests/unit/test-class-seccomp.c tests/unit/bpf-run.h
tests_unit_test_class_seccomp_LDADD = $(LIBUNIT)
TESTS += tests/unit/test-class-seccomp

TESTS += tests/unit/checkers
