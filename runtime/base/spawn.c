/* SPDX-License-Identifier: Apache-2.0 */
/* base/spawn.c - see spawn.h */
#include "base/spawn.h"

#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/fd.h"
#include "base/str.h"

#define OUT_MAX 4096

/* The parent's ends; child_fd are the other ones, closed once the child runs. */
struct running {
	pid_t pid;
	int pid_fd;
	int in_fd;     /* its stdin, or -1 */
	int out_fd;    /* its output, or -1 */
	int status_fd; /* carries an errno if execve failed, else end of file */
	size_t fed;
	uint64_t deadline_ns; /* 0: none */
};
#define RUNNING_INIT                                                                \
	{                                                                           \
		.pid = -1, .pid_fd = -1, .in_fd = -1, .out_fd = -1, .status_fd = -1 \
	}

struct child_ends {
	int in_fd;
	int out_fd;
	int status_fd;
};

static void release_ends(struct child_ends *e)
{
	fd_close(&e->in_fd);
	fd_close(&e->out_fd);
	fd_close(&e->status_fd);
}

static void release_running(struct running *r)
{
	fd_close(&r->pid_fd);
	fd_close(&r->in_fd);
	fd_close(&r->out_fd);
	fd_close(&r->status_fd);
}

static int make_pipe(int *read_fd, int *write_fd)
{
	int fds[2];

	if (pipe2(fds, O_CLOEXEC) < 0)
		return -errno;
	*read_fd = fds[0];
	*write_fd = fds[1];
	return 0;
}

static int set_nonblock(int fd)
{
	return fcntl(fd, F_SETFL, O_NONBLOCK) < 0 ? -errno : 0;
}

/* Pipes where data flows, /dev/null where none does. */
static int make_ends(const struct spawn *s, struct running *r, struct child_ends *e)
{
	int x;

	x = make_pipe(&r->status_fd, &e->status_fd);
	if (x < 0)
		return x;
	if (s->stdin_data) {
		x = make_pipe(&e->in_fd, &r->in_fd);
		if (x < 0)
			return x;
		x = set_nonblock(r->in_fd);
	} else {
		e->in_fd = open("/dev/null", O_RDONLY | O_CLOEXEC);
		x = e->in_fd < 0 ? -errno : 0;
	}
	if (x < 0)
		return x;
	if (s->out) {
		x = make_pipe(&r->out_fd, &e->out_fd);
		if (x < 0)
			return x;
		return set_nonblock(r->out_fd);
	}
	e->out_fd = open("/dev/null", O_WRONLY | O_CLOEXEC);
	return e->out_fd < 0 ? -errno : 0;
}

/* What the caller ignored or blocked is none of the program's business. */
static void reset_signals(void)
{
	struct sigaction dfl = { .sa_handler = SIG_DFL };
	sigset_t none;

	for (int sig = 1; sig < NSIG; sig++)
		(void)sigaction(sig, &dfl, NULL); /* fails for SIGKILL and such */
	sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
}

/*
 * The descriptors of the child: stdin, output twice, at most one more as number 3. Sources
 * are first lifted out of the way: one of them may sit on a number that is a target.
 */
static int place_fds(const struct spawn *s, const struct child_ends *e,
		     int *out_status_fd)
{
	const int from[] = { e->in_fd, s->out_fd >= 0 ? s->out_fd : e->out_fd, e->out_fd,
			     s->pass_fd };
	int high[ARRAY_SIZE(from)];

	*out_status_fd = fcntl(e->status_fd, F_DUPFD_CLOEXEC, 10);
	if (*out_status_fd < 0)
		return -errno;
	for (size_t i = 0; i < ARRAY_SIZE(from); i++) {
		high[i] = from[i] < 0 ? -1 : fcntl(from[i], F_DUPFD_CLOEXEC, 10);
		if (from[i] >= 0 && high[i] < 0)
			return -errno;
	}
	for (size_t i = 0; i < ARRAY_SIZE(from); i++)
		if (high[i] >= 0 && dup2(high[i], (int)i) < 0)
			return -errno;
	return fd_cloexec_from(s->pass_fd >= 0 ? 4 : 3);
}

/* Between fork and execve: no allocation, no stdio. Never returns. */
static _Noreturn void be_child(const struct spawn *s, const struct child_ends *e)
{
	char *const argv_default[] = { (char *)(uintptr_t)s->path, NULL };
	char *const no_env[] = { NULL };
	int status_fd = e->status_fd;
	int r;

	r = setpgid(0, 0) < 0 ? -errno : 0;
	if (r == 0)
		r = (s->cwd_dfd >= 0 ? fchdir(s->cwd_dfd) : chdir("/")) < 0 ? -errno : 0;
	if (r == 0)
		r = place_fds(s, e, &status_fd);
	if (r == 0) {
		reset_signals();
		execve(s->path, s->argv ? s->argv : argv_default,
		       s->env ? s->env : no_env);
		r = -errno;
	}
	(void)fd_write_all(status_fd, &r, sizeof(r)); /* 127 is what is left otherwise */
	_exit(127);
}

static int start(const struct spawn *s, struct running *r)
{
	struct child_ends e = { -1, -1, -1 };
	int x, failed;
	ssize_t n;

	x = make_ends(s, r, &e);
	if (x == 0) {
		r->pid = fork();
		if (r->pid == 0)
			be_child(s, &e);
		x = r->pid < 0 ? -errno : 0;
	}
	release_ends(&e);
	if (x < 0)
		return x;
	r->pid_fd = (int)syscall(SYS_pidfd_open, r->pid, 0);
	x = r->pid_fd < 0 ? -errno : 0;
	n = fd_read_some(r->status_fd, &failed, sizeof(failed));
	if (n == sizeof(failed))
		x = failed;
	fd_close(&r->status_fd);
	return x;
}

static void feed(const struct spawn *s, struct running *r)
{
	ssize_t n;

	if (r->fed < s->stdin_len) {
		n = write(r->in_fd, s->stdin_data + r->fed, s->stdin_len - r->fed);
		if (n >= 0)
			r->fed += (size_t)n;
		else if (errno != EAGAIN && errno != EINTR)
			r->fed = s->stdin_len; /* EPIPE: it does not want it */
	}
	if (r->fed >= s->stdin_len)
		fd_close(&r->in_fd);
}

/*
 * Take what is there, keep the end of it. At most what a pipe holds at a time: one that
 * writes faster than this reads must not talk past its deadline.
 */
static void drain(struct strbuf *out, struct running *r)
{
	char buf[OUT_MAX];
	ssize_t n = 1;

	for (int i = 0; i < 16 && n > 0; i++) {
		n = read(r->out_fd, buf, sizeof(buf));
		if (n <= 0)
			break;
		strbuf_addn(out, buf, (size_t)n);
		if (out->len > OUT_MAX) {
			memmove(out->s, out->s + out->len - OUT_MAX, OUT_MAX);
			out->len = OUT_MAX;
			out->s[out->len] = '\0';
		}
	}
	if (n == 0 || (n < 0 && errno != EAGAIN && errno != EINTR))
		fd_close(&r->out_fd);
}

/* Milliseconds to the deadline, rounded up; -1 without one. */
static int wait_ms(const struct running *r)
{
	uint64_t now = clock_boot_ns();

	if (!r->deadline_ns)
		return -1;
	if (now >= r->deadline_ns)
		return 0;
	now = (r->deadline_ns - now + NS_PER_MS - 1) / NS_PER_MS;
	return now > 3600000 ? 3600000 : (int)now;
}

static bool is_late(const struct running *r)
{
	return r->deadline_ns && clock_boot_ns() >= r->deadline_ns;
}

/*
 * Until the program itself is gone. Its output is not waited for: a daemon that it left
 * behind may hold the pipe for ever.
 */
static int serve(const struct spawn *s, struct running *r)
{
	for (;;) {
		struct pollfd fds[] = {
			{ .fd = r->pid_fd, .events = POLLIN },
			{ .fd = r->in_fd, .events = POLLOUT },
			{ .fd = r->out_fd, .events = POLLIN },
		};
		int n = poll(fds, ARRAY_SIZE(fds), wait_ms(r));

		if (n < 0 && errno != EINTR)
			return -errno;
		if (n <= 0) {
			if (is_late(r))
				return -ETIMEDOUT;
			continue;
		}
		if (fds[1].revents)
			feed(s, r);
		if (fds[2].revents)
			drain(s->out, r);
		if (fds[0].revents) {
			if (r->out_fd >= 0)
				drain(s->out, r);
			return 0;
		}
		if (is_late(r))
			return -ETIMEDOUT;
	}
}

static int reap(const struct running *r, int *out_status)
{
	pid_t p;

	do
		p = waitpid(r->pid, out_status, 0);
	while (p < 0 && errno == EINTR);
	return p < 0 ? -errno : 0;
}

static int run(const struct spawn *s, int *out_status)
{
	struct running r = RUNNING_INIT;
	int status = 0, x, y;

	if (s->timeout_ns)
		r.deadline_ns = clock_boot_ns() + s->timeout_ns;
	x = start(s, &r);
	if (x == 0)
		x = serve(s, &r);
	if (x < 0 && r.pid > 0) {
		/*
		 * The whole group: the program's own children would outlive it. It may be
		 * gone already, or may not have made its group yet; then the pid is there.
		 */
		(void)kill(-r.pid, SIGKILL);
		(void)kill(r.pid, SIGKILL);
	}
	y = r.pid > 0 ? reap(&r, &status) : 0;
	release_running(&r);
	if (x < 0 || y < 0)
		return x < 0 ? x : y;
	*out_status = status;
	return 0;
}

int spawn_run(const struct spawn *s, int *out_status, struct err *err)
{
	struct sigaction pipe_old, child_old;
	struct sigaction ign = { .sa_handler = SIG_IGN }, dfl = { .sa_handler = SIG_DFL };
	int r;

	if (s->path[0] != '/')
		return err_set(err, -EINVAL, "cannot run %s: not an absolute path",
			       str_quote(s->path));
	/* A reader that goes away is an EPIPE; an ignored SIGCHLD would eat the status. */
	(void)sigaction(SIGPIPE, &ign, &pipe_old);
	(void)sigaction(SIGCHLD, &dfl, &child_old);
	r = run(s, out_status);
	(void)sigaction(SIGCHLD, &child_old, NULL);
	(void)sigaction(SIGPIPE, &pipe_old, NULL);
	if (r == -ETIMEDOUT)
		return err_set(err, r,
			       "%s did not end within its time limit and was killed",
			       str_quote(s->path));
	if (r < 0)
		return err_sys(err, r, "cannot run %s", str_quote(s->path));
	return 0;
}
