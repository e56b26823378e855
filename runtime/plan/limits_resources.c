/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan/limits_resources.c - the budget as resources of the cgroup
 *
 * The engine's own limits stay where they are tighter. Planned again from a tightened
 * copy of the config's resources, so that the conversions between v1 and v2 are made in
 * one place.
 */
#include <errno.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "plan/plan.h"
#include "policy/policy.h"

#define DEFAULT_PERIOD_US 100000u

static void tighten_memory(struct spec_resources *r, int64_t limit)
{
	if (r->memory.limit.set && r->memory.limit.v > 0 && r->memory.limit.v < limit)
		limit = r->memory.limit.v;
	r->memory.limit = (struct opt_i64){ true, limit };
	/* memory and swap together; where nothing was said, swap is left to the host */
	if (r->memory.swap.set && (r->memory.swap.v < 0 || r->memory.swap.v > limit))
		r->memory.swap.v = limit;
	if (r->memory.reservation.set && r->memory.reservation.v > limit)
		r->memory.reservation.v = limit;
	r->memory.disable_oom_killer = (struct opt_bool){ false, false };
}

static void tighten_cpu(struct spec_resources *r, uint64_t milli)
{
	uint64_t period = r->cpu.period.set && r->cpu.period.v ? r->cpu.period.v
							       : DEFAULT_PERIOD_US;
	int64_t quota = (int64_t)(milli * period / 1000);

	if (r->cpu.quota.set && r->cpu.quota.v > 0 && r->cpu.quota.v < quota)
		return;
	/* The kernel's least is 1 ms. */
	if (quota < 1000)
		quota = 1000;
	r->cpu.quota = (struct opt_i64){ true, quota };
	r->cpu.period = (struct opt_u64){ true, period };
}

static void tighten_pids(struct spec_resources *r, int64_t max)
{
	if (r->pids_limit.set && r->pids_limit.v > 0 && r->pids_limit.v < max)
		return;
	r->pids_limit = (struct opt_i64){ true, max };
}

/* Raw cgroup files of the config come after ours, and could undo them. */
static int check_unified(const struct spec_resources *r, const char *class_name,
			 struct err *err)
{
	static const char *const ours[] = { "memory.", "cpu.", "pids.", "cgroup." };

	for (size_t i = 0; i < r->unified.n; i++) {
		for (size_t k = 0; k < ARRAY_SIZE(ours); k++) {
			if (str_has_prefix(r->unified.v[i].key, ours[k]))
				return err_set(
					err, -EPERM,
					"/linux/resources/unified: '%s' cannot be set "
					"with class '%s'",
					ours[k], class_name);
		}
	}
	return 0;
}

static int above(const char *what, const char *class_name, struct err *err)
{
	return err_set(err, -EPERM,
		       "/linux/resources/%s is above the ceiling of class '%s'", what,
		       class_name);
}

static int check_cpu(const struct spec_resources *r, uint64_t milli,
		     const char *class_name, struct err *err)
{
	uint64_t period = r->cpu.period.set && r->cpu.period.v ? r->cpu.period.v
							       : DEFAULT_PERIOD_US;

	if (!r->cpu.quota.set && !r->cpu.period.set)
		return 0;
	/* A period alone would change the share of a quota that is not seen here. */
	if (!r->cpu.quota.set || r->cpu.quota.v <= 0 ||
	    (uint64_t)r->cpu.quota.v > milli * period / 1000)
		return above("cpu/quota", class_name, err);
	return 0;
}

int plan_limits_update(const struct spec_resources *r, const struct policy *policy,
		       struct err *err)
{
	const struct policy_limit *memory = &policy->budget.memory;
	const struct policy_limit *pids = &policy->budget.processes;
	const char *name = policy->name.v;

	if (r->n_devices)
		return err_set(
			err, -EPERM,
			"/linux/resources/devices cannot be changed with class '%s'",
			name);
	if (memory->set) {
		if (r->memory.limit.set &&
		    (r->memory.limit.v <= 0 || (uint64_t)r->memory.limit.v > memory->max))
			return above("memory/limit", name, err);
		if (r->memory.swap.set &&
		    (r->memory.swap.v <= 0 || (uint64_t)r->memory.swap.v > memory->max))
			return above("memory/swap", name, err);
		if (r->memory.disable_oom_killer.set && r->memory.disable_oom_killer.v)
			return above("memory/disableOOMKiller", name, err);
	}
	if (pids->set && r->pids_limit.set &&
	    (r->pids_limit.v <= 0 || (uint64_t)r->pids_limit.v > pids->max))
		return above("pids/limit", name, err);
	if (policy->budget.cpu.set) {
		int ret = check_cpu(r, policy->budget.cpu.max, name, err);

		if (ret < 0)
			return ret;
	}
	return check_unified(r, name, err);
}

int plan_limits_resources(struct plan *p, const struct policy *policy, struct err *err)
{
	struct spec *tight = ARENA_NEW(p->arena, struct spec);
	struct spec_resources *r = &tight->resources;
	const struct spec *given = p->spec;
	const char *path = p->cgroup.path;
	int ret;

	ret = check_unified(&given->resources, p->limits.class_name, err);
	if (ret < 0)
		return ret;
	*tight = *given;
	r->set = true;
	if (policy->budget.memory.set)
		tighten_memory(r, (int64_t)policy->budget.memory.def);
	if (policy->budget.cpu.set)
		tighten_cpu(r, policy->budget.cpu.def);
	if (policy->budget.processes.set)
		tighten_pids(r, (int64_t)policy->budget.processes.def);
	/* Only the devices that every container gets, also for a privileged config. */
	r->devices = NULL;
	r->n_devices = 0;
	if (!path && (policy->budget.memory.set || policy->budget.cpu.set ||
		      policy->budget.processes.set)) {
		err_set(err, -ENOTSUP,
			"class '%s': the budget cannot be held without a cgroup",
			p->limits.class_name);
		err_hint(err,
			 "rootless: have a systemd user session, and let the engine use "
			 "the systemd cgroup manager");
		return -ENOTSUP;
	}
	p->spec = tight;
	ret = plan_cgroup_build(p, err);
	p->spec = given;
	if (policy->budget.memory.set || policy->budget.cpu.set ||
	    policy->budget.processes.set)
		p->cgroup.resources_asked = true;
	return ret;
}
