# SPDX-License-Identifier: Apache-2.0
libagentrun_a_SOURCES += runtime/sys/clone.c runtime/sys/seccomp_flags.h runtime/sys/seccomp_flags.c
libagentrun_a_SOURCES += runtime/sys/openat2.c runtime/sys/mountapi.c runtime/sys/proc.c \
	runtime/sys/pidfd.c
libagentrun_a_SOURCES += runtime/sys/bpf.c
libagentrun_a_SOURCES += runtime/sys/rtnl.c runtime/sys/rtnl.h
