/* SPDX-License-Identifier: Apache-2.0 */
/* lifecycle/notify.c - see notify.h */
#include "lifecycle/notify.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <stddef.h>
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
#include "state/state.h"

int notify_make_dir(const struct state *s, struct err *err)
{
	/* 0755: the payload may have any uid, and finds nothing but the socket. */
	if (mkdirat(s->dfd, NOTIFY_DIR, 0755) < 0 && errno != EEXIST)
		return err_sys(err, -errno, "cannot make the notify directory");
	return 0;
}

int notify_listen(const struct state *s, struct err *err)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	AUTO_FD dfd = -1;
	AUTO_FD fd = -1;

	dfd = openat(s->dfd, NOTIFY_DIR, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (dfd < 0 || fd < 0)
		return err_sys(err, -errno, "cannot make the notify socket");
	snprintf(addr.sun_path, sizeof(addr.sun_path), "/proc/self/fd/%d/notify.sock",
		 dfd);
	if (bind(fd, (struct sockaddr *)&addr, sizeof(addr)) < 0 && errno != EADDRINUSE)
		return err_sys(err, -errno, "cannot bind the notify socket");
	if (fchmodat(dfd, "notify.sock", 0777, 0) < 0)
		return err_sys(err, -errno,
			       "cannot open the notify socket to the container");
	return take_fd(&fd);
}

static int send_host(const char *text, struct err *err)
{
	const char *path = getenv("NOTIFY_SOCKET");
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	AUTO_FD fd = -1;
	size_t len;

	if (!path || !*path)
		return 0;
	len = strlen(path);
	if (len >= sizeof(addr.sun_path))
		return err_set(err, -ENAMETOOLONG, "NOTIFY_SOCKET is too long");
	memcpy(addr.sun_path, path, len);
	/* '@' is systemd's spelling of the abstract name space. */
	if (path[0] == '@')
		addr.sun_path[0] = '\0';
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return err_sys(err, -errno, "cannot make a socket");
	if (sendto(fd, text, strlen(text), MSG_NOSIGNAL, (struct sockaddr *)&addr,
		   (socklen_t)(offsetof(struct sockaddr_un, sun_path) + len)) < 0)
		return err_sys(err, -errno, "cannot notify %s", str_quote(path));
	return 0;
}

static bool is_ready(const char *text)
{
	for (const char *p = text; p; p = strchr(p, '\n')) {
		p += *p == '\n';
		if (!strncmp(p, "READY=1", 7) && (p[7] == '\0' || p[7] == '\n'))
			return true;
		if (!*p)
			break;
	}
	return false;
}

int notify_forward(int fd, const struct record *r, struct err *err)
{
	AUTO_FD pidfd = record_pidfd(r);
	struct pollfd p[2] = { { .fd = fd, .events = POLLIN },
			       { .fd = pidfd, .events = POLLIN } };
	char buf[4096];

	if (pidfd < 0)
		return 0;
	for (;;) {
		if (poll(p, 2, -1) < 0 && errno != EINTR)
			return err_sys(err, -errno, "cannot wait for READY");
		if (p[0].revents & POLLIN) {
			ssize_t n = recv(fd, buf, sizeof(buf) - 1, MSG_DONTWAIT);

			buf[n > 0 ? n : 0] = '\0';
			if (is_ready(buf)) {
				snprintf(buf, sizeof(buf), "READY=1\nMAINPID=%d\n",
					 (int)r->pid);
				return send_host(buf, err);
			}
		}
		if (p[1].revents)
			return 0;
	}
}
