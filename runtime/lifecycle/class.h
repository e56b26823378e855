/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lifecycle/class.h - the risk class of a container, from its name to its last record
 *
 * In the order of use by create: class_resolve (which class, what may it), class_open
 * (audit and clock, before anything is made), class_begin (run.declared: from here on the
 * run is in the audit), class_check, class_watch (the monitor). class_abort ends a run
 * that never came to a monitor; class_finish is for whoever removes the container.
 */
#ifndef AGENTRUN_LIFECYCLE_CLASS_H
#define AGENTRUN_LIFECYCLE_CLASS_H

#include <stdbool.h>

#include "audit/audit.h"
#include "policy/policy.h"
#include "supervise/lifeline.h"

struct arena;
struct container;
struct err;
struct globals;
struct spec;

/* What create holds for a container that has a class. */
struct class_run {
	bool set;
	bool declared; /* run.declared is written, and no monitor took over */
	const char *audit_dir;
	struct audit audit;
	struct lifeline lifeline;
};
#define CLASS_RUN_INIT                                         \
	(struct class_run)                                     \
	{                                                      \
		.audit = AUDIT_INIT, .lifeline = LIFELINE_INIT \
	}

/* class_settings: agentrun.json, or what holds without one. */
int class_settings(const struct globals *g, struct arena *a, struct policy_settings *out,
		   struct err *err);
/* class_load: the policy of a class, from the first directory that has it, checked. */
int class_load(const struct policy_settings *s, const char *name, struct arena *a,
	       struct policy *out, struct err *err);
/* class_policy_dirs: where classes are looked for, in order; NULL-terminated. */
void class_policy_dirs(const struct policy_settings *s, const char *out[3]);
/* What holds for one container: the operator's settings, and the policy, if any. */
struct class_choice {
	struct policy_settings settings;
	const struct policy *policy; /* effective; NULL: no class is in force */
};
/*
 * class_effective: the policy of a spec's annotations under these globals. spec NULL:
 * without annotations.
 */
int class_effective(const struct globals *g, const struct spec *spec, struct arena *a,
		    struct class_choice *out, struct err *err);

/* class_audit_dir: where the records go, by the operator's word or the default. */
const char *class_audit_dir(const struct policy_settings *s, struct arena *a);

int class_resolve(struct container *c, const struct globals *g, struct err *err);
int class_open(struct container *c, struct err *err);
int class_begin(struct container *c, struct err *err);
int class_check(struct container *c, struct err *err);
int class_watch(struct container *c, struct err *err);
void class_abort(struct container *c, const struct err *why);
void class_release(struct container *c);
/* class_exec: the policy of a running container, from its record, into c->policy. */
int class_exec(struct container *c, struct err *err);
/*
 * class_wait: whoever removes a container that was just killed lets its monitor see the
 * end, count and tear down first: two who remove the same cgroup see nothing in it.
 */
void class_wait(struct container *c);
/*
 * class_finish: wait for the monitor of a container that is dead; write what a killed
 * monitor could not. Before the record is removed.
 */
void class_finish(struct container *c);
/*
 * class_reap: for gc. A container whose monitor is gone and that is still there (frozen
 * with its lifeline, it could not die) is ended; a run without a seal gets it. Its state
 * stays for the engine. true: there was something to do.
 */
bool class_reap(struct container *c);
/* class_ended: why the run ended, as the monitor left it; NULL: unknown. */
const char *class_ended(struct container *c);

#endif
