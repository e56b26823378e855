/* SPDX-License-Identifier: Apache-2.0 */
/* sys/clone.c - see clone.h */
#include "sys/clone.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/nsfs.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef CLONE_CLEAR_SIGHAND
#define CLONE_CLEAR_SIGHAND 0x100000000ULL
#endif
#ifndef CLONE_INTO_CGROUP
#define CLONE_INTO_CGROUP 0x200000000ULL
#endif

/* KERNEL 5.3: before it, or under an old seccomp filter, clone(2) with the same flags. */
static pid_t clone_old(uint64_t flags, int *out_pidfd)
{
	int pidfd = -1;
	long r;

	r = syscall(SYS_clone,
		    (unsigned long)flags | SIGCHLD | (out_pidfd ? CLONE_PIDFD : 0), NULL,
		    &pidfd, NULL, NULL);
	if (r < 0)
		return (pid_t)-errno;
	if (r > 0 && out_pidfd)
		*out_pidfd = pidfd;
	return (pid_t)r;
}

pid_t sys_clone(uint64_t flags, int cgroup_fd, int *out_pidfd)
{
	int pidfd = -1;
	struct clone_args args = {
		.flags = flags | CLONE_CLEAR_SIGHAND,
		/* clone3 refuses one with CLONE_PARENT: it is that of the caller, SIGCHLD */
		.exit_signal = flags & CLONE_PARENT ? 0 : SIGCHLD,
	};
	long r;

	if (out_pidfd) {
		args.flags |= CLONE_PIDFD;
		args.pidfd = (uint64_t)(uintptr_t)&pidfd;
	}
	if (cgroup_fd >= 0) {
		args.flags |= CLONE_INTO_CGROUP;
		args.cgroup = (uint64_t)cgroup_fd;
	}
	r = syscall(SYS_clone3, &args, sizeof(args));
	if (r < 0 && (errno == ENOSYS || errno == E2BIG) && cgroup_fd < 0)
		return clone_old(flags, out_pidfd);
	if (r < 0)
		return (pid_t)-errno;
	if (r > 0 && out_pidfd)
		*out_pidfd = pidfd;
	return (pid_t)r;
}

int sys_setns(int fd, int flags)
{
	return setns(fd, flags) < 0 ? -errno : 0;
}

int sys_unshare(uint64_t flags)
{
	return unshare((int)flags) < 0 ? -errno : 0;
}

int sys_ns_open(const char *path, int nstype)
{
	int fd, r;

	fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd < 0)
		return -errno;
	r = ioctl(fd, NS_GET_NSTYPE);
	if (r != nstype) {
		close(fd);
		return -EINVAL;
	}
	return fd;
}
