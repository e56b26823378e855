/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/golden/print-plan.c - FILE [POLICY]: what would be done to the kernel, or why not
 *
 * For a host that is the same everywhere: the initial user namespace, cgroup v2 with
 * every controller, all capabilities, no security module.
 */
#include <fcntl.h>
#include <stdio.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/fd.h"
#include "base/json.h"
#include "base/path.h"
#include "base/str.h"
#include "plan/plan.h"
#include "policy/policy.h"

static const struct host host = {
	.caps = 0x1ffffffffff,
	.bounding = 0x1ffffffffff,
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
};

static int read_file(struct arena *a, const char *path, char **text, size_t *len,
		     struct err *err)
{
	int r = fd_read_at(AT_FDCWD, path, JSON_MAX_BYTES, a, text, len);

	return r < 0 ? err_sys(err, r, "%s", path) : 0;
}

/* The class of the file, narrowed by what the annotations ask for. */
static int read_policy(struct arena *a, const char *path, const struct spec *spec,
		       struct policy *out, struct err *err)
{
	struct policy class, request;
	char *text;
	size_t len;
	int r;

	r = read_file(a, path, &text, &len, err);
	if (r == 0)
		r = policy_parse(a, path_base(path), text, len, &class, err);
	if (r == 0)
		r = policy_request(a, &spec->annotations, &request, err);
	if (r == 0)
		r = policy_meet(a, &class, &request, out, err);
	if (r == 0)
		r = policy_check(out, class.name.v, err);
	return r;
}

static int print(struct arena *a, const char *file, const char *policy_file,
		 struct strbuf *out, struct err *err)
{
	const struct plan_options opt = { .id = "box",
					  .bundle = "/bundle",
					  .rootfs = "/bundle/rootfs",
					  .state_dir = "/run/agentrun/box",
					  .audit_dir = "/var/log/agentrun" };
	struct policy policy;
	struct plan *plan;
	struct spec *spec;
	char *text;
	size_t len;
	int r;

	r = read_file(a, file, &text, &len, err);
	if (r == 0)
		r = spec_parse(a, "config.json", text, len, &spec, err);
	if (r == 0)
		r = spec_check(spec, err);
	if (r == 0 && policy_file)
		r = read_policy(a, policy_file, spec, &policy, err);
	if (r == 0)
		r = plan_build(a, spec, policy_file ? &policy : NULL, &host, &opt, &plan,
			       err);
	if (r == 0)
		plan_print(plan, out);
	return r;
}

int main(int argc, char **argv)
{
	AUTO_ARENA a = ARENA_INIT;
	AUTO_STRBUF out = STRBUF_INIT;
	struct err err = ERR_INIT;

	if (argc < 2) {
		fprintf(stderr, "usage: print-plan FILE [POLICY]\n");
		return 2;
	}
	if (print(&a, argv[1], argv[2], &out, &err) < 0) {
		printf("%s\n", err.msg);
		return 1;
	}
	fputs(strbuf_str(&out), stdout);
	return 0;
}
