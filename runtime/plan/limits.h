/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan/limits.h - the six limits of a risk class as mechanisms
 *
 * plan_limits_build tightens what the other parts planned (capabilities, no_new_privs,
 * seccomp, namespaces, mounts, resources) and records what the monitor has to hold.
 * Without a policy it leaves `set` false and touches nothing.
 */
#ifndef AGENTRUN_PLAN_LIMITS_H
#define AGENTRUN_PLAN_LIMITS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;
struct plan;
struct policy;

enum rootfs_mode { ROOTFS_READONLY = 0, ROOTFS_EPHEMERAL, ROOTFS_AS_GIVEN };

struct plan_limits {
	bool set; /* a class is in force */
	const char *class_name;
	const char *policy_hash; /* hex SHA-256 of the effective policy */
	const char *policy_json; /* the effective policy, one line */
	enum rootfs_mode rootfs;
	uint64_t rootfs_size_bytes;
	uint64_t deadline_ns; /* length of the run; 0 is not possible with a class */
	uint64_t grace_ns;
	bool lifeline; /* PID 1 is ours */
	bool audit_required;
	const char *audit_dir; /* where the records go */
	const char *task;      /* annotation, for the audit */
	const char *trace;
	/* what of the engine's config was made stricter, one sentence each */
	const char **changes;
	size_t n_changes;
};

/*
 * plan_limits_build: the last part of a plan. A config that contradicts the class is
 * tightened where that is certain to be what was meant (and noted in changes), else
 * refused with its JSON path.
 */
int plan_limits_build(struct plan *p, const struct policy *policy, struct err *err);
/* plan_limits_exec: the same for one more process: what belongs to a process. */
int plan_limits_exec(struct plan *p, const struct policy *policy, struct err *err);

/*
 * plan_limits_update: may `update` set these resources? Up to the ceilings of the policy,
 * and nothing that the class does not count.
 */
struct spec_resources;
int plan_limits_update(const struct spec_resources *r, const struct policy *policy,
		       struct err *err);

/* Used inside plan/. */
void plan_limits_note(struct plan *p, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
int plan_limits_mounts(struct plan *p, const struct policy *policy, struct err *err);
int plan_limits_resources(struct plan *p, const struct policy *policy, struct err *err);

#endif
