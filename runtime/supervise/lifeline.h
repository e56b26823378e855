/* SPDX-License-Identifier: Apache-2.0 */
/*
 * supervise/lifeline.h - PID 1 of a container that has a class
 *
 * Starts the payload as its child, holds the hard deadline (limit + grace) and the read
 * end of a pipe whose only write end is the monitor's. Its death ends the PID namespace
 * by kernel guarantee; it dies when the payload ends, when the hard deadline passes, or
 * when the monitor is gone.
 *
 * Order of use:
 *   parent  lifeline_prepare     before clone; the child gets the descriptors by fork
 *   child   lifeline_split       once the container is set up (pivot, masks, sysctl
 * done), before setsid, the console, credentials and seccomp. The payload returns; PID 1
 * stays inside. parent  monitor_start        (supervise/monitor.h) after clone, before
 * the release parent  lifeline_release     after monitor_start: the parent must not keep
 * the pipe payload lifeline_starting    just before execve payload lifeline_exec_failed
 * if execve returned
 */
#ifndef AGENTRUN_SUPERVISE_LIFELINE_H
#define AGENTRUN_SUPERVISE_LIFELINE_H

#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct err;
struct plan_limits;
struct plan_process;

struct lifeline {
	uint64_t deadline_boot_ns; /* when SIGTERM goes out; goes into the state */
	int timer_fd;		   /* armed at deadline + grace, CLOCK_BOOTTIME */
	int watch_fd;		   /* read end: end of file when the monitor is gone */
	int hold_fd;		   /* write end: the monitor's alone */
	int status_fd;		   /* write end: what happened inside, for the monitor */
	int report_fd;		   /* read end of it: the monitor's alone */
	/* where this process keeps its command line: both copies rename themselves */
	char *args;
	size_t args_len;
};

#define LIFELINE_INIT                                                           \
	(struct lifeline)                                                       \
	{                                                                       \
		.timer_fd = -1, .watch_fd = -1, .hold_fd = -1, .status_fd = -1, \
		.report_fd = -1,                                                \
	}

/* What crosses the status pipe: fixed size, below PIPE_BUF, so a write is whole. */
enum lifeline_event {
	LIFELINE_NONE = 0,
	LIFELINE_STARTING,    /* the payload is about to execve */
	LIFELINE_EXEC_FAILED, /* value: errno */
	LIFELINE_EXITED,      /* value: exit code */
	LIFELINE_SIGNALED,    /* value: signal that killed the payload */
	LIFELINE_DEADLINE,    /* the hard deadline passed; the monitor had not acted */
};
struct lifeline_msg {
	uint32_t event;
	int32_t value;
};

/* The clock of the run starts here: create, not start, so that nothing can wait for ever.
 */
int lifeline_prepare(const struct plan_limits *l, struct lifeline *out, struct err *err);
/* lifeline_release: close what is open. Twice is harmless. */
void lifeline_release(struct lifeline *l);

/*
 * lifeline_split: fork. 0 in the payload, with the signal mask as it was; -errno when it
 * failed; PID 1 never returns and exits as the payload did (128 + n after signal n).
 * process: what the payload will be, to keep one capability that it will not have.
 */
int lifeline_split(struct lifeline *l, const struct plan_process *process,
		   struct err *err);

/*
 * lifeline_rename: what /proc/PID/cmdline says. The payload may read that of PID 1, and
 * create's arguments are paths of the host.
 */
void lifeline_rename(const struct lifeline *l, const char *name);
void lifeline_starting(const struct lifeline *l);
void lifeline_exec_failed(const struct lifeline *l, int error);

#endif
