/* SPDX-License-Identifier: Apache-2.0 */
/* lifecycle/container.h - what the commands of lifecycle/ share */
#ifndef AGENTRUN_LIFECYCLE_CONTAINER_H
#define AGENTRUN_LIFECYCLE_CONTAINER_H

#include <stdbool.h>

#include "apply/cgroup.h"
#include "base/arena.h"
#include "init/init.h"
#include "lifecycle/class.h"
#include "lifecycle/lifecycle.h"
#include "plan/plan.h"
#include "state/state.h"

struct err;
struct policy;
struct strbuf;

/* A container in the hands of one command. container_release frees all of it. */
struct container {
	struct arena arena;
	struct host host;
	int root_dfd; /* of all containers */
	struct state state;
	struct record record;
	struct spec *spec;
	const struct policy *policy; /* NULL: no class */
	struct plan *plan;
	struct cgroup cgroup;
	bool has_cgroup;
	struct init init;
	bool has_init;
	struct class_run run; /* of a class, while create makes it */
};

void container_init(struct container *c);
void container_release(struct container *c);

/*
 * container_open: an existing container with its record. lock as for state_open. -ENOENT
 * with the text that engines match; STATE_INCOMPLETE is returned as such.
 */
int container_open(struct container *c, const struct globals *g, const char *id,
		   bool lock, bool with_config, struct err *err);
/* container_status: from init, the gate and the freezer. Opens the cgroup if needed. */
enum status container_status(struct container *c);
/* container_cgroup: open the cgroup that the record names. 0, or 1: it has none. */
int container_cgroup(struct container *c, struct err *err);
/* container_spec: parse the stored config. */
int container_spec(struct container *c, struct err *err);
/* container_state_json: the object of `state` (CLI contract 9.1). */
void container_state_json(struct container *c, struct strbuf *out);
/* container_hook_state: head, middle and tail around status and pid (9.1, hooks). */
void container_hook_state(struct container *c);
/* container_say_left_out: log (level info) what the plan cannot give. */
void container_say_left_out(const struct container *c);
/* container_poststop: run the poststop hooks; they only warn. */
void container_poststop(struct container *c);

/* host_read: ids, capabilities, user namespace, cgroups, LSMs. */
int host_read(struct host *h, struct err *err);

/* config_read: config.json of a bundle into record and spec, checked. */
int config_read(struct container *c, int bundle_dfd, const char *name, struct err *err);

/* socket_connect: a unix stream socket by a path of any length. fd or -errno. */
int socket_connect(const char *path, struct err *err);
/* socket_send_fd: one message with one descriptor; payload names it. */
int socket_send_fd(int sock, int fd, const char *payload, struct err *err);
/* pid_file_write: decimal, no newline, atomic (CLI contract 8.4). */
/* container_poststart: its hooks; a failure ends the container. */
int container_poststart(struct container *c, struct err *err);
int pid_file_write(const char *path, pid_t pid, struct err *err);
/* descriptors_check: LISTEN_FDS and --preserve-fds are open, the rest close-on-exec. */
int descriptors_check(unsigned preserve, unsigned *out_listen, struct err *err);

/*
 * foreground: be the terminal, forward signals, wait for pid. *out_exit is its code, or
 * 128 + signal. master -1: no terminal.
 */
int foreground_wait(pid_t pid, int pid_fd, int master, int *out_exit, struct err *err);
/* foreground_prepare: block what will be forwarded, before the process can send any. */
void foreground_prepare(void);
/* owner_name: of a user of this host, by /etc/passwd; else the number. */
const char *owner_name(struct arena *a, uint32_t uid);
/* foreground_size: give a terminal the size of ours; before the process can ask for it. */
void foreground_size(int master);

/* container_make: create, up to init waiting; used by create and run. */
int container_make(struct container *c, const struct globals *g,
		   const struct create_request *r, bool gate, struct err *err);
/* container_unmake: undo container_make. Never fails; says nothing. */
void container_unmake(struct container *c);
/* container_destroy: everything of a container but hooks and audit; idempotent. */
int container_destroy(struct container *c, struct err *err);

#endif
