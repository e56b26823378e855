/* SPDX-License-Identifier: Apache-2.0 */
/* supervise/watch.h - the inside of the monitor */
#ifndef AGENTRUN_SUPERVISE_WATCH_H
#define AGENTRUN_SUPERVISE_WATCH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "supervise/monitor.h"

/* Why a run ended, for run.ended. The first cause stays. */
enum end_cause {
	END_NONE = 0,
	END_EXIT,	 /* the payload exited */
	END_SIGNAL,	 /* a signal killed the payload */
	END_KILLED,	 /* somebody outside killed the container */
	END_DEADLINE,	 /* time.limit */
	END_MEMORY,	 /* budget.memory: the kernel's OOM killer */
	END_OPERATOR,	 /* the monitor was asked to stop */
	END_NOT_STARTED, /* execve failed, or the container was never started */
	END_AUDIT,	 /* a record could not be written */
	END_COUNT
};
const char *end_cause_name(enum end_cause c);

#define PROOF_NAMESPACES 3

/* What was there at the start, to prove at the end that it is gone. */
struct proof {
	uint64_t ns_dev[PROOF_NAMESPACES];
	uint64_t ns_ino[PROOF_NAMESPACES]; /* 0: shared with the host, or joined */
	size_t n_mounts;		   /* of the host, at or below the rootfs */
};

enum watch_phase { WATCH_RUNNING = 0, WATCH_GRACE, WATCH_KILLING, WATCH_OVER };

struct watch {
	const struct monitor *m;
	enum watch_phase phase;
	enum end_cause cause;
	int exit_value; /* code or signal of the payload; -1: not known */
	bool has_exit;
	bool by_signal;
	bool starting; /* the payload was about to execve */
	bool exec_failed;
	int exec_error;
	uint64_t began_ns;
	int timer_fd;
	int signal_fd;
	unsigned n_kills;
	struct proof proof;
};

/* watch_loop: until the container is gone. */
void watch_loop(struct watch *w);
/* watch_kill: everything in the container, now. Can be repeated. */
void watch_kill(struct watch *w);

/* proof_take: before the payload is released. */
void proof_take(struct proof *p, const struct monitor *m);
/* teardown_run: run.ended, destroy, prove, teardown record, mark. */
void teardown_run(struct watch *w);

#endif
