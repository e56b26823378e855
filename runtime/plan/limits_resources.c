/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan/limits_resources.c - the budget as resources of the cgroup
 *
 * The engine's own limits stay where they are tighter. Planned again from a tightened copy
 * of the config's resources, so that the conversions between v1 and v2 are made in one
 * place.
 */
#include <errno.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
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
static int check_unified(const struct plan *p, struct err *err)
{
	static const char *const ours[] = { "memory.", "cpu.", "pids.", "cgroup." };
	const struct spec_kvs *u = &p->spec->resources.unified;

	for (size_t i = 0; i < u->n; i++) {
		for (size_t k = 0; k < sizeof(ours) / sizeof(ours[0]); k++) {
			if (strncmp(u->v[i].key, ours[k], strlen(ours[k])) == 0)
				return err_set(err, -EPERM,
					       "config.json:/linux/resources/unified: '%s' "
					       "cannot be set with class '%s'",
					       ours[k], p->limits.class_name);
		}
	}
	return 0;
}

int plan_limits_resources(struct plan *p, const struct policy *policy, struct err *err)
{
	struct spec *tight = ARENA_NEW(p->arena, struct spec);
	struct spec_resources *r = &tight->resources;
	const struct spec *given = p->spec;
	const char *path = p->cgroup.path;
	int ret;

	ret = check_unified(p, err);
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
		err_set(err, -ENOTSUP, "class '%s': the budget cannot be held without a cgroup",
			p->limits.class_name);
		err_hint(err, "rootless: have a systemd user session, and let the engine use "
			      "the systemd cgroup manager");
		return -ENOTSUP;
	}
	p->spec = tight;
	ret = plan_cgroup_build(p, err);
	p->spec = given;
	if (policy->budget.memory.set || policy->budget.cpu.set || policy->budget.processes.set)
		p->cgroup.resources_asked = true;
	return ret;
}
