/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/fuzz/fuzz-plan.c - config.json to a plan, without a class and with the strictest
 *
 * What the class promises must hold for every document that is not refused.
 */
#include <sched.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "plan/plan.h"
#include "policy/policy.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char class_text[] =
	"{\"name\":\"closed\",\"summary\":\"little\",\"filesystem\":{\"rootfs\":"
	"\"readonly\",\"read\":[\"/\"]},"
	"\"network\":{\"mode\":\"none\"},\"tools\":{\"exec\":[\"*\"]},"
	"\"time\":{\"limit\":{\"default\":\"1m\",\"max\":\"1h\"}},"
	"\"user_namespace\":\"auto\",\"budget\":{\"memory\":\"1GiB\",\"processes\":10},"
	"\"capabilities\":[\"CAP_"
	"KILL\"]}";

static const struct host hosts[] = {
	{ .caps = ~0ull,
	  .bounding = ~0ull,
	  .last_cap = 40,
	  .cgroup_mode = CGROUP_V2,
	  .hierarchies = { { .mountpoint = "/sys/fs/cgroup",
			     .self = "/",
			     .root = "/",
			     .v2 = true } },
	  .n_hierarchies = 1,
	  .cgroup2_controllers = "cpuset cpu io memory hugetlb pids rdma misc",
	  .landlock_abi = 7,
	  .cgroup_kill = true,
	  .selinux = true,
	  .apparmor = true },
	{ .caps = ~0ull,
	  .bounding = ~0ull,
	  .last_cap = 40,
	  .cgroup_mode = CGROUP_V1,
	  .hierarchies = { { .mountpoint = "/sys/fs/cgroup/all",
			     .controllers =
				     "cpu,cpuset,memory,pids,blkio,devices,freezer",

			     .self = "/",
			     .root = "/" } },
	  .n_hierarchies = 1 },
	{ .euid = 1000, .egid = 1000, .rootless = true, .last_cap = 40 },
};

static void must(bool holds)
{
	if (!holds)
		abort();
}

static void check_class(const struct plan *p)
{
	const uint64_t kill_cap = 1u << 5;
	const struct plan_process *q = &p->process;

	must(p->limits.set && p->limits.deadline_ns > 0 && p->limits.lifeline);
	must(q->no_new_privs && q->class_seccomp.n_filter > 0 && !q->seccomp.has_notify);
	must(!((q->caps.bounding | q->caps.permitted | q->caps.effective |
		q->caps.inheritable | q->caps.ambient) &
	       ~kill_cap));
	must((p->ns.create & CLONE_NEWPID) && (p->ns.create & CLONE_NEWNS));
	must((p->ns.create & CLONE_NEWNET) && !p->ns.join[NS_NETWORK]);
	must(p->ns.has[NS_IPC] && p->ns.has[NS_UTS]);
	must(p->limits.rootfs != ROOTFS_AS_GIVEN);
	for (size_t i = 0; i < p->devices.n; i++)
		must(p->devices.v[i].is_default);
}

static void try_class(struct arena *a, const struct spec *spec, const struct host *host,
		      const struct plan_options *opt)
{
	struct policy class, request, effective;
	struct err err = ERR_INIT;
	struct plan *plan;
	int r;

	r = policy_parse(a, "closed.json", class_text, strlen(class_text), &class, &err);
	must(r == 0);
	r = policy_request(a, &spec->annotations, &request, &err);
	if (r == 0)
		r = policy_meet(a, &class, &request, &effective, &err);
	if (r == 0)
		r = policy_check(&effective, "closed", &err);
	if (r == 0)
		r = plan_build(a, spec, &effective, host, opt, &plan, &err);
	if (r < 0)
		must(err.msg[0]);
	else
		check_class(plan);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	const struct plan_options opt = { .id = "box",
					  .bundle = "/bundle",
					  .rootfs = "/bundle/rootfs",
					  .state_dir = "/run/agentrun/box",
					  .systemd_cgroup = size % 7 == 0,
					  .audit_dir = "/var/log/agentrun" };
	const struct host *host = &hosts[size % ARRAY_SIZE(hosts)];
	AUTO_ARENA a = ARENA_INIT;
	AUTO_STRBUF out = STRBUF_INIT;
	struct err err = ERR_INIT;
	struct spec *spec;
	struct plan *plan;

	if (spec_parse(&a, "config.json", (const char *)data, size, &spec, &err) < 0 ||
	    spec_check(spec, &err) < 0) {
		must(str_has_prefix(err.msg, "config.json:/"));
		return 0;
	}
	if (plan_build(&a, spec, NULL, host, &opt, &plan, &err) < 0)
		must(err.code && err.msg[0]);
	else
		plan_print(plan, &out);
	try_class(&a, spec, host, &opt);
	return 0;
}
