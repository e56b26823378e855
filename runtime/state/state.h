/* SPDX-License-Identifier: Apache-2.0 */
/*
 * state/state.h - what is on disk about a container: ROOT/ID/
 *
 *   state    one line of JSON (the record), then config.json as it was at create
 *   start    fifo: the gate that init waits at; there while the container is `created`
 *            (start.new until create has finished; creating: the same, without a gate)
 *   deleting a delete has begun and may have been cut short
 *   started  fifo: over which init says how its execve went
 *   notify/  the socket of the sd_notify proxy
 *
 * The directory is the claim on the ID (mkdir is atomic) and its own lock (flock). The
 * record is the journal too: it names whatever an undo needs (cgroup, scope, pid with its
 * start time, resctrl group) before that thing is made, so that a SIGKILL at any point
 * leaves a directory from which `delete --force` can clean up (runc #2575).
 */
#ifndef AGENTRUN_STATE_STATE_H
#define AGENTRUN_STATE_STATE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "base/fd.h"

struct arena;
struct err;
struct json;

struct state {
	char id[256];
	int root_dfd; /* borrowed */
	int dfd;
};
#define STATE_INIT         \
	{                  \
		"", -1, -1 \
	}

struct record {
	const char *id;
	pid_t pid;	     /* 0: not cloned yet */
	uint64_t start_time; /* field 22 of /proc/PID/stat */
	const char *bundle;
	const char *rootfs;
	const char *created; /* RFC 3339 */
	const char *owner;
	const char *oci_version;
	const char *cgroup_path; /* NULL: none */
	const char *cgroup_scope;
	int cgroup_manager;
	bool no_pivot;
	bool rdt;		 /* a resctrl group is ours */
	bool has_pid_ns;	 /* its own: killing init kills all */
	bool notify;		 /* NOTIFY_SOCKET was set at create */
	bool auto_remove;	 /* run without --keep: nobody else will delete it */
	const char *class_name;	 /* NULL: plain */
	const char *policy_json; /* effective policy of the class, one line, or NULL */
	const char *run_id;
	const char *audit_dir; /* where the records of the run are */
	pid_t payload_pid;     /* behind a lifeline; 0: init is the payload */
	pid_t monitor_pid;
	uint64_t monitor_start_time;
	uint64_t deadline_ns; /* CLOCK_BOOTTIME; 0: none */
	const struct json *annotations;
	const char *config; /* raw config.json */
	size_t config_len;
};

enum state_answer {
	STATE_OK = 0,
	STATE_INCOMPLETE = 1, /* directory without a readable record: create was killed */
};

enum status {
	STATUS_CREATING = 0,
	STATUS_CREATED,
	STATUS_RUNNING,
	STATUS_PAUSED,
	STATUS_STOPPED,
	STATUS_COUNT
};
const char *status_name(enum status s);

/* state_reserve: claim the ID and lock it. -EEXIST with the text engines expect. */
int state_reserve(struct state *s, int root_dfd, const char *id, struct err *err);
/*
 * state_open: an existing container. lock: wait for the exclusive lock. -ENOENT with
 * `container "ID" does not exist`.
 */
int state_open(struct state *s, int root_dfd, const char *id, bool lock, struct err *err);
void state_close(struct state *s);

/* state_write: the record and the config, atomically, 0600. */
int state_write(const struct state *s, const struct record *r, struct err *err);
/*
 * state_read: STATE_OK or STATE_INCOMPLETE, -errno. with_config also reads the config.
 * Memory from the arena.
 */
int state_read(const struct state *s, struct arena *a, bool with_config,
	       struct record *out, struct err *err);
/* state_remove: the whole directory. 0 when it is gone already. */
int state_remove(struct state *s, struct err *err);

/*
 * The gate. state_gate_make: both fifos, opened read-write for init, close-on-exec.
 * state_gate_closed: is the container still waiting at it?
 * state_gate_open: let init go: -ESRCH when nobody waits. *out_started_fd reads what init
 * says: "S" before execve, a struct err on failure, end of file at execve.
 */
int state_gate_make(const struct state *s, int *out_gate_fd, int *out_started_fd,
		    struct err *err);
bool state_gate_closed(const struct state *s);
/*
 * state_commit: create has done all it had to: the gate gets its name (or, without a gate,
 * the mark "creating" goes). What was never committed belongs to nobody: gc removes it.
 */
int state_commit(const struct state *s, bool gate, struct err *err);
enum state_mark { MARK_CREATING, MARK_DELETING };
/* state_mark: leave a mark that survives a SIGKILL. */
int state_mark(const struct state *s, enum state_mark mark);
bool state_is_creating(const struct state *s);
bool state_is_deleting(const struct state *s);
int state_gate_open(const struct state *s, int *out_started_fd, struct err *err);

/* record_alive: is init (pid and start time) still a running process? */
bool record_alive(const struct record *r);
/* record_pidfd: a pidfd of init, proven to be the same process. -ESRCH when gone. */
int record_pidfd(const struct record *r);
/* record_json: the record as a JSON object, for the file. */
struct json *record_json(struct arena *a, const struct record *r);

#endif
