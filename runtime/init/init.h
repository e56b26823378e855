/* SPDX-License-Identifier: Apache-2.0 */
/*
 * init/init.h - the handshake around clone
 *
 *   parent                          stage one (only where needed)      init
 *   init_spawn: clone ------------> join, unshare, id maps
 *                                   clone(CLONE_PARENT) -------------> init_child
 *   init_settle: cgroup, rlimits, rdt, net devices --- CGROUP_READY -> mounts
 *   init_wait_ready: hooks, console, listener <----------------------> pivot, masks, ids
 *                                                        <--- READY --
 *   (create: state, pid file, exit)                                    waits at the gate
 *   init_go (run, exec)            ------------------------- GO ------> execve
 *
 * Stage one is a process in the host's pid namespace that sheds every descriptor before it
 * joins anything, so that init is never seen holding one (CVE-2016-9962, CVE-2024-21626).
 * It is needed where a pid, user or time namespace is joined or where time offsets are
 * set; else init is cloned at once into all its new namespaces.
 */
#ifndef AGENTRUN_INIT_INIT_H
#define AGENTRUN_INIT_INIT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "apply/cgroup.h"
#include "apply/mounts.h"
#include "spec/spec.h"

struct err;
struct plan;

#define INIT_SPLIT_FDS 4

struct init {
	const struct plan *plan;
	struct cgroup *cgroup; /* NULL: none */
	bool is_exec;	       /* one more process in a running container */
	bool stay_outside;     /* the cgroup is joined by a move, not by birth */
	bool heard;	       /* init has said something */
	bool no_pivot;	       /* exec: the container was made with --no-pivot */

	/* Parent's ends. */
	pid_t pid;
	int pid_fd;
	int sock;

	/* What the child inherits, by number. -1: not there. */
	int child_sock;
	int gate_fd;		  /* fifo "start"; -1: the socket is the gate */
	int started_fd;		  /* fifo "started" */
	int hooks_dfd;		  /* bundle: working directory of hooks */
	int ns_fd[NS_TYPE_COUNT]; /* namespaces to join by path */
	int join_pidfd;		  /* exec: the container's init */
	pid_t join_pid;		  /* its number, for the state that a listener gets */
	int join_flags;		  /* exec: CLONE_NEW* of the namespaces to join */
	int root_fd;		  /* exec with no_pivot: root of the container */
	struct mount_sources src;

	/* What came back. */
	int console_master;

	/* State for hooks: head + status + middle + pid + tail. Prepared before clone. */
	const char *state_head;
	const char *state_middle;
	const char *state_tail;

	/*
	 * A class: called in the child once the container is set up, before setsid, console,
	 * credentials and seccomp. It forks: the payload returns 0, PID 1 stays inside and
	 * never returns (supervise/lifeline.h; a callback, so that init/ need not know it).
	 * It closes what PID 1 must not hold: child_sock, gate_fd, started_fd.
	 */
	int (*split)(struct init *in, void *arg, struct err *err);
	void *split_arg;
	int split_fd[INIT_SPLIT_FDS]; /* kept open for it; -1: none */
	/* Called just before execve, and with -errno when execve returned. NULL: nothing. */
	void (*starting)(void *arg, int error);

	/*
	 * Called by init_spawn as soon as the pid is known and before init may run anything
	 * that others can see: writes the record.
	 */
	int (*on_cloned)(struct init *in, void *arg, struct err *err);
	void *on_cloned_arg;
};

void init_init(struct init *in, const struct plan *plan);
void init_release(struct init *in);

/* init_open_namespaces: the paths of the plan, each proven to be of its type. */
int init_open_namespaces(struct init *in, struct err *err);
/* init_spawn: clone, write id maps, learn the pid. On failure no process is left. */
int init_spawn(struct init *in, struct err *err);
/* init_settle: cgroup, limits, resctrl, network devices; then CGROUP_READY. */
int init_settle(struct init *in, struct err *err);
/* init_wait_ready: serve the child until READY. state_json is for hooks. */
int init_wait_ready(struct init *in, struct err *err);
/* init_go: let it execve and learn whether that worked. */
int init_go(struct init *in, struct err *err);
/* init_kill: end a process that is not to be; waits for it. */
void init_kill(struct init *in);

/* init_child: the rest of init's life; ends in execve or _exit. */
_Noreturn void init_child(struct init *in);
/* init_stage_one: join, unshare, clone init, tell its pid, leave. */
_Noreturn void init_stage_one(struct init *in);
/* init_fail: send the error and exit. */
_Noreturn void init_fail(struct init *in, const struct err *err);
/* init_keep_fds: close whatever is not in the short list of the child. */
void init_keep_fds(struct init *in);
bool init_needs_stage_one(const struct init *in);
/* init_write_maps: setgroups, gid_map, uid_map of pid, or newuidmap and newgidmap. */
int init_write_maps(const struct plan *plan, pid_t pid, struct err *err);
/* init_go_on: the last steps, up to execve. proc_fd is a procfs or -1. */
_Noreturn void init_go_on(struct init *in, int proc_fd);
/* init_state_json: the state as hooks and the seccomp listener get it. */
struct strbuf;
void init_state_json(const struct init *in, const char *status, pid_t pid,
		     struct strbuf *out);
/* init_report: over the gate's second fifo or the socket: "the next thing is execve". */
int init_report_exec(struct init *in);

#endif
