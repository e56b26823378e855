# SPDX-License-Identifier: Apache-2.0
#
# Fuzz targets. To add one called NAME:
#
#   1. write tests/fuzz/fuzz-NAME.c with LLVMFuzzerTestOneInput(): 30 lines that call
#      abort() when something is wrong; a refusal without a message is wrong;
#   2. put its three lines below: FUZZERS, _SOURCES, _LDADD (and the library it needs);
#   3. put inputs that reach the code into tests/fuzz/corpus/NAME/, one a file.
#
# They are built twice. With `configure CC=clang --enable-fuzzing --enable-sanitizers` they
# are libFuzzer programs (see contrib/test.sh fuzz). Else standalone.c drives them with the
# corpus and deterministic mutations of it: `make check` for a second each, and
# `make fuzz-smoke FUZZ_SECONDS=60` for longer.
if FUZZING
FUZZMAIN =
FUZZLINK = $(AM_LDFLAGS) -fsanitize=fuzzer
else
FUZZMAIN = tests/fuzz/standalone.c
FUZZLINK = $(AM_LDFLAGS)
endif

FUZZERS =

FUZZERS += tests/fuzz/fuzz-json
tests_fuzz_fuzz_json_SOURCES = tests/fuzz/fuzz-json.c $(FUZZMAIN)
tests_fuzz_fuzz_json_LDFLAGS = $(FUZZLINK)
tests_fuzz_fuzz_json_LDADD = $(LIBUNIT)

FUZZERS += tests/fuzz/fuzz-plan
tests_fuzz_fuzz_plan_SOURCES = tests/fuzz/fuzz-plan.c $(FUZZMAIN)
tests_fuzz_fuzz_plan_LDFLAGS = $(FUZZLINK)
tests_fuzz_fuzz_plan_LDADD = $(LIBUNIT)

FUZZERS += tests/fuzz/fuzz-base
tests_fuzz_fuzz_base_SOURCES = tests/fuzz/fuzz-base.c $(FUZZMAIN)
tests_fuzz_fuzz_base_LDFLAGS = $(FUZZLINK)
tests_fuzz_fuzz_base_LDADD = $(LIBUNIT)

FUZZERS += tests/fuzz/fuzz-spec
tests_fuzz_fuzz_spec_SOURCES = tests/fuzz/fuzz-spec.c $(FUZZMAIN)
tests_fuzz_fuzz_spec_LDFLAGS = $(FUZZLINK)
tests_fuzz_fuzz_spec_LDADD = $(LIBUNIT)

FUZZERS += tests/fuzz/fuzz-mount-options
tests_fuzz_fuzz_mount_options_SOURCES = tests/fuzz/fuzz-mount-options.c $(FUZZMAIN)
tests_fuzz_fuzz_mount_options_LDFLAGS = $(FUZZLINK)
tests_fuzz_fuzz_mount_options_LDADD = $(LIBUNIT)

FUZZERS += tests/fuzz/fuzz-policy
tests_fuzz_fuzz_policy_SOURCES = tests/fuzz/fuzz-policy.c $(FUZZMAIN)
tests_fuzz_fuzz_policy_LDFLAGS = $(FUZZLINK)
tests_fuzz_fuzz_policy_LDADD = $(LIBUNIT)

FUZZERS += tests/fuzz/fuzz-cli
tests_fuzz_fuzz_cli_SOURCES = tests/fuzz/fuzz-cli.c $(FUZZMAIN)
tests_fuzz_fuzz_cli_LDFLAGS = $(FUZZLINK)
tests_fuzz_fuzz_cli_LDADD = $(LIBUNIT)

FUZZERS += tests/fuzz/fuzz-audit
tests_fuzz_fuzz_audit_SOURCES = tests/fuzz/fuzz-audit.c $(FUZZMAIN)
tests_fuzz_fuzz_audit_LDFLAGS = $(FUZZLINK)
tests_fuzz_fuzz_audit_LDADD = $(LIBUNIT)

FUZZERS += tests/fuzz/fuzz-cgroup-host
tests_fuzz_fuzz_cgroup_host_SOURCES = tests/fuzz/fuzz-cgroup-host.c $(FUZZMAIN)
tests_fuzz_fuzz_cgroup_host_LDFLAGS = $(FUZZLINK)
tests_fuzz_fuzz_cgroup_host_LDADD = $(LIBUNIT)

FUZZERS += tests/fuzz/fuzz-device-rules
tests_fuzz_fuzz_device_rules_SOURCES = tests/fuzz/fuzz-device-rules.c $(FUZZMAIN)
tests_fuzz_fuzz_device_rules_LDFLAGS = $(FUZZLINK)
tests_fuzz_fuzz_device_rules_LDADD = $(LIBUNIT)

FUZZERS += tests/fuzz/fuzz-seccomp
tests_fuzz_fuzz_seccomp_SOURCES = tests/fuzz/fuzz-seccomp.c tests/unit/bpf-run.h $(FUZZMAIN)
tests_fuzz_fuzz_seccomp_LDFLAGS = $(FUZZLINK)
tests_fuzz_fuzz_seccomp_LDADD = $(LIBUNIT)

FUZZERS += tests/fuzz/fuzz-passwd
tests_fuzz_fuzz_passwd_SOURCES = tests/fuzz/fuzz-passwd.c $(FUZZMAIN)
tests_fuzz_fuzz_passwd_LDFLAGS = $(FUZZLINK)
tests_fuzz_fuzz_passwd_LDADD = $(LIBUNIT)

check_PROGRAMS += $(FUZZERS)
EXTRA_DIST += tests/fuzz/smoke tests/fuzz/corpus tests/fuzz/standalone.c
TESTS += tests/fuzz/smoke

.PHONY: fuzz-smoke
fuzz-smoke: $(FUZZERS)
	FUZZ_SECONDS=$${FUZZ_SECONDS:-10} $(top_srcdir)/tests/fuzz/smoke
