/* SPDX-License-Identifier: Apache-2.0 */
/* base/spawn.c - see spawn.h */
#include "base/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/fd.h"
#include "base/str.h"

#define OUT_MAX 4096

struct running {
	pid_t pid;
	int pid_fd;
	int in;	   /* its stdin, our end; -1: none or done */
	int out;   /* its output, our end */
	size_t fed;
};

/* In the child: what is given, and nothing else. */
static _Noreturn void child(const struct spawn *s, int in, int out, int report)
{
	char *const none[] = { NULL };
	char *const self[] = { (char *)(uintptr_t)s->path, NULL };
	sigset_t set;
	int e;

	(void)setpgid(0, 0);
	sigemptyset(&set);
	(void)sigprocmask(SIG_SETMASK, &set, NULL);
	(void)signal(SIGPIPE, SIG_DFL);
	if (dup2(in, 0) < 0 || (out >= 0 && (dup2(out, 1) < 0 || dup2(out, 2) < 0)))
		goto fail;
	/* Through a high number: the source may be 3 itself. */
	if (s->pass_fd >= 0) {
		int high = fcntl(s->pass_fd, F_DUPFD_CLOEXEC, 64);

		if (high < 0 || report == 3 || dup2(high, 3) < 0)
			goto fail;
	}
	if ((s->cwd_dfd >= 0 ? fchdir(s->cwd_dfd) : chdir("/")) < 0)
		goto fail;
	execve(s->path, s->argv ? s->argv : self, s->env ? s->env : none);
fail:
	e = errno;
	(void)!write(report, &e, sizeof(e));
	_exit(127);
}

static int feed(const struct spawn *s, struct running *r)
{
	ssize_t n;

	n = write(r->in, s->stdin_data + r->fed, s->stdin_len - r->fed);
	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return 0;
	if (n > 0)
		r->fed += (size_t)n;
	/* EPIPE: it does not want to read; that is its right */
	if (n < 0 || r->fed == s->stdin_len)
		fd_close(&r->in);
	return 0;
}

/* Keep the last OUT_MAX bytes. */
static void drain(const struct spawn *s, struct running *r)
{
	char buf[4096];
	ssize_t n = read(r->out, buf, sizeof(buf));

	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return;
	if (n <= 0) {
		fd_close(&r->out);
		return;
	}
	if (!s->out)
		return;
	strbuf_addn(s->out, buf, (size_t)n);
	if (s->out->len > OUT_MAX) {
		size_t cut = s->out->len - OUT_MAX;

		memmove(s->out->s, s->out->s + cut, OUT_MAX + 1);
		s->out->len = OUT_MAX;
	}
}

static int remaining_ms(uint64_t deadline)
{
	uint64_t now = clock_boot_ns();

	if (!deadline)
		return -1;
	if (now >= deadline)
		return 0;
	return (int)((deadline - now) / NS_PER_MS) + 1;
}

/* Until it has ended; a grandchild that keeps the output open does not hold us. */
static int serve(const struct spawn *s, struct running *r)
{
	uint64_t deadline = s->timeout_ns ? clock_boot_ns() + s->timeout_ns : 0;

	for (;;) {
		struct pollfd p[3] = { { .fd = r->pid_fd, .events = POLLIN },
				       { .fd = r->in, .events = POLLOUT },
				       { .fd = r->out, .events = POLLIN } };
		int n = poll(p, 3, remaining_ms(deadline));

		if (n < 0 && errno != EINTR)
			return -errno;
		if (n == 0)
			return -ETIMEDOUT;
		if (p[1].revents)
			feed(s, r);
		if (p[2].revents)
			drain(s, r);
		if (p[0].revents)
			break;
	}
	while (r->out >= 0) {
		struct pollfd p = { .fd = r->out, .events = POLLIN };

		if (poll(&p, 1, 0) <= 0)
			break;
		drain(s, r);
	}
	return 0;
}

static int start(const struct spawn *s, struct running *r, struct err *err)
{
	AUTO_FD in_r = -1;
	AUTO_FD out_w = -1;
	AUTO_FD rep_r = -1;
	AUTO_FD rep_w = -1;
	int p[2], e = 0;

	if (s->stdin_data) {
		if (pipe2(p, O_CLOEXEC) < 0)
			return -errno;
		in_r = p[0];
		r->in = p[1];
		if (fcntl(r->in, F_SETFL, O_NONBLOCK) < 0)
			return -errno;
	} else {
		in_r = open("/dev/null", O_RDONLY | O_CLOEXEC);
		if (in_r < 0)
			return -errno;
	}
	if (s->out) {
		if (pipe2(p, O_CLOEXEC) < 0)
			return -errno;
		r->out = p[0];
		out_w = p[1];
		if (fcntl(r->out, F_SETFL, O_NONBLOCK) < 0)
			return -errno;
	}
	if (pipe2(p, O_CLOEXEC) < 0)
		return -errno;
	rep_r = p[0];
	/* Out of the way of descriptor 3, which pass_fd may become. */
	rep_w = fcntl(p[1], F_DUPFD_CLOEXEC, 16);
	close(p[1]);
	if (rep_w < 0)
		return -errno;
	r->pid = fork();
	if (r->pid < 0)
		return -errno;
	if (r->pid == 0)
		child(s, in_r, out_w, rep_w);
	fd_close(&rep_w);
	if (fd_read_some(rep_r, &e, sizeof(e)) == sizeof(e)) {
		waitpid(r->pid, NULL, 0);
		r->pid = 0;
		return err_sys(err, -e, "cannot execute %s", str_quote(s->path));
	}
	r->pid_fd = (int)syscall(SYS_pidfd_open, r->pid, 0);
	return r->pid_fd < 0 ? -errno : 0;
}

int spawn_run(const struct spawn *s, int *out_status, struct err *err)
{
	struct running r = { .pid_fd = -1, .in = -1, .out = -1 };
	struct sigaction ignore = { .sa_handler = SIG_IGN }, old;
	int status = 0, ret;

	/* A child that does not read its stdin must not end us. */
	(void)sigaction(SIGPIPE, &ignore, &old);
	ret = start(s, &r, err);
	if (ret == 0)
		ret = serve(s, &r);
	if (ret < 0 && r.pid > 0) {
		/* the group, and it itself in case it had not made one yet */
		(void)kill(-r.pid, SIGKILL);
		(void)kill(r.pid, SIGKILL);
	}
	if (r.pid > 0)
		while (waitpid(r.pid, &status, 0) < 0 && errno == EINTR)
			;
	(void)sigaction(SIGPIPE, &old, NULL);
	fd_close(&r.pid_fd);
	fd_close(&r.in);
	fd_close(&r.out);
	if (ret == 0)
		*out_status = status;
	return ret;
}
