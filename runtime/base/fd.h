/* SPDX-License-Identifier: Apache-2.0 */
/* base/fd.h - descriptors: owned by one variable, close-on-exec at birth */
#ifndef AGENTRUN_BASE_FD_H
#define AGENTRUN_BASE_FD_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct arena;

/* fd_close: close *fd unless it is -1, and set it to -1. errno is kept. */
void fd_close(int *fd);
#define AUTO_FD __attribute__((cleanup(fd_close))) int

/* take_fd: hand the descriptor on; the variable no longer owns it. */
static inline int take_fd(int *fd)
{
	int r = *fd;

	*fd = -1;
	return r;
}

/*
 * fd_open_stdio: make sure that 0, 1 and 2 are open, /dev/null where they were not: a file
 * opened later must not become the place where messages go. 0 or -errno.
 */
int fd_open_stdio(void);

/* fd_write_all: write all bytes, through short writes and EINTR. 0 or -errno. */
int fd_write_all(int fd, const void *buf, size_t len);

/* fd_read_some: read until len bytes, end of file or an error. Count or -errno. */
ssize_t fd_read_some(int fd, void *buf, size_t len);

/*
 * fd_read_file: all of a file into the arena, NUL-terminated behind *out_len bytes.
 * More than max bytes is -EFBIG.
 */
int fd_read_file(int fd, size_t max, struct arena *arena, char **out, size_t *out_len);

/*
 * fd_read_at: fd_read_file of dfd/name, opened O_CLOEXEC | O_NOFOLLOW | O_NOCTTY |
 * O_NONBLOCK. What is no regular file is -EINVAL, a directory -EISDIR.
 */
int fd_read_at(int dfd, const char *name, size_t max, struct arena *arena, char **out,
	       size_t *out_len);

/*
 * fd_write_file_at: replace dfd/name atomically: a temporary file with O_EXCL in the same
 * directory, then rename. 0 or -errno; nothing is left behind on failure.
 */
int fd_write_file_at(int dfd, const char *name, mode_t mode, const void *buf, size_t len);

/* fd_cloexec_from: close-on-exec on every descriptor >= first. close_range(2), else /proc. */
int fd_cloexec_from(int first);

/*
 * fd_close_except: close every descriptor >= first that is not among the n of keep (which
 * it sorts; -1 entries are passed over). 0 or -errno: then some may be open still.
 */
int fd_close_except(unsigned first, int *keep, size_t n);

/* fd_set_cloexec: switch the flag. 0 or -errno. */
int fd_set_cloexec(int fd, bool on);

/*
 * fd_send / fd_recv: one message of len bytes with at most one descriptor over a
 * unix socket. fd -1 sends none. fd_recv gives -1 in *out_fd where none came, and closes
 * any that were not expected. Count or -errno (0: the peer is gone).
 */
ssize_t fd_send(int sock, const void *buf, size_t len, int fd);
ssize_t fd_recv(int sock, void *buf, size_t len, int *out_fd);

#endif
