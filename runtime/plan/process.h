/* SPDX-License-Identifier: Apache-2.0 */
/* plan/process.h - the process that is started: init, or one more of `exec` */
#ifndef AGENTRUN_PLAN_PROCESS_H
#define AGENTRUN_PLAN_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "plan/caps.h"
#include "plan/seccomp.h"
#include "spec/spec.h"

struct arena;
struct err;
struct host;

struct plan_rlimit {
	int resource;
	const char *name;
	uint64_t soft, hard;
};

/* As struct sched_attr of sched_setattr(2), version 0. */
struct plan_sched {
	bool set;
	uint32_t policy;
	uint64_t flags;
	int32_t nice;
	uint32_t priority;
	uint64_t runtime, deadline, period;
};

struct plan_process {
	const struct spec_process *spec;
	char **argv;
	char **env; /* final, NULL-terminated; room was left for HOME */
	size_t n_env;
	bool has_home;	      /* else HOME comes from the container's passwd */
	const char *path_var; /* PATH of env, for the search */
	const char *cwd;
	uint32_t uid, gid;
	gid_t *groups;
	size_t n_groups;
	bool keep_groups; /* annotation run.oci.keep_original_groups=1 */
	mode_t umask;
	struct plan_caps caps;
	struct plan_rlimit *rlimits;
	size_t n_rlimits;
	bool no_new_privs;
	bool has_oom_score_adj;
	int oom_score_adj;
	struct plan_sched sched;
	bool has_ioprio;
	int ioprio; /* value of ioprio_set(2) */
	bool has_personality;
	unsigned long personality;
	bool has_mempolicy;
	int mempolicy_mode;					/* with MPOL_F_* */
	unsigned long mempolicy_nodes[16];			/* 1024 nodes */
	bool has_affinity_initial, has_affinity_final;		/* of exec only */
	unsigned long affinity_initial[16], affinity_final[16]; /* 1024 CPUs */
	const char *apparmor_profile;
	const char *selinux_label;
	struct plan_seccomp seccomp; /* the config's */
	struct plan_seccomp
		class_seccomp; /* the class's own, loaded as a second filter */
	bool terminal;
	unsigned short rows, cols;
	const char *keyring; /* name of the session keyring, or NULL */
	bool path_absent;    /* process missing in config.json: start is refused */
};

/*
 * plan_process_build: ids, rlimits, scheduler, io priority, affinity, memory policy,
 * personality, labels, environment, capabilities, seccomp. spec gives what the process
 * object does not hold (seccomp, memory policy, personality, annotations).
 */
int plan_process_build(struct plan_process *out, const struct spec *spec,
		       const struct spec_process *process, const struct host *host,
		       struct arena *a, struct err *err);

/*
 * The parts of it that have files of their own: plan/env.c; plan/sched.c: scheduler, io
 * priority, affinity of the process, personality and memory policy of the spec.
 */
int plan_env_build(struct plan_process *out, const struct spec_process *process,
		   struct arena *a, struct err *err);
int plan_sched_build(struct plan_process *out, const struct spec *spec,
		     const struct spec_process *process, struct err *err);

/*
 * plan_list_parse: "0-3,7" (CPUs, memory nodes) to bits. -EINVAL, or -ERANGE for a number
 * of n_bits and more. Blanks around a part are allowed, an empty list is not.
 */
int plan_list_parse(const char *s, unsigned long *bits, size_t n_bits);

/* plan_rlimit_number: "RLIMIT_NOFILE" to its number, or -1. */
int plan_rlimit_number(const char *name);

/* For `features`: NULL-terminated. */
const char *const *plan_mempolicy_modes(void);
const char *const *plan_mempolicy_flags(void);

#endif
