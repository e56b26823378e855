/* SPDX-License-Identifier: Apache-2.0 */
/* lifecycle/selfexe.c - see selfexe.h */
#include "lifecycle/selfexe.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/mount.h>
#include <linux/stat.h>
#include <sys/mman.h>
#include <sys/prctl.h>
#include <sys/sendfile.h>
#include <sys/stat.h>
#include <sys/statvfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"

#ifndef MFD_EXEC
#define MFD_EXEC 0x0010U
#endif
#ifndef OPEN_TREE_CLONE
#define OPEN_TREE_CLONE 1
#endif

#define SEALS (F_SEAL_SEAL | F_SEAL_SHRINK | F_SEAL_GROW | F_SEAL_WRITE)

extern char **environ;

/*
 * Safe as it is: on a read-only mount (ours of the first round among them), sealed, or
 * immutable; or the file belongs to somebody whose identity no process of this container
 * can have, because we are not that user ourselves.
 */
static int is_protected(int exe)
{
	struct statvfs vfs;
	struct stat st;
	int seals;

	if (fstatvfs(exe, &vfs) == 0 && (vfs.f_flag & ST_RDONLY))
		return 1;
	seals = fcntl(exe, F_GET_SEALS);
	if (seals >= 0 && (seals & F_SEAL_WRITE))
		return 1;
	if (geteuid() != 0 && fstat(exe, &st) == 0 && st.st_uid != geteuid() &&
	    faccessat(exe, "", W_OK, AT_EMPTY_PATH | AT_EACCESS) < 0)
		return 1;
	return 0;
}

static int read_only_view(void)
{
	struct mount_attr attr = { .attr_set = MOUNT_ATTR_RDONLY };
	AUTO_FD fd = -1;

	fd = (int)syscall(SYS_open_tree, AT_FDCWD, "/proc/self/exe",
			  OPEN_TREE_CLONE | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	if (syscall(SYS_mount_setattr, fd, "", AT_EMPTY_PATH, &attr, sizeof(attr)) < 0)
		return -errno;
	return take_fd(&fd);
}

static int sealed_copy(int exe)
{
	AUTO_FD fd = -1;
	struct stat st;
	off_t done = 0;

	fd = memfd_create("agentrun", MFD_CLOEXEC | MFD_ALLOW_SEALING | MFD_EXEC);
	if (fd < 0 &&
	    errno == EINVAL) /* KERNEL 6.3: before it every memfd is executable */
		fd = memfd_create("agentrun", MFD_CLOEXEC | MFD_ALLOW_SEALING);
	if (fd < 0 || fstat(exe, &st) < 0)
		return -errno;
	while (done < st.st_size) {
		ssize_t n = sendfile(fd, exe, &done, (size_t)(st.st_size - done));

		if (n <= 0)
			return n < 0 ? -errno : -EIO;
	}
	if (fcntl(fd, F_ADD_SEALS, SEALS) < 0)
		return -errno;
	return take_fd(&fd);
}

int self_exe_protect(char *const *argv, struct err *err)
{
	AUTO_FD exe = -1;
	AUTO_FD view = -1;

	exe = open("/proc/self/exe", O_RDONLY | O_CLOEXEC);
	if (exe < 0)
		return err_sys(err, -errno, "cannot open this program");
	if (is_protected(exe)) {
		/* KERNEL: execveat by descriptor leaves a number as the name. */
		(void)prctl(PR_SET_NAME, "agentrun", 0, 0, 0);
		return 0;
	}
	view = read_only_view();
	if (view >= 0)
		(void)syscall(SYS_execveat, view, "", argv, environ, AT_EMPTY_PATH);
	fd_close(&view);
	view = sealed_copy(exe);
	if (view < 0)
		return err_sys(err, view, "cannot make a sealed copy of this program");
	(void)syscall(SYS_execveat, view, "", argv, environ, AT_EMPTY_PATH);
	return err_sys(err, -errno, "cannot execute the sealed copy of this program");
}
