/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lifecycle/lifecycle.h - the story of each command; cli/ fills the requests
 *
 * Every function returns 0, or a negative errno with err filled. Where a command has an
 * exit code of its own, *out_exit gets it.
 */
#ifndef AGENTRUN_LIFECYCLE_LIFECYCLE_H
#define AGENTRUN_LIFECYCLE_LIFECYCLE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct err;
struct strbuf;
struct arena;

/* Global options, the same for every command (CLI contract 2). */
struct globals {
	const char *root;	  /* state root; NULL: the default */
	const char *class_pinned; /* --class, or NULL */
	const char *config_file;  /* agentrun.json; NULL: the default */
	bool systemd_cgroup;
	bool no_cgroup; /* --cgroup-manager disabled */
	bool debug;
};

struct create_request {
	const char *id;
	const char *bundle; /* NULL: cwd */
	const char *config; /* NULL: config.json */
	const char *console_socket;
	const char *pidfd_socket;
	const char *pid_file;
	bool no_pivot;
	bool no_new_keyring;
	unsigned preserve_fds;
	bool detach; /* run */
	bool keep;   /* run */
	bool no_subreaper;
};

struct exec_request {
	const char *id;
	const char *process_file; /* excludes argv */
	char *const *argv;	  /* NULL-terminated or NULL */
	bool detach;
	bool tty, has_tty;
	const char *pid_file;
	const char *console_socket;
	const char *pidfd_socket;
	const char *cwd;
	const char *const *env; /* "K=V", n_env of them */
	size_t n_env;
	bool has_user, has_group;
	uint32_t uid, gid;
	const uint32_t *additional_gids;
	size_t n_additional_gids;
	const char *const *caps;
	size_t n_caps;
	bool no_new_privs;
	const char *process_label;
	const char *apparmor;
	unsigned preserve_fds;
	const char *const *cgroups; /* "PATH" or "controller:PATH" */
	size_t n_cgroups;
	bool ignore_paused;
};

int create_container(const struct globals *g, const struct create_request *r,
		     struct err *err);
int run_container(const struct globals *g, const struct create_request *r, int *out_exit,
		  struct err *err);
int start_container(const struct globals *g, const char *id, struct err *err);
int exec_container(const struct globals *g, const struct exec_request *r, int *out_exit,
		   struct err *err);
int kill_container(const struct globals *g, const char *id, int sig, bool all,
		   struct err *err);
int delete_container(const struct globals *g, const char *id, bool force,
		     struct err *err);
int pause_container(const struct globals *g, const char *id, struct err *err);
int resume_container(const struct globals *g, const char *id, struct err *err);
/* update: resources is the JSON text of an OCI resources object */
int update_container(const struct globals *g, const char *id, const char *resources,
		     size_t len, const char *l3_schema, const char *mb_schema,
		     struct err *err);
/* state: one JSON object, CLI contract 9.1 */
int state_container(const struct globals *g, const char *id, struct strbuf *out,
		    struct err *err);

struct container_info {
	const char *id, *status, *bundle, *created, *owner;
	pid_t pid;
	const char *json; /* the object of `state` */
};
/* list: unreadable entries are warnings. All memory from the arena. */
int list_containers(const struct globals *g, struct arena *a, struct container_info **out,
		    size_t *out_n, struct err *err);
int ps_container(const struct globals *g, const char *id, struct arena *a, pid_t **out,
		 size_t *out_n, struct err *err);
/* events: stats once, or a stream (stats each interval, oom when it happens) to fd 1 */
int events_container(const struct globals *g, const char *id, bool stats_once,
		     uint64_t interval_ns, struct err *err);
/* gc: finish what a crash left. *out: a line for each thing removed */
int gc_containers(const struct globals *g, struct strbuf *out, struct err *err);

/* features: does this kernel take a filter flag ("SECCOMP_FILTER_FLAG_LOG")? */
bool host_has_seccomp_flag(const char *name);

/* state_root: the directory of all containers, made 0700 if missing; fd or -errno */
int state_root_open(const struct globals *g, bool create, struct err *err);

#endif
