/* SPDX-License-Identifier: Apache-2.0 */
/*
 * apply/cgroup.h - the container's cgroup: made, filled, watched, removed
 *
 * `struct cgroup` is the handle: descriptors of the container's own directories, opened
 * once below verified mounts. cgroup_open re-opens it from what state stored.
 */
#ifndef AGENTRUN_APPLY_CGROUP_H
#define AGENTRUN_APPLY_CGROUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "plan/cgroup.h"
#include "plan/host.h"

struct err;
struct json;
struct arena;

struct cgroup {
	enum cgroup_mode mode;
	enum cgroup_manager manager;
	char path[512];	 /* below each mount */
	char scope[256]; /* systemd unit, or "" */
	const struct host *host;
	int dfd[HOST_MAX_HIERARCHIES]; /* by host->hierarchies index, -1: not used */
	bool created[HOST_MAX_HIERARCHIES];
	bool adopted; /* the cgroup2 directory was there already when we came to make it
		       */
	/*
	 * The child began its life in the cgroup2 directory (CLONE_INTO_CGROUP): set by
	 * who cloned it. cgroup_attach leaves out that move, which costs an RCU grace
	 * period.
	 */
	bool born_inside;
	/*
	 * v1: "tasks" of each hierarchy, between cgroup_prepare_enter and
	 * cgroup_end_enter. Then `entered`: the child moves itself, cgroup_attach has
	 * nothing to do there.
	 */
	int enter_fd[HOST_MAX_HIERARCHIES];
	bool entered;
};
void cgroup_init(struct cgroup *c); /* fds to -1 */
void cgroup_close(struct cgroup *c);
/* cgroup_exists: is there any directory of it? A user may have to do without. */
bool cgroup_exists(const struct cgroup *c);

/*
 * cgroup_create: make the directories (and controllers on v2), write the limits, attach
 * the device program. The systemd manager needs init's pid: there it is called with it
 * after clone; cgroupfs calls with pid 0 before.
 */
int cgroup_create(const struct plan_cgroup *p, const struct host *h, pid_t pid,
		  struct cgroup *out, struct err *err);
/*
 * cgroup_target_fd: the v2 directory for CLONE_INTO_CGROUP, or -1: there is none, or it
 * was there before us and may have been killed once (the kernel would kill the child).
 */
int cgroup_target_fd(const struct cgroup *c);
/*
 * v1 has no CLONE_INTO_CGROUP, but KERNEL: a process with one thread that writes "0" into
 * `tasks` takes no lock against other threads, so it waits for no RCU grace period: 0.2
 * ms for nine hierarchies, where moving another process takes 10. Before clone the parent
 * calls cgroup_prepare_enter, after it cgroup_end_enter; the child cgroup_enter first of
 * all, before it closes what it inherited (no allocation).
 */
void cgroup_prepare_enter(struct cgroup *c);
int cgroup_enter(const struct cgroup *c, struct err *err);
void cgroup_end_enter(struct cgroup *c, bool cloned);
/*
 * cgroup_attach: move pid into every hierarchy. Where the container has made a tree of
 * its cgroup, so that the top takes no process (EBUSY), a populated one below is taken.
 */
int cgroup_attach(const struct cgroup *c, pid_t pid, struct err *err);
/* cgroup_attach_sub: into a sub-cgroup below it (exec --cgroup); path has no "..". */
int cgroup_attach_sub(const struct cgroup *c, const char *controllers, const char *sub,
		      pid_t pid, struct err *err);
/*
 * cgroup_open: handle of an existing container. path/scope as stored in state. 0, or 1:
 * there is no cgroup (any more).
 */
int cgroup_open(const struct host *h, enum cgroup_manager m, const char *path,
		const char *scope, struct cgroup *out, struct err *err);
int cgroup_update(const struct cgroup *c, const struct cgroup_write *w, size_t n,
		  struct err *err);
/* cgroup_update_devices: replace the device program or list; never a gap. */
int cgroup_update_devices(const struct cgroup *c, const struct plan_cgroup *p,
			  struct err *err);

/* Freezer. cgroup_freeze waits until it is frozen. */
int cgroup_freeze(const struct cgroup *c, bool frozen, struct err *err);
int cgroup_is_frozen(const struct cgroup *c); /* 1, 0, or -errno */
/* cgroup_path_is_frozen: the same of a path, with the freezer's hierarchy alone opened. */
int cgroup_path_is_frozen(const struct host *h, const char *path);
/* cgroup_signal: every process below. SIGKILL uses cgroup.kill where it exists. */
int cgroup_signal(const struct cgroup *c, int sig, struct err *err);
/* cgroup_pids: every process of the subtree, host pids, into the arena. */
int cgroup_pids(const struct cgroup *c, struct arena *a, pid_t **out, size_t *out_n,
		struct err *err);
/* cgroup_is_empty: no process in the subtree: 1, 0, -errno. */
int cgroup_is_empty(const struct cgroup *c);
/*
 * cgroup_destroy: kill what is left, wait for it (at most timeout_ns), remove the tree
 * bottom-up. 0 also when it is gone already.
 */
int cgroup_destroy(struct cgroup *c, uint64_t timeout_ns, struct err *err);

/* cgroup_stats: "data" of an `events` stats message (CLI contract 9.4). */
int cgroup_stats(const struct cgroup *c, struct arena *a, struct json **out,
		 struct err *err);
/* cgroup_oom_fd: descriptor that becomes readable/pollable at an OOM, for `events`. */
int cgroup_oom_fd(const struct cgroup *c, struct err *err);
/* cgroup_oom_count: how many OOM kills so far. */
int64_t cgroup_oom_count(const struct cgroup *c);

/* host_read_cgroups: fill the cgroup part of struct host from /proc. */
int host_read_cgroups(struct host *h, struct err *err);

#endif
