/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sys/mountapi.h - the mount API, one call a function, negative errno
 *
 * Descriptors in, descriptors out. Everything is close-on-exec. (Not "mount.h": that
 * would stand in for the system's <sys/mount.h>.)
 */
#ifndef AGENTRUN_SYS_MOUNTAPI_H
#define AGENTRUN_SYS_MOUNTAPI_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

/* open_tree(2): flags OPEN_TREE_CLONE, AT_RECURSIVE, AT_EMPTY_PATH. fd or -errno */
int sys_open_tree(int dfd, const char *path, unsigned flags);
/* put the tree of from_fd onto what to_fd is open on */
int sys_move_mount(int from_fd, int to_fd);
int sys_fsopen(const char *fstype);
int sys_fspick(int fd);
/* value NULL: a flag */
int sys_fsconfig(int fs_fd, const char *key, const char *value);
int sys_fsconfig_create(int fs_fd);
int sys_fsconfig_reconfigure(int fs_fd);
int sys_fsmount(int fs_fd, uint64_t attr);
/* what the file system itself said about the last failure, without its prefix; or "" */
void sys_fs_message(int fs_fd, char *buf, size_t len);

/* mount_setattr(2) on what fd is open on. propagation: MS_* without MS_REC, 0: as is */
struct sys_mount_attr {
	uint64_t set;
	uint64_t clr;
	uint64_t propagation;
	int userns_fd; /* with MOUNT_ATTR_IDMAP */
	bool recursive;
};
int sys_mount_setattr(int fd, const struct sys_mount_attr *a);
/*
 * The same for kernels before 5.12, on a mount that is attached: attributes and
 * propagation by mount(2) on /proc/self/fd/N, keeping the flags that it has. proc_fd: a
 * procfs to go through, or -1 for /proc. Recursive attributes are refused.
 */
int sys_mount_setattr_old(int proc_fd, int fd, const struct sys_mount_attr *a);

/* MOUNT_ATTR_* as flags of mount(2) */
unsigned long sys_mount_flags(uint64_t attr);
/* mount(2) on what to_fd is open on, through /proc/self/fd */
int sys_mount_on_fd(const char *source, int to_fd, const char *fstype,
		    unsigned long flags, const void *data);
int sys_mount(const char *source, const char *target, const char *fstype,
	      unsigned long flags, const void *data);
int sys_umount2(const char *target, int flags);
int sys_pivot_root(const char *new_root, const char *put_old);
/* statx's mount id: equal only for the same mount. -EOPNOTSUPP before 5.8 */
int sys_mount_id(int fd, uint64_t *out);

#endif
