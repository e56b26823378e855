/* SPDX-License-Identifier: Apache-2.0 */
/*
 * apply/rootfs_move.c - --no-pivot: for hosts whose root is a ramfs
 *
 * SECURITY: MS_MOVE only covers the old root. A process that gets around the chroot, or
 * that mounts below it, finds the host's /proc and /sys there, unmasked; so those are
 * unmounted first, or covered where that is not allowed.
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <unistd.h>

#include "apply/mount_ops.h"
#include "apply/mounts.h"
#include "base/err.h"
#include "base/fd.h"
#include "base/path.h"
#include "base/str.h"
#include "sys/mountapi.h"

#define MAX_LINE 8192

/* mountinfo writes blank, tab, newline and backslash as \ooo. */
static void unescape(char *s)
{
	char *out = s;

	while (*s) {
		if (s[0] == '\\' && s[1] >= '0' && s[1] <= '3' && s[2] >= '0' &&
		    s[2] <= '7' && s[3] >= '0' && s[3] <= '7') {
			*out++ = (char)((s[1] - '0') << 6 | (s[2] - '0') << 3 |
					(s[3] - '0'));
			s += 4;
		} else {
			*out++ = *s++;
		}
	}
	*out = '\0';
}

/* "ID PARENT MAJ:MIN ROOT POINT OPTIONS ... - TYPE SOURCE ...": point of a proc or sysfs.
 */
static char *kernel_mount_point(char *line)
{
	char *type = strstr(line, " - "), *point = line, *end;
	int i;

	if (!type ||
	    (!str_has_prefix(type + 3, "proc ") && !str_has_prefix(type + 3, "sysfs ")))
		return NULL;
	for (i = 0; i < 4 && point; i++) {
		point = strchr(point, ' ');
		point = point ? point + 1 : NULL;
	}
	end = point ? strchr(point, ' ') : NULL;
	if (!end)
		return NULL;
	*end = '\0';
	unescape(point);
	return point;
}

static int hide(const char *point, struct err *err)
{
	int rc = sys_umount2(point, MNT_DETACH | UMOUNT_NOFOLLOW);

	if (rc == 0 || rc == -ENOENT)
		return 0;
	rc = sys_mount("tmpfs", point, "tmpfs",
		       MS_RDONLY | MS_NOSUID | MS_NODEV | MS_NOEXEC,
		       "size=4k,nr_inodes=2,mode=000");
	return rc < 0 ? err_sys(err, rc, "cannot hide the host's %s", str_quote(point))
		      : 0;
}

static int hide_line(const char *root, char *line, struct err *err)
{
	const char *point = kernel_mount_point(line);

	if (!point || path_is_below(point, root))
		return 0;
	return hide(point, err);
}

static int hide_kernel_mounts(const char *root, struct err *err)
{
	AUTO_FD fd = open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC);
	char buf[MAX_LINE], *nl, *line;
	size_t have = 0;
	ssize_t n;
	int rc;

	if (fd < 0)
		return err_sys(err, -errno, "cannot read the mount table");
	for (;;) {
		n = read(fd, buf + have, sizeof(buf) - 1 - have);
		if (n < 0)
			return err_sys(err, -errno, "cannot read the mount table");
		have += (size_t)n;
		buf[have] = '\0';
		for (line = buf; (nl = strchr(line, '\n')); line = nl + 1) {
			*nl = '\0';
			rc = hide_line(root, line, err);
			if (rc < 0)
				return rc;
		}
		have -= (size_t)(line - buf);
		memmove(buf, line, have + 1);
		if (n == 0)
			return 0;
		if (have >= sizeof(buf) - 1)
			return err_set(err, -E2BIG,
				       "a line of the mount table is too long");
	}
}

/* The root as the mount table names it: the config's path may lead through links. */
static int real_root(const struct rootfs *r, char *buf, size_t len)
{
	char link[64];
	ssize_t n;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", r->root_dfd);
	n = readlink(link, buf, len - 1);
	if (n < 0)
		return -errno;
	buf[n] = '\0';
	return buf[0] == '/' && buf[1] ? 0 : -EINVAL;
}

int rootfs_move(struct rootfs *r, struct err *err)
{
	char root[PATH_MAX];
	int rc;

	rc = real_root(r, root, sizeof(root));
	if (rc < 0)
		return err_sys(err, rc, "cannot tell where the new root is");
	rc = hide_kernel_mounts(root, err);
	if (rc < 0)
		return rc;
	rc = sys_mount(".", "/", NULL, MS_MOVE, NULL);
	if (rc < 0)
		return err_sys(err, rc, "cannot move the new root to /");
	if (chroot(".") < 0 || chdir("/") < 0)
		return err_sys(err, -errno, "cannot enter the new root");
	return 0;
}
