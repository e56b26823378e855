/* SPDX-License-Identifier: Apache-2.0 */
/*
 * apply/mounts.c - the mounts of the config, in the listed order
 *
 * Runs:     prepare in the parent, the rest in the child
 * Needs:    a plan that was checked; the new root's descriptor
 * Should:   make each mount detached, with its final attributes, then attach it to the
 *           descriptor that its destination resolved to
 * Mustn't:  hand the kernel a path into the root file system: it is hostile and changes
 *           (CVE-2021-30465); allocate
 * On error: nothing to undo: the mount namespace goes with the process
 */
#include "apply/mounts.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sched.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#include "apply/mount_ops.h"
#include "base/err.h"
#include "base/fd.h"
#include "base/str.h"
#include "plan/plan.h"
#include "sys/mountapi.h"
#include "sys/openat2.h"

/*
 * /proc and /sys of the image must be ordinary directories: through a link, what is
 * mounted, masked and labelled would be another one (CVE-2019-19921, CVE-2023-27561).
 */
static int open_ordinary_dir(struct rootfs *r, const struct plan_mount *m, int *out_fd,
			     struct err *err)
{
	const char *name = m->destination + 1;
	int fd = openat(r->root_dfd, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	if (fd < 0 && errno == ENOENT) {
		if (mkdirat(r->root_dfd, name, 0755) < 0 && errno != EEXIST)
			return err_sys(err, -errno, "cannot make the directory '%s'",
				       m->destination);
		fd = openat(r->root_dfd, name,
			    O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	}
	if (fd < 0)
		return err_sys(
			err, -errno,
			"'%s' of the root file system must be an ordinary directory",
			m->destination);
	*out_fd = fd;
	return 0;
}

/* A link of the image can lead into /proc, where plan/ saw another name. */
static int check_not_in_proc(const struct plan_mount *m, int fd, struct err *err)
{
	struct statfs sfs;

	if (fstatfs(fd, &sfs) < 0)
		return err_sys(err, -errno, "cannot examine '%s'", m->destination);
	if (sfs.f_type == PROC_SUPER_MAGIC && strcmp(m->destination, "/proc") != 0 &&
	    !plan_mount_is_allowed_in_proc(m->destination))
		return err_set(err, -EPERM,
			       "cannot mount on '%s': it leads into a proc file system",
			       m->destination);
	return 0;
}

int mount_open_target(struct rootfs *r, const struct plan_mount *m, bool is_dir,
		      int *out_fd, struct err *err)
{
	const char *dst = m->destination;
	AUTO_FD fd = -1;
	int rc;

	if (!strcmp(dst, "/proc") || !strcmp(dst, "/sys"))
		return open_ordinary_dir(r, m, out_fd, err);
	if (is_dir)
		rc = sys_mkdir_in_root(r->root_dfd, dst, 0755, &fd);
	else
		rc = sys_mkfile_in_root(r->root_dfd, dst, 0644, &fd);
	if (rc < 0)
		return err_sys(err, rc, "cannot open or make the mount point %s",
			       str_quote(dst));
	rc = check_not_in_proc(m, fd, err);
	if (rc < 0)
		return rc;
	*out_fd = take_fd(&fd);
	return 0;
}

int mount_attach_to(struct rootfs *r, const struct plan_mount *m, int tree_fd,
		    int target_fd, struct err *err)
{
	int rc = sys_move_mount(tree_fd, target_fd);

	if (rc < 0)
		return err_sys(err, rc, "cannot mount on %s", str_quote(m->destination));
	if (!strcmp(m->destination, "/")) {
		/* what was the root is covered now */
		rc = fcntl(tree_fd, F_DUPFD_CLOEXEC, 3);
		if (rc < 0)
			return err_sys(err, -errno, "cannot keep the new root");
		fd_close(&r->root_dfd);
		r->root_dfd = rc;
	}
	return 0;
}

int mount_attach(struct rootfs *r, const struct plan_mount *m, int tree_fd, bool is_dir,
		 struct err *err)
{
	AUTO_FD target = -1;
	int rc = mount_open_target(r, m, is_dir, &target, err);

	return rc < 0 ? rc : mount_attach_to(r, m, tree_fd, target, err);
}

int mount_change(int proc_fd, int fd, const struct sys_mount_attr *a)
{
	int r = sys_mount_setattr(fd, a);

	/* KERNEL 5.12 */
	return r == -ENOSYS ? sys_mount_setattr_old(proc_fd, fd, a) : r;
}

int mount_propagate(int proc_fd, int fd, const struct plan_mount *m, struct err *err)
{
	size_t i;
	int rc;

	for (i = 0; i < m->n_propagation; i++) {
		struct sys_mount_attr a = {
			.propagation = m->propagation[i] & ~(unsigned long)MS_REC,
			.recursive = m->propagation[i] & MS_REC,
		};

		rc = mount_change(proc_fd, fd, &a);
		if (rc < 0)
			return err_sys(err, rc, "cannot set the propagation of %s",
				       str_quote(m->destination));
	}
	return 0;
}

/*
 * SECURITY: data on a remount changes the superblock for everyone who has it mounted. Only
 * a file system that an earlier entry made is the container's own.
 */
static bool made_by_us(const struct rootfs *r, const struct plan_mount *m)
{
	const struct plan_mount *it = m;

	while (it > r->plan->mounts.v) {
		it--;
		if (strcmp(it->destination, m->destination) != 0 ||
		    it->kind == MOUNT_REMOUNT)
			continue;
		return it->kind == MOUNT_FS || it->kind == MOUNT_TMPFS ||
		       it->kind == MOUNT_DEVPTS || it->kind == MOUNT_PROC;
	}
	return false;
}

/* remount: options on what is there */
static int remount(struct rootfs *r, const struct plan_mount *m, struct err *err)
{
	struct sys_mount_attr a = { .set = m->attr_set, .clr = m->attr_clr };
	AUTO_FD fd = -1;
	int rc;

	rc = sys_openat2_in_root(r->root_dfd, m->destination, O_PATH);
	if (rc < 0)
		return err_sys(err, rc, "cannot remount %s", str_quote(m->destination));
	fd = rc;
	rc = check_not_in_proc(m, fd, err);
	if (rc < 0)
		return rc;
	if (m->params.n && !made_by_us(r, m))
		return err_set(err, -EPERM,
			       "cannot remount %s with %s: that file system is not the "
			       "container's own",
			       str_quote(m->destination), str_quote(m->data));
	if (m->params.n) {
		AUTO_FD fs_fd = sys_fspick(fd);

		rc = fs_fd < 0 ? fs_fd : 0;
		for (size_t i = 0; rc >= 0 && i < m->params.n; i++)
			rc = sys_fsconfig(fs_fd, m->params.v[i].key,
					  m->params.v[i].value);
		if (rc >= 0)
			rc = sys_fsconfig_reconfigure(fs_fd);
	}
	if (rc >= 0 && (a.set || a.clr))
		rc = mount_change(-1, fd, &a);
	a = (struct sys_mount_attr){ .set = m->rec_set,
				     .clr = m->rec_clr,
				     .recursive = true };
	if (rc >= 0 && (a.set || a.clr))
		rc = mount_change(-1, fd, &a);
	if (rc < 0)
		return err_sys(err, rc, "cannot remount %s", str_quote(m->destination));
	return mount_propagate(-1, fd, m, err);
}

/* A directory that is missing is made for the payload: it is there to be written to. */
static int open_own_dir(struct rootfs *r, const struct plan_mount *m, int *out_fd,
			struct err *err)
{
	const struct plan_process *proc = &r->plan->process;
	int rc;

	rc = sys_openat2_in_root(r->root_dfd, m->destination, O_PATH | O_DIRECTORY);
	if (rc >= 0) {
		*out_fd = rc;
		return 0;
	}
	if (rc == -ENOENT)
		rc = sys_mkdir_in_root(r->root_dfd, m->destination, 0755, out_fd);
	/* an id without a mapping cannot own it: then it stays root's */
	if (rc == 0 && fchownat(*out_fd, "", proc->uid, proc->gid, AT_EMPTY_PATH) < 0 &&
	    errno != EINVAL)
		rc = -errno;
	return rc < 0 ? err_sys(err, rc, "cannot open or make the directory %s",
				str_quote(m->destination))
		      : 0;
}

static int mount_self(struct rootfs *r, const struct plan_mount *m, struct err *err)
{
	struct sys_mount_attr a = { .set = m->attr_set };
	AUTO_FD target = -1;
	AUTO_FD tree = -1;
	int rc;

	rc = open_own_dir(r, m, &target, err);
	if (rc == 0)
		rc = check_not_in_proc(m, target, err);
	if (rc < 0)
		return rc;
	tree = sys_open_tree(target, "", OPEN_TREE_CLONE | AT_RECURSIVE | AT_EMPTY_PATH);
	if (tree < 0)
		return err_sys(err, tree, "cannot clone the directory %s",
			       str_quote(m->destination));
	rc = mount_attach_to(r, m, tree, target, err);
	if (rc == 0)
		rc = mount_change(r->proc_fd, tree, &a);
	return rc < 0 ? err_sys(err, rc, "cannot open %s for writing",
				str_quote(m->destination))
		      : 0;
}

static int apply_mount(struct rootfs *r, struct plan_mount *m, int *fd, struct err *err)
{
	switch (m->kind) {
	case MOUNT_BIND:
		return mount_bind(r, m, fd, err);
	case MOUNT_PROC:
		return mount_proc(r, m, err);
	case MOUNT_SYSFS:
		return mount_sysfs(r, m, err);
	case MOUNT_CGROUP:
		if (r->before_cgroup && !r->cgroup_done) {
			int rc = r->before_cgroup(r->before_cgroup_arg, err);

			if (rc < 0)
				return rc;
			r->cgroup_done = true;
		}
		return mount_cgroup(r, m, err);
	case MOUNT_FS:
	case MOUNT_TMPFS:
	case MOUNT_DEVPTS:
	case MOUNT_MQUEUE:
		return mount_fs(r, m, fd, err);
	case MOUNT_REMOUNT:
		return remount(r, m, err);
	case MOUNT_SELF:
		return mount_self(r, m, err);
	}
	return err_set(err, -EINVAL, "unknown kind of mount on '%s'", m->destination);
}

int apply_mounts(struct rootfs *r, struct err *err)
{
	const struct plan_mounts *p = &r->plan->mounts;
	size_t i;
	int rc;

	for (i = 0; i < p->n; i++) {
		rc = apply_mount(r, &p->v[i], &r->src->fd[i], err);
		if (rc < 0)
			return rc;
		/* a tmpfs that becomes read-only at the end is still needed */
		if (!p->v[i].late_ro)
			fd_close(&r->src->fd[i]);
	}
	return 0;
}

/*
 * A bind's source, cloned by the parent: it has the rights that a child in a user
 * namespace lacks, and the clone of a shared mount stays in its peer group, which
 * "rshared" needs. Where the parent may not (unprivileged, with a new user namespace),
 * the child does it.
 */
static bool parent_opens(const struct plan *p)
{
	return !(p->host->euid != 0 && p->ns.create & CLONE_NEWUSER);
}

static int open_null(struct mount_sources *s, struct err *err)
{
	struct sys_mount_attr ro = { .set = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID |
					    MOUNT_ATTR_NOEXEC,
				     .propagation = MS_PRIVATE };
	int rc;

	s->null_fd = sys_open_tree(AT_FDCWD, "/dev/null", OPEN_TREE_CLONE);
	if (s->null_fd < 0) {
		rc = s->null_fd;
		s->null_fd = -1;
		return err_sys(err, rc, "cannot open /dev/null");
	}
	/* SECURITY: CVE-2025-31133: what masks must be the null device */
	if (!fd_is_null_device(s->null_fd))
		return err_set(err, -ENODEV, "/dev/null is not the null device");
	/*
	 * Read-only, so that nobody in the container can change owner or mode of the
	 * host's node through a mask.
	 */
	rc = sys_mount_setattr(s->null_fd, &ro);
	if (rc == -ENOSYS)
		s->late_attr = true;
	else if (rc < 0)
		return err_sys(err, rc, "cannot make a read-only view of /dev/null");
	return 0;
}

static int open_sources(const struct plan *p, struct mount_sources *s, struct err *err)
{
	size_t i;
	int rc;

	for (i = 0; i < p->mounts.n; i++) {
		if (p->mounts.v[i].kind != MOUNT_BIND)
			continue;
		rc = mount_bind_open(p, &p->mounts.v[i], s, &s->fd[i], err);
		if (rc < 0)
			return rc;
	}
	/* in a user namespace the way to it may be closed for the container's root */
	if (p->ns.has[NS_USER]) {
		rc = sys_open_tree(AT_FDCWD, p->mounts.rootfs,
				   OPEN_TREE_CLONE | AT_RECURSIVE);
		if (rc < 0)
			return err_sys(err, rc, "cannot open the root file system '%s'",
				       p->mounts.rootfs);
		s->fd[p->mounts.n] = rc;
	}
	return 0;
}

int apply_mounts_prepare(const struct plan *p, struct mount_sources *out, struct err *err)
{
	struct mount_sources s = {
		.n = p->mounts.n + 1, .null_fd = -1, .host_dev_dfd = -1, .userns_fd = -1
	};
	size_t i;
	int rc = 0;

	s.fd = calloc(s.n, sizeof(s.fd[0]));
	if (!s.fd)
		return err_sys(err, -ENOMEM, "cannot prepare the mounts");
	for (i = 0; i < s.n; i++)
		s.fd[i] = -1;
	if (parent_opens(p)) {
		rc = open_sources(p, &s, err);
		if (rc == 0)
			rc = open_null(&s, err);
	}
	fd_close(&s.userns_fd); /* the mounts hold what they need of it */
	s.userns_of = NULL;
	if (rc < 0) {
		mount_sources_release(&s);
		return rc;
	}
	*out = s;
	return 0;
}

void mount_sources_release(struct mount_sources *s)
{
	size_t i;

	if (!s->fd)
		return;
	for (i = 0; i < s->n; i++)
		fd_close(&s->fd[i]);
	fd_close(&s->null_fd);
	fd_close(&s->host_dev_dfd);
	free(s->fd);
	s->fd = NULL;
	s->n = 0;
}
