/* SPDX-License-Identifier: Apache-2.0 */
/*
 * apply/masks.c - maskedPaths and readonlyPaths
 *
 * Runs:     in the child, in the new root, after everything that writes
 * Should:   hide or protect each path that is there
 * Mustn't:  leave one out that is there: absence alone is skipped (CVE-2025-31133 made
 *           a mask vanish by making its source vanish)
 * On error: fatal
 *
 * A mask of a directory is a clone of one empty, read-only tmpfs, a mask of a file a
 * clone of the verified null device. The first use attaches the original, later ones
 * clone what is attached: a detached mount can be cloned only since 6.15.
 */
#include <errno.h>
#include <fcntl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <unistd.h>

#include "apply/mount_ops.h"
#include "apply/mounts.h"
#include "base/err.h"
#include "base/fd.h"
#include "base/str.h"
#include "plan/plan.h"
#include "sys/mountapi.h"
#include "sys/openat2.h"

struct mask {
	int fd; /* the mount that is used first, and cloned after */
	bool attached;
	bool late_ro; /* it could not be made read-only while it was detached */
};

/* Absent is no failure; a path through a file is absent as well. */
static bool is_absent(int r)
{
	return r == -ENOENT || r == -ENOTDIR;
}

/* KERNEL 5.12: what mount_setattr(2) did before, on what is attached now. */
static int close_late(const struct rootfs *r, const struct mask *m, int fd)
{
	struct sys_mount_attr a = { .set = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID |
					   MOUNT_ATTR_NOEXEC };

	return m->late_ro ? sys_mount_setattr_old(r->proc_fd, fd, &a) : 0;
}

static int put_mask(const struct rootfs *r, struct mask *m, int target)
{
	AUTO_FD clone = -1;
	int rc;

	if (!m->attached) {
		rc = sys_move_mount(m->fd, target);
		m->attached = rc == 0;
		return rc < 0 ? rc : close_late(r, m, m->fd);
	}
	clone = sys_open_tree(m->fd, "", OPEN_TREE_CLONE | AT_EMPTY_PATH);
	if (clone < 0)
		return clone;
	rc = sys_move_mount(clone, target);
	return rc < 0 ? rc : close_late(r, m, clone);
}

static int make_empty_dir(const struct rootfs *r, int *out_fd)
{
	AUTO_FD fs_fd = sys_fsopen("tmpfs");
	const char *label = r->plan->mounts.mount_label;
	int rc;

	if (fs_fd < 0)
		return fs_fd;
	rc = sys_fsconfig(fs_fd, "source", "tmpfs");
	if (rc == 0)
		rc = sys_fsconfig(fs_fd, "nr_blocks", "1");
	/* one for the root; older kernels count one more */
	if (rc == 0)
		rc = sys_fsconfig(fs_fd, "nr_inodes", "2");
	if (rc == 0)
		rc = sys_fsconfig(fs_fd, "mode", "0755");
	if (rc == 0 && label)
		rc = sys_fsconfig(fs_fd, "context", label);
	if (rc == 0)
		rc = sys_fsconfig_create(fs_fd);
	if (rc < 0)
		return rc;
	rc = sys_fsmount(fs_fd, MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV |
					MOUNT_ATTR_NOEXEC);
	if (rc < 0)
		return rc;
	*out_fd = rc;
	return 0;
}

/* For a parent without rights on the host's mounts: the child's own view, verified too.
 */
static int open_null_mask(const struct rootfs *r, int *out_fd)
{
	AUTO_FD node = -1;
	int rc;

	rc = sys_openat2_in_root(r->root_dfd, "/dev/null", O_PATH | O_NOFOLLOW);
	if (rc < 0)
		return rc;
	node = rc;
	if (!fd_is_null_device(node))
		return -ENODEV;
	rc = sys_open_tree(node, "", OPEN_TREE_CLONE | AT_EMPTY_PATH);
	if (rc < 0)
		return rc;
	*out_fd = rc;
	return 0;
}

static int mask_path(struct rootfs *r, const char *path, struct mask *dirs,
		     struct mask *files)
{
	AUTO_FD target = -1;
	struct stat st;
	int rc;

	rc = sys_openat2_in_root(r->root_dfd, path, O_PATH);
	if (rc < 0)
		return is_absent(rc) ? 0 : rc;
	target = rc;
	if (fstat(target, &st) < 0)
		return -errno;
	if (S_ISDIR(st.st_mode)) {
		rc = dirs->fd < 0 ? make_empty_dir(r, &dirs->fd) : 0;
		return rc < 0 ? rc : put_mask(r, dirs, target);
	}
	rc = files->fd < 0 ? open_null_mask(r, &files->fd) : 0;
	return rc < 0 ? rc : put_mask(r, files, target);
}

int apply_masks(struct rootfs *r, struct err *err)
{
	const struct spec_strings *paths = &r->plan->mounts.masked_paths;
	struct mask files = { .fd = take_fd(&r->src->null_fd),
			      .late_ro = r->src->late_attr };
	struct mask dirs = { .fd = -1 };
	size_t i;
	int rc = 0;

	for (i = 0; i < paths->n && rc == 0; i++) {
		rc = mask_path(r, paths->v[i], &dirs, &files);
		if (rc < 0)
			err_sys(err, rc, "cannot mask %s", str_quote(paths->v[i]));
	}
	fd_close(&files.fd);
	fd_close(&dirs.fd);
	return rc;
}

static int protect_path(struct rootfs *r, const char *path)
{
	struct sys_mount_attr ro = { .set = MOUNT_ATTR_RDONLY };
	AUTO_FD target = -1;
	AUTO_FD tree = -1;
	int rc;

	rc = sys_openat2_in_root(r->root_dfd, path, O_PATH);
	if (rc < 0)
		return is_absent(rc) ? 0 : rc;
	target = rc;
	tree = sys_open_tree(target, "", OPEN_TREE_CLONE | AT_RECURSIVE | AT_EMPTY_PATH);
	if (tree < 0)
		return tree;
	/* KERNEL 5.12: before, attributes need an attached mount */
	rc = sys_mount_setattr(tree, &ro);
	if (rc < 0 && rc != -ENOSYS)
		return rc;
	if (rc == 0)
		return sys_move_mount(tree, target);
	rc = sys_move_mount(tree, target);
	return rc < 0 ? rc : sys_mount_setattr_old(r->proc_fd, tree, &ro);
}

int apply_readonly_paths(struct rootfs *r, struct err *err)
{
	const struct spec_strings *paths = &r->plan->mounts.readonly_paths;
	size_t i;
	int rc;

	for (i = 0; i < paths->n; i++) {
		rc = protect_path(r, paths->v[i]);
		if (rc < 0)
			return err_sys(err, rc, "cannot make %s read-only",
				       str_quote(paths->v[i]));
	}
	return 0;
}
