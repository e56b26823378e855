/* SPDX-License-Identifier: Apache-2.0 */
/*
 * apply/mount_cgroup.c - what /sys/fs/cgroup is
 *
 * v2: one cgroup2. v1 and hybrid: a tmpfs with a directory for each hierarchy, and links
 * for controllers that share one. With an own cgroup namespace the file system itself
 * shows only the container's part; without, or where mounting it is not allowed, the
 * container's directory is bound.
 *
 * SECURITY: rootless without a cgroup namespace sees the host's files with the rights of
 * the user who owns them: always read-only (CVE-2023-25809).
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "apply/mount_ops.h"
#include "apply/mounts.h"
#include "base/err.h"
#include "base/fd.h"
#include "base/path.h"
#include "base/str.h"
#include "plan/plan.h"
#include "sys/mountapi.h"

static uint64_t cgroup_attr(const struct plan *p, const struct plan_mount *m)
{
	uint64_t attr = m->attr_set | m->rec_set;

	if (p->host->rootless && !p->ns.has[NS_CGROUP])
		attr |= MOUNT_ATTR_RDONLY;
	return attr;
}

/* "cpu,cpuacct" or "name=systemd" as options of the file system */
static int configure_v1(int fs_fd, const struct host_hierarchy *h)
{
	char list[sizeof(h->controllers)], *s, *next;
	int r = 0;

	snprintf(list, sizeof(list), "%s", h->controllers);
	for (s = list; r == 0 && s; s = next) {
		next = strchr(s, ',');
		if (next)
			*next++ = '\0';
		if (str_has_prefix(s, "name=")) {
			r = sys_fsconfig(fs_fd, "none", NULL);
			if (r == 0)
				r = sys_fsconfig(fs_fd, "name", s + 5);
		} else {
			r = sys_fsconfig(fs_fd, s, NULL);
		}
	}
	return r;
}

static int new_cgroupfs(const struct host_hierarchy *h, uint64_t attr, int *out_fd)
{
	AUTO_FD fs_fd = sys_fsopen(h->v2 ? "cgroup2" : "cgroup");
	int r;

	if (fs_fd < 0)
		return fs_fd;
	r = sys_fsconfig(fs_fd, "source", "cgroup");
	if (r == 0 && !h->v2)
		r = configure_v1(fs_fd, h);
	if (r == 0)
		r = sys_fsconfig_create(fs_fd);
	if (r == 0)
		r = sys_fsmount(fs_fd, attr);
	if (r < 0)
		return r;
	*out_fd = r;
	return 0;
}

/* The container's directory of that hierarchy, or the caller's where it has none. */
static int bind_cgroup(const struct plan *p, const struct host_hierarchy *h,
		       uint64_t attr, int *out_fd)
{
	struct sys_mount_attr a = { .set = attr, .propagation = MS_PRIVATE };
	const char *below = p->cgroup.path;
	char path[sizeof(h->mountpoint) + 4096];
	AUTO_FD fd = -1;
	int r, n;

	if (!below) {
		below = h->self;
		if (strcmp(h->root, "/") != 0)
			below = str_has_prefix(below, h->root) ? below + strlen(h->root)
							       : "/";
	}
	n = snprintf(path, sizeof(path), "%s%s", h->mountpoint, below);
	if (n < 0 || (size_t)n >= sizeof(path))
		return -ENAMETOOLONG;
	fd = sys_open_tree(AT_FDCWD, path, OPEN_TREE_CLONE);
	if (fd < 0)
		return fd;
	r = sys_mount_setattr(fd, &a);
	if (r < 0)
		return r;
	*out_fd = take_fd(&fd);
	return 0;
}

static int open_cgroup(const struct plan *p, const struct host_hierarchy *h,
		       uint64_t attr, int *out_fd)
{
	int r;

	if (p->ns.has[NS_CGROUP]) {
		r = new_cgroupfs(h, attr, out_fd);
		/* EPERM: not ours to mount; EBUSY: mounted with other options */
		if (r != -EPERM && r != -EBUSY && r != -ENOSYS)
			return r;
		/* a bind shows the same directory; ours to write only as far as it is now
		 */
		if (p->host->rootless)
			attr |= MOUNT_ATTR_RDONLY;
	}
	return bind_cgroup(p, h, attr, out_fd);
}

static int mount_v2(struct rootfs *r, const struct plan_mount *m,
		    const struct host_hierarchy *h, struct err *err)
{
	AUTO_FD tree = -1;
	int rc;

	rc = open_cgroup(r->plan, h, cgroup_attr(r->plan, m), &tree);
	if (rc < 0)
		return err_sys(err, rc, "cannot mount the cgroup file system on %s",
			       str_quote(m->destination));
	rc = mount_attach(r, m, tree, true, err);
	return rc < 0 ? rc : mount_propagate(-1, tree, m, err);
}

static int make_tmpfs(const struct plan_mount *m, uint64_t attr, int *out_fd,
		      struct err *err)
{
	struct spec_kv mode = { "mode", "755" };
	struct plan_mount t = {
		.kind = MOUNT_TMPFS,
		.destination = m->destination,
		.source = "tmpfs",
		.params = { &mode, 1 },
		.label = m->label,
	};
	int r = mount_make_fs(&t, "tmpfs", attr & ~(uint64_t)MOUNT_ATTR_RDONLY, out_fd,
			      err);

	return r == 1 ? err_sys(err, -ENOSYS, "cannot make a tmpfs for %s",
				str_quote(m->destination))
		      : r;
}

/* cpu -> cpu,cpuacct */
static int link_controllers(int dfd, const char *name, const char *controllers)
{
	char list[sizeof(((struct host_hierarchy *)0)->controllers)], *s, *next;

	if (str_has_prefix(controllers, "name="))
		return 0;
	snprintf(list, sizeof(list), "%s", controllers);
	for (s = list; s && *s; s = next) {
		next = strchr(s, ',');
		if (next)
			*next++ = '\0';
		if (strcmp(s, name) != 0 && symlinkat(name, dfd, s) < 0 &&
		    errno != EEXIST)
			return -errno;
	}
	return 0;
}

static int add_hierarchy(const struct plan *p, int dfd, const struct host_hierarchy *h,
			 uint64_t attr)
{
	const char *name = path_base(h->mountpoint);
	AUTO_FD place = -1;
	AUTO_FD tree = -1;
	int r;

	r = open_cgroup(p, h, attr, &tree);
	/* the container has no part in it */
	if (r == -ENOENT)
		return 0;
	if (r < 0)
		return r;
	if (mkdirat(dfd, name, 0755) < 0)
		return -errno;
	place = openat(dfd, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (place < 0)
		return -errno;
	r = sys_move_mount(tree, place);
	return r < 0 ? r : link_controllers(dfd, name, h->controllers);
}

static int mount_v1(struct rootfs *r, const struct plan_mount *m, struct err *err)
{
	const struct host *host = r->plan->host;
	uint64_t attr = cgroup_attr(r->plan, m);
	struct sys_mount_attr ro = { .set = MOUNT_ATTR_RDONLY };
	AUTO_FD dir = -1;
	size_t i;
	int rc;

	rc = make_tmpfs(m, attr, &dir, err);
	if (rc == 0)
		rc = mount_attach(r, m, dir, true, err);
	if (rc < 0)
		return rc;
	for (i = 0; i < host->n_hierarchies; i++) {
		if (host->hierarchies[i].v2)
			continue;
		rc = add_hierarchy(r->plan, dir, &host->hierarchies[i], attr);
		if (rc < 0)
			return err_sys(err, rc, "cannot mount the cgroup hierarchy '%s'",
				       host->hierarchies[i].controllers);
	}
	if (attr & MOUNT_ATTR_RDONLY) {
		rc = mount_change(-1, dir, &ro);
		if (rc < 0)
			return err_sys(err, rc, "cannot make %s read-only",
				       str_quote(m->destination));
	}
	return mount_propagate(-1, dir, m, err);
}

int mount_cgroup(struct rootfs *r, struct plan_mount *m, struct err *err)
{
	const struct host *host = r->plan->host;
	size_t i;

	if (host->cgroup_mode != CGROUP_V2)
		return mount_v1(r, m, err);
	for (i = 0; i < host->n_hierarchies; i++)
		if (host->hierarchies[i].v2)
			return mount_v2(r, m, &host->hierarchies[i], err);
	return err_set(err, -ENODEV,
		       "cannot mount %s: no cgroup file system on this host",
		       str_quote(m->destination));
}
