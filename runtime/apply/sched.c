/* SPDX-License-Identifier: Apache-2.0 */
/*
 * apply/sched.c - scheduler, io priority, affinity, memory policy, personality
 *
 * Runs:     in the child, after it is in its cgroup, before seccomp
 * Mustn't:  allocate
 */
#include <errno.h>
#include <linux/ioprio.h>
#include <sched.h>
#include <stdint.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "apply/process.h"
#include "base/err.h"
#include "plan/process.h"

/* The first version of struct sched_attr: every kernel takes it. */
struct sched_attr_v0 {
	uint32_t size;
	uint32_t policy;
	uint64_t flags;
	int32_t nice;
	uint32_t priority;
	uint64_t runtime;
	uint64_t deadline;
	uint64_t period;
};

static int set_affinity(const unsigned long *mask, size_t len)
{
	return syscall(SYS_sched_setaffinity, 0, len, mask) < 0 ? -errno : 0;
}

int apply_affinity_initial(const struct plan_process *p, struct err *err)
{
	int r;

	if (!p->has_affinity_initial)
		return 0;
	r = set_affinity(p->affinity_initial, sizeof(p->affinity_initial));
	if (r < 0)
		return err_sys(err, r, "/process/execCPUAffinity/initial: cannot be set");
	return 0;
}

/*
 * A caller that is pinned must not narrow the container: all CPUs, of which the kernel
 * keeps those of the cpuset. A cpuset that changes this very moment makes it fail, and
 * costs only what was inherited.
 */
static int set_affinity_final(const struct plan_process *p, struct err *err)
{
	unsigned long all[16];
	int r;

	if (!p->has_affinity_final) {
		memset(all, 0xff, sizeof(all));
		(void)set_affinity(all, sizeof(all));
		return 0;
	}
	r = set_affinity(p->affinity_final, sizeof(p->affinity_final));
	if (r < 0)
		return err_sys(err, r, "/process/execCPUAffinity/final: cannot be set");
	return 0;
}

static int set_scheduler(const struct plan_sched *s, struct err *err)
{
	struct sched_attr_v0 attr = {
		.size = sizeof(attr),
		.policy = s->policy,
		.flags = s->flags,
		.nice = s->nice,
		.priority = s->priority,
		.runtime = s->runtime,
		.deadline = s->deadline,
		.period = s->period,
	};

	int r;

	if (!s->set || syscall(SYS_sched_setattr, 0, &attr, 0) == 0)
		return 0;
	r = err_sys(err, -errno, "/process/scheduler: cannot be set");
	/* RT_GROUP_SCHED: a group without a budget takes no realtime task. */
	if (r == -EPERM && (s->policy == SCHED_FIFO || s->policy == SCHED_RR))
		err_hint(err, "the cgroup may need /linux/resources/cpu/realtimeRuntime");
	return r;
}

static int set_mempolicy(const struct plan_process *p, struct err *err)
{
	/* MPOL_DEFAULT and MPOL_LOCAL want no mask at all. */
	static const unsigned long none[16];
	const unsigned long *nodes = p->mempolicy_nodes;
	unsigned long bits = 8 * sizeof(p->mempolicy_nodes);

	if (!p->has_mempolicy)
		return 0;
	if (!memcmp(nodes, none, sizeof(none))) {
		nodes = NULL;
		bits = 0;
	}
	/* KERNEL: the call takes one bit fewer than it is told. */
	if (syscall(SYS_set_mempolicy, p->mempolicy_mode, nodes, bits ? bits + 1 : 0) < 0)
		return err_sys(err, -errno, "/linux/memoryPolicy: cannot be set");
	return 0;
}

int apply_sched(const struct plan_process *p, struct err *err)
{
	int r;

	/* Affinity first: SCHED_DEADLINE refuses a narrowed one, and forbids a change. */
	r = set_affinity_final(p, err);
	if (r == 0)
		r = set_scheduler(&p->sched, err);
	if (r < 0)
		return r;
	if (p->has_ioprio &&
	    syscall(SYS_ioprio_set, IOPRIO_WHO_PROCESS, 0, p->ioprio) < 0)
		return err_sys(err, -errno, "/process/ioPriority: cannot be set");
	if (p->has_personality && personality(p->personality) < 0)
		return err_sys(err, -errno, "/linux/personality: cannot be set");
	return set_mempolicy(p, err);
}
