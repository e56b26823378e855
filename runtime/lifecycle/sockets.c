/* SPDX-License-Identifier: Apache-2.0 */
/* lifecycle/sockets.c - what is handed to engines: console, pidfd, pid file */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"
#include "base/str.h"
#include "lifecycle/container.h"

/*
 * A path may be longer than sun_path: an O_PATH descriptor of it, reached through /proc,
 * is not.
 */
int socket_connect(const char *path, struct err *err)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	AUTO_FD node = -1;
	AUTO_FD sock = -1;

	node = open(path, O_PATH | O_CLOEXEC);
	if (node < 0)
		return err_sys(err, -errno, "cannot open socket %s", str_quote(path));
	sock = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	if (sock < 0)
		return err_sys(err, -errno, "cannot make a socket");
	snprintf(addr.sun_path, sizeof(addr.sun_path), "/proc/self/fd/%d", node);
	if (connect(sock, (struct sockaddr *)&addr, sizeof(addr)) < 0)
		return err_sys(err, -errno, "cannot connect to socket %s",
			       str_quote(path));
	return take_fd(&sock);
}

int socket_send_fd(int sock, int fd, const char *payload, struct err *err)
{
	ssize_t n = fd_send(sock, payload, strlen(payload), fd);

	if (n < 0)
		return err_sys(err, (int)n, "cannot send a descriptor to the socket");
	return 0;
}

int pid_file_write(const char *path, pid_t pid, struct err *err)
{
	char text[16], dir[4096];
	const char *slash = strrchr(path, '/');
	AUTO_FD dfd = -1;
	int n, r;

	if (!slash)
		snprintf(dir, sizeof(dir), ".");
	else
		snprintf(dir, sizeof(dir), "%.*s", (int)(slash - path) + 1, path);
	dfd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dfd < 0)
		return err_sys(err, -errno, "cannot open the directory of pid file %s",
			       str_quote(path));
	/* No newline: go-runc parses the whole file as a number. */
	n = snprintf(text, sizeof(text), "%d", (int)pid);
	r = fd_write_file_at(dfd, slash ? slash + 1 : path, 0644, text, (size_t)n);
	if (r < 0)
		return err_sys(err, r, "cannot write pid file %s", str_quote(path));
	return 0;
}

static int listen_fds(unsigned *out, struct err *err)
{
	const char *fds = getenv("LISTEN_FDS");
	const char *pid = getenv("LISTEN_PID");
	uint64_t n, p;

	*out = 0;
	if (!fds || !*fds)
		return 0;
	if (str_to_u64(fds, 1024, &n) < 0)
		return err_set(err, -EINVAL, "LISTEN_FDS=%s is not a number up to 1024",
			       str_quote(fds));
	/* Unset counts as ours; another process's descriptors are none of ours. */
	if (pid && *pid && (str_to_u64(pid, INT32_MAX, &p) < 0 || (pid_t)p != getpid()))
		return 0;
	*out = (unsigned)n;
	return 0;
}

int descriptors_check(unsigned preserve, unsigned *out_listen, struct err *err)
{
	int r;

	r = listen_fds(out_listen, err);
	if (r < 0)
		return r;
	for (unsigned i = 0; i < preserve + *out_listen; i++) {
		r = fcntl(3 + (int)i, F_GETFD);
		if (r < 0)
			return err_set(
				err, -EBADF,
				"descriptor %u of --preserve-fds or LISTEN_FDS is not "
				"open",
				3 + i);
	}
	return fd_cloexec_from(3 + (int)(preserve + *out_listen));
}
