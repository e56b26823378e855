/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan/limits.c - a policy becomes mechanisms
 *
 * Runs after every other part of the plan: what a class decides is decided last, so that
 * nothing of the engine's config can loosen it again. Here: the process, the namespaces
 * and what the monitor needs; mounts and resources have files of their own.
 */
#include "plan/limits.h"

#include <errno.h>
#include <sched.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "plan/class_seccomp.h"
#include "plan/plan.h"
#include "policy/policy.h"

#define MAX_CHANGES 256

void plan_limits_note(struct plan *p, const char *fmt, ...)
{
	struct plan_limits *l = &p->limits;
	char text[512];
	va_list ap;

	if (!l->changes)
		l->changes = ARENA_ARRAY(p->arena, MAX_CHANGES, const char *);
	if (l->n_changes == MAX_CHANGES)
		return;
	va_start(ap, fmt);
	vsnprintf(text, sizeof(text), fmt, ap);
	va_end(ap);
	l->changes[l->n_changes++] = arena_strdup(p->arena, text);
}

static int refuse(struct plan *p, const char *what, struct err *err)
{
	return err_set(err, -EPERM, "config.json:%s with class '%s'", what,
		       p->limits.class_name);
}

static int allowed_caps(const struct policy *policy, uint64_t *out, struct err *err)
{
	uint64_t mask = 0;

	for (size_t i = 0; i < policy->capabilities.n; i++) {
		int cap = caps_number(policy->capabilities.v[i]);

		if (cap < 0)
			return err_set(err, -EINVAL, "class '%s': unknown capability %s",
				       policy->name.v,
				       str_quote(policy->capabilities.v[i]));
		mask |= 1ull << cap;
	}
	*out = mask;
	return 0;
}

static int limit_process(struct plan *p, const struct policy *policy, struct err *err)
{
	struct plan_process *proc = &p->process;
	uint64_t mask = 0;
	int r;

	r = allowed_caps(policy, &mask, err);
	if (r < 0)
		return r;
	if (proc->caps.bounding & ~mask || proc->caps.permitted & ~mask)
		plan_limits_note(
			p, "capabilities of the config that the class lacks are gone");
	proc->caps.bounding &= mask;
	proc->caps.permitted &= mask;
	proc->caps.effective &= mask;
	proc->caps.inheritable &= mask;
	proc->caps.ambient &= mask;
	proc->no_new_privs = true;
	/* The listener would be asked instead of us, and it can say "continue". */
	if (proc->seccomp.has_notify)
		return refuse(p, "/linux/seccomp: no notify listener", err);
	if (p->opt.preserve_fds || p->opt.listen_fds)
		return err_set(
			err, -EPERM,
			"descriptors of the engine (--preserve-fds, LISTEN_FDS) cannot "
			"be passed with class '%s'",
			p->limits.class_name);
	return plan_class_seccomp(&proc->class_seccomp, p->arena, err);
}

/* "No network" is held by a namespace that is made here, whatever was prepared. */
static void limit_network(struct plan *p)
{
	struct plan_ns *ns = &p->ns;

	if (ns->join[NS_NETWORK])
		plan_limits_note(p, "the network namespace of the engine is not joined");
	else if (!ns->has[NS_NETWORK])
		plan_limits_note(p, "the network of the host is not shared");
	ns->join[NS_NETWORK] = NULL;
	ns->has[NS_NETWORK] = true;
	ns->create |= CLONE_NEWNET;
	ns->loopback_up = true;
	for (int k = HOOK_PRESTART; k <= HOOK_CREATE_CONTAINER; k++) {
		if (!p->spec->hooks[k].n)
			continue;
		if (!ns->renew_network)
			plan_limits_note(p,
					 "what hooks add to the network is left behind");
		ns->renew_network = true;
	}
}

static int limit_namespaces(struct plan *p, const struct policy *policy, struct err *err)
{
	struct plan_ns *ns = &p->ns;

	/*
	 * The end of the run is the end of a PID namespace, and what is mounted for it
	 * goes with a mount namespace: both must be its own, not the host's nor
	 * another's.
	 */
	if (!(ns->create & CLONE_NEWPID))
		return refuse(p, "/linux/namespaces: a pid namespace must be made", err);
	if (!(ns->create & CLONE_NEWNS))
		return refuse(p, "/linux/namespaces: a mount namespace must be made",
			      err);
	if (!ns->has[NS_IPC])
		return refuse(p, "/linux/namespaces: ipc cannot be the host's", err);
	if (!ns->has[NS_UTS])
		return refuse(p, "/linux/namespaces: uts cannot be the host's", err);
	if (policy->user_namespace.v == POLICY_USERNS_REQUIRED && !ns->has[NS_USER])
		return refuse(p, "/linux/namespaces: a user namespace is required", err);
	if (p->spec->n_net_devices)
		return refuse(p, "/linux/netDevices: no device of the host", err);
	limit_network(p);
	return 0;
}

/* A privileged config lists all nodes of the host, those that everybody has among them.
 */
static bool is_common_device(const struct plan_device *d)
{
	static const struct {
		const char *path;
		unsigned major, minor;
	} common[] = {
		{ "/dev/null", 1, 3 },	 { "/dev/zero", 1, 5 },	   { "/dev/full", 1, 7 },
		{ "/dev/random", 1, 8 }, { "/dev/urandom", 1, 9 }, { "/dev/tty", 5, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(common); i++) {
		if (strcmp(d->path, common[i].path) == 0 && d->major == common[i].major &&
		    d->minor == common[i].minor && S_ISCHR(d->mode))
			return true;
	}
	return d->is_default;
}

static int limit_devices(struct plan *p, struct err *err)
{
	for (size_t i = 0; i < p->devices.n; i++) {
		if (is_common_device(&p->devices.v[i]))
			continue;
		return err_set(
			err, -EPERM,
			"config.json:/linux/devices: no device beyond the default ones "
			"with class '%s': %s",
			p->limits.class_name, str_quote(p->devices.v[i].path));
	}
	return 0;
}

static void describe(struct plan *p, const struct policy *policy)
{
	struct plan_limits *l = &p->limits;
	AUTO_STRBUF line = STRBUF_INIT;
	char hash[65];

	policy_print(policy, &line);
	policy_hash(policy, hash);
	l->set = true;
	l->class_name = policy->name.v;
	l->policy_json = arena_strdup(p->arena, strbuf_str(&line));
	l->policy_hash = arena_strdup(p->arena, hash);
	l->deadline_ns = policy->time.limit.def;
	l->grace_ns = policy->time.grace.def;
	l->lifeline = true;
	l->audit_required = policy->audit_required.v == POLICY_TRUE;
	l->audit_dir = p->opt.audit_dir;
	l->task = policy->task;
	l->trace = policy->trace;
	l->rootfs =
		policy->filesystem.rootfs.v == POLICY_ROOTFS_EPHEMERAL	? ROOTFS_EPHEMERAL
		: policy->filesystem.rootfs.v == POLICY_ROOTFS_AS_GIVEN ? ROOTFS_AS_GIVEN
									: ROOTFS_READONLY;
	l->rootfs_size_bytes = policy->budget.disk.def;
}

int plan_limits_exec(struct plan *p, const struct policy *policy, struct err *err)
{
	if (!policy)
		return 0;
	describe(p, policy);
	/* The config may know nothing of the namespace that create made. */
	limit_network(p);
	return limit_process(p, policy, err);
}

int plan_limits_build(struct plan *p, const struct policy *policy, struct err *err)
{
	int r;

	if (!policy)
		return 0;
	describe(p, policy);
	r = limit_process(p, policy, err);
	if (r == 0)
		r = limit_namespaces(p, policy, err);
	if (r == 0)
		r = limit_devices(p, err);
	if (r == 0)
		r = plan_limits_mounts(p, policy, err);
	if (r == 0)
		r = plan_limits_resources(p, policy, err);
	return r;
}
