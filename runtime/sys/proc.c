/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sys/proc.c - a procfs that nobody else can put something over
 *
 * SECURITY: a write to procfs that was not verified to be procfs is how labels and
 * sysctls were lost or turned against the host (CVE-2019-16884, CVE-2025-52881). So: an
 * own detached instance where the kernel gives one, resolution without links or mounts,
 * and the file system's type on each descriptor before it is used.
 */
#include "sys/proc.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#include "base/fd.h"
#include "sys/mountapi.h"
#include "sys/openat2.h"

#define PROC_ROOT_INO 1

static int check_magic(int fd)
{
	struct statfs sfs;

	if (fstatfs(fd, &sfs) < 0)
		return -errno;
	return sfs.f_type == PROC_SUPER_MAGIC ? 0 : -EXDEV;
}

static int check_root(int fd)
{
	struct stat st;
	int r = check_magic(fd);

	if (r < 0)
		return r;
	if (fstat(fd, &st) < 0)
		return -errno;
	return st.st_ino == PROC_ROOT_INO ? 0 : -EXDEV;
}

static int open_new(void)
{
	AUTO_FD fs_fd = sys_fsopen("proc");
	int r;

	if (fs_fd < 0) {
		r = fs_fd;
		fs_fd = -1;
		return r;
	}
	r = sys_fsconfig_create(fs_fd);
	if (r < 0)
		return r;
	return sys_fsmount(fs_fd,
			   MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC);
}

int sys_proc_open(void)
{
	AUTO_FD fd = open_new();
	int r;

	if (fd >= 0)
		return take_fd(&fd); /* fsopen("proc") cannot be anything else */
	/* locked masks of an outer container forbid a new one: a clone, without submounts
	 */
	fd = sys_open_tree(AT_FDCWD, "/proc", OPEN_TREE_CLONE);
	if (fd < 0)
		fd = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0) {
		fd = -1;
		return -errno;
	}
	r = check_root(fd);
	return r < 0 ? r : take_fd(&fd);
}

/* "self/x": the link's text as this instance sees us, since links are not followed. */
static int resolve_self(int proc_fd, const char *path, char *buf, size_t len)
{
	const char *link = NULL, *rest;
	char pid[64];
	ssize_t n;

	if (!strncmp(path, "self/", 5))
		link = "self";
	else if (!strncmp(path, "thread-self/", 12))
		link = "thread-self";
	if (!link) {
		n = snprintf(buf, len, "%s", path);
		return n < 0 || (size_t)n >= len ? -ENAMETOOLONG : 0;
	}
	rest = strchr(path, '/');
	n = readlinkat(proc_fd, link, pid, sizeof(pid) - 1);
	if (n < 0)
		return -errno;
	pid[n] = '\0';
	n = snprintf(buf, len, "%s%s", pid, rest);
	return n < 0 || (size_t)n >= len ? -ENAMETOOLONG : 0;
}

int sys_proc_openat(int proc_fd, const char *path, int flags)
{
	char real[PATH_MAX];
	AUTO_FD fd = -1;
	int r;

	r = resolve_self(proc_fd, path, real, sizeof(real));
	if (r < 0)
		return r;
	fd = sys_openat2_beneath(proc_fd, real, flags);
	if (fd < 0) {
		r = fd;
		fd = -1;
		return r;
	}
	r = check_magic(fd);
	return r < 0 ? r : take_fd(&fd);
}

int sys_proc_write(int proc_fd, const char *path, const char *value, size_t len)
{
	AUTO_FD fd = sys_proc_openat(proc_fd, path, O_WRONLY | O_NOCTTY);
	ssize_t n;
	int r;

	if (fd < 0) {
		r = fd;
		fd = -1;
		return r;
	}
	n = write(fd, value, len);
	if (n < 0)
		return -errno;
	return (size_t)n == len ? 0 : -EIO;
}

int sys_proc_start_time(pid_t pid, uint64_t *out, char *out_state)
{
	char path[64], buf[1024], *s, *end;
	AUTO_FD fd = -1;
	ssize_t n;
	int i;

	snprintf(path, sizeof(path), "/proc/%d/stat", (int)pid);
	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	if (fd < 0) {
		fd = -1;
		return errno == ENOENT ? -ESRCH : -errno;
	}
	n = read(fd, buf, sizeof(buf) - 1);
	if (n <= 0)
		return n < 0 ? -errno : -ESRCH;
	buf[n] = '\0';
	/* the name may hold blanks and brackets: the last one closes it */
	s = strrchr(buf, ')');
	if (!s || s[1] != ' ' || !s[2])
		return -EIO;
	s += 2;
	if (out_state)
		*out_state = *s;
	for (i = 3; i < 22 && s; i++) {
		s = strchr(s, ' ');
		s = s ? s + 1 : NULL;
	}
	if (!s)
		return -EIO;
	errno = 0;
	*out = strtoull(s, &end, 10);
	return errno || end == s ? -EIO : 0;
}
