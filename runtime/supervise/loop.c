/* SPDX-License-Identifier: Apache-2.0 */
/*
 * supervise/loop.c - watch: deadline, grace, and the end of the container
 *
 * States: running -> grace -> killing -> over. Every wait has an end: a timer is armed in
 * each of them, and killing is repeated until the PID namespace is gone.
 */
#include "supervise/watch.h"

#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <sys/signalfd.h>
#include <sys/timerfd.h>
#include <unistd.h>

#include "apply/cgroup.h"
#include "audit/audit.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/str.h"
#include "plan/plan.h"
#include "supervise/lifeline.h"
#include "sys/pidfd.h"

#define KILL_AGAIN_NS (200 * NS_PER_MS)

static const char *const cause_names[] = {
	[END_NONE] = "unknown",	     [END_EXIT] = "exit",
	[END_SIGNAL] = "signal",     [END_KILLED] = "killed",
	[END_DEADLINE] = "deadline", [END_MEMORY] = "budget.memory",
	[END_OPERATOR] = "operator", [END_NOT_STARTED] = "not started",
	[END_AUDIT] = "audit",
};
_Static_assert(ARRAY_SIZE(cause_names) == END_COUNT, "every cause has a name");

const char *end_cause_name(enum end_cause c)
{
	return cause_names[c];
}

static void set_cause(struct watch *w, enum end_cause c)
{
	if (w->cause == END_NONE)
		w->cause = c;
}

static void arm(struct watch *w, uint64_t after_ns)
{
	struct itimerspec when = {
		.it_value = { .tv_sec = (time_t)(after_ns / NS_PER_S),
			      .tv_nsec = (long)(after_ns % NS_PER_S) },
	};

	/* Cannot fail with these arguments; and the lifeline has a timer of its own. */
	(void)timerfd_settime(w->timer_fd, 0, &when, NULL);
}

void watch_kill(struct watch *w)
{
	const struct monitor *m = w->m;
	struct err ignored = ERR_INIT;

	w->phase = WATCH_KILLING;
	w->n_kills++;
	/* PID 1 first: the kernel then kills its whole namespace, exec sessions included.
	 */
	(void)sys_pidfd_send_signal(m->init_pidfd, SIGKILL);
	if (m->cgroup) {
		(void)cgroup_signal(m->cgroup, SIGKILL, &ignored);
		/* On v1 the frozen do not die before they thaw. */
		if (cgroup_is_frozen(m->cgroup) > 0)
			(void)cgroup_freeze(m->cgroup, false, &ignored);
	}
	arm(w, KILL_AGAIN_NS);
}

/* SIGTERM, then the grace. What is frozen cannot use a grace, and pausing buys no time.
 */
static void ask_to_end(struct watch *w)
{
	uint64_t grace = w->m->plan->limits.grace_ns;
	bool frozen = w->m->cgroup && cgroup_is_frozen(w->m->cgroup) > 0;

	if (!grace || frozen || !w->starting) {
		watch_kill(w);
		return;
	}
	w->phase = WATCH_GRACE;
	(void)sys_pidfd_send_signal(w->m->init_pidfd, SIGTERM);
	arm(w, grace);
}

static void on_timer(struct watch *w)
{
	uint64_t n;

	if (read(w->timer_fd, &n, sizeof(n)) != (ssize_t)sizeof(n))
		return;
	if (w->phase == WATCH_RUNNING) {
		set_cause(w, END_DEADLINE);
		ask_to_end(w);
	} else {
		watch_kill(w);
	}
}

static void on_signal(struct watch *w)
{
	struct signalfd_siginfo s;

	if (read(w->signal_fd, &s, sizeof(s)) != (ssize_t)sizeof(s))
		return;
	/* A service manager that stops the engine's unit: go in order, not by dying. */
	if (s.ssi_signo == SIGTERM && w->phase == WATCH_RUNNING) {
		set_cause(w, END_OPERATOR);
		ask_to_end(w);
	}
}

static void started(struct watch *w)
{
	struct err err = ERR_INIT;

	w->starting = true;
	if (audit_write(w->m->audit, AUDIT_RUN_STARTED, NULL, false, &err) < 0 &&
	    w->m->plan->limits.audit_required) {
		set_cause(w, END_AUDIT);
		watch_kill(w);
	}
}

static void on_message(struct watch *w, const struct lifeline_msg *m)
{
	switch ((enum lifeline_event)m->event) {
	case LIFELINE_STARTING:
		if (!w->starting)
			started(w);
		return;
	case LIFELINE_EXEC_FAILED:
		w->exec_failed = true;
		w->exec_error = m->value;
		set_cause(w, END_NOT_STARTED);
		return;
	case LIFELINE_EXITED:
	case LIFELINE_SIGNALED:
		w->has_exit = true;
		w->by_signal = m->event == LIFELINE_SIGNALED;
		w->exit_value = m->value;
		return;
	case LIFELINE_DEADLINE:
		set_cause(w, END_DEADLINE);
		return;
	case LIFELINE_NONE:
	default:
		return;
	}
}

/* All that is there. The pipe does not block; end of file comes with the lifeline's. */
static bool read_report(struct watch *w)
{
	struct lifeline_msg m;
	ssize_t n;

	while ((n = read(w->m->lifeline->report_fd, &m, sizeof(m))) == (ssize_t)sizeof(m))
		on_message(w, &m);
	return n != 0;
}

static void settle_cause(struct watch *w)
{
	bool killed = w->has_exit && w->by_signal && w->exit_value == SIGKILL;

	if (w->cause != END_NONE)
		return;
	if ((killed || !w->has_exit) && w->m->cgroup &&
	    cgroup_oom_count(w->m->cgroup) > 0)
		w->cause = END_MEMORY;
	else if (!w->starting)
		w->cause = END_NOT_STARTED;
	else if (!w->has_exit)
		w->cause = END_KILLED;
	else
		w->cause = w->by_signal ? END_SIGNAL : END_EXIT;
}

void watch_loop(struct watch *w)
{
	struct pollfd p[] = {
		{ .fd = w->m->init_pidfd, .events = POLLIN },
		{ .fd = w->timer_fd, .events = POLLIN },
		{ .fd = w->signal_fd, .events = POLLIN },
		{ .fd = w->m->lifeline->report_fd, .events = POLLIN },
	};

	while (w->phase != WATCH_OVER) {
		if (poll(p, ARRAY_SIZE(p), -1) < 0)
			continue;
		if (p[3].revents && !read_report(w))
			p[3].fd = -1;
		if (p[2].revents)
			on_signal(w);
		if (p[0].revents) {
			(void)read_report(w);
			w->phase = WATCH_OVER;
		} else if (p[1].revents) {
			on_timer(w);
		}
	}
	settle_cause(w);
}
