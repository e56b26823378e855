/* SPDX-License-Identifier: Apache-2.0 */
/*
 * apply/rootfs.c - the new root: made a mount, entered, finished
 *
 * Runs:     in the child
 * Needs:    an own mount namespace
 * Should:   leave a process whose "/" is the container's and to which nothing of the
 *           host's tree is reachable
 * Mustn't:  let a mount or umount propagate to the host
 * On error: nothing to undo: the mount namespace goes with the process
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "apply/mount_ops.h"
#include "apply/mounts.h"
#include "base/err.h"
#include "base/fd.h"
#include "base/str.h"
#include "plan/plan.h"
#include "sys/clone.h"
#include "sys/mountapi.h"
#include "sys/openat2.h"

static bool is_ephemeral(const struct plan *p)
{
	return p->limits.set && p->limits.rootfs == ROOTFS_EPHEMERAL;
}

static bool is_readonly(const struct plan *p)
{
	return p->mounts.root_readonly ||
	       (p->limits.set && p->limits.rootfs == ROOTFS_READONLY);
}

/*
 * Where the root is attached: its own path, since hooks look for it there. Where the
 * container's root may not go that way, on "/", which covers nothing: our "/" stays
 * what it is until the pivot.
 */
static int open_place(const struct plan *p, bool have_tree, int *out_fd, struct err *err)
{
	int fd = open(p->mounts.rootfs, O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (fd < 0 && errno == EACCES && have_tree)
		fd = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (fd < 0)
		return err_sys(err, -errno, "cannot open the root file system '%s'",
			       p->mounts.rootfs);
	*out_fd = fd;
	return 0;
}

int apply_rootfs_enter(struct rootfs *r, struct err *err)
{
	const struct plan *p = r->plan;
	int *parents = &r->src->fd[r->src->n - 1];
	unsigned long prop = p->mounts.root_propagation & (MS_PRIVATE | MS_UNBINDABLE)
				     ? MS_PRIVATE
				     : MS_SLAVE;
	AUTO_FD place = -1;
	AUTO_FD tree = take_fd(parents);
	const struct sys_mount_attr alone = { .propagation = prop, .recursive = true };
	int rc;

	/*
	 * SECURITY: a mount namespace that was joined is somebody else's, the host's
	 * even: it is where we start from, never what we change.
	 */
	if (p->ns.join[NS_MOUNT]) {
		rc = sys_unshare(CLONE_NEWNS);
		if (rc < 0)
			return err_sys(err, rc, "cannot leave the mount namespace '%s'",
				       p->ns.join[NS_MOUNT]);
	}
	/* modes of mount points and nodes are meant as they are written */
	umask(0);
	/*
	 * SECURITY: nothing of what follows may reach the host. Shared volumes keep their
	 * peers all the same: the parent cloned them before this.
	 */
	rc = sys_mount(NULL, "/", NULL, MS_REC | prop, NULL);
	if (rc < 0)
		return err_sys(err, rc,
			       "cannot make the mounts private to the container");
	rc = open_place(p, tree >= 0, &place, err);
	if (rc < 0)
		return rc;
	if (is_ephemeral(p)) {
		rc = rootfs_overlay(r, place, &r->root_dfd, err);
		return rc;
	}
	if (tree < 0)
		tree = sys_open_tree(place, "",
				     OPEN_TREE_CLONE | AT_RECURSIVE | AT_EMPTY_PATH);
	if (tree < 0)
		return err_sys(err, tree, "cannot clone the root file system '%s'",
			       p->mounts.rootfs);
	rc = sys_move_mount(tree, place);
	if (rc < 0)
		return err_sys(err, rc, "cannot mount the root file system '%s'",
			       p->mounts.rootfs);
	/*
	 * SECURITY: the parent's clone is a peer of the host's mount: what the container
	 * mounts on it would appear on the host, and pivot_root refuses it.
	 */
	rc = mount_change(r->proc_fd, tree, &alone);
	if (rc < 0)
		return err_sys(err, rc, "cannot make the root file system '%s' private",
			       p->mounts.rootfs);
	r->root_dfd = take_fd(&tree);
	return 0;
}

/* SECURITY: "/" must be the mount that was built (rule 8 of the book of paths). */
static int check_root(const struct rootfs *r, struct err *err)
{
	AUTO_FD fd = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	uint64_t want, have;
	int rc;

	if (fd < 0)
		return err_sys(err, -errno, "cannot open the new root");
	rc = sys_mount_id(r->root_dfd, &want);
	if (rc == 0)
		rc = sys_mount_id(fd, &have);
	if (rc < 0)
		return err_sys(err, rc, "cannot verify the new root");
	if (want != have)
		return err_set(err, -EXDEV, "the new root is not the one that was built");
	return 0;
}

int apply_rootfs_pivot(struct rootfs *r, struct err *err)
{
	int rc;

	if (fchdir(r->root_dfd) < 0)
		return err_sys(err, -errno, "cannot enter the new root");
	if (r->plan->mounts.no_pivot) {
		rc = rootfs_move(r, err);
		return rc < 0 ? rc : check_root(r, err);
	}
	/* both the same: the old root comes to lie on the new one, and is what "." finds
	 */
	rc = sys_pivot_root(".", ".");
	if (rc < 0) {
		err_hint(err, "a root on a ramfs cannot be pivoted: --no-pivot");
		return err_sys(err, rc, "pivot_root");
	}
	rc = sys_umount2(".", MNT_DETACH);
	if (rc < 0)
		return err_sys(err, rc, "cannot detach the host's root");
	if (chdir("/") < 0)
		return err_sys(err, -errno, "cannot enter the new root");
	return check_root(r, err);
}

/* tmpfs mounts that were to be read-only, once their mount points were made */
static int make_late_readonly(struct rootfs *r, struct err *err)
{
	struct sys_mount_attr ro = { .set = MOUNT_ATTR_RDONLY };
	const struct plan_mounts *p = &r->plan->mounts;
	size_t i;
	int rc;

	for (i = 0; i < p->n; i++) {
		if (!p->v[i].late_ro)
			continue;
		rc = mount_change(r->proc_fd, r->src->fd[i], &ro);
		if (rc < 0)
			return err_sys(err, rc, "cannot make %s read-only",
				       str_quote(p->v[i].destination));
		fd_close(&r->src->fd[i]);
	}
	return 0;
}

static int make_root_readonly(struct rootfs *r, struct err *err)
{
	struct sys_mount_attr ro = { .set = MOUNT_ATTR_RDONLY };
	int rc;

	if (!is_readonly(r->plan))
		return 0;
	rc = mount_change(r->proc_fd, r->root_dfd, &ro);
	return rc < 0 ? err_sys(err, rc, "cannot make the root file system read-only")
		      : 0;
}

/* slave and private were set on the way in; shared and unbindable only make sense now */
static int set_root_propagation(struct rootfs *r, struct err *err)
{
	unsigned long flags = r->plan->mounts.root_propagation;
	struct sys_mount_attr a = {
		.propagation = flags & ~(unsigned long)MS_REC,
		.recursive = flags & MS_REC,
	};
	int rc;

	if (!(flags & (MS_SHARED | MS_UNBINDABLE)))
		return 0;
	rc = mount_change(r->proc_fd, r->root_dfd, &a);
	return rc < 0 ? err_sys(err, rc, "/linux/rootfsPropagation") : 0;
}

/*
 * SECURITY: standard streams that are the host's null device are exchanged for the
 * container's own node, which is verified, not trusted (CVE-2026-88265).
 */
static int replace_null_stdio(struct rootfs *r, struct err *err)
{
	AUTO_FD null = -1;
	int i, rc;

	if (r->plan->process.terminal)
		return 0;
	for (i = 0; i < 3; i++) {
		if (!fd_is_null_device(i))
			continue;
		if (null < 0) {
			rc = sys_openat2_in_root(r->root_dfd, "/dev/null",
						 O_RDWR | O_NOFOLLOW | O_NONBLOCK |
							 O_NOCTTY);
			if (rc < 0)
				return err_sys(err, rc,
					       "cannot open the container's /dev/null");
			null = rc;
			if (!fd_is_null_device(null))
				return err_set(err, -ENODEV,
					       "the container's /dev/null is not the "
					       "null device");
		}
		if (dup3(null, i, 0) < 0)
			return err_sys(err, -errno, "cannot replace a standard stream");
	}
	return 0;
}

static int make_cwd(struct rootfs *r, struct err *err)
{
	const char *cwd = r->plan->mounts.cwd;
	AUTO_FD fd = -1;
	int rc;

	if (!cwd || !strcmp(cwd, "/"))
		return 0;
	rc = sys_mkdir_in_root(r->root_dfd, cwd, 0755, &fd);
	/* only the user may be allowed to go there; apply_cwd tries as both */
	if (rc < 0 && rc != -EACCES) {
		const char *q = str_quote(cwd);

		/* engines know this text */
		return err_sys(err, rc,
			       "chdir to cwd (\"%.*s\") set in config.json failed",
			       (int)strlen(q) - 2, q + 1);
	}
	return 0;
}

int apply_rootfs_finish(struct rootfs *r, struct err *err)
{
	int rc;

	rc = make_cwd(r, err);
	if (rc == 0)
		rc = replace_null_stdio(r, err);
	if (rc == 0)
		rc = apply_sysctls(r, err);
	if (rc == 0)
		rc = make_late_readonly(r, err);
	if (rc == 0)
		rc = apply_readonly_paths(r, err);
	if (rc == 0)
		rc = apply_masks(r, err);
	if (rc == 0)
		rc = make_root_readonly(r, err);
	if (rc == 0)
		rc = set_root_propagation(r, err);
	return rc;
}
