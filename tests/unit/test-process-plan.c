/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/test-process-plan.c - what plan/ makes of a process object */
#include <errno.h>
#include <linux/capability.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "plan/host.h"
#include "plan/process.h"
#include "spec/spec.h"
#include "tap.h"

static const char *const args[] = { "sh", "-c", "true", NULL };

/* A process that is fine; each test spoils one thing. */
struct fixture {
	struct arena arena;
	struct spec spec;
	struct host host;
	struct plan_process plan;
	struct err err;
};

static void begin(struct fixture *f)
{
	memset(f, 0, sizeof(*f));
	f->spec.has_process = true;
	f->spec.process.args.v = arena_alloc(&f->arena, sizeof(args));
	memcpy(f->spec.process.args.v, args, sizeof(args));
	f->spec.process.args.n = 3;
	f->spec.process.cwd = "/";
	f->host.caps = f->host.bounding = 0x1ffffffffffull;
	f->host.last_cap = 40;
}

static struct spec_strings list(struct fixture *f, const char *const *names)
{
	struct spec_strings s = { NULL, 0 };

	while (names[s.n])
		s.n++;
	s.v = ARENA_ARRAY(&f->arena, s.n + 1, const char *);
	for (size_t i = 0; i < s.n; i++)
		s.v[i] = names[i];
	return s;
}
#define LIST(f, ...) list((f), (const char *const[]){ __VA_ARGS__, NULL })

static int build(struct fixture *f)
{
	return plan_process_build(&f->plan, &f->spec, &f->spec.process, &f->host,
				  &f->arena, &f->err);
}

/* It must be refused, and the message must name the place. */
static void refused(struct fixture *f, const char *want)
{
	int r = build(f);

	ok(r < 0 && strstr(f->err.msg, want), "refused: %s", want);
	if (!(r < 0 && strstr(f->err.msg, want)))
		printf("# r=%d msg: %s\n", r, f->err.msg);
	arena_release(&f->arena);
}

static void test_defaults(void)
{
	struct fixture f;

	begin(&f);
	is_int(build(&f), 0, "a plain process");
	is_str(f.plan.argv[2], "true", "its arguments");
	is_int(f.plan.umask, 0022, "umask");
	is_int((long long)f.plan.caps.bounding, 0, "no capability object: none");
	ok(!f.plan.no_new_privs && !f.plan.has_home && !f.plan.path_var,
	   "nothing invented");
	ok(!f.plan.env[0], "empty environment");
	arena_release(&f.arena);

	begin(&f);
	is_int(plan_process_build(&f.plan, &f.spec, NULL, &f.host, &f.arena, &f.err), 0,
	       "a config without a process");
	ok(f.plan.path_absent, "is known as such");
	arena_release(&f.arena);
}

static void test_env(void)
{
	struct fixture f;

	begin(&f);
	f.spec.process.env =
		LIST(&f, "A=1", "PATH=/a", "B=2", "A=3", "HOME=/h", "AB=", "PATH=/b");
	f.spec.process.terminal = true;
	is_int(build(&f), 0, "an environment");
	is_int((long long)f.plan.n_env, 6, "without the duplicates");
	is_str(f.plan.env[0], "B=2", "first that stays");
	is_str(f.plan.env[1], "A=3", "the last of two wins");
	is_str(f.plan.env[5], "TERM=xterm", "a terminal gets TERM");
	is_str(f.plan.path_var, "/b", "PATH");
	ok(f.plan.has_home, "HOME is there");
	ok(!f.plan.env[6], "terminated");
	arena_release(&f.arena);

	begin(&f);
	f.spec.process.env = LIST(&f, "TERM=dumb");
	f.spec.process.terminal = true;
	build(&f);
	is_int((long long)f.plan.n_env, 1, "TERM of the config stays");
	arena_release(&f.arena);

	begin(&f);
	f.spec.process.env = LIST(&f, "A=1", "B");
	refused(&f, "/process/env/1: 'B'");
	begin(&f);
	f.spec.process.env = LIST(&f, "=x");
	refused(&f, "/process/env/0");
}

static void test_caps(void)
{
	struct fixture f;
	const uint64_t net = 1ull << CAP_NET_RAW, adm = 1ull << CAP_SYS_ADMIN;

	begin(&f);
	f.host.bounding = f.host.caps = ~adm & 0x1ffffffffffull;
	f.spec.process.caps.set = true;
	f.spec.process.caps.bounding =
		LIST(&f, "CAP_NET_RAW", "CAP_SYS_ADMIN", "CAP_NO_SUCH");
	f.spec.process.caps.permitted = LIST(&f, "CAP_NET_RAW", "CAP_SYS_ADMIN");
	f.spec.process.caps.effective = LIST(&f, "cap_net_raw");
	f.spec.process.caps.ambient = LIST(&f, "CAP_NET_RAW");
	is_int(build(&f), 0, "capabilities that cannot all be granted");
	ok(f.plan.caps.bounding == net && f.plan.caps.permitted == net &&
		   f.plan.caps.effective == net,
	   "what can be granted is");
	is_int((long long)f.plan.caps.ambient, 0, "ambient needs inheritable");
	ok(f.plan.caps.ungrantable == (adm | net), "the rest is remembered");
	is_str(f.plan.caps.unknown, "CAP_NO_SUCH", "so is an unknown name");
	arena_release(&f.arena);

	begin(&f);
	f.host.bounding = f.host.caps = 0;
	f.spec.namespaces = ARENA_NEW(&f.arena, struct spec_namespace);
	f.spec.namespaces[0].type = NS_USER;
	f.spec.n_namespaces = 1;
	f.spec.process.caps.bounding = LIST(&f, "CAP_SYS_ADMIN");
	f.spec.process.caps.permitted = LIST(&f, "CAP_SYS_ADMIN");
	build(&f);
	ok(f.plan.caps.bounding == adm && f.plan.caps.permitted == adm,
	   "a user namespace starts with all of them");
	arena_release(&f.arena);

	begin(&f);
	f.spec.process.caps.effective = LIST(&f, "CAP_NET_RAW");
	refused(&f, "/process/capabilities/effective: CAP_NET_RAW");
	is_str(caps_name(CAP_SETUID), "CAP_SETUID", "name of a number");
	is_int(caps_number("CAP_BPF"), 39, "number of a name");
	is_int(caps_number("BPF"), -1, "a name has its prefix");
	ok(!caps_name(41), "no name above the last");
}

static void test_ids(void)
{
	struct fixture f;
	uint32_t gids[] = { 1, 2147483648u, 4294967295u };
	struct spec_kv keep = { "run.oci.keep_original_groups", "1" };

	begin(&f);
	f.spec.process.uid = 4294967294u;
	f.spec.process.additional_gids = gids;
	f.spec.process.n_additional_gids = 2;
	f.spec.annotations = (struct spec_kvs){ &keep, 1 };
	is_int(build(&f), 0, "large ids");
	ok(f.plan.uid == 4294967294u && f.plan.groups[1] == 2147483648u,
	   "arrive unchanged");
	ok(f.plan.keep_groups, "groups are kept when Podman says so");
	arena_release(&f.arena);
	begin(&f);
	f.spec.process.uid = 4294967295u;
	refused(&f, "/process/user");
	begin(&f);
	f.spec.process.additional_gids = gids;
	f.spec.process.n_additional_gids = 3;
	refused(&f, "/process/user/additionalGids/2");
	begin(&f);
	f.spec.process.umask = (struct opt_u32){ true, 01000 };
	refused(&f, "/process/user/umask");
}

static void test_limits(void)
{
	struct fixture f;
	struct spec_rlimit l[2] = { { "RLIMIT_NOFILE", 0, 10, 20 },
				    { "RLIMIT_CORE", 0, 0, UINT64_MAX } };

	begin(&f);
	f.spec.process.rlimits = l;
	f.spec.process.n_rlimits = 2;
	f.spec.process.oom_score_adj = (struct opt_i64){ true, -1000 };
	is_int(build(&f), 0, "limits");
	ok(f.plan.n_rlimits == 2 && f.plan.rlimits[0].hard == 20, "arrive");
	ok(f.plan.has_oom_score_adj && f.plan.oom_score_adj == -1000,
	   "so does the OOM score");
	arena_release(&f.arena);
	begin(&f);
	l[1].type = "RLIMIT_NOFILE";
	f.spec.process.rlimits = l;
	f.spec.process.n_rlimits = 2;
	refused(&f, "/process/rlimits/1: RLIMIT_NOFILE is given twice");
	begin(&f);
	l[1].type = "RLIMIT_FUN";
	f.spec.process.rlimits = l;
	f.spec.process.n_rlimits = 2;
	refused(&f, "/process/rlimits/1/type: unknown limit 'RLIMIT_FUN'");
	begin(&f);
	l[0].soft = 21;
	f.spec.process.rlimits = l;
	f.spec.process.n_rlimits = 1;
	refused(&f, "soft limit 21 is above hard limit 20");
	begin(&f);
	f.spec.process.oom_score_adj = (struct opt_i64){ true, 1001 };
	refused(&f, "/process/oomScoreAdj");
}

static void test_labels(void)
{
	struct fixture f;

	begin(&f);
	f.spec.process.apparmor_profile = "cage";
	refused(&f, "/proc/self/attr/apparmor/exec: AppArmor is not enabled");
	begin(&f);
	f.spec.process.selinux_label = "u:r:t:s0";
	refused(&f, "/proc/self/attr/exec: SELinux is not enabled");
	begin(&f);
	f.spec.process.apparmor_profile = "";
	f.spec.process.selinux_label = "";
	is_int(build(&f), 0, "empty labels are none");
	arena_release(&f.arena);
	begin(&f);
	f.spec.process.apparmor_profile = "unconfined";
	is_int(build(&f), 0, "unconfined is what a host without AppArmor has");
	arena_release(&f.arena);
	begin(&f);
	f.host.apparmor = f.host.selinux = true;
	f.spec.process.apparmor_profile = "cage";
	f.spec.process.selinux_label = "u:r:t:s0";
	is_int(build(&f), 0, "labels where they are enabled");
	is_str(f.plan.apparmor_profile, "cage", "profile");
	is_str(f.plan.selinux_label, "u:r:t:s0", "label");
	arena_release(&f.arena);
}

static void test_lists(void)
{
	static const struct {
		const char *text;
		int want;
		unsigned long bits;
	} cases[] = {
		{ "0", 0, 1 },
		{ "0-3,7", 0, 0x8f },
		{ " 1 , 2-3\n", 0, 0xe },
		{ "63", 0, 1ul << 63 },
		{ "64", -ERANGE, 0 },
		{ "", -EINVAL, 0 },
		{ "1,", -EINVAL, 0 },
		{ "3-1", -EINVAL, 0 },
		{ "1-", -EINVAL, 0 },
		{ "-1", -EINVAL, 0 },
		{ "1-2-3", -EINVAL, 0 },
		{ "1 2", -EINVAL, 0 },
		{ "0x1", -EINVAL, 0 },
		{ "99999999999999999999999999999999999", -EINVAL, 0 },
		{ "0-4294967296", -ERANGE, 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		unsigned long bits = 0;
		int r = plan_list_parse(cases[i].text, &bits, 64);

		ok(r == cases[i].want && (r < 0 || bits == cases[i].bits), "list '%s'",
		   cases[i].text);
	}
}

static void test_sched(void)
{
	struct fixture f;

	begin(&f);
	f.spec.process.scheduler.policy = "SCHED_FIFO";
	f.spec.process.scheduler.priority = (struct opt_i64){ true, 10 };
	f.spec.process.scheduler.flags = LIST(&f, "SCHED_FLAG_RESET_ON_FORK");
	f.spec.process.io_priority =
		(struct spec_io_priority){ true, "IOPRIO_CLASS_IDLE", { true, 5 } };
	f.spec.process.exec_affinity_final = "0-1";
	f.spec.personality.domain = "LINUX32";
	f.spec.memory_policy.mode = "MPOL_BIND";
	f.spec.memory_policy.nodes = "0";
	f.spec.memory_policy.flags = LIST(&f, "MPOL_F_STATIC_NODES");
	is_int(build(&f), 0, "scheduler and its kin");
	ok(f.plan.sched.set && f.plan.sched.policy == 1 && f.plan.sched.flags == 1 &&
		   f.plan.sched.priority == 10,
	   "scheduler");
	is_int(f.plan.ioprio, 3 << 13, "the idle class has no priority");
	ok(!f.plan.has_affinity_final, "affinity is for exec");
	ok(f.plan.has_personality && f.plan.personality == 8, "personality");
	is_int(f.plan.mempolicy_mode, 2 | 1 << 15, "memory policy");
	is_int((long long)f.plan.mempolicy_nodes[0], 1, "its nodes");
	arena_release(&f.arena);

	begin(&f);
	f.spec.process.scheduler.policy = "SCHED_OTHER";
	f.spec.process.scheduler.priority = (struct opt_i64){ true, 1 };
	refused(&f, "/process/scheduler/priority");
	begin(&f);
	f.spec.process.scheduler.policy = "SCHED_BATCH";
	f.spec.process.scheduler.nice = (struct opt_i64){ true, 20 };
	refused(&f, "/process/scheduler/nice: 20 is not in -20..19");
	begin(&f);
	f.spec.process.scheduler.policy = "SCHED_RR";
	f.spec.process.scheduler.priority = (struct opt_i64){ true, 1 };
	f.spec.process.scheduler.runtime = (struct opt_u64){ true, 1 };
	refused(&f, "SCHED_DEADLINE only");
	begin(&f);
	f.spec.process.scheduler.policy = "SCHED_FUN";
	refused(&f, "unknown policy 'SCHED_FUN'");
	begin(&f);
	f.spec.process.io_priority = (struct spec_io_priority){ true, NULL, { true, 8 } };
	refused(&f, "/process/ioPriority/priority");
	begin(&f);
	f.spec.process.exec_affinity_initial = "a";
	refused(&f, "/process/execCPUAffinity/initial");
	begin(&f);
	f.spec.personality.domain = "LINUX";
	f.spec.personality.flags = LIST(&f, "X");
	refused(&f, "/linux/personality/flags");
	begin(&f);
	f.spec.memory_policy.mode = "MPOL_LOCAL";
	f.spec.memory_policy.nodes = "0";
	refused(&f, "/linux/memoryPolicy/nodes: must be empty");
	begin(&f);
	f.spec.memory_policy.mode = "MPOL_INTERLEAVE";
	refused(&f, "/linux/memoryPolicy/nodes: is needed");
	begin(&f);
	f.spec.memory_policy.mode = "MPOL_PREFERRED";
	f.spec.memory_policy.flags =
		LIST(&f, "MPOL_F_STATIC_NODES", "MPOL_F_RELATIVE_NODES");
	refused(&f, "exclude each other");
}

static void test_exec(void)
{
	struct fixture f;
	struct spec_process p;

	begin(&f);
	p = f.spec.process;
	p.exec_affinity_initial = "0";
	p.exec_affinity_final = "1";
	is_int(plan_process_build(&f.plan, &f.spec, &p, &f.host, &f.arena, &f.err), 0,
	       "one more process");
	ok(f.plan.has_affinity_initial && f.plan.affinity_initial[0] == 1,
	   "initial affinity");
	ok(f.plan.has_affinity_final && f.plan.affinity_final[0] == 2, "final affinity");
	arena_release(&f.arena);
	begin(&f);
	f.spec.process.args.n = 0;
	refused(&f, "/process/args");
	begin(&f);
	f.spec.process.cwd = "x";
	refused(&f, "/process/cwd: 'x'");
}

int main(void)
{
	test_defaults();
	test_env();
	test_caps();
	test_ids();
	test_limits();
	test_labels();
	test_lists();
	test_sched();
	test_exec();
	return done();
}
