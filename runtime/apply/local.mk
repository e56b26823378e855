# SPDX-License-Identifier: Apache-2.0
libagentrun_a_SOURCES += runtime/apply/mounts.c runtime/apply/mount_bind.c \
	runtime/apply/mount_fs.c runtime/apply/mount_cgroup.c runtime/apply/mount_idmap.c \
	runtime/apply/tmpcopyup.c runtime/apply/rootfs.c runtime/apply/rootfs_move.c \
	runtime/apply/rootfs_overlay.c runtime/apply/masks.c runtime/apply/sysctl.c \
	runtime/apply/devices.c runtime/apply/console.c
