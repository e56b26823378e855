/* SPDX-License-Identifier: Apache-2.0 */
/* lifecycle/root.c - the directory of all containers */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"
#include "base/str.h"
#include "lifecycle/container.h"

/* Root of the initial user namespace uses /run; everybody else his runtime directory. */
static bool is_plain_root(void)
{
	char map[64];
	AUTO_FD fd = -1;
	ssize_t n;
	unsigned inside, outside, count;

	if (geteuid() != 0)
		return false;
	fd = open("/proc/self/uid_map", O_RDONLY | O_CLOEXEC);
	n = fd < 0 ? -1 : fd_read_some(fd, map, sizeof(map) - 1);
	if (n <= 0)
		return true;
	map[n] = '\0';
	return sscanf(map, "%u %u %u", &inside, &outside, &count) == 3 && inside == 0 &&
	       outside == 0 && count == UINT32_MAX;
}

static int default_root(char *buf, size_t len, bool *out_sticky, struct err *err)
{
	const char *xdg = getenv("XDG_RUNTIME_DIR");
	int n;

	*out_sticky = false;
	/* Engines as root pass an empty one: that is unset. */
	if (is_plain_root() || (geteuid() == 0 && (!xdg || !*xdg))) {
		n = snprintf(buf, len, "/run/agentrun");
	} else if (xdg && *xdg) {
		/* XDG: tmp cleaners leave what is sticky alone. */
		*out_sticky = true;
		n = snprintf(buf, len, "%s/agentrun", xdg);
	} else {
		/* not ENOENT: to `list` that is a root which was not made yet */
		err_set(err, -EINVAL,
			"no directory for the state: XDG_RUNTIME_DIR is not set");
		err_hint(err, "set XDG_RUNTIME_DIR, or give --root DIR");
		return -EINVAL;
	}
	return n < 0 || (size_t)n >= len
		       ? err_set(err, -ENAMETOOLONG, "XDG_RUNTIME_DIR is too long")
		       : 0;
}

static int make_dirs(const char *path, mode_t mode)
{
	char buf[4096];
	size_t n = strlen(path);

	if (n >= sizeof(buf))
		return -ENAMETOOLONG;
	memcpy(buf, path, n + 1);
	for (char *p = buf + 1; *p; p++) {
		if (*p != '/')
			continue;
		*p = '\0';
		if (mkdir(buf, 0755) < 0 && errno != EEXIST)
			return -errno;
		*p = '/';
	}
	return mkdir(buf, mode) < 0 && errno != EEXIST ? -errno : 0;
}

int state_root_open(const struct globals *g, bool create, struct err *err)
{
	char buf[4096];
	const char *path = g->root;
	bool sticky = false;
	int fd, r;

	if (!path) {
		r = default_root(buf, sizeof(buf), &sticky, err);
		if (r < 0)
			return r;
		path = buf;
	}
	fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0 && errno == ENOENT && create) {
		r = make_dirs(path, 0700);
		if (r < 0)
			return err_sys(err, r, "cannot create the state root %s",
				       str_quote(path));
		if (sticky)
			(void)chmod(path, 01700);
		fd = open(path, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	}
	if (fd < 0)
		return err_sys(err, -errno, "cannot open the state root %s",
			       str_quote(path));
	return fd;
}
