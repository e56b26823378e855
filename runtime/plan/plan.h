/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan/plan.h - everything that will be done to the kernel, decided before any of it is
 *
 * plan_build is the only place where what an agent may do becomes what the kernel offers.
 * Pure: spec, policy and host facts in, data out. A zeroed plan is the strictest one. The
 * plan lives in one arena; the child of the handshake reads it and allocates nothing.
 */
#ifndef AGENTRUN_PLAN_PLAN_H
#define AGENTRUN_PLAN_PLAN_H

#include "plan/caps.h"
#include "plan/cgroup.h"
#include "plan/devices.h"
#include "plan/host.h"
#include "plan/limits.h"
#include "plan/mounts.h"
#include "plan/ns.h"
#include "plan/process.h"
#include "plan/seccomp.h"
#include "spec/spec.h"

struct arena;
struct err;
struct policy;

/* What the command line asks for beyond config.json. */
struct plan_options {
	const char *id;
	const char *bundle;    /* absolute */
	const char *rootfs;    /* absolute: root.path resolved against the bundle */
	const char *state_dir; /* ROOT/ID */
	bool systemd_cgroup;
	bool no_cgroup; /* --cgroup-manager disabled */
	bool no_pivot;
	bool no_new_keyring;
	unsigned preserve_fds;
	unsigned listen_fds;
	const char *notify_socket; /* host path, or NULL */
	const char *audit_dir;	   /* with a class: not to be mounted */
};

struct plan {
	struct arena *arena;
	const struct spec *spec;
	const struct host *host;
	struct plan_options opt;
	struct plan_ns ns;	     /* namespaces, id maps, hostname, time offsets */
	struct plan_mounts mounts;   /* rootfs, mounts, masks, read-only paths */
	struct plan_devices devices; /* nodes and links in /dev */
	struct plan_cgroup cgroup;   /* path, resources, device program */
	struct plan_process
		process;	   /* of init: ids, caps, rlimits, labels, seccomp ... */
	struct plan_limits limits; /* the class: deadline, monitor, ephemeral root ... */
};

/*
 * plan_build: the plan of a container. policy is NULL where no class is in force. Calls
 * the plan_*_build of each part, in dependency order. Messages name the config.json path.
 */
int plan_build(struct arena *a, const struct spec *spec, const struct policy *policy,
	       const struct host *host, const struct plan_options *opt, struct plan **out,
	       struct err *err);

/*
 * plan_build_exec: the plan of one more process in a running container: process is the
 * one to start, spec is the stored config.
 */
int plan_build_exec(struct arena *a, const struct spec *spec,
		    const struct spec_process *process, const struct policy *policy,
		    const struct host *host, const struct plan_options *opt,
		    struct plan **out, struct err *err);

/* plan_print: the plan as JSON, stable: for golden tests and explain. */
struct strbuf;
void plan_print(const struct plan *p, struct strbuf *out);

#endif
