# SPDX-License-Identifier: Apache-2.0
libagentrun_a_SOURCES += runtime/plan/plan.c
libagentrun_a_SOURCES += runtime/plan/caps.c runtime/plan/process.c runtime/plan/env.c \
	runtime/plan/sched.c
libagentrun_a_SOURCES += runtime/plan/ns.c runtime/plan/mounts.c runtime/plan/mount_options.c \
	runtime/plan/devices.c runtime/plan/sysctl.c
libagentrun_a_SOURCES += runtime/plan/cgroup.c runtime/plan/cgroup_resources.c \
	runtime/plan/cgroup_convert.c runtime/plan/device_rules.c runtime/plan/device_bpf.c \
	runtime/plan/device_v1.c
libagentrun_a_SOURCES += runtime/plan/limits.c runtime/plan/limits_mounts.c \
	runtime/plan/limits_resources.c runtime/plan/class_seccomp.c
