/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/unit/test-spec.c - every field of config.json: its types, and what comes out
 * again
 *
 * tests/golden/spec/full.json has each field that the specification knows. Every value in
 * it is replaced in turn by one of each other type, by null, by a broken number, and is
 * left out. The document must then be refused with the path of that value, or be printed
 * just as it came in; which of both, follows from a few rules that stand here.
 */
#include <fcntl.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/fd.h"
#include "base/json.h"
#include "base/path.h"
#include "base/str.h"
#include "spec/spec.h"
#include "tap.h"

/* Not of the specification (for Linux), so of no interest. */
static const char *const unknown[] = {
	"/vm",
	"/x-unknown",
	"/linux/futureMember",
	"/process/user/username",
};

/* Must be there when the object around them is. "*" is any element. */
static const char *const required[] = {
	"/ociVersion",
	"/root/path",
	"/process/consoleSize/height",
	"/process/consoleSize/width",
	"/process/rlimits/*/type",
	"/process/rlimits/*/soft",
	"/process/rlimits/*/hard",
	"/process/scheduler/policy",
	"/mounts/*/destination",
	"/mounts/*/uidMappings/*/containerID",
	"/mounts/*/uidMappings/*/hostID",
	"/mounts/*/uidMappings/*/size",
	"/mounts/*/gidMappings/*/containerID",
	"/mounts/*/gidMappings/*/hostID",
	"/mounts/*/gidMappings/*/size",
	"/hooks/*/*/path",
	"/linux/namespaces/*/type",
	"/linux/uidMappings/*/containerID",
	"/linux/uidMappings/*/hostID",
	"/linux/uidMappings/*/size",
	"/linux/gidMappings/*/containerID",
	"/linux/gidMappings/*/hostID",
	"/linux/gidMappings/*/size",
	"/linux/devices/*/type",
	"/linux/devices/*/path",
	"/linux/resources/devices/*/allow",
	"/linux/resources/blockIO/*/*/major",
	"/linux/resources/blockIO/*/*/minor",
	"/linux/resources/blockIO/throttle*/*/rate",
	"/linux/resources/hugepageLimits/*/pageSize",
	"/linux/resources/hugepageLimits/*/limit",
	"/linux/resources/network/priorities/*/name",
	"/linux/resources/network/priorities/*/priority",
	"/linux/seccomp/defaultAction",
	"/linux/seccomp/syscalls/*/names",
	"/linux/seccomp/syscalls/*/action",
	"/linux/seccomp/syscalls/*/args/*/index",
	"/linux/seccomp/syscalls/*/args/*/value",
	"/linux/seccomp/syscalls/*/args/*/op",
	"/linux/memoryPolicy/mode",
	"/linux/personality/domain",
};

/* '*' in pattern is any text without a slash. */
static bool matches(const char *pattern, const char *path)
{
	if (*pattern != '*')
		return *pattern == *path && (!*path || matches(pattern + 1, path + 1));
	for (;; path++) {
		if (matches(pattern + 1, path))
			return true;
		if (!*path || *path == '/')
			return false;
	}
}

static bool is_required(const char *path)
{
	for (size_t i = 0; i < ARRAY_SIZE(required); i++)
		if (matches(required[i], path))
			return true;
	return false;
}

static bool is_unknown(const char *path)
{
	for (size_t i = 0; i < ARRAY_SIZE(unknown); i++)
		if (path_is_below(path, unknown[i]))
			return true;
	return false;
}

static bool is_same(const struct json *a, const struct json *b)
{
	const struct json *y = b->child;

	if (a->type != b->type || a->n != b->n || a->boolean != b->boolean ||
	    !str_eq(a->key, b->key) || !str_eq(a->str, b->str))
		return false;
	json_foreach(x, a) {
		if (!is_same(x, y))
			return false;
		y = y->next;
	}
	return true;
}

static struct json *the_doc;

/* Parse what the_doc is now. NULL: it came out as it went in; else what was said. */
static const char *outcome(struct arena *a)
{
	AUTO_STRBUF in = STRBUF_INIT;
	AUTO_STRBUF out = STRBUF_INIT;
	struct err err = ERR_INIT;
	struct json *again;
	struct spec *spec;
	int r;

	json_print(&in, the_doc, 0);
	r = spec_parse(a, "c", in.s, in.len, &spec, &err);
	/* some pairs of fields are checked there */
	if (r == 0)
		r = spec_check(spec, &err);
	if (r < 0)
		return err.msg[0] ? arena_strdup(a, err.msg) : "refused without a word";
	spec_print(spec, &out);
	if (json_parse(a, "out", out.s, out.len, JSON_STRICT, &again, &err) < 0)
		return "what is printed cannot be read";
	return is_same(the_doc, again) ? NULL : "what is printed differs";
}

static void expect(const char *path, const char *what, const char *want)
{
	AUTO_ARENA a = ARENA_INIT;
	const char *have = outcome(&a);
	bool same = want ? have && str_has_prefix(have, want) : !have;

	if (!ok(same, "%s %s", path, what))
		printf("# have: %s\n# want: %s\n", have ? have : "(accepted)",
		       want ? want : "(accepted)");
}

/* Values of every type; the texts fit nowhere but where any string does. */
static const struct json samples[] = {
	{ .type = JSON_BOOL, .boolean = true },
	{ .type = JSON_NUMBER, .str = "7" },
	{ .type = JSON_STRING, .str = "x" },
	{ .type = JSON_ARRAY },
	{ .type = JSON_OBJECT },
};

static void swap_value(struct json *v, const struct json *with)
{
	v->type = with->type;
	v->boolean = with->boolean;
	v->str = with->str;
	v->child = with->child;
	v->last = with->last;
	v->n = with->n;
}

static void try_types(struct json *v, const char *path)
{
	const struct json old = *v;
	char want[512], what[64];

	for (size_t i = 0; i < ARRAY_SIZE(samples); i++) {
		if (samples[i].type == old.type)
			continue;
		snprintf(want, sizeof(want), "c:%s: expected %s, got %s", path,
			 json_type_name(old.type), json_type_name(samples[i].type));
		snprintf(what, sizeof(what), "is not %s",
			 json_type_name(samples[i].type));
		swap_value(v, &samples[i]);
		expect(path, what, is_unknown(path) ? NULL : want);
		swap_value(v, &old);
	}
}

static void try_numbers(struct json *v, const char *path)
{
	static const char *const broken[] = { "1.5", "1e3", "99999999999999999999",
					      "-99999999999999999999" };
	const char *old = v->str;
	char want[512];

	snprintf(want, sizeof(want), "c:%s: ", path);
	for (size_t i = 0; i < ARRAY_SIZE(broken); i++) {
		v->str = broken[i];
		expect(path, broken[i], is_unknown(path) ? NULL : want);
	}
	v->str = old;
}

/* null is absence for a member, and nothing at all for an element of a list. */
static void try_null(struct json *v, const char *path)
{
	const struct json old = *v, null = { .type = JSON_NULL };
	char want[512];

	/* What the rest of this document needs; test-spec-check has its own cases. */
	if (str_eq(path, "/linux") || str_eq(path, "/linux/namespaces") ||
	    str_eq(path, "/process/args") || str_eq(path, "/process/cwd"))
		return;
	swap_value(v, &null);
	if (is_unknown(path)) {
		expect(path, "null", NULL);
	} else if (v->parent->type == JSON_ARRAY) {
		snprintf(want, sizeof(want), "c:%s: expected %s, got null", path,
			 json_type_name(old.type));
		expect(path, "null", want);
	} else if (is_required(path)) {
		expect(path, "null", "c:");
	} else if (!matches("/annotations/*", path) &&
		   !matches("/linux/sysctl/*", path) &&
		   !matches("/linux/resources/unified/*", path)) {
		expect(path, "null", NULL);
	}
	swap_value(v, &old);
}

static void try_absence(struct json *v, const char *path)
{
	struct json *parent = v->parent, *before = NULL;
	char want[512];

	if (!v->key || str_eq(path, "/linux") || str_eq(path, "/linux/namespaces") ||
	    str_eq(path, "/process/args") || str_eq(path, "/process/cwd"))
		return;
	for (struct json *m = parent->child; m != v; m = m->next)
		before = m;
	*(before ? &before->next : &parent->child) = v->next;
	parent->n--;
	/* a size with only one side has its own message */
	snprintf(want, sizeof(want), "c:%s: is missing", path);
	if (matches("/process/consoleSize/*", path))
		snprintf(want, sizeof(want), "c:/process/consoleSize: ");
	expect(path, "left out", is_required(path) ? want : NULL);
	*(before ? &before->next : &parent->child) = v;
	parent->n++;
}

static void visit(struct json *v)
{
	AUTO_ARENA a = ARENA_INIT;
	const char *path = json_path(&a, v);

	if (v->parent) {
		try_types(v, path);
		if (v->type == JSON_NUMBER)
			try_numbers(v, path);
		try_null(v, path);
		try_absence(v, path);
	}
	for (struct json *c = v->child; c; c = c->next)
		visit(c);
}

/* What arrives in the struct, for one field of each kind. */
static void test_values(const struct spec *s)
{
	const struct spec_process *p = &s->process;

	is_str(s->oci_version, "1.3.0", "ociVersion");
	ok(s->has_root && s->root_readonly && str_eq(s->root_path, "rootfs"), "root");
	ok(p->terminal && p->console_height.v == 24 && p->console_width.v == 80,
	   "console");
	ok(p->uid == 1000 && p->gid == 1001 && p->umask.set && p->umask.v == 18, "user");
	ok(p->n_additional_gids == 2 && p->additional_gids[1] == 4294967294u, "groups");
	ok(p->args.n == 3 && !p->args.v[3] && str_eq(p->args.v[0], "/bin/sh"), "args");
	ok(p->caps.set && p->caps.bounding.n == 2 && !p->caps.inheritable.n,
	   "capabilities");
	ok(p->n_rlimits == 2 && p->rlimits[0].hard == UINT64_MAX, "rlimits");
	ok(p->no_new_privs.set && !p->no_new_privs.v, "an explicit false is set");
	ok(p->oom_score_adj.set && p->oom_score_adj.v == -500, "oomScoreAdj");
	ok(p->scheduler.nice.v == -5 && !p->scheduler.priority.set, "scheduler");
	ok(s->n_mounts == 2 && s->mounts[1].uid_mappings.v[0].host_id == 1000, "mounts");
	ok(s->hooks[HOOK_POSTSTOP].n == 2, "hooks");
	ok(!s->hooks[HOOK_PRESTART].v[0].has_env &&
		   s->hooks[HOOK_CREATE_CONTAINER].v[0].has_env,
	   "an empty environment is not an absent one");
	is_str(spec_annotation(s, "com.example.key"), "value", "an annotation");
	ok(!spec_annotation(s, "none"), "no annotation");
	is_str(spec_find_namespace(s, NS_NETWORK)->path, "/run/netns/a", "a namespace");
	ok(s->n_time_offsets == 2 && s->time_offsets[1].secs == -1, "time offsets");
	ok(s->n_devices == 4 && s->devices[0].type == 'c' && s->devices[0].minor == 229 &&
		   !s->devices[1].file_mode.set,
	   "devices");
	is_str(s->net_devices[0].host_name, "eth0", "the key of a map");
	ok(s->resources.set && s->resources.n_devices == 2 &&
		   !s->resources.devices[0].allow,
	   "device rules");
	ok(s->resources.memory.swap.v == INT64_MAX &&
		   s->resources.memory.swappiness.set &&
		   s->resources.memory.swappiness.v == 0,
	   "memory");
	ok(s->resources.pids_limit.set && s->resources.pids_limit.v == 0, "a limit of 0");
	ok(s->resources.hugepages[0].limit == 9007199254740993ull,
	   "more than a double holds");
	ok(s->resources.blkio.write_bps.v[0].rate == UINT64_MAX, "block io");
	is_str(s->resources.unified.v[1].value, "max", "unified");
	ok(s->seccomp.rules[1].args[0].value == UINT64_MAX &&
		   s->seccomp.rules[1].args[0].value_two == 8,
	   "seccomp");
	ok(s->intel_rdt.enable_monitoring.v && s->intel_rdt.schemata.n == 1, "intelRdt");
}

static const struct {
	const char *text;
	const char *msg;
} resources_bad[] = {
	{ "[]", "r:/: expected an object, got an array" },
	{ "{\"memory\":{\"limit\":\"1\"}}",
	  "r:/memory/limit: expected a number, got a string" },
	{ "{\"pids\":{\"limit\":9223372036854775808}}",
	  "r:/pids/limit: '9223372036854775808' is out of range" },
	{ "{\"cpu\":{\"shares\":-1}}", "r:/cpu/shares: '-1' is out of range" },
};

static void test_parts(void)
{
	static const char zero[] =
		"{\"devices\":[{\"allow\":false}],\"pids\":{\"limit\":0}}";
	AUTO_ARENA a = ARENA_INIT;
	AUTO_STRBUF out = STRBUF_INIT;
	struct spec_resources res;
	struct spec_process p;
	struct err err = ERR_INIT;
	static const char exec[] = "{\"args\":[\"a\"],\"cwd\":\"/\",\"env\":[\"A\"]}";

	for (size_t i = 0; i < ARRAY_SIZE(resources_bad); i++) {
		err = ERR_INIT;
		ok(spec_parse_resources(&a, "r", resources_bad[i].text,
					strlen(resources_bad[i].text), &res, &err) < 0,
		   "resources are refused");
		ok(str_has_prefix(err.msg, resources_bad[i].msg), "%s", err.msg);
	}
	err = ERR_INIT;
	ok(spec_parse_resources(&a, "r", zero, strlen(zero), &res, &err) == 0,
	   "resources");
	spec_print_resources(&res, &out);
	is_str(strbuf_str(&out), zero, "come out with their zeros");

	ok(spec_parse_process(&a, "p", exec, strlen(exec), &p, &err) == 0, "a process");
	ok(spec_check_process(&p, "p:", &err) < 0, "is checked");
	is_str(err.msg, "p:/env/0: 'A' is not NAME=VALUE", "with its path");
}

static void test_default(bool rootless)
{
	AUTO_ARENA a = ARENA_INIT;
	AUTO_STRBUF text = STRBUF_INIT;
	AUTO_STRBUF out = STRBUF_INIT;
	struct err err = ERR_INIT;
	struct spec *spec;

	spec_default(&text, rootless, 1000, 1001);
	ok(spec_parse(&a, "default", text.s, text.len, &spec, &err) == 0 &&
		   spec_check(spec, &err) == 0,
	   "what `spec` writes is accepted %s", err.msg);
	spec_print(spec, &out);
	is_str(strbuf_str(&out), strbuf_str(&text), "and printed the same");
	ok(!!spec_find_namespace(spec, NS_USER) == rootless, "user namespace");
	ok(!!spec_find_namespace(spec, NS_NETWORK) == !rootless, "network namespace");
	ok(!rootless || (spec->uid_mappings.v[0].host_id == 1000 &&
			 spec->gid_mappings.v[0].host_id == 1001),
	   "own ids are mapped");
}

int main(void)
{
	const char *src = getenv("srcdir") ? getenv("srcdir") : ".";
	AUTO_ARENA a = ARENA_INIT;
	struct err err = ERR_INIT;
	struct spec *spec;
	char *text;
	size_t len;

	if (!ok(fd_read_at(AT_FDCWD,
			   arena_printf(&a, "%s/tests/golden/spec/full.json", src),
			   JSON_MAX_BYTES, &a, &text, &len) == 0,
		"the document is there"))
		return done();
	if (!ok(spec_parse(&a, "full.json", text, len, &spec, &err) == 0, "it is read %s",
		err.msg))
		return done();
	test_values(spec);
	the_doc = spec->doc;
	expect("/", "as it is", NULL);
	visit(the_doc);
	test_parts();
	test_default(false);
	test_default(true);
	return done();
}
