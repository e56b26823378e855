/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lifecycle/foreground.c - `run` and `exec` without --detach: be the process's face
 *
 * Signals go to it, terminal bytes and window sizes pass through, its exit is ours.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <sys/ioctl.h>
#include <sys/signalfd.h>
#include <sys/wait.h>
#include <termios.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"
#include "lifecycle/container.h"
#include "sys/pidfd.h"

struct relay {
	pid_t pid;
	int pid_fd;
	int master;
	int signals;
	bool raw; /* stdin was a terminal and is raw now */
	bool stdin_open;
	struct termios saved;
};

static void forwarded(sigset_t *set)
{
	sigfillset(set);
	/* Not forwarded: our own business, or noise that every process makes. */
	sigdelset(set, SIGURG);
	sigdelset(set, SIGPIPE);
	/* a fault of this program is not the container's */
	sigdelset(set, SIGSEGV);
	sigdelset(set, SIGBUS);
	sigdelset(set, SIGILL);
	sigdelset(set, SIGFPE);
	sigdelset(set, SIGABRT);
	sigdelset(set, SIGTRAP);
	sigdelset(set, SIGSYS);
}

void foreground_prepare(void)
{
	sigset_t set;

	forwarded(&set);
	/* init clears its mask before execve (apply_exec) */
	sigprocmask(SIG_BLOCK, &set, NULL);
	signal(SIGPIPE, SIG_IGN);
}

void foreground_size(int master)
{
	struct winsize ws;

	if (master >= 0 && ioctl(0, TIOCGWINSZ, &ws) == 0)
		(void)ioctl(master, TIOCSWINSZ, &ws);
}

static void terminal_raw(struct relay *r)
{
	struct termios t;

	if (r->master < 0 || tcgetattr(0, &r->saved) < 0)
		return;
	t = r->saved;
	cfmakeraw(
		&t); /* newlines too: the container's terminal translates them already */
	r->raw = tcsetattr(0, TCSANOW, &t) == 0;
	foreground_size(r->master);
}

static void terminal_restore(struct relay *r)
{
	if (r->raw)
		(void)tcsetattr(0, TCSANOW, &r->saved);
}

/* One read's worth from a to b. False at the end of a. */
static bool copy(int from, int to)
{
	char buf[16384];
	ssize_t n;

	n = read(from, buf, sizeof(buf));
	if (n < 0 && (errno == EINTR || errno == EAGAIN))
		return true;
	if (n <= 0)
		return false; /* EIO: the last holder of the slave is gone */
	return fd_write_all(to, buf, (size_t)n) == 0;
}

/* Other children (we are a subreaper) are reaped, and forgotten. */
static bool reap(struct relay *r, int *status)
{
	bool ended = false;
	int st;
	pid_t pid;

	while ((pid = waitpid(-1, &st, WNOHANG)) > 0) {
		if (pid != r->pid)
			continue;
		*status = st;
		ended = true;
	}
	return ended;
}

static bool take_signals(struct relay *r, int *status)
{
	struct signalfd_siginfo si;
	bool ended = false;

	while (read(r->signals, &si, sizeof(si)) == (ssize_t)sizeof(si)) {
		if (si.ssi_signo == SIGCHLD)
			ended |= reap(r, status);
		else if (si.ssi_signo == SIGWINCH && r->master >= 0)
			foreground_size(r->master);
		else
			(void)sys_pidfd_send_signal(r->pid_fd, (int)si.ssi_signo);
	}
	return ended;
}

/* What the terminal still holds when the process is gone. */
static void drain(struct relay *r)
{
	struct pollfd p = { .fd = r->master, .events = POLLIN };

	while (r->master >= 0 && poll(&p, 1, 0) > 0 && (p.revents & POLLIN))
		if (!copy(r->master, 1))
			break;
}

static int loop(struct relay *r, int *status, struct err *err)
{
	bool ended = reap(r, status);

	while (!ended) {
		struct pollfd p[3] = {
			{ .fd = r->signals, .events = POLLIN },
			{ .fd = r->master, .events = POLLIN },
			{ .fd = r->master >= 0 && r->stdin_open ? 0 : -1,
			  .events = POLLIN },
		};

		if (poll(p, 3, -1) < 0 && errno != EINTR)
			return err_sys(err, -errno, "cannot wait for the process");
		if (p[1].revents && !copy(r->master, 1))
			r->master = -1; /* borrowed: the caller closes it */
		if (p[2].revents && !copy(0, r->master))
			r->stdin_open = false;
		if (p[0].revents)
			ended = take_signals(r, status);
	}
	drain(r);
	return 0;
}

int foreground_wait(pid_t pid, int pid_fd, int master, int *out_exit, struct err *err)
{
	struct relay r = {
		.pid = pid, .pid_fd = pid_fd, .master = master, .stdin_open = true
	};
	sigset_t set;
	int status = 0, ret;

	forwarded(&set);
	r.signals = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (r.signals < 0)
		return err_sys(err, -errno, "cannot receive signals");
	terminal_raw(&r);
	ret = loop(&r, &status, err);
	terminal_restore(&r);
	fd_close(&r.signals);
	if (ret < 0)
		return ret;
	*out_exit = WIFSIGNALED(status) ? 128 + WTERMSIG(status) : WEXITSTATUS(status);
	return 0;
}
