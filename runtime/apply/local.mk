# SPDX-License-Identifier: Apache-2.0
libagentrun_a_SOURCES += runtime/apply/mounts.c runtime/apply/mount_bind.c \
	runtime/apply/mount_fs.c runtime/apply/mount_cgroup.c runtime/apply/mount_idmap.c \
	runtime/apply/tmpcopyup.c runtime/apply/rootfs.c runtime/apply/rootfs_move.c \
	runtime/apply/rootfs_overlay.c runtime/apply/masks.c runtime/apply/sysctl.c \
	runtime/apply/devices.c runtime/apply/console.c runtime/apply/stdio.c
libagentrun_a_SOURCES += runtime/apply/cgroup.c runtime/apply/cgroup_attach.c \
	runtime/apply/cgroup_controllers.c runtime/apply/cgroup_destroy.c \
	runtime/apply/cgroup_devices.c runtime/apply/cgroup_dir.c runtime/apply/cgroup_freeze.c \
	runtime/apply/cgroup_host.c runtime/apply/cgroup_stats.c \
	runtime/apply/cgroup_stats_v1.c runtime/apply/cgroup_stats_v2.c \
	runtime/apply/cgroup_systemd.c runtime/apply/cgroup_write.c
libagentrun_a_SOURCES += runtime/apply/credentials.c runtime/apply/seccomp.c \
	runtime/apply/lsm.c runtime/apply/lsm.h runtime/apply/rlimits.c runtime/apply/sched.c \
	runtime/apply/keyring.c runtime/apply/uts.c runtime/apply/net.c runtime/apply/exec.c \
	runtime/apply/passwd.c runtime/apply/passwd.h runtime/apply/netdev.c \
	runtime/apply/rdt.c runtime/apply/rdt.h
if WITH_SELINUX
libagentrun_a_SOURCES += runtime/apply/lsm_selinux.c
else
libagentrun_a_SOURCES += runtime/apply/lsm_none.c
endif
EXTRA_DIST += runtime/apply/lsm_selinux.c runtime/apply/lsm_none.c
