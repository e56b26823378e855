/* SPDX-License-Identifier: Apache-2.0 */
/*
 * apply/rootfs_overlay.c - an ephemeral root: what is written goes to memory, and with
 * the mount namespace
 *
 * The tmpfs of the upper layer is attached over the rootfs directory and the overlay over
 * that: overlayfs wants attached layers (before 6.15), and the pivot takes both away.
 * Layers are named through /proc/self/fd, so no path can hold a ',' or ':' too many.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
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

static int fail(int fs_fd, int r, const char *what, struct err *err)
{
	char why[256] = "";

	if (fs_fd >= 0)
		sys_fs_message(fs_fd, why, sizeof(why));
	err_sys(err, r, "cannot make the ephemeral root file system: %s%s%s", what,
		why[0] ? ": " : "", why);
	if (r == -EINVAL)
		err_hint(err,
			 "an overlay can be stacked twice: is the root file system an "
			 "overlay on an overlay?");
	return r;
}

static int make_upper(const struct plan *p, int *out_fd, struct err *err)
{
	char size[32];
	AUTO_FD fs_fd = sys_fsopen("tmpfs");
	int r;

	if (fs_fd < 0)
		return fail(-1, fs_fd, "tmpfs", err);
	if (!p->limits.rootfs_size_bytes)
		return fail(-1, -EINVAL, "no size", err);
	snprintf(size, sizeof(size), "%llu",
		 (unsigned long long)p->limits.rootfs_size_bytes);
	r = sys_fsconfig(fs_fd, "source", "agentrun-ephemeral");
	if (r == 0)
		r = sys_fsconfig(fs_fd, "size", size);
	if (r == 0)
		r = sys_fsconfig(fs_fd, "mode", "0700");
	if (r == 0)
		r = sys_fsconfig_create(fs_fd);
	if (r == 0)
		r = sys_fsmount(fs_fd, MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV);
	if (r < 0)
		return fail(fs_fd, r, "tmpfs", err);
	*out_fd = r;
	return 0;
}

/* The overlay's root takes its mode and owner from the upper directory. */
static int make_layers(int upper_fd, int lower_fd, struct err *err)
{
	struct stat st;

	if (fstat(lower_fd, &st) < 0 || mkdirat(upper_fd, "upper", 0700) < 0 ||
	    mkdirat(upper_fd, "work", 0700) < 0)
		return fail(-1, -errno, "layers", err);
	if ((st.st_uid || st.st_gid) &&
	    fchownat(upper_fd, "upper", st.st_uid, st.st_gid, AT_SYMLINK_NOFOLLOW) < 0 &&
	    errno != EINVAL)
		return fail(-1, -errno, "layers", err);
	if (fchmodat(upper_fd, "upper", st.st_mode & 07777, 0) < 0)
		return fail(-1, -errno, "layers", err);
	return 0;
}

/* What is written there needs no set-id bits, and no nodes if /dev is a mount of its own.
 */
static uint64_t overlay_attr(const struct plan *p)
{
	for (size_t i = 0; i < p->mounts.n; i++)
		if (str_eq(p->mounts.v[i].destination, "/dev"))
			return MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV;
	return MOUNT_ATTR_NOSUID;
}

static int make_overlay(const struct plan *p, int lower_fd, int upper_fd, int *out_fd,
			struct err *err)
{
	char lower[64], upper[64], work[64];
	AUTO_FD fs_fd = sys_fsopen("overlay");
	int r;

	if (fs_fd < 0)
		return fail(-1, fs_fd, "overlay", err);
	snprintf(lower, sizeof(lower), "/proc/self/fd/%d", lower_fd);
	snprintf(upper, sizeof(upper), "/proc/self/fd/%d/upper", upper_fd);
	snprintf(work, sizeof(work), "/proc/self/fd/%d/work", upper_fd);
	r = sys_fsconfig(fs_fd, "source", "overlay");
	if (r == 0)
		r = sys_fsconfig(fs_fd, "lowerdir", lower);
	if (r == 0)
		r = sys_fsconfig(fs_fd, "upperdir", upper);
	if (r == 0)
		r = sys_fsconfig(fs_fd, "workdir", work);
	/* memory needs no sync to survive a crash that it does not survive */
	if (r == 0)
		r = sys_fsconfig(fs_fd, "volatile", NULL);
	/* KERNEL 5.11: trusted.* is out of reach in a user namespace */
	if (r == 0 && (p->ns.has[NS_USER] || p->host->in_userns))
		r = sys_fsconfig(fs_fd, "userxattr", NULL);
	if (r == 0 && p->mounts.mount_label)
		r = sys_fsconfig(fs_fd, "context", p->mounts.mount_label);
	if (r == 0)
		r = sys_fsconfig_create(fs_fd);
	if (r == 0)
		r = sys_fsmount(fs_fd, overlay_attr(p));
	if (r < 0)
		return fail(fs_fd, r, "overlay", err);
	*out_fd = r;
	return 0;
}

int rootfs_overlay(struct rootfs *r, int lower_fd, int *out_root_fd, struct err *err)
{
	AUTO_FD upper = -1;
	AUTO_FD overlay = -1;
	AUTO_FD place = -1;
	int rc;

	rc = make_upper(r->plan, &upper, err);
	if (rc < 0)
		return rc;
	rc = sys_move_mount(upper, lower_fd);
	if (rc < 0)
		return fail(-1, rc, "cannot attach the tmpfs", err);
	rc = make_layers(upper, lower_fd, err);
	if (rc == 0)
		rc = make_overlay(r->plan, lower_fd, upper, &overlay, err);
	if (rc < 0)
		return rc;
	place = openat(upper, ".", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (place < 0)
		return fail(-1, -errno, "cannot open the tmpfs", err);
	rc = sys_move_mount(overlay, place);
	if (rc < 0)
		return fail(-1, rc, "cannot attach the overlay", err);
	*out_root_fd = take_fd(&overlay);
	return 0;
}
