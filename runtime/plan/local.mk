# SPDX-License-Identifier: Apache-2.0
libagentrun_a_SOURCES += runtime/plan/plan.c runtime/plan/print.c
libagentrun_a_SOURCES += runtime/plan/caps.c runtime/plan/process.c runtime/plan/env.c \
	runtime/plan/sched.c
libagentrun_a_SOURCES += runtime/plan/ns.c runtime/plan/mounts.c runtime/plan/mount_options.c \
	runtime/plan/devices.c runtime/plan/sysctl.c
libagentrun_a_SOURCES += runtime/plan/cgroup.c runtime/plan/cgroup_resources.c \
	runtime/plan/cgroup_convert.c runtime/plan/device_rules.c runtime/plan/device_bpf.c \
	runtime/plan/device_v1.c
libagentrun_a_SOURCES += runtime/plan/limits.c runtime/plan/limits_mounts.c \
	runtime/plan/limits_resources.c runtime/plan/class_seccomp.c
libagentrun_a_SOURCES += runtime/plan/seccomp.c runtime/plan/seccomp_rules.c \
	runtime/plan/seccomp_bpf.c runtime/plan/seccomp_names.c runtime/plan/seccomp_parts.h

# Names of system calls: asked of libseccomp once, at build time.
noinst_PROGRAMS += contrib/gen-syscalls
contrib_gen_syscalls_SOURCES = contrib/gen-syscalls.c
contrib_gen_syscalls_CFLAGS = $(AM_CFLAGS) $(SECCOMP_CFLAGS)
contrib_gen_syscalls_LDADD = $(SECCOMP_LIBS)

BUILT_SOURCES += runtime/plan/syscall-names.h
CLEANFILES += runtime/plan/syscall-names.h
runtime/plan/syscall-names.h: contrib/gen-syscalls$(EXEEXT)
	$(AM_V_GEN)$(MKDIR_P) $(@D) && ./contrib/gen-syscalls$(EXEEXT) > $@.tmp && mv $@.tmp $@
runtime/plan/seccomp_names.$(OBJEXT): runtime/plan/syscall-names.h
