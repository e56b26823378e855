/* SPDX-License-Identifier: Apache-2.0 */
/*
 * supervise/monitor.h - the process beside a container that has a class
 *
 * Forked by create after the container's init exists and before it is released. One poll
 * loop, no threads: deadline, grace, end of the container, audit, teardown. It holds the
 * only write end of the lifeline's watch pipe: when it dies, whoever killed it, the
 * container dies.
 */
#ifndef AGENTRUN_SUPERVISE_MONITOR_H
#define AGENTRUN_SUPERVISE_MONITOR_H

#include <stdint.h>
#include <sys/types.h>

struct audit;
struct cgroup;
struct err;
struct lifeline;
struct plan;

/* Everything the monitor needs; it has its own copy of this memory after the fork. */
struct monitor {
	const struct plan *plan;
	const struct lifeline *lifeline;
	struct audit *audit;   /* opened, run.declared written */
	struct cgroup *cgroup; /* NULL: none */
	pid_t init_pid;	       /* the lifeline, as this process sees it */
	int init_pidfd;
	int state_dfd; /* ROOT/ID; the mark "sealed" goes there */
};

/* The file in ROOT/ID that says: the audit of this run is complete; it holds the cause.
 */
#define MONITOR_SEALED "sealed"
/*
 * The file in ROOT/ID that the monitor keeps locked as long as it lives: create may be
 * killed before it has noted the pid.
 */
#define MONITOR_LOCK "monitor"

/*
 * monitor_start: 0 once the monitor watches. On failure nothing runs, and the caller must
 * kill init. The caller then calls lifeline_release on its own copy. *out_pid is the
 * monitor's pid, for the state.
 */
int monitor_start(const struct monitor *m, pid_t *out_pid, struct err *err);

#endif
