/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan/limits.h - the six limits of a risk class as mechanisms
 *
 * plan_limits_build tightens what the other parts planned (capabilities, no_new_privs,
 * seccomp, network namespace, root file system, resources) and records what the monitor
 * has to hold. Without a policy it leaves `set` false and touches nothing.
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
	bool lifeline;	       /* PID 1 is ours */
	bool audit_required;
	const char *audit_dir;
	const char *task;      /* annotation, for the audit */
	const char *trace;
};

int plan_limits_build(struct plan *p, const struct policy *policy, struct err *err);

#endif
