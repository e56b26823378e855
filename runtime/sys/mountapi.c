/* SPDX-License-Identifier: Apache-2.0 */
/* sys/mountapi.c - see mountapi.h */
#include "sys/mountapi.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <sys/vfs.h>
#include <unistd.h>

/* KERNEL 5.8 / glibc 2.36: not in the headers of either at that age */
#ifndef STATX_MNT_ID
#define STATX_MNT_ID 0x1000U
#endif

/* statfs(2): ST_* values that sys/statvfs.h hides without _GNU_SOURCE order games */
#define SFS_RDONLY	0x0001
#define SFS_NOSUID	0x0002
#define SFS_NODEV	0x0004
#define SFS_NOEXEC	0x0008
#define SFS_NOATIME	0x0400
#define SFS_NODIRATIME	0x0800
#define SFS_RELATIME	0x1000
#define SFS_NOSYMFOLLOW 0x2000

#ifndef MS_NOSYMFOLLOW
#define MS_NOSYMFOLLOW 256
#endif

static int answer(long r)
{
	return r < 0 ? -errno : (int)r;
}

int sys_open_tree(int dfd, const char *path, unsigned flags)
{
	return answer(syscall(SYS_open_tree, dfd, path, flags | OPEN_TREE_CLOEXEC));
}

int sys_move_mount(int from_fd, int to_fd)
{
	return answer(syscall(SYS_move_mount, from_fd, "", to_fd, "",
			      MOVE_MOUNT_F_EMPTY_PATH | MOVE_MOUNT_T_EMPTY_PATH));
}

int sys_fsopen(const char *fstype)
{
	return answer(syscall(SYS_fsopen, fstype, FSOPEN_CLOEXEC));
}

int sys_fspick(int fd)
{
	return answer(syscall(SYS_fspick, fd, "", FSPICK_CLOEXEC | FSPICK_EMPTY_PATH));
}

int sys_fsconfig(int fs_fd, const char *key, const char *value)
{
	return answer(syscall(SYS_fsconfig, fs_fd,
			      value ? FSCONFIG_SET_STRING : FSCONFIG_SET_FLAG, key, value,
			      0));
}

int sys_fsconfig_create(int fs_fd)
{
	return answer(syscall(SYS_fsconfig, fs_fd, FSCONFIG_CMD_CREATE, NULL, NULL, 0));
}

int sys_fsconfig_reconfigure(int fs_fd)
{
	return answer(
		syscall(SYS_fsconfig, fs_fd, FSCONFIG_CMD_RECONFIGURE, NULL, NULL, 0));
}

int sys_fsmount(int fs_fd, uint64_t attr)
{
	return answer(syscall(SYS_fsmount, fs_fd, FSMOUNT_CLOEXEC, (unsigned)attr));
}

void sys_fs_message(int fs_fd, char *buf, size_t len)
{
	ssize_t n = read(fs_fd, buf, len - 1);

	if (n < 0)
		n = 0;
	while (n > 0 && buf[n - 1] == '\n')
		n--;
	buf[n] = '\0';
	/* "e overlay: ...": level, blank, text */
	if (n > 2 && buf[1] == ' ')
		memmove(buf, buf + 2, (size_t)n - 1);
}

int sys_mount_setattr(int fd, const struct sys_mount_attr *a)
{
	struct mount_attr attr = {
		.attr_set = a->set,
		.attr_clr = a->clr,
		.propagation = a->propagation,
		.userns_fd = a->set & MOUNT_ATTR_IDMAP ? (uint64_t)a->userns_fd : 0,
	};
	unsigned flags = AT_EMPTY_PATH | (a->recursive ? AT_RECURSIVE : 0);

	return answer(syscall(SYS_mount_setattr, fd, "", flags, &attr, sizeof(attr)));
}

static const struct {
	long sfs;
	uint64_t attr;
	unsigned long ms;
} flag_map[] = {
	{ SFS_RDONLY, MOUNT_ATTR_RDONLY, MS_RDONLY },
	{ SFS_NOSUID, MOUNT_ATTR_NOSUID, MS_NOSUID },
	{ SFS_NODEV, MOUNT_ATTR_NODEV, MS_NODEV },
	{ SFS_NOEXEC, MOUNT_ATTR_NOEXEC, MS_NOEXEC },
	{ SFS_NODIRATIME, MOUNT_ATTR_NODIRATIME, MS_NODIRATIME },
	{ SFS_NOSYMFOLLOW, MOUNT_ATTR_NOSYMFOLLOW, MS_NOSYMFOLLOW },
};

static unsigned long atime_flags(uint64_t attr)
{
	switch (attr & MOUNT_ATTR__ATIME) {
	case MOUNT_ATTR_NOATIME:
		return MS_NOATIME;
	case MOUNT_ATTR_STRICTATIME:
		return MS_STRICTATIME;
	default:
		return MS_RELATIME;
	}
}

unsigned long sys_mount_flags(uint64_t attr)
{
	unsigned long ms = atime_flags(attr);
	size_t i;

	for (i = 0; i < sizeof(flag_map) / sizeof(flag_map[0]); i++)
		if (attr & flag_map[i].attr)
			ms |= flag_map[i].ms;
	return ms;
}

/* MS_* of the mount as it is, with the change that a asks for. */
static unsigned long changed_flags(long sfs, const struct sys_mount_attr *a)
{
	unsigned long ms = 0;
	size_t i;

	for (i = 0; i < sizeof(flag_map) / sizeof(flag_map[0]); i++) {
		bool on = sfs & flag_map[i].sfs && !(a->clr & flag_map[i].attr);

		if (on || a->set & flag_map[i].attr)
			ms |= flag_map[i].ms;
	}
	if (a->clr & MOUNT_ATTR__ATIME)
		return ms | atime_flags(a->set);
	if (sfs & SFS_NOATIME)
		return ms | MS_NOATIME;
	return ms | (sfs & SFS_RELATIME ? MS_RELATIME : MS_STRICTATIME);
}

/* mount(2) by descriptor number, below a procfs that is known to be one. */
static int mount_at(int proc_fd, int fd, unsigned long flags)
{
	char path[64];
	int r;

	snprintf(path, sizeof(path), "%sself/fd/%d", proc_fd < 0 ? "/proc/" : "", fd);
	if (proc_fd >= 0 && fchdir(proc_fd) < 0)
		return -errno;
	r = answer(mount(NULL, path, NULL, flags, NULL));
	if (proc_fd >= 0 && chdir("/") < 0 && r == 0)
		r = -errno;
	return r;
}

int sys_mount_setattr_old(int proc_fd, int fd, const struct sys_mount_attr *a)
{
	struct statfs sfs;
	int r;

	if (a->set & MOUNT_ATTR_IDMAP || (a->recursive && (a->set || a->clr)))
		return -ENOSYS;
	if (a->set || a->clr) {
		if (fstatfs(fd, &sfs) < 0)
			return -errno;
		r = mount_at(proc_fd, fd,
			     MS_REMOUNT | MS_BIND | changed_flags(sfs.f_flags, a));
		if (r < 0)
			return r;
	}
	if (a->propagation)
		return mount_at(proc_fd, fd,
				a->propagation | (a->recursive ? MS_REC : 0));
	return 0;
}

int sys_mount_on_fd(const char *source, int to_fd, const char *fstype,
		    unsigned long flags, const void *data)
{
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/fd/%d", to_fd);
	return answer(mount(source, path, fstype, flags, data));
}

int sys_mount(const char *source, const char *target, const char *fstype,
	      unsigned long flags, const void *data)
{
	return answer(mount(source, target, fstype, flags, data));
}

int sys_umount2(const char *target, int flags)
{
	return answer(umount2(target, flags));
}

int sys_pivot_root(const char *new_root, const char *put_old)
{
	return answer(syscall(SYS_pivot_root, new_root, put_old));
}

int sys_mount_id(int fd, uint64_t *out)
{
	struct statx stx;

	if (statx(fd, "", AT_EMPTY_PATH, STATX_MNT_ID, &stx) < 0)
		return -errno;
	if (!(stx.stx_mask & STATX_MNT_ID))
		return -EOPNOTSUPP;
	*out = stx.stx_mnt_id;
	return 0;
}
