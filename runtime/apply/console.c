/* SPDX-License-Identifier: Apache-2.0 */
/*
 * apply/console.c - a terminal of the container's own devpts
 *
 * SECURITY: the other end is taken from the master (TIOCGPTPEER), never by its name,
 * which could have been replaced (CVE-2025-52565); its file system and number are
 * verified, and /dev/console is a descriptor that was opened without following
 * (CVE-2026-88264).
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <sys/ioctl.h>
#include <sys/mount.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/sysmacros.h>
#include <unistd.h>

#include "apply/mount_ops.h"
#include "apply/mounts.h"
#include "base/err.h"
#include "base/fd.h"
#include "plan/plan.h"
#include "sys/mountapi.h"
#include "sys/openat2.h"

/* KERNEL 4.13 */
#ifndef TIOCGPTPEER
#define TIOCGPTPEER _IO('T', 0x41)
#endif

#define PTMX_DEV      makedev(5, 2)
#define PTS_MAJOR_MIN 136
#define PTS_MAJOR_MAX 143

static int check_devpts(int fd)
{
	struct statfs sfs;

	if (fstatfs(fd, &sfs) < 0)
		return -errno;
	return sfs.f_type == DEVPTS_SUPER_MAGIC ? 0 : -ENODEV;
}

/* The directory is verified first: opening an unknown device can have effects. */
static int open_master(int root_dfd, int *out_fd)
{
	AUTO_FD pts_dfd = sys_openat2_in_root(root_dfd, "/dev/pts", O_PATH | O_DIRECTORY);
	AUTO_FD fd = -1;
	struct stat st;
	int r;

	if (pts_dfd < 0)
		return pts_dfd;
	r = check_devpts(pts_dfd);
	if (r < 0)
		return r;
	fd = openat(pts_dfd, "ptmx", O_RDWR | O_NOCTTY | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISCHR(st.st_mode) || st.st_rdev != PTMX_DEV)
		return -ENODEV;
	r = check_devpts(fd);
	if (r < 0)
		return r;
	*out_fd = take_fd(&fd);
	return 0;
}

static int open_slave(int master, int *out_fd)
{
	AUTO_FD fd = -1;
	struct stat st;
	int unlock = 0, r;

	if (ioctl(master, TIOCSPTLCK, &unlock) < 0)
		return -errno;
	fd = ioctl(master, TIOCGPTPEER, O_RDWR | O_NOCTTY | O_CLOEXEC);
	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	if (!S_ISCHR(st.st_mode) || major(st.st_rdev) < PTS_MAJOR_MIN ||
	    major(st.st_rdev) > PTS_MAJOR_MAX)
		return -ENODEV;
	r = check_devpts(fd);
	if (r < 0)
		return r;
	*out_fd = take_fd(&fd);
	return 0;
}

static int set_up(const struct plan *p, int slave, struct err *err)
{
	struct winsize size = { .ws_row = p->process.rows, .ws_col = p->process.cols };

	if (size.ws_row && size.ws_col && ioctl(slave, TIOCSWINSZ, &size) < 0)
		return err_sys(err, -errno, "cannot set the size of the terminal");
	if (p->process.uid && fchown(slave, p->process.uid, (gid_t)-1) < 0)
		return err_sys(err, -errno, "cannot give the terminal to its user");
	return 0;
}

static int open_pair(const struct plan *p, int root_dfd, int *out_master, int *out_slave,
		     struct err *err)
{
	AUTO_FD master = -1;
	AUTO_FD slave = -1;
	int r;

	r = open_master(root_dfd, &master);
	if (r < 0)
		return err_sys(err, r,
			       "cannot open a terminal in the container's /dev/pts");
	r = open_slave(master, &slave);
	if (r < 0)
		return err_sys(err, r, "cannot open the container's end of the terminal");
	r = set_up(p, slave, err);
	if (r < 0)
		return r;
	*out_master = take_fd(&master);
	*out_slave = take_fd(&slave);
	return 0;
}

static int bind_console(struct rootfs *r, int slave, struct err *err)
{
	AUTO_FD dev_dfd = -1;
	AUTO_FD place = -1;
	AUTO_FD tree = -1;
	struct stat st;
	int rc;

	rc = sys_mkdir_in_root(r->root_dfd, "/dev", 0755, &dev_dfd);
	if (rc < 0)
		return err_sys(err, rc, "cannot open '/dev'");
	if (mknodat(dev_dfd, "console", S_IFREG | 0600, 0) < 0 && errno != EEXIST)
		return err_sys(err, -errno, "cannot make '/dev/console'");
	place = openat(dev_dfd, "console", O_PATH | O_NOFOLLOW | O_CLOEXEC);
	if (place < 0 || fstat(place, &st) < 0)
		return err_sys(err, -errno, "cannot open '/dev/console'");
	if (!S_ISREG(st.st_mode) && !S_ISCHR(st.st_mode))
		return err_set(err, -ELOOP,
			       "'/dev/console' is a link or something else that "
			       "cannot be a terminal");
	tree = sys_open_tree(slave, "", OPEN_TREE_CLONE | AT_EMPTY_PATH);
	rc = tree < 0 ? tree : sys_move_mount(tree, place);
	return rc < 0 ? err_sys(err, rc, "cannot mount the terminal on '/dev/console'")
		      : 0;
}

int apply_console(struct rootfs *r, int *out_master, int *out_slave, struct err *err)
{
	AUTO_FD master = -1;
	AUTO_FD slave = -1;
	int rc;

	if (!r->plan->process.terminal)
		return 0;
	rc = open_pair(r->plan, r->root_dfd, &master, &slave, err);
	if (rc == 0)
		rc = bind_console(r, slave, err);
	if (rc < 0)
		return rc;
	*out_master = take_fd(&master);
	*out_slave = take_fd(&slave);
	return 0;
}

int apply_exec_console(const struct plan *p, int *out_master, int *out_slave,
		       struct err *err)
{
	AUTO_FD root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);

	if (root < 0)
		return err_sys(err, -errno, "cannot open the container's root");
	return open_pair(p, root, out_master, out_slave, err);
}

int apply_console_stdio(int slave, struct err *err)
{
	int i;

	if (ioctl(slave, TIOCSCTTY, 0) < 0)
		return err_sys(err, -errno, "cannot take the controlling terminal");
	for (i = 0; i < 3; i++)
		if (slave != i && dup3(slave, i, 0) < 0)
			return err_sys(err, -errno,
				       "cannot make the terminal a standard "
				       "stream");
	if (slave > 2)
		fd_close(&slave);
	return 0;
}
