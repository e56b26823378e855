/* SPDX-License-Identifier: Apache-2.0 */
/* base/fd.c - see fd.h */
#include "base/fd.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"

#ifndef CLOSE_RANGE_CLOEXEC
#define CLOSE_RANGE_CLOEXEC (1U << 2)
#endif

void fd_close(int *fd)
{
	int saved = errno;

	if (*fd >= 0)
		close(*fd);
	*fd = -1;
	errno = saved;
}

int fd_open_stdio(void)
{
	for (int fd = 0; fd < 3; fd++) {
		if (fcntl(fd, F_GETFD) >= 0)
			continue;
		/* The lowest free number is this one; it is to be inherited. */
		if (open("/dev/null", O_RDWR | O_NOCTTY) != fd) /* no O_CLOEXEC */
			return -EBADF;
	}
	return 0;
}

int fd_write_all(int fd, const void *buf, size_t len)
{
	const char *p = buf;

	while (len) {
		ssize_t n = write(fd, p, len);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		p += n;
		len -= (size_t)n;
	}
	return 0;
}

ssize_t fd_read_some(int fd, void *buf, size_t len)
{
	size_t done = 0;

	while (done < len) {
		ssize_t n = read(fd, (char *)buf + done, len - done);

		if (n < 0 && errno == EINTR)
			continue;
		if (n < 0)
			return -errno;
		if (n == 0)
			break;
		done += (size_t)n;
	}
	return (ssize_t)done;
}

int fd_read_file(int fd, size_t max, struct arena *arena, char **out, size_t *out_len)
{
	size_t cap = 16384, len = 0;
	struct stat st;
	char *buf, *bigger;

	if (fstat(fd, &st) == 0 && S_ISREG(st.st_mode) && st.st_size > 0 &&
	    (uint64_t)st.st_size <= max)
		cap = (size_t)st.st_size + 1; /* one read more tells the end */
	buf = arena_alloc(arena, cap + 1);
	for (;;) {
		ssize_t n = fd_read_some(fd, buf + len, cap - len);

		if (n < 0)
			return (int)n;
		len += (size_t)n;
		if (len > max)
			return -EFBIG;
		if (len < cap)
			break;
		bigger = arena_alloc(arena, 2 * cap + 1);
		memcpy(bigger, buf, len);
		buf = bigger;
		cap *= 2;
	}
	buf[len] = '\0';
	*out = buf;
	*out_len = len;
	return 0;
}

int fd_read_at(int dfd, const char *name, size_t max, struct arena *arena, char **out,
	       size_t *out_len)
{
	AUTO_FD fd = openat(dfd, name,
			    O_RDONLY | O_CLOEXEC | O_NOFOLLOW | O_NOCTTY | O_NONBLOCK);
	struct stat st;

	if (fd < 0 || fstat(fd, &st) < 0)
		return -errno;
	/* A fifo would read as empty, a device as whatever it likes. */
	if (!S_ISREG(st.st_mode))
		return S_ISDIR(st.st_mode) ? -EISDIR : -EINVAL;
	return fd_read_file(fd, max, arena, out, out_len);
}

int fd_write_file_at(int dfd, const char *name, mode_t mode, const void *buf, size_t len)
{
	char tmp[300];
	int fd, r, n;

	n = snprintf(tmp, sizeof(tmp), ".%s.%d", name, (int)getpid());
	if (n < 0 || (size_t)n >= sizeof(tmp))
		return -ENAMETOOLONG;
	fd = openat(dfd, tmp, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
	if (fd < 0 && errno == EEXIST) {
		/* Left by a process of this number that was killed. */
		(void)unlinkat(dfd, tmp, 0);
		fd = openat(dfd, tmp,
			    O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, mode);
	}
	if (fd < 0)
		return -errno;
	r = fd_write_all(fd, buf, len);
	/* The caller's umask is not ours to obey: the mode is part of the contract. */
	if (r == 0 && fchmod(fd, mode) < 0)
		r = -errno;
	if (close(fd) < 0 && r == 0)
		r = -errno;
	if (r == 0 && renameat(dfd, tmp, dfd, name) < 0)
		r = -errno;
	if (r < 0)
		(void)unlinkat(dfd, tmp, 0);
	return r;
}

int fd_set_cloexec(int fd, bool on)
{
	int flags = fcntl(fd, F_GETFD);

	if (flags < 0)
		return -errno;
	flags = on ? flags | FD_CLOEXEC : flags & ~FD_CLOEXEC;
	return fcntl(fd, F_SETFD, flags) < 0 ? -errno : 0;
}

/* KERNEL 5.11: before it, or under a filter, one descriptor after the other. */
static int cloexec_walk(int first)
{
	DIR *dir = opendir("/proc/self/fd");
	struct dirent *e;
	int r = 0;

	if (!dir)
		return -errno;
	while ((e = readdir(dir))) {
		char *end;
		long fd = strtol(e->d_name, &end, 10);

		if (*end || fd < first)
			continue;
		if (fd_set_cloexec((int)fd, true) < 0 && errno != EBADF)
			r = -errno;
	}
	closedir(dir);
	return r;
}

int fd_cloexec_from(int first)
{
	if (close_range((unsigned)first, ~0u, CLOSE_RANGE_CLOEXEC) == 0)
		return 0;
	return cloexec_walk(first);
}

union control {
	char buf[CMSG_SPACE(8 * sizeof(int))];
	struct cmsghdr align;
};

ssize_t fd_send(int sock, const void *buf, size_t len, int fd)
{
	struct iovec iov = { .iov_base = (void *)(uintptr_t)buf, .iov_len = len };
	struct msghdr m = { .msg_iov = &iov, .msg_iovlen = 1 };
	union control c = { 0 };
	ssize_t n;

	if (fd >= 0) {
		m.msg_control = c.buf;
		m.msg_controllen = CMSG_SPACE(sizeof(int));
		c.align.cmsg_level = SOL_SOCKET;
		c.align.cmsg_type = SCM_RIGHTS;
		c.align.cmsg_len = CMSG_LEN(sizeof(int));
		memcpy(CMSG_DATA(&c.align), &fd, sizeof(int));
	}
	do
		n = sendmsg(sock, &m, MSG_NOSIGNAL);
	while (n < 0 && errno == EINTR);
	return n < 0 ? -errno : n;
}

/* The first descriptor goes to out, every other is closed: nobody asked for them. */
static void take_rights(struct msghdr *m, int *out)
{
	for (struct cmsghdr *c = CMSG_FIRSTHDR(m); c; c = CMSG_NXTHDR(m, c)) {
		size_t n;

		if (c->cmsg_level != SOL_SOCKET || c->cmsg_type != SCM_RIGHTS)
			continue;
		n = (c->cmsg_len - CMSG_LEN(0)) / sizeof(int);
		for (size_t i = 0; i < n; i++) {
			int fd;

			memcpy(&fd, CMSG_DATA(c) + i * sizeof(int), sizeof(int));
			if (out && *out < 0)
				*out = fd;
			else
				close(fd);
		}
	}
}

ssize_t fd_recv(int sock, void *buf, size_t len, int *out_fd)
{
	struct iovec iov = { .iov_base = buf, .iov_len = len };
	union control c;
	struct msghdr m = { .msg_iov = &iov,
			    .msg_iovlen = 1,
			    .msg_control = c.buf,
			    .msg_controllen = sizeof(c.buf) };
	ssize_t n;

	if (out_fd)
		*out_fd = -1;
	do
		n = recvmsg(sock, &m, MSG_CMSG_CLOEXEC);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	take_rights(&m, out_fd);
	if (m.msg_flags & (MSG_TRUNC | MSG_CTRUNC)) {
		if (out_fd)
			fd_close(out_fd);
		return -EMSGSIZE;
	}
	return n;
}
