/* SPDX-License-Identifier: Apache-2.0 */
/* sys/pidfd.c - see pidfd.h */
#include "sys/pidfd.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <stddef.h>
#include <sys/syscall.h>
#include <time.h>
#include <unistd.h>

int sys_pidfd_open(pid_t pid)
{
	int r = (int)syscall(SYS_pidfd_open, pid, 0);

	return r < 0 ? -errno : r; /* close-on-exec by definition */
}

int sys_pidfd_send_signal(int pidfd, int sig)
{
	return syscall(SYS_pidfd_send_signal, pidfd, sig, NULL, 0) < 0 ? -errno : 0;
}

int sys_pidfd_getfd(int pidfd, int fd)
{
	int r = (int)syscall(SYS_pidfd_getfd, pidfd, fd, 0);

	return r < 0 ? -errno : r; /* close-on-exec by definition */
}

static int64_t now_ms(void)
{
	struct timespec ts;

	clock_gettime(CLOCK_BOOTTIME, &ts);
	return (int64_t)ts.tv_sec * 1000 + ts.tv_nsec / 1000000;
}

int sys_pidfd_wait(int pidfd, int timeout_ms)
{
	struct pollfd pfd = { .fd = pidfd, .events = POLLIN };
	int64_t end = timeout_ms < 0 ? 0 : now_ms() + timeout_ms;
	int r, left = timeout_ms;

	for (;;) {
		r = poll(&pfd, 1, left);
		if (r > 0)
			return pfd.revents & POLLNVAL ? -EBADF : 0;
		if (r == 0)
			return -ETIMEDOUT;
		if (errno != EINTR)
			return -errno;
		if (timeout_ms >= 0) {
			left = (int)(end - now_ms());
			if (left < 0)
				left = 0;
		}
	}
}
