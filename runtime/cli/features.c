/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cli/features.c - features: what this build can do, as the runtime spec has it
 *
 * Every list comes from the table that does the work, so that it cannot say more. Absent
 * would mean "unknown", an empty list "none".
 */
#include <stdlib.h>
#include <stdbool.h>
#include <string.h>

#include "base/json.h"
#include "base/str.h"
#include "cli/command.h"
#include "plan/caps.h"
#include "plan/mounts.h"
#include "plan/seccomp.h"

static void add_strings(struct arena *a, struct json *obj, const char *key,
			const char *const *v)
{
	struct json *list = json_add_array(a, obj, key);

	for (; *v; v++)
		json_append_str(a, list, *v);
}

static void add_flag(struct arena *a, struct json *obj, const char *key, bool on)
{
	json_add_bool(a, json_add_object(a, obj, key), "enabled", on);
}

static int by_text(const void *x, const void *y)
{
	return strcmp(*(const char *const *)x, *(const char *const *)y);
}

static void add_capabilities(struct arena *a, struct json *linux_)
{
	const char *names[65] = { NULL };
	size_t n = 0;

	for (unsigned i = 0; i < 64; i++)
		if (caps_name(i))
			names[n++] = caps_name(i);
	qsort(names, n, sizeof(*names), by_text);
	add_strings(a, linux_, "capabilities", names);
}

/* Known: what a config may say. Supported: what this kernel takes, found by asking it. */
static void add_seccomp(struct arena *a, struct json *linux_)
{
	struct json *s = json_add_object(a, linux_, "seccomp");
	struct json *supported;

	json_add_bool(a, s, "enabled", true);
	add_strings(a, s, "actions", plan_seccomp_actions());
	add_strings(a, s, "operators", plan_seccomp_operators());
	add_strings(a, s, "archs", plan_seccomp_archs());
	add_strings(a, s, "knownFlags", plan_seccomp_flags());
	supported = json_add_array(a, s, "supportedFlags");
	for (const char *const *f = plan_seccomp_flags(); *f; f++)
		if (host_has_seccomp_flag(*f))
			json_append_str(a, supported, *f);
}

static void add_linux(struct arena *a, struct json *doc)
{
	static const char *const namespaces[] = { "cgroup",  "ipc", "mount",
						  "network", "pid", "time",
						  "user",    "uts", NULL };
	static const char *const modes[] = { "MPOL_BIND",
					     "MPOL_DEFAULT",
					     "MPOL_INTERLEAVE",
					     "MPOL_LOCAL",
					     "MPOL_PREFERRED",
					     "MPOL_PREFERRED_MANY",
					     "MPOL_WEIGHTED_INTERLEAVE",
					     NULL };
	static const char *const flags[] = { "MPOL_F_NUMA_BALANCING",
					     "MPOL_F_RELATIVE_NODES",
					     "MPOL_F_STATIC_NODES", NULL };
	struct json *l = json_add_object(a, doc, "linux");
	struct json *o;

	add_strings(a, l, "namespaces", namespaces);
	add_capabilities(a, l);
	o = json_add_object(a, l, "cgroup");
	json_add_bool(a, o, "v1", true);
	json_add_bool(a, o, "v2", true);
	json_add_bool(a, o, "systemd", AGENTRUN_HAVE_SYSTEMD);
	json_add_bool(a, o, "systemdUser", AGENTRUN_HAVE_SYSTEMD);
	json_add_bool(a, o, "rdma", true);
	add_seccomp(a, l);
	add_flag(a, l, "apparmor", true);
	add_flag(a, l, "selinux", AGENTRUN_HAVE_SELINUX);
	o = json_add_object(a, l, "intelRdt");
	json_add_bool(a, o, "enabled", true);
	json_add_bool(a, o, "schemata", true);
	json_add_bool(a, o, "monitoring", true);
	o = json_add_object(a, l, "memoryPolicy");
	add_strings(a, o, "modes", modes);
	add_strings(a, o, "flags", flags);
	add_flag(a, json_add_object(a, l, "mountExtensions"), "idmap", true);
	add_flag(a, l, "netDevices", true);
}

static void add_mount_options(struct arena *a, struct json *doc)
{
	struct json *list = json_add_array(a, doc, "mountOptions");
	const char *const *v;
	size_t n = plan_mount_options(&v);

	for (size_t i = 0; i < n; i++)
		json_append_str(a, list, v[i]);
}

static void add_annotations(struct arena *a, struct json *doc)
{
	/* SECURITY: what an untrusted image must not be able to set; a final dot: a
	 * prefix. */
	static const char *const unsafe[] = { "dev.agentrun.", "org.systemd.property.",
					      "run.oci.keep_original_groups", NULL };
	struct json *o = json_add_object(a, doc, "annotations");

	json_add_str(a, o, "dev.agentrun.version", PACKAGE_VERSION);
	json_add_str(a, o, "dev.agentrun.commit", AGENTRUN_COMMIT);
	json_add_str(a, o, "dev.agentrun.checkpoint.enabled", "false");
	json_add_str(a, o, "dev.agentrun.seccomp.compiler", "agentrun");
	/* Not linked: its tables of system calls were read when this was built. */
	json_add_str(a, o, "io.github.seccomp.libseccomp.version", AGENTRUN_LIBSECCOMP);
	add_strings(a, doc, "potentiallyUnsafeConfigAnnotations", unsafe);
}

static int run_features(struct invocation *in, struct err *err)
{
	static const char *const hooks[] = { "prestart",
					     "createRuntime",
					     "createContainer",
					     "startContainer",
					     "poststart",
					     "poststop",
					     NULL };
	AUTO_STRBUF out = STRBUF_INIT;
	struct json *doc = json_new(&in->arena, JSON_OBJECT);

	json_add_str(&in->arena, doc, "ociVersionMin", "1.0.0");
	json_add_str(&in->arena, doc, "ociVersionMax", AGENTRUN_SPEC);
	add_strings(&in->arena, doc, "hooks", hooks);
	add_mount_options(&in->arena, doc);
	add_linux(&in->arena, doc);
	add_annotations(&in->arena, doc);
	json_print(&out, doc, 2);
	strbuf_addc(&out, '\n');
	return print_out(&out, err);
}

const struct command cmd_features = {
	.name = "features",
	.operands = "",
	.summary = "print what this runtime can do, as JSON",
	.run = run_features,
};
