/* SPDX-License-Identifier: Apache-2.0 */
/*
 * apply/cgroup_host.c - which cgroup hierarchies this host has, and where we are in them
 *
 * Runs:     in the parent, for nearly every command: so it reads as little as it can. On
 * a v2 host a statfs says what mountinfo would (hundreds of kilobytes on a node full of
 * containers). Should:   give a mode that creation can rely on; magic numbers are checked
 * again there
 */
#include "apply/cgroup_host.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/statfs.h>
#include <sys/utsname.h>
#include <unistd.h>

#include "apply/cgroup.h"
#include "base/err.h"
#include "base/fd.h"
#include "base/str.h"

#define UNIFIED "/sys/fs/cgroup"

/* "\040" as mountinfo writes a blank. In place. */
static void unescape(char *s)
{
	char *out = s;

	for (; *s; s++) {
		if (s[0] == '\\' && s[1] >= '0' && s[1] <= '3' && s[2] >= '0' &&
		    s[2] <= '7' && s[3] >= '0' && s[3] <= '7') {
			*out++ = (char)((s[1] - '0') * 64 + (s[2] - '0') * 8 +
					(s[3] - '0'));
			s += 3;
		} else {
			*out++ = *s;
		}
	}
	*out = '\0';
}

static bool copy(char *to, size_t len, const char *from)
{
	size_t n = strlen(from);

	if (n >= len)
		return false;
	memcpy(to, from, n + 1);
	return true;
}

/* The options of a superblock that name what the hierarchy controls. */
static bool controllers_of(char *options, char *out, size_t len)
{
	static const char *const not_controllers[] = {
		"rw",
		"ro",
		"none",
		"noprefix",
		"clone_children",
		"xattr",
		"nsdelegate",
		"cpuset_v2_mode",
		"favordynmods",
		"nofavordynmods",
		"seclabel",
	};
	size_t n = 0;
	char *save = NULL;

	out[0] = '\0';
	for (char *o = strtok_r(options, ",", &save); o; o = strtok_r(NULL, ",", &save)) {
		bool skip = str_has_prefix(o, "release_agent=");

		for (size_t i = 0; i < ARRAY_SIZE(not_controllers) && !skip; i++)
			skip = !strcmp(o, not_controllers[i]);
		if (skip)
			continue;
		if (n + strlen(o) + 2 > len)
			return false;
		n += (size_t)snprintf(out + n, len - n, "%s%s", n ? "," : "", o);
	}
	return n > 0;
}

static bool is_usual_place(const char *mountpoint)
{
	return !strcmp(mountpoint, UNIFIED) || str_has_prefix(mountpoint, UNIFIED "/");
}

static void remember(struct host *h, const struct host_hierarchy *found)
{
	for (size_t i = 0; i < h->n_hierarchies; i++) {
		struct host_hierarchy *k = &h->hierarchies[i];

		if (k->v2 != found->v2 || strcmp(k->controllers, found->controllers) != 0)
			continue;
		if (!is_usual_place(k->mountpoint) && is_usual_place(found->mountpoint))
			*k = *found;
		return;
	}
	if (h->n_hierarchies < HOST_MAX_HIERARCHIES)
		h->hierarchies[h->n_hierarchies++] = *found;
}

/* ID PARENT MAJ:MIN ROOT MOUNTPOINT OPTIONS [TAG...] - TYPE SOURCE SUPEROPTIONS */
void cgroup_host_mount(struct host *h, char *line)
{
	struct host_hierarchy found = { 0 };
	char *field[5], *save = NULL, *type, *super;
	char *tail = strstr(line, " - cgroup");

	if (!tail)
		return;
	*tail = '\0';
	for (int i = 0; i < 5; i++)
		if (!(field[i] = strtok_r(i ? NULL : line, " ", &save)))
			return;
	type = strtok_r(tail + 3, " ", &save);
	if (!type || !strtok_r(NULL, " ", &save) || !(super = strtok_r(NULL, " ", &save)))
		return;
	found.v2 = !strcmp(type, "cgroup2");
	if (!found.v2 && strcmp(type, "cgroup") != 0)
		return;
	unescape(field[3]);
	unescape(field[4]);
	if (!copy(found.root, sizeof(found.root), field[3]) ||
	    !copy(found.mountpoint, sizeof(found.mountpoint), field[4]))
		return;
	if (!found.v2 &&
	    !controllers_of(super, found.controllers, sizeof(found.controllers)))
		return;
	remember(h, &found);
}

/* Are these the same controllers, in any order? */
static bool same_set(const char *x, const char *y, size_t y_len)
{
	if (strlen(x) != y_len)
		return false;
	while (*x) {
		size_t n = strcspn(x, ",");
		bool found = false;

		for (size_t i = 0; i + n <= y_len && !found; i++)
			found = (i == 0 || y[i - 1] == ',') && !strncmp(y + i, x, n) &&
				(i + n == y_len || y[i + n] == ',');
		if (!found)
			return false;
		x += n + (x[n] == ',');
	}
	return true;
}

/* NUMBER:CONTROLLERS:PATH; the path may hold colons itself */
void cgroup_host_self(struct host *h, const char *line)
{
	const char *names = strchr(line, ':');
	const char *path = names ? strchr(names + 1, ':') : NULL;
	size_t n;

	if (!path || path[1] != '/')
		return;
	names++;
	n = (size_t)(path - names);
	path++;
	for (size_t i = 0; i < h->n_hierarchies; i++) {
		struct host_hierarchy *k = &h->hierarchies[i];
		size_t root = strlen(k->root);

		if (k->v2 ? (n != 0 || line[0] != '0')
			  : !same_set(k->controllers, names, n))
			continue;
		/* a container without a cgroup namespace sees a part of the tree */
		if (root > 1 && !strncmp(path, k->root, root) &&
		    (path[root] == '/' || !path[root]))
			path = path[root] ? path + root : "/";
		if (!copy(k->self, sizeof(k->self), path))
			copy(k->self, sizeof(k->self), "/");
		return;
	}
}

void cgroup_host_mode(struct host *h)
{
	bool v1 = false, v2 = false;

	for (size_t i = 0; i < h->n_hierarchies; i++) {
		v1 = v1 || !h->hierarchies[i].v2;
		v2 = v2 || h->hierarchies[i].v2;
	}
	h->cgroup_mode = v1 && v2 ? CGROUP_HYBRID
			 : v1	  ? CGROUP_V1
			 : v2	  ? CGROUP_V2
				  : CGROUP_NONE;
}

/* Lines of a file of /proc, through a fixed buffer; longer ones are nothing of ours. */
static int each_line(const char *path, struct host *h, void (*fn)(struct host *, char *))
{
	AUTO_FD fd = open(path, O_RDONLY | O_CLOEXEC);
	char buf[16384];
	size_t have = 0;
	bool skip = false;

	if (fd < 0)
		return -errno;
	for (;;) {
		ssize_t n = read(fd, buf + have, sizeof(buf) - have);
		char *start = buf, *end;

		if (n < 0 && errno == EINTR)
			continue;
		if (n <= 0)
			return n < 0 ? -errno : 0;
		have += (size_t)n;
		while ((end = memchr(start, '\n', have - (size_t)(start - buf)))) {
			*end = '\0';
			if (!skip)
				fn(h, start);
			skip = false;
			start = end + 1;
		}
		have -= (size_t)(start - buf);
		memmove(buf, start, have);
		if (have == sizeof(buf)) {
			skip = true;
			have = 0;
		}
	}
}

static void self_line(struct host *h, char *line)
{
	cgroup_host_self(h, line);
}

static bool is_unified(struct host *h)
{
	struct host_hierarchy *k = &h->hierarchies[0];
	struct statfs fs;

	if (statfs(UNIFIED, &fs) < 0 || (unsigned long)fs.f_type != CGROUP2_SUPER_MAGIC)
		return false;
	*k = (struct host_hierarchy){
		.v2 = true, .root = "/", .mountpoint = UNIFIED, .self = "/"
	};
	h->n_hierarchies = 1;
	return true;
}

/* Without a cgroup namespace our own path may be outside of what is mounted: then not
 * v2's short way. */
static bool self_is_visible(const struct host *h)
{
	const char *self = h->hierarchies[0].self;
	char path[sizeof(UNIFIED) + sizeof(h->hierarchies[0].self)];

	if (!strcmp(self, "/"))
		return true;
	snprintf(path, sizeof(path), UNIFIED "%s", self);
	return access(path, F_OK) == 0;
}

static void read_v2(struct host *h)
{
	struct utsname u;
	int major = 0, minor = 0;

	for (size_t i = 0; i < h->n_hierarchies; i++) {
		AUTO_FD dfd = open(h->hierarchies[i].mountpoint,
				   O_PATH | O_DIRECTORY | O_CLOEXEC);
		AUTO_FD fd =
			dfd < 0 ? -1
				: openat(dfd, "cgroup.controllers", O_RDONLY | O_CLOEXEC);
		char *text = h->cgroup2_controllers;
		ssize_t n;

		if (fd < 0)
			continue;
		n = fd_read_some(fd, text, sizeof(h->cgroup2_controllers) - 1);
		text[n < 0 ? 0 : n] = '\0';
		text[strcspn(text, "\n")] = '\0';
	}
	/* only what can be said before there is a cgroup; use looks at the file itself */
	if (uname(&u) == 0 && sscanf(u.release, "%d.%d", &major, &minor) == 2)
		h->cgroup_kill = major > 5 || (major == 5 && minor >= 14);
}

int host_read_cgroups(struct host *h, struct err *err)
{
	static const char self[] = "/proc/self/cgroup";
	static const char mounts[] = "/proc/self/mountinfo";
	int r;

	h->n_hierarchies = 0;
	if (is_unified(h)) {
		r = each_line(self, h, self_line);
		if (r < 0)
			return err_sys(err, r, "cannot read %s", self);
		if (self_is_visible(h)) {
			h->cgroup_mode = CGROUP_V2;
			read_v2(h);
			return 0;
		}
		h->n_hierarchies = 0;
	}
	r = each_line(mounts, h, cgroup_host_mount);
	if (r < 0)
		return err_sys(err, r, "cannot read %s", mounts);
	for (size_t i = 0; i < h->n_hierarchies; i++)
		copy(h->hierarchies[i].self, sizeof(h->hierarchies[i].self), "/");
	r = each_line(self, h, self_line);
	if (r < 0 && r != -ENOENT)
		return err_sys(err, r, "cannot read %s", self);
	cgroup_host_mode(h);
	if (h->cgroup_mode == CGROUP_V2)
		read_v2(h);
	return 0;
}
