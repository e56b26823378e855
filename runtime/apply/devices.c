/* SPDX-License-Identifier: Apache-2.0 */
/*
 * apply/devices.c - nodes and links of /dev
 *
 * Runs:     in the child, after the mounts, before the pivot
 * Should:   make each node in its resolved directory, by name
 * Mustn't:  follow a link of the image (CVE-2026-41579, CVE-2026-47766), or change owner
 *           or mode of a node that it did not make: that could be the host's
 */
#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "apply/mount_ops.h"
#include "apply/mounts.h"
#include "base/err.h"
#include "base/fd.h"
#include "base/str.h"
#include "plan/plan.h"
#include "sys/mountapi.h"
#include "sys/openat2.h"

static const struct {
	const char *name;
	const char *target;
} links[] = {
	{ "fd", "/proc/self/fd" },
	{ "stdin", "/proc/self/fd/0" },
	{ "stdout", "/proc/self/fd/1" },
	{ "stderr", "/proc/self/fd/2" },
};

bool fd_is_null_device(int fd)
{
	struct stat st;

	return fstat(fd, &st) == 0 && S_ISCHR(st.st_mode) && st.st_rdev == makedev(1, 3);
}

static bool is_same_node(const struct stat *st, const struct plan_device *d)
{
	if ((st->st_mode & S_IFMT) != (d->mode & S_IFMT))
		return false;
	return S_ISFIFO(d->mode) || st->st_rdev == makedev(d->major, d->minor);
}

/* The host's own node, if it is the device that was asked for. */
static int clone_host_node(const struct plan_device *d, int *out_fd, struct err *err)
{
	struct sys_mount_attr a = {
		/* its owner and mode are the host's: for the container they are fixed */
		.set = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC,
		.propagation = MS_PRIVATE,
	};
	AUTO_FD fd = sys_open_tree(AT_FDCWD, d->path, OPEN_TREE_CLONE);
	struct stat st;
	int r;

	if (fd < 0)
		return err_sys(err, fd, "cannot bind the host's %s", str_quote(d->path));
	if (fstat(fd, &st) < 0 || !is_same_node(&st, d))
		return err_set(err, -ENODEV, "the host's %s is not the device %u:%u",
			       str_quote(d->path), d->major, d->minor);
	r = sys_mount_setattr(fd, &a);
	if (r < 0 && r != -ENOSYS)
		return err_sys(err, r, "cannot bind the host's %s", str_quote(d->path));
	*out_fd = take_fd(&fd);
	return 0;
}

static int bind_node(int dfd, const char *name, const struct plan_device *d,
		     struct err *err)
{
	AUTO_FD tree = -1;
	AUTO_FD place = -1;
	struct stat st;
	int r;

	r = clone_host_node(d, &tree, err);
	if (r < 0)
		return r;
	if (mknodat(dfd, name, S_IFREG | 0600, 0) < 0 && errno != EEXIST)
		return err_sys(err, -errno, "cannot make a place for %s",
			       str_quote(d->path));
	place = openat(dfd, name, O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (place < 0 || fstat(place, &st) < 0)
		return err_sys(err, -errno, "cannot open the place for %s",
			       str_quote(d->path));
	if (is_same_node(&st, d))
		return 0;
	if (!S_ISREG(st.st_mode))
		return err_set(err, -EEXIST, "%s exists and is something else",
			       str_quote(d->path));
	r = sys_move_mount(tree, place);
	return r < 0 ? err_sys(err, r, "cannot bind %s", str_quote(d->path)) : 0;
}

static int check_existing(int dfd, const char *name, const struct plan_device *d,
			  struct err *err)
{
	struct stat st;

	if (fstatat(dfd, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return err_sys(err, -errno, "cannot examine %s", str_quote(d->path));
	if (is_same_node(&st, d))
		return 0;
	return err_set(err, -EEXIST, "%s exists and is not the device %u:%u",
		       str_quote(d->path), d->major, d->minor);
}

static int make_node(const struct plan *p, int dfd, const char *name,
		     const struct plan_device *d, struct err *err)
{
	if (p->devices.bind && !S_ISFIFO(d->mode))
		return bind_node(dfd, name, d, err);
	if (mknodat(dfd, name, d->mode, makedev(d->major, d->minor)) < 0) {
		if (errno == EEXIST)
			return check_existing(dfd, name, d, err);
		/* no CAP_MKNOD, or a device cgroup without "m" */
		if (errno == EPERM)
			return bind_node(dfd, name, d, err);
		return err_sys(err, -errno, "cannot make the device %s",
			       str_quote(d->path));
	}
	if (!d->uid && !d->gid)
		return 0;
	if (fchownat(dfd, name, d->uid, d->gid, AT_SYMLINK_NOFOLLOW) < 0)
		return err_sys(err, -errno, "cannot set the owner of %s",
			       str_quote(d->path));
	return 0;
}

static int make_device(struct rootfs *r, int dev_dfd, const struct plan_device *d,
		       struct err *err)
{
	const char *name = d->path + strlen("/dev/");
	AUTO_FD parent = -1;
	int rc;

	if (str_has_prefix(d->path, "/dev/") && !strchr(name, '/'))
		return make_node(r->plan, dev_dfd, name, d, err);
	rc = sys_open_parent_in_root(r->root_dfd, d->path, &parent, &name);
	if (rc < 0)
		return err_sys(err, rc, "cannot open the directory of %s",
			       str_quote(d->path));
	return make_node(r->plan, parent, name, d, err);
}

/* What an image has in the place of a link is its own business; it stays. */
static int make_link(int dev_dfd, const char *name, const char *target, struct err *err)
{
	if (symlinkat(target, dev_dfd, name) < 0 && errno != EEXIST)
		return err_sys(err, -errno, "cannot make the link '/dev/%s'", name);
	return 0;
}

/* But ptmx must be that of the container's own devpts. */
static int make_ptmx(int dev_dfd, struct err *err)
{
	static const char target[] = "pts/ptmx";
	char have[sizeof(target)];

	if (symlinkat(target, dev_dfd, "ptmx") == 0)
		return 0;
	if (errno != EEXIST)
		return err_sys(err, -errno, "cannot make the link '/dev/ptmx'");
	if (readlinkat(dev_dfd, "ptmx", have, sizeof(have)) == sizeof(target) - 1 &&
	    !memcmp(have, target, sizeof(target) - 1))
		return 0;
	if (unlinkat(dev_dfd, "ptmx", 0) < 0 || symlinkat(target, dev_dfd, "ptmx") < 0)
		return err_sys(err, -errno, "cannot replace '/dev/ptmx'");
	return 0;
}

static int make_links(int dev_dfd, struct err *err)
{
	size_t i;
	int rc;

	for (i = 0; i < ARRAY_SIZE(links); i++) {
		rc = make_link(dev_dfd, links[i].name, links[i].target, err);
		if (rc < 0)
			return rc;
	}
	if (access("/proc/kcore", F_OK) == 0) {
		rc = make_link(dev_dfd, "core", "/proc/kcore", err);
		if (rc < 0)
			return rc;
	}
	return make_ptmx(dev_dfd, err);
}

/* A /dev that is bound from the host is complete, and the host's. */
static bool dev_is_bound(const struct plan *p)
{
	size_t i;

	for (i = 0; i < p->mounts.n; i++)
		if (p->mounts.v[i].kind == MOUNT_BIND &&
		    !strcmp(p->mounts.v[i].destination, "/dev"))
			return true;
	return false;
}

static int make_dev(struct rootfs *r, struct err *err)
{
	const struct plan_devices *devs = &r->plan->devices;
	AUTO_FD dev_dfd = -1;
	size_t i;
	int rc;

	rc = sys_mkdir_in_root(r->root_dfd, "/dev", 0755, &dev_dfd);
	if (rc < 0)
		return err_sys(err, rc, "cannot open or make '/dev'");
	for (i = 0; i < devs->n; i++) {
		rc = make_device(r, dev_dfd, &devs->v[i], err);
		if (rc < 0)
			return rc;
	}
	return make_links(dev_dfd, err);
}

int apply_devices(struct rootfs *r, struct err *err)
{
	int rc = 0;

	if (!dev_is_bound(r->plan))
		rc = make_dev(r, err);
	/* nodes were the last things with a mode of their own; hooks come next */
	umask(022);
	return rc;
}
