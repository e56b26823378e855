/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/probe/recvfd.c - the other end of a console, pidfd or seccomp socket
 *
 *   recvfd tty SOCKET      copies what the terminal says to standard output until it hangs up;
 *                          standard input is typed into it; the size is set by lines "SIZE R C"
 *   recvfd pidfd SOCKET    says which pid the descriptor is of
 *   recvfd seccomp SOCKET ERRNO   prints the process state, then answers every notification
 *                          with that errno; 0 lets the call go on
 *
 * Each prints one line about the message first: fds=N bytes=N data=TEXT, and accepts once.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/seccomp.h>
#include <poll.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#define MAX_FDS 8

struct message {
	char data[65536];
	ssize_t n;
	int fds[MAX_FDS];
	int n_fds;
};

static int serve(const char *path)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int s = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0), c;
	struct pollfd p;

	snprintf(a.sun_path, sizeof(a.sun_path), "%s", path);
	if (bind(s, (struct sockaddr *)&a, sizeof(a)) < 0 || listen(s, 1) < 0) {
		perror("recvfd: bind");
		exit(1);
	}
	p.fd = s;
	p.events = POLLIN;
	if (poll(&p, 1, 30000) <= 0) {
		fprintf(stderr, "recvfd: nobody connected\n");
		exit(1);
	}
	c = accept4(s, NULL, NULL, SOCK_CLOEXEC);
	close(s);
	return c;
}

static void take(int c, struct message *m)
{
	union {
		char buf[CMSG_SPACE(sizeof(int) * MAX_FDS)];
		struct cmsghdr align;
	} control;
	struct iovec iov = { m->data, sizeof(m->data) - 1 };
	struct msghdr h = { .msg_iov = &iov,
			    .msg_iovlen = 1,
			    .msg_control = &control,
			    .msg_controllen = sizeof(control) };

	m->n = recvmsg(c, &h, MSG_CMSG_CLOEXEC);
	m->data[m->n < 0 ? 0 : m->n] = '\0';
	/* One line a message, whatever the sender's JSON looks like. */
	for (char *p = m->data; *p; p++)
		if (*p == '\n')
			*p = ' ';
	m->n_fds = 0;
	for (struct cmsghdr *k = CMSG_FIRSTHDR(&h); k; k = CMSG_NXTHDR(&h, k)) {
		if (k->cmsg_level != SOL_SOCKET || k->cmsg_type != SCM_RIGHTS)
			continue;
		m->n_fds = (int)((k->cmsg_len - CMSG_LEN(0)) / sizeof(int));
		memcpy(m->fds, CMSG_DATA(k), sizeof(int) * (size_t)m->n_fds);
	}
	printf("fds=%d bytes=%zd data=%s\n", m->n_fds, m->n, m->data);
	fflush(stdout);
}

/* A line "SIZE R C" on standard input resizes; every other line is typed. */
static void type_line(int tty, char *line)
{
	struct winsize w = { 0 };

	if (sscanf(line, "SIZE %hu %hu", &w.ws_row, &w.ws_col) == 2) {
		ioctl(tty, TIOCSWINSZ, &w);
		return;
	}
	(void)!write(tty, line, strlen(line));
}

static void talk(int tty)
{
	struct pollfd p[2] = { { .fd = tty, .events = POLLIN },
			       { .fd = 0, .events = POLLIN } };
	char buf[4096];
	ssize_t n;

	for (;;) {
		if (poll(p, 2, 60000) <= 0)
			return;
		if (p[0].revents) {
			n = read(tty, buf, sizeof(buf));
			if (n <= 0)
				return;
			(void)!write(1, buf, (size_t)n);
			continue;
		}
		if (p[1].revents) {
			n = read(0, buf, sizeof(buf) - 1);
			if (n <= 0) {
				p[1].fd = -1;
				continue;
			}
			buf[n] = '\0';
			type_line(tty, buf);
		}
	}
}

static void show_pidfd(int fd)
{
	char path[64], line[256];
	FILE *f;

	snprintf(path, sizeof(path), "/proc/self/fdinfo/%d", fd);
	f = fopen(path, "re");
	while (f && fgets(line, sizeof(line), f))
		if (strncmp(line, "Pid:", 4) == 0)
			printf("pid=%ld\n", strtol(line + 4, NULL, 10));
	if (f)
		fclose(f);
}

static int answer_one(int fd, int error)
{
	struct seccomp_notif req = { 0 };
	struct seccomp_notif_resp resp = { 0 };

	if (ioctl(fd, SECCOMP_IOCTL_NOTIF_RECV, &req) < 0)
		return errno == ENOENT ? 0 : -1;
	printf("notified nr=%d\n", req.data.nr);
	fflush(stdout);
	resp.id = req.id;
	resp.error = -error;
	if (error == 0)
		resp.flags = SECCOMP_USER_NOTIF_FLAG_CONTINUE;
	ioctl(fd, SECCOMP_IOCTL_NOTIF_SEND, &resp);
	return 0;
}

/*
 * Answers each notification with the errno until the last process with the filter is
 * gone. A sender may keep its connection open meanwhile, so both are watched.
 */
static void refuse_all(int fd, int c, int error)
{
	static struct message rest;
	struct pollfd p[2] = { { .fd = fd, .events = POLLIN },
			       { .fd = c, .events = POLLIN } };

	while (poll(p, 2, 30000) > 0) {
		if (p[1].revents) {
			take(c, &rest);
			if (rest.n <= 0)
				p[1].fd = -1;
		}
		if (p[0].revents & POLLIN) {
			if (answer_one(fd, error) < 0)
				return;
		} else if (p[0].revents) {
			return;
		}
	}
}

int main(int argc, char **argv)
{
	static struct message m;
	int c;

	if (argc < 3) {
		fprintf(stderr, "usage: recvfd tty|pidfd|seccomp SOCKET [ERRNO]\n");
		return 64;
	}
	c = serve(argv[2]);
	take(c, &m);
	if (m.n_fds < 1)
		return 1;
	if (strcmp(argv[1], "tty") == 0) {
		talk(m.fds[0]);
	} else if (strcmp(argv[1], "pidfd") == 0) {
		show_pidfd(m.fds[0]);
	} else {
		refuse_all(m.fds[0], c,
			   argc > 3 ? (int)strtol(argv[3], NULL, 10) : EPERM);
	}
	return 0;
}
