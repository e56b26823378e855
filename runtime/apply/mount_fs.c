/* SPDX-License-Identifier: Apache-2.0 */
/*
 * apply/mount_fs.c - new file systems: made detached, filled, attached
 *
 * fsopen(2) first: each option by itself, and the file system's own words when it
 * refuses one. mount(2) on the target's descriptor where the new calls are blocked, or
 * for what they cannot carry: values of 256 bytes and more, iversion.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/xattr.h>
#include <unistd.h>

#include "apply/mount_ops.h"
#include "apply/mounts.h"
#include "base/err.h"
#include "base/fd.h"
#include "base/str.h"
#include "plan/plan.h"
#include "sys/mountapi.h"
#include "sys/openat2.h"

#define FSCONFIG_MAX 255

#ifndef MS_LAZYTIME
#define MS_LAZYTIME (1 << 25)
#endif

static const struct {
	unsigned long flag;
	const char *name;
} sb_names[] = {
	{ MS_SYNCHRONOUS, "sync" },
	{ MS_DIRSYNC, "dirsync" },
	{ MS_MANDLOCK, "mand" },
	{ MS_LAZYTIME, "lazytime" },
};

static bool fits_fsconfig(const struct plan_mount *m)
{
	size_t i;

	if (m->sb_flags & MS_I_VERSION || strlen(m->source) > FSCONFIG_MAX)
		return false;
	for (i = 0; i < m->params.n; i++)
		if (strlen(m->params.v[i].key) > FSCONFIG_MAX ||
		    (m->params.v[i].value && strlen(m->params.v[i].value) > FSCONFIG_MAX))
			return false;
	return true;
}

static int configure(int fs_fd, const struct plan_mount *m)
{
	size_t i;
	int r;

	r = sys_fsconfig(fs_fd, "source", m->source);
	for (i = 0; r >= 0 && i < ARRAY_SIZE(sb_names); i++)
		if (m->sb_flags & sb_names[i].flag)
			r = sys_fsconfig(fs_fd, sb_names[i].name, NULL);
	if (r >= 0 && m->sb_ro)
		r = sys_fsconfig(fs_fd, "ro", NULL);
	for (i = 0; r >= 0 && i < m->params.n; i++)
		r = sys_fsconfig(fs_fd, m->params.v[i].key, m->params.v[i].value);
	if (r >= 0 && m->label && m->kind != MOUNT_MQUEUE)
		r = sys_fsconfig(fs_fd, "context", m->label);
	return r < 0 ? r : sys_fsconfig_create(fs_fd);
}

static int refused(int fs_fd, int r, const struct plan_mount *m, const char *fstype,
		   struct err *err)
{
	char why[256];

	sys_fs_message(fs_fd, why, sizeof(why));
	err_sys(err, r, "cannot make a %s for %s", fstype, str_quote(m->destination));
	if (why[0])
		err_hint(err, "the kernel says: %s", why);
	else if (r == -EINVAL && m->label)
		err_hint(err, "does the host's SELinux policy know /linux/mountLabel?");
	return r;
}

int mount_make_fs(const struct plan_mount *m, const char *fstype, uint64_t attr,
		  int *out_fd, struct err *err)
{
	AUTO_FD fs_fd = -1;
	int r;

	if (!fits_fsconfig(m))
		return 1;
	fs_fd = sys_fsopen(fstype);
	if (fs_fd == -ENOSYS || fs_fd == -EPERM)
		return 1;
	if (fs_fd < 0)
		return err_sys(err, fs_fd, "cannot make a %s for %s", fstype,
			       str_quote(m->destination));
	r = configure(fs_fd, m);
	if (r < 0)
		return refused(fs_fd, r, m, fstype, err);
	r = sys_fsmount(fs_fd, attr);
	if (r < 0)
		return refused(fs_fd, r, m, fstype, err);
	*out_fd = r;
	return 0;
}

/* mount(2) onto the descriptor, then the descriptor of what is there now. */
static int mount_fs_old(struct rootfs *r, const struct plan_mount *m, int target,
			uint64_t attr, int *out_fd, struct err *err)
{
	unsigned long flags = sys_mount_flags(attr) | m->sb_flags;
	char data[8192];
	int rc, n;

	n = snprintf(data, sizeof(data), "%s%s%s%s%s", m->data ? m->data : "",
		     m->data && m->label ? "," : "", m->label ? "context=\"" : "",
		     m->label ? m->label : "", m->label ? "\"" : "");
	if (n < 0 || n >= 4096)
		return err_set(err, -E2BIG, "too many options for %s",
			       str_quote(m->destination));
	rc = sys_mount_on_fd(m->source, target, m->fstype, flags, n ? data : NULL);
	if (rc < 0)
		return err_sys(err, rc, "cannot mount a %s on %s", m->fstype,
			       str_quote(m->destination));
	if (!strcmp(m->destination, "/"))
		return err_set(err, -ENOSYS,
			       "cannot mount a %s on '/' without the new mount calls",
			       m->fstype);
	rc = sys_openat2_in_root(r->root_dfd, m->destination, O_PATH);
	if (rc < 0)
		return err_sys(err, rc, "cannot open %s", str_quote(m->destination));
	*out_fd = rc;
	return 0;
}

static bool has_param(const struct plan_mount *m, const char *key)
{
	size_t i;

	for (i = 0; i < m->params.n; i++)
		if (!strcmp(m->params.v[i].key, key))
			return true;
	return false;
}

/*
 * A tmpfs without mode= takes that of the directory it covers (else /dev/shm would lose
 * its 1777). fchmod of its root is what the mount option would do.
 */
static int take_mode(const struct plan_mount *m, int target, int mnt, struct err *err)
{
	AUTO_FD dfd = -1;
	struct stat st;

	if (has_param(m, "mode"))
		return 0;
	if (fstat(target, &st) < 0)
		return err_sys(err, -errno, "cannot examine %s",
			       str_quote(m->destination));
	dfd = openat(mnt, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dfd < 0 || fchmod(dfd, st.st_mode & 07777) < 0)
		return err_sys(err, -errno, "cannot set the mode of %s",
			       str_quote(m->destination));
	return 0;
}

static int fill_tmpfs(const struct plan_mount *m, int target, int mnt, struct err *err)
{
	int r = take_mode(m, target, mnt, err);

	if (r < 0 || !m->tmpcopyup)
		return r;
	r = tmpcopyup(target, mnt);
	if (r < 0)
		return err_sys(err, r, "cannot copy what was in %s",
			       str_quote(m->destination));
	return 0;
}

/* mqueue takes no label at mount time. */
static int label_mqueue(const struct plan_mount *m, int mnt, struct err *err)
{
	AUTO_FD dfd = openat(mnt, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);

	if (dfd < 0 ||
	    fsetxattr(dfd, "security.selinux", m->label, strlen(m->label) + 1, 0) < 0)
		return err_sys(err, -errno, "cannot label %s", str_quote(m->destination));
	return 0;
}

int mount_fs(struct rootfs *r, struct plan_mount *m, int *out_fd, struct err *err)
{
	uint64_t attr = m->attr_set | m->rec_set;
	AUTO_FD target = -1;
	AUTO_FD mnt = -1;
	int rc;

	if (m->late_ro)
		attr &= ~(uint64_t)MOUNT_ATTR_RDONLY;
	rc = mount_open_target(r, m, true, &target, err);
	if (rc < 0)
		return rc;
	rc = mount_make_fs(m, m->fstype, attr, &mnt, err);
	if (rc == 1) {
		rc = mount_fs_old(r, m, target, attr, &mnt, err);
		if (rc == 0 && m->kind == MOUNT_TMPFS)
			rc = fill_tmpfs(m, target, mnt, err);
	} else if (rc == 0) {
		if (m->kind == MOUNT_TMPFS)
			rc = fill_tmpfs(m, target, mnt, err);
		if (rc == 0)
			rc = mount_attach_to(r, m, mnt, target, err);
	}
	if (rc == 0 && m->label && m->kind == MOUNT_MQUEUE)
		rc = label_mqueue(m, mnt, err);
	if (rc == 0)
		rc = mount_propagate(-1, mnt, m, err);
	if (rc == 0 && m->late_ro)
		*out_fd = take_fd(&mnt);
	return rc;
}

/*
 * Where an outer container's masks forbid a new procfs, its own is bound. That shows its
 * processes, so only where the user namespaces do: never for a class.
 */
static int bind_proc(struct rootfs *r, const struct plan_mount *m, int target,
		     struct err *err)
{
	struct sys_mount_attr a = { .set = m->attr_set,
				    .propagation = MS_PRIVATE,
				    .recursive = true };
	AUTO_FD tree = sys_open_tree(AT_FDCWD, "/proc", OPEN_TREE_CLONE | AT_RECURSIVE);
	int rc;

	if (tree < 0)
		return err_sys(err, tree, "cannot bind /proc");
	rc = sys_mount_setattr(tree, &a);
	if (rc < 0)
		return err_sys(err, rc, "cannot set the options of /proc");
	return mount_attach_to(r, m, tree, target, err);
}

int mount_proc(struct rootfs *r, struct plan_mount *m, struct err *err)
{
	const struct plan *p = r->plan;
	bool nested = p->host->in_userns && !p->limits.set;
	AUTO_FD target = -1;
	AUTO_FD mnt = -1;
	struct err why = ERR_INIT;
	int rc;

	rc = mount_open_target(r, m, true, &target, err);
	if (rc < 0)
		return rc;
	rc = mount_make_fs(m, "proc", m->attr_set | m->rec_set, &mnt, &why);
	if (rc == 1)
		rc = mount_fs_old(r, m, target, m->attr_set | m->rec_set, &mnt, &why);
	else if (rc == 0)
		rc = mount_attach_to(r, m, mnt, target, &why);
	if (rc == -EPERM && nested)
		return bind_proc(r, m, target, err);
	if (rc < 0) {
		if (err && !err->code)
			*err = why;
		return rc;
	}
	rc = mount_propagate(-1, mnt, m, err);
	/* the instance itself, not what may come to lie on it: good for sysctl and labels
	 */
	if (rc == 0 && r->proc_fd < 0 && !m->params.n &&
	    !((m->attr_set | m->rec_set) & MOUNT_ATTR_RDONLY))
		r->proc_fd = take_fd(&mnt);
	return rc;
}

int mount_sysfs(struct rootfs *r, struct plan_mount *m, struct err *err)
{
	AUTO_FD target = -1;
	AUTO_FD mnt = -1;
	struct err why = ERR_INIT;
	int rc;

	rc = mount_open_target(r, m, true, &target, err);
	if (rc < 0)
		return rc;
	rc = mount_make_fs(m, "sysfs", m->attr_set | m->rec_set, &mnt, &why);
	if (rc == 1)
		rc = mount_fs_old(r, m, target, m->attr_set | m->rec_set, &mnt, &why);
	else if (rc == 0)
		rc = mount_attach_to(r, m, mnt, target, &why);
	/*
	 * A sysfs belongs to a network namespace: without one of our own user namespace
	 * there is only the host's, and that only to look at.
	 */
	if (rc == -EPERM) {
		rc = mount_clone_readonly(AT_FDCWD, "/sys", &mnt);
		if (rc < 0)
			return err_sys(err, rc, "cannot bind /sys");
		return mount_attach_to(r, m, mnt, target, err);
	}
	if (rc < 0) {
		if (err && !err->code)
			*err = why;
		return rc;
	}
	return mount_propagate(-1, mnt, m, err);
}
