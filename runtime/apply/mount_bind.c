/* SPDX-License-Identifier: Apache-2.0 */
/*
 * apply/mount_bind.c - binds: cloned from the host, changed while detached, attached
 *
 * mount_setattr changes only what was asked, so flags that the source has stay. On a
 * kernel without it (before 5.12) the attributes follow the attachment.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdbool.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statfs.h>

#include "apply/mount_ops.h"
#include "apply/mounts.h"
#include "base/err.h"
#include "base/fd.h"
#include "base/str.h"
#include "plan/plan.h"
#include "sys/mountapi.h"

/* Flags that an outer user namespace can lock. Giving one up may be refused. */
#define LOCKABLE                                                                        \
	(MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC | \
	 MOUNT_ATTR__ATIME | MOUNT_ATTR_NODIRATIME)

static int set_attr(int fd, uint64_t set, uint64_t clr, bool recursive)
{
	struct sys_mount_attr a = { .set = set, .clr = clr, .recursive = recursive };
	int r;

	if (!set && !clr)
		return 0;
	r = mount_change(-1, fd, &a);
	if (r != -EPERM || !(clr & LOCKABLE))
		return r;
	/*
	 * "rw", "suid" ... on a source where the flag is locked: it stays, which is
	 * stricter than what was asked. What is to be set is still set.
	 */
	a.clr &= ~(uint64_t)LOCKABLE;
	a.set &= ~(uint64_t)MOUNT_ATTR__ATIME;
	return a.set || a.clr ? mount_change(-1, fd, &a) : 0;
}

static bool wants_shared(const struct plan_mount *m)
{
	for (size_t i = 0; i < m->n_propagation; i++)
		if (m->propagation[i] & MS_SHARED)
			return true;
	return false;
}

/* rprivate, rslave, runbindable in front: the whole tree is left by that alone */
static bool leaves_all(const struct plan_mount *m)
{
	return m->n_propagation && m->propagation[0] & MS_REC;
}

/*
 * SECURITY: the clone is a peer of the host's mounts, where those are shared (under
 * systemd all are). Unless sharing is what was asked for, that ends here for all of the
 * tree, also where the options only speak of its top: by the rule of the root, slave by
 * default.
 */
static int set_propagation(const struct plan *p, int fd, const struct plan_mount *m,
			   struct err *err)
{
	unsigned long root = p->mounts.root_propagation;
	struct sys_mount_attr a = {
		.propagation =
			root & (MS_PRIVATE | MS_UNBINDABLE) ? MS_PRIVATE : MS_SLAVE,
		.recursive = true,
	};
	bool shared = m->n_propagation ? wants_shared(m) : root & MS_SHARED;
	int r;

	if (!shared && !leaves_all(m)) {
		r = mount_change(-1, fd, &a);
		if (r < 0)
			return err_sys(err, r, "cannot set the propagation of %s",
				       str_quote(m->destination));
	}
	return mount_propagate(-1, fd, m, err);
}

static int set_attributes(const struct plan *p, int fd, const struct plan_mount *m,
			  struct err *err)
{
	int r;

	r = set_attr(fd, m->attr_set, m->attr_clr, false);
	if (r == 0)
		r = set_attr(fd, m->rec_set, m->rec_clr, true);
	if (r < 0)
		return err_sys(err, r, "cannot set the options of the bind on %s",
			       str_quote(m->destination));
	return set_propagation(p, fd, m, err);
}

/* KERNEL 5.12: an empty change tells whether the call is there. */
static bool has_mount_setattr(int fd)
{
	struct sys_mount_attr nothing = { 0 };

	return sys_mount_setattr(fd, &nothing) != -ENOSYS;
}

static int set_idmap(const struct plan *p, int fd, const struct plan_mount *m,
		     struct mount_sources *s, struct err *err)
{
	struct sys_mount_attr a = { .set = MOUNT_ATTR_IDMAP,
				    .recursive = m->idmap_recursive };
	int r;

	r = mount_idmap_open(p, m, s, err);
	if (r < 0)
		return r;
	a.userns_fd = s->userns_fd;
	r = sys_mount_setattr(fd, &a);
	if (r < 0)
		return err_sys(err, r, "cannot map the ids of the bind on %s",
			       str_quote(m->destination));
	return 0;
}

int mount_bind_open(const struct plan *p, const struct plan_mount *m,
		    struct mount_sources *s, int *out_fd, struct err *err)
{
	AUTO_FD fd = -1;
	int r = 0;

	fd = sys_open_tree(AT_FDCWD, m->source,
			   OPEN_TREE_CLONE | (m->recursive ? AT_RECURSIVE : 0));
	if (fd < 0)
		return err_sys(err, fd, "cannot open the mount source %s",
			       str_quote(m->source));
	if (m->idmap)
		r = set_idmap(p, fd, m, s, err);
	if (r == 0)
		r = set_attributes(p, fd, m, err);
	if (r < 0 && !m->idmap && !has_mount_setattr(fd)) {
		if (err)
			*err = ERR_INIT;
		s->late_attr = true;
		r = 0;
	}
	if (r < 0)
		return r;
	*out_fd = take_fd(&fd);
	return 0;
}

/* Only a procfs may come to lie on /proc (CVE-2019-16884). */
static int check_source(const struct plan_mount *m, int fd, bool *out_is_dir,
			struct err *err)
{
	struct statfs sfs;
	struct stat st;

	if (fstat(fd, &st) < 0)
		return err_sys(err, -errno, "cannot examine %s", str_quote(m->source));
	*out_is_dir = S_ISDIR(st.st_mode);
	if (strcmp(m->destination, "/proc") != 0)
		return 0;
	if (fstatfs(fd, &sfs) < 0)
		return err_sys(err, -errno, "cannot examine %s", str_quote(m->source));
	if (sfs.f_type != PROC_SUPER_MAGIC || st.st_ino != 1)
		return err_set(err, -EPERM, "cannot bind %s on '/proc': it is no procfs",
			       str_quote(m->source));
	return 0;
}

int mount_bind(struct rootfs *r, struct plan_mount *m, int *tree_fd, struct err *err)
{
	bool is_dir;
	int rc;

	if (*tree_fd < 0) {
		if (m->idmap)
			return err_set(err, -EPERM,
				       "cannot map the ids of the bind on %s without "
				       "privileges on the host",
				       str_quote(m->destination));
		rc = mount_bind_open(r->plan, m, r->src, tree_fd, err);
		if (rc < 0)
			return rc;
	}
	rc = check_source(m, *tree_fd, &is_dir, err);
	if (rc == 0)
		rc = mount_attach(r, m, *tree_fd, is_dir, err);
	if (rc == 0 && r->src->late_attr)
		rc = set_attributes(r->plan, *tree_fd, m, err);
	return rc;
}

int mount_clone_readonly(int dfd, const char *path, int *out_fd)
{
	struct sys_mount_attr ro = {
		.set = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV |
		       MOUNT_ATTR_NOEXEC,
		.propagation = MS_PRIVATE,
		.recursive = true,
	};
	AUTO_FD fd = sys_open_tree(dfd, path, OPEN_TREE_CLONE | AT_RECURSIVE);
	int r;

	if (fd < 0)
		return fd;
	r = sys_mount_setattr(fd, &ro);
	if (r < 0)
		return r;
	*out_fd = take_fd(&fd);
	return 0;
}
