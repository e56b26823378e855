/* SPDX-License-Identifier: Apache-2.0 */
/*
 * supervise/lifeline.c - PID 1 of a container that has a class
 *
 * Runs:     in the container's namespaces and its root, as root there
 * Should:   end the PID namespace when the payload ends, when the hard deadline passes
 * and when the monitor is gone; forward signals from outside; reap Mustn't:  hold
 * anything that the payload could want: no descriptor of the host, no capability but one,
 * no memory that can be read On error: exit: the container dies with it
 */
#include "supervise/lifeline.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/fd.h"
#include "base/str.h"
#include "plan/limits.h"
#include "plan/process.h"
#include "supervise/privilege.h"
#include "sys/clone.h"

#define EXIT_KILLED (128 + SIGKILL)
#define MAX_ARGS    (4u << 20)

/* arg_start and arg_end of proc(5), before there is another root. */
static void find_args(struct lifeline *l)
{
	AUTO_ARENA a = ARENA_INIT;
	unsigned long start = 0, end = 0;
	char *buf, *p;
	size_t len;
	int field;

	if (fd_read_at(AT_FDCWD, "/proc/self/stat", 4096, &a, &buf, &len) < 0)
		return;
	p = strrchr(buf, ')');
	/* behind the name comes field 3; wanted are 48 and 49 */
	for (field = 2; p && field < 48; field++)
		p = strchr(p + 1, ' ');
	if (!p || sscanf(p, "%lu %lu", &start, &end) != 2 || start >= end ||
	    end - start > MAX_ARGS)
		return;
	l->args = (char *)start;
	l->args_len = end - start;
}

void lifeline_rename(const struct lifeline *l, const char *name)
{
	size_t len = strlen(name);

	if (!l->args || !l->args_len)
		return;
	if (len > l->args_len - 1)
		len = l->args_len - 1;
	memset(l->args, 0, l->args_len);
	memcpy(l->args, name, len);
}

int lifeline_prepare(const struct plan_limits *l, struct lifeline *out, struct err *err)
{
	struct itimerspec when = { 0 };
	uint64_t hard;
	int watch[2], status[2];

	*out = LIFELINE_INIT;
	out->deadline_boot_ns = clock_boot_ns() + l->deadline_ns;
	hard = out->deadline_boot_ns + l->grace_ns;
	/* Armed here: inside, the clock may belong to another time namespace. */
	when.it_value.tv_sec = (time_t)(hard / NS_PER_S);
	when.it_value.tv_nsec = (long)(hard % NS_PER_S);
	out->timer_fd = timerfd_create(CLOCK_BOOTTIME, TFD_CLOEXEC);
	if (out->timer_fd < 0 ||
	    timerfd_settime(out->timer_fd, TFD_TIMER_ABSTIME, &when, NULL) < 0)
		return err_sys(err, -errno, "cannot set the timer of the deadline");
	if (pipe2(watch, O_CLOEXEC) < 0)
		return err_sys(err, -errno, "cannot make the pipe of the lifeline");
	out->watch_fd = watch[0];
	out->hold_fd = watch[1];
	if (pipe2(status, O_CLOEXEC | O_NONBLOCK) < 0)
		return err_sys(err, -errno, "cannot make the pipe of the lifeline");
	out->report_fd = status[0];
	out->status_fd = status[1];
	find_args(out);
	return 0;
}

void lifeline_release(struct lifeline *l)
{
	fd_close(&l->timer_fd);
	fd_close(&l->watch_fd);
	fd_close(&l->hold_fd);
	fd_close(&l->status_fd);
	fd_close(&l->report_fd);
}

/* The pipe does not block: a monitor that does not read must not hold up the end. */
static void tell(const struct lifeline *l, enum lifeline_event event, int value)
{
	struct lifeline_msg m = { .event = event, .value = value };

	if (l->status_fd >= 0)
		(void)!write(l->status_fd, &m, sizeof(m));
}

void lifeline_starting(const struct lifeline *l)
{
	tell(l, LIFELINE_STARTING, 0);
}

void lifeline_exec_failed(const struct lifeline *l, int error)
{
	tell(l, LIFELINE_EXEC_FAILED, error);
}

/*
 * One capability that the payload will not have: then the payload is not this process's
 * equal, whatever its uid (cap_ptrace_access_check). CAP_KILL is also what forwarding to
 * another uid needs; the rest are harmless ones for a payload that has it.
 */
static uint64_t own_capability(const struct plan_process *process)
{
	static const unsigned choice[] = { CAP_KILL, CAP_WAKE_ALARM, CAP_BLOCK_SUSPEND,
					   CAP_LEASE, CAP_SYS_TTY_CONFIG };
	uint64_t payload = process->caps.permitted | process->caps.bounding;
	uint64_t caps = 1ull << CAP_KILL;

	for (size_t i = 0; i < ARRAY_SIZE(choice); i++) {
		if (!(payload & 1ull << choice[i]))
			return caps | 1ull << choice[i];
	}
	return 0;
}

static int harden(const struct plan_process *process)
{
	/* What the loop below calls: this is the process next to the payload. */
	static const int calls[] = {
		SYS_read,
		SYS_write,
		SYS_ppoll,
		SYS_wait4,
		SYS_kill,
		SYS_exit_group,
		SYS_restart_syscall,
		SYS_rt_sigreturn,
#ifdef __SANITIZE_ADDRESS__
		/* A build for tests: its run-time allocates behind our back. */
		SYS_mmap,
		SYS_munmap,
		SYS_madvise,
		SYS_futex,
		SYS_sigaltstack,
		SYS_gettid,
#endif
	};
	int r;

	(void)setsid();
	(void)prctl(PR_SET_NAME, "agentrun-pid1", 0, 0, 0);
	if (chdir("/") < 0)
		return -errno;
	r = privilege_keep(own_capability(process));
	return r < 0 ? r : privilege_only(calls, ARRAY_SIZE(calls));
}

/*
 * Forward what came from outside: a sender in an ancestor PID namespace has no number in
 * here, so its si_pid is 0. What the payload's own children send to PID 1 goes nowhere,
 * as it would without us. Signals of the terminal reach the payload directly.
 */
static void forward(const struct signalfd_siginfo *s, pid_t payload)
{
	bool by_a_process = s->ssi_code <= 0;

	if (by_a_process && s->ssi_pid == 0)
		(void)kill(payload, (int)s->ssi_signo);
}

/* Reap everybody; end when it is the payload. */
static void reap(const struct lifeline *l, pid_t payload)
{
	int status;
	pid_t pid;

	while ((pid = waitpid(-1, &status, WNOHANG)) > 0) {
		if (pid != payload)
			continue;
		if (WIFEXITED(status)) {
			tell(l, LIFELINE_EXITED, WEXITSTATUS(status));
			_exit(WEXITSTATUS(status));
		}
		tell(l, LIFELINE_SIGNALED, WTERMSIG(status));
		_exit(128 + WTERMSIG(status));
	}
}

static _Noreturn void watch(const struct lifeline *l, pid_t payload, int signal_fd)
{
	struct pollfd p[] = {
		{ .fd = l->watch_fd, .events = POLLIN },
		{ .fd = l->timer_fd, .events = POLLIN },
		{ .fd = signal_fd, .events = POLLIN },
	};

	for (;;) {
		struct signalfd_siginfo s;

		if (ppoll(p, ARRAY_SIZE(p), NULL, NULL) < 0) {
			if (errno == EINTR)
				continue;
			_exit(EXIT_KILLED);
		}
		/* Nothing is ever written to it: whatever happens there is the end. */
		if (p[0].revents)
			_exit(EXIT_KILLED);
		if (p[1].revents) {
			tell(l, LIFELINE_DEADLINE, 0);
			_exit(EXIT_KILLED);
		}
		if (!p[2].revents)
			continue;
		if (read(signal_fd, &s, sizeof(s)) != (ssize_t)sizeof(s))
			continue;
		if (s.ssi_signo == SIGCHLD)
			reap(l, payload);
		else
			forward(&s, payload);
	}
}

static _Noreturn void lifeline_run(struct lifeline *l, const struct plan_process *process,
				   pid_t payload, const sigset_t *all)
{
	int keep[] = { l->watch_fd, l->timer_fd, l->status_fd, -1 };
	int signal_fd = signalfd(-1, all, SFD_CLOEXEC | SFD_NONBLOCK);

	if (signal_fd < 0)
		_exit(EXIT_KILLED);
	keep[3] = signal_fd;
	/* Stdio too: it belongs to the payload, and an engine waits for its end of file. */
	if (fd_close_except(0, keep, ARRAY_SIZE(keep)) < 0 || harden(process) < 0)
		_exit(EXIT_KILLED);
	watch(l, payload, signal_fd);
}

int lifeline_split(struct lifeline *l, const struct plan_process *process,
		   struct err *err)
{
	sigset_t all, old;
	pid_t pid;

	/*
	 * Blocked before the fork: to PID 1 a signal with its default action is not even
	 * delivered, and one that came in between would be lost.
	 */
	sigfillset(&all);
	if (sigprocmask(SIG_SETMASK, &all, &old) < 0)
		return err_sys(err, -errno, "cannot block signals");
	lifeline_rename(l, "agentrun-pid1");
	pid = sys_clone(0, -1, NULL);
	if (pid < 0)
		return err_sys(err, pid, "cannot start the payload beside the lifeline");
	if (pid > 0)
		lifeline_run(l, process, pid, &all);
	fd_close(&l->timer_fd);
	fd_close(&l->watch_fd);
	fd_close(&l->hold_fd);
	fd_close(&l->report_fd);
	if (sigprocmask(SIG_SETMASK, &old, NULL) < 0)
		return err_sys(err, -errno, "cannot unblock signals");
	return 0;
}
