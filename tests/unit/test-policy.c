/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/test-policy.c - parse, request, meet, print, explain */
#include <errno.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "policy/fields.h"
#include "policy/policy.h"
#include "spec/spec.h"
#include "tap.h"

/* Each refusal names the place and what was expected. */
static const struct {
	const char *json;
	const char *want;
} bad_policies[] = {
	{ "[]", "p.json:/: expected an object" },
	{ "{\"naem\":\"x\"}", "p.json:/naem: unknown key" },
	{ "{\"name\":1}", "p.json:/name: expected a string" },
	{ "{\"name\":\"a/b\"}",
	  "p.json:/name: 'a/b' is wrong, expected a name of letters" },
	{ "{\"time\":{\"limt\":\"5m\"}}", "p.json:/time/limt: unknown key" },
	{ "{\"time\":{\"limit\":5}}",
	  "p.json:/time/limit: expected a string with a unit" },
	{ "{\"time\":{\"limit\":\"5 minutes\"}}",
	  "p.json:/time/limit: '5 minutes' is wrong" },
	{ "{\"time\":{\"limit\":\"99999d\"}}", "p.json:/time/limit: '99999d' is wrong" },
	{ "{\"time\":{\"limit\":{\"default\":\"5m\"}}}",
	  "p.json:/time/limit: expected both 'default' and 'max'" },
	{ "{\"time\":{\"limit\":{\"default\":\"5m\",\"max\":\"4m\"}}}",
	  "p.json:/time/limit: the default is above the ceiling" },
	{ "{\"time\":{\"limit\":{\"default\":\"5m\",\"max\":\"6m\",\"min\":\"1m\"}}}",
	  "p.json:/time/limit/min: unknown key" },
	{ "{\"time.limit\":\"5m\"}", "p.json:/time.limit: unknown key" },
	{ "{\"time\":\"5m\"}", "p.json:/time: expected an object" },
	{ "{\"budget\":{\"memory\":\"12 apples\"}}",
	  "p.json:/budget/memory: '12 apples'" },
	{ "{\"budget\":{\"processes\":\"7\"}}",
	  "p.json:/budget/processes: expected a number" },
	{ "{\"budget\":{\"processes\":0}}", "p.json:/budget/processes: '0' is wrong" },
	{ "{\"budget\":{\"processes\":-1}}", "p.json:/budget/processes: '-1' is wrong" },
	{ "{\"budget\":{\"cpu\":\"0\"}}", "p.json:/budget/cpu: '0' is wrong" },
	{ "{\"budget\":{\"cpu_time\":\"5m\"}}",
	  "p.json:/budget/cpu_time: not supported" },
	{ "{\"filesystem\":{\"rootfs\":\"rw\"}}",
	  "expected 'readonly' or 'ephemeral' or 'as-given'" },
	{ "{\"filesystem\":{\"create\":[\"tmp\"]}}",
	  "p.json:/filesystem/create/0: 'tmp'" },
	{ "{\"filesystem\":{\"create\":[\"/a/../b\"]}}", "p.json:/filesystem/create/0" },
	{ "{\"filesystem\":{\"create\":[\"/a/\"]}}", "p.json:/filesystem/create/0" },
	{ "{\"filesystem\":{\"create\":\"/tmp\"}}", "expected an array of strings" },
	{ "{\"filesystem\":{\"create\":[7]}}",
	  "p.json:/filesystem/create/0: expected a string" },
	{ "{\"filesystem\":{\"protect\":[\"/x\"]}}",
	  "p.json:/filesystem/protect: not supported" },
	{ "{\"network\":{\"mode\":\"host\"}}", "p.json:/network/mode: 'host' is wrong" },
	{ "{\"network\":{\"allow\":[\"a:443\"]}}",
	  "p.json:/network/allow: not supported" },
	{ "{\"secrets\":{\"allow\":[\"token\"]}}",
	  "p.json:/secrets/allow: not supported" },
	{ "{\"tools\":{\"exec\":[\"/bin/sh\"]}}",
	  "p.json:/tools/exec/0: '/bin/sh' is wrong" },
	{ "{\"tools\":{\"mcp\":{\"x\":{}}}}", "p.json:/tools/mcp: not supported" },
	{ "{\"extends\":\"read\"}", "p.json:/extends: not supported" },
	{ "{\"on_missing\":\"degrade\"}", "p.json:/on_missing: not supported" },
	{ "{\"capabilities\":[\"chown\"]}", "p.json:/capabilities/0: 'chown' is wrong" },
	{ "{\"audit\":{\"required\":\"yes\"}}", "p.json:/audit/required: expected true" },
	{ "{\"name\":\"a\\u0007\"}", "p.json:/name" },
	{ "{\"name\":\"a\",\"name\":\"b\"}",
	  "p.json:/name: line 1: this key is there twice" },
	{ "{", "p.json" },
	{ "", "p.json" },
};

static const char good[] =
	"{ // a comment\n"
	" \"$schema\": \"x\", \"name\": \"t\", \"summary\": \"test\",\n"
	" \"filesystem\": {\"rootfs\": \"ephemeral\","
	" \"workspace\": {\"path\": \"/workspace\", \"mode\": \"ephemeral\"},"
	" \"read\": [\"/\"], \"create\": [\"/workspace\", \"/tmp\"],"
	" \"modify\": [\"/workspace\", \"/tmp\"], \"remove\": [\"/workspace\", "
	"\"/tmp\"]},\n"
	" \"network\": {\"mode\": \"none\", \"allow\": []},\n"
	" \"tools\": {\"exec\": [\"*\"], \"mcp\": {}},\n"
	" \"time\": {\"limit\": {\"default\": \"30m\", \"max\": \"2h\"}, \"grace\": "
	"\"10s\"},\n"
	" \"budget\": {\"memory\": \"1GiB\", \"cpu\": \"1.5\", \"disk\": \"1GiB\"},\n"
	" \"capabilities\": [\"CAP_CHOWN\"], \"audit\": {\"required\": true}}";

static void test_bad(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(bad_policies); i++) {
		AUTO_ARENA a = ARENA_INIT;
		struct policy p;
		struct err err = ERR_INIT;
		const char *json = bad_policies[i].json;
		int r = policy_parse(&a, "p.json", json, strlen(json), &p, &err);

		if (!ok(r < 0 && strstr(err.msg, bad_policies[i].want), "refused: %s",
			json))
			printf("# r %d, message: %s\n", r, err.msg);
	}
}

static struct policy parse(struct arena *a, const char *json)
{
	struct policy p = { 0 };
	struct err err = ERR_INIT;

	if (policy_parse(a, "p.json", json, strlen(json), &p, &err) < 0)
		ok(false, "parses: %s", err.msg);
	return p;
}

static void test_good(void)
{
	AUTO_ARENA a = ARENA_INIT;
	AUTO_STRBUF line = STRBUF_INIT;
	AUTO_STRBUF again = STRBUF_INIT;
	AUTO_STRBUF text = STRBUF_INIT;
	struct err err = ERR_INIT;
	struct policy p = parse(&a, good), q;
	char h1[65], h2[65];

	is_int(policy_check(&p, "t", &err), 0, "a good policy passes the check");
	is_str(err.msg, "", "without a message");
	is_int((long long)p.time.limit.def, 1800000000000, "30m is the default");
	is_int((long long)p.budget.cpu.def, 1500, "1.5 processors");
	is_str(p.from[PK_TIME_LIMIT], "p.json:/time/limit", "where the limit comes from");
	policy_print(&p, &line);
	q = parse(&a, strbuf_str(&line));
	policy_print(&q, &again);
	is_str(strbuf_str(&again), strbuf_str(&line),
	       "what is printed parses back to the same");
	policy_hash(&p, h1);
	policy_hash(&q, h2);
	is_str(h1, h2, "and has the same hash");
	ok(!strchr(strbuf_str(&line), '\n'), "it is one line");
	policy_explain(&a, &p, false, &text);
	ok(strstr(strbuf_str(&text), "p.json:/filesystem/create/1"),
	   "explain names the line of an entry");
	ok(strstr(strbuf_str(&text), "a request may ask for 2h"), "and the ceiling");
	ok(policy_check(&p, "other", &err) < 0 &&
		   strstr(err.msg, "'t' is not the class 'other'"),
	   "a file under another name is refused");
}

static void test_zero(void)
{
	AUTO_ARENA a = ARENA_INIT;
	struct policy p = parse(&a, "{\"name\":\"z\",\"time\":{\"limit\":\"1m\"}}");
	struct err err = ERR_INIT;

	ok(policy_check(&p, "z", &err) < 0 && strstr(err.msg, "allows no program to run"),
	   "a policy that says nothing lets nothing run");
	is_int(p.filesystem.rootfs.v, POLICY_ROOTFS_READONLY, "its root is read-only");
	is_int(p.network.mode.v, POLICY_NETWORK_NONE, "it has no network");
	is_int((long long)p.capabilities.n, 0, "no capability");
	is_int(p.audit_required.v, POLICY_TRUE, "and must be audited");
}

static const struct {
	const char *key, *value, *want; /* want NULL: accepted */
} requests[] = {
	{ "time.limit", "5m", NULL },
	{ "time.limit", "2h", NULL },
	{ "time.limit", "3h",
	  "annotation 'dev.agentrun.time.limit': '3h' is above the ceiling "
	  "'2h' of p.json:/time/limit" },
	{ "time.limit", "", "is wrong, expected a duration" },
	{ "time.limit", "-5m", "is wrong, expected a duration" },
	{ "time.grace", "0s", NULL },
	{ "time.grace", "11s", "above the ceiling '10s'" },
	{ "budget.memory", "512MiB", NULL },
	{ "budget.memory", "2GiB", "above the ceiling '1GiB'" },
	{ "budget.processes", "10", NULL },
	{ "budget.cpu", "0.5", NULL },
	{ "budget.cpu", "2", "above the ceiling '1.5'" },
	{ "filesystem.rootfs", "readonly", NULL },
	{ "filesystem.rootfs", "as-given", "above the ceiling 'ephemeral'" },
	{ "filesystem.create", "/workspace/a /tmp", NULL },
	{ "filesystem.create", "/etc", "'/etc' is above the ceiling '/workspace /tmp'" },
	{ "filesystem.create", "/workspaces", "above the ceiling" },
	{ "filesystem.create", "/workspace/../etc", "expected an absolute path" },
	{ "filesystem.workspace.path", "/", "unknown key" },
	{ "capabilities", "CAP_CHOWN", NULL },
	{ "capabilities", "", NULL },
	{ "capabilities", "CAP_SYS_ADMIN", "above the ceiling 'CAP_CHOWN'" },
	{ "network.allow", "a.example:443", "not supported by this version" },
	{ "secrets.allow", "token", "not supported by this version" },
	{ "tools.exec", "/usr/bin/git", "expected '*'" },
	{ "audit.required", "false", "above the ceiling 'true'" },
	{ "seccomp", "none", "unknown key" },
	{ "name", "x", "unknown key" },
	{ "class", "none", "expected the name of a class" },
	{ "class", "a b", "expected the name of a class" },
	{ "class", "", "expected the name of a class" },
	{ "klass", "t", "annotation 'dev.agentrun.klass': unknown key" },
	{ "", "t", "unknown key" },
	{ "task", "line\nbreak", "text without control characters" },
	{ "task", "\033[31mred", "text without control characters" },
	{ "task", "free text, \"quotes\" and all", NULL },
	{ "trace", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01", NULL },
	{ "trace", "00-0af7651916cd43dd8448eb211c80319c-b7ad6b7169203331-0",
	  "traceparent" },
	{ "trace", "00-0AF7651916cd43dd8448eb211c80319c-b7ad6b7169203331-01",
	  "traceparent" },
};

static int ask(struct arena *a, const struct policy *p, struct spec_kv *kv, size_t n,
	       struct policy *out, struct err *err)
{
	struct spec_kvs kvs = { .v = kv, .n = n };
	struct policy request;
	int r = policy_request(a, &kvs, &request, err);

	return r < 0 ? r : policy_meet(a, p, &request, out, err);
}

static void test_requests(void)
{
	AUTO_ARENA a = ARENA_INIT;
	struct policy p = parse(&a, good);

	for (size_t i = 0; i < ARRAY_SIZE(requests); i++) {
		struct spec_kv kv[2] = {
			{ "org.systemd.property.X", "anything\n" },
			{ arena_printf(&a, "dev.agentrun.%s", requests[i].key),
			  requests[i].value },
		};
		struct err err = ERR_INIT;
		struct policy out;
		int r = ask(&a, &p, kv, 2, &out, &err);
		bool good_answer = requests[i].want
					   ? r < 0 && strstr(err.msg, requests[i].want)
					   : r == 0 && policy_is_within(&out, &p);

		if (!ok(good_answer, "%s=%s: %s", requests[i].key,
			requests[i].want ? "..." : requests[i].value,
			requests[i].want ? requests[i].want : "accepted, and not wider"))
			printf("# r %d, message: %s\n", r, err.msg);
	}
}

static void test_request_shape(void)
{
	AUTO_ARENA a = ARENA_INIT;
	struct policy p = parse(&a, good), out;
	struct err err = ERR_INIT;
	char *huge = arena_alloc(&a, POLICY_MAX_VALUE + 2);
	struct spec_kv twice[2] = { { "dev.agentrun.time.limit", "5m" },
				    { "dev.agentrun.time.limit", "6m" } };
	struct spec_kv long_one[1] = { { "dev.agentrun.task", huge } };

	memset(huge, 'x', POLICY_MAX_VALUE + 1);
	ok(ask(&a, &p, twice, 2, &out, &err) < 0 && strstr(err.msg, "given twice"),
	   "a key that is given twice is refused");
	err = ERR_INIT;
	ok(ask(&a, &p, long_one, 1, &out, &err) < 0 &&
		   strstr(err.msg, "longer than 4096"),
	   "a value that is too long is refused");
	huge[POLICY_MAX_VALUE] = '\0';
	err = ERR_INIT;
	ok(ask(&a, &p, long_one, 1, &out, &err) == 0, "one of 4096 bytes is not");
}

/* Random policies: what meet gives is within both, and meeting again changes nothing. */
static unsigned seed = 7;
static unsigned rnd(unsigned n)
{
	seed = seed * 1103515245 + 12345;
	return (seed >> 16) % n;
}

static void random_policy(struct arena *a, struct policy *p, bool request)
{
	static const char *const paths[] = { "/",  "/a",	 "/a/b",
					     "/c", "/workspace", "/workspace/x" };
	static const char *const caps[] = { "CAP_A", "CAP_B", "CAP_C" };

	*p = (struct policy){ 0 };
	for (unsigned k = 0; k < PK_COUNT; k++) {
		const struct policy_field *f = &policy_fields[k];
		void *v = field_at(p, f);
		unsigned n = 0;

		if (rnd(3) == 0 || (f->kind == KIND_TEXT && request))
			continue;
		if (f->kind == KIND_TEXT) {
			*(struct policy_text *)v =
				(struct policy_text){ true, "/workspace" };
		} else if (f->kind == KIND_LIST) {
			struct policy_list *l = v;

			l->set = true;
			l->n = rnd(4);
			l->v = ARENA_ARRAY(a, 4, const char *);
			for (size_t i = 0; i < l->n; i++)
				l->v[i] = f->flags & FIELD_PATH	      ? paths[rnd(6)]
					  : f->flags & FIELD_ALL_ONLY ? "*"
								      : caps[rnd(3)];
		} else if (field_is_limit(f)) {
			struct policy_limit *l = v;

			l->set = true;
			l->def = 1 + rnd(100);
			l->max = request ? l->def : l->def + rnd(100);
		} else {
			struct policy_choice *c = v;

			while (f->names[n])
				n++;
			c->set = true;
			c->v = rnd(n);
		}
	}
}

/* Only the limits: a request says nothing about what it leaves out. */
static bool narrower_where_asked(const struct policy *out, const struct policy *request)
{
	for (unsigned k = 0; k < PK_COUNT; k++) {
		const struct policy_field *f = &policy_fields[k];
		const struct policy_limit *l = field_of(out, f),
					  *m = field_of(request, f);
		const struct policy_choice *c = field_of(out, f),
					   *d = field_of(request, f);

		if (!field_is_set(request, f))
			continue;
		if (field_is_limit(f) && (l->def > m->def || l->max > m->max))
			return false;
		if ((f->kind == KIND_CHOICE || f->kind == KIND_BOOL) && c->v > d->v)
			return false;
	}
	return true;
}

static void test_meet_property(void)
{
	unsigned met = 0, refused = 0, wrong = 0;

	for (unsigned i = 0; i < 200000; i++) {
		AUTO_ARENA a = ARENA_INIT;
		struct policy p, q, out, again;
		struct err err = ERR_INIT;
		AUTO_STRBUF one = STRBUF_INIT;
		AUTO_STRBUF two = STRBUF_INIT;

		random_policy(&a, &p, false);
		random_policy(&a, &q, true);
		for (unsigned k = 0; k < PK_COUNT && rnd(4); k++) {
			/* mostly few keys, or nearly every request would be refused */
			const struct policy_field *f = &policy_fields[k];

			if (rnd(5) && f->kind != KIND_TEXT)
				memset(field_at(&q, f), 0,
				       f->kind == KIND_LIST ? sizeof(struct policy_list)
				       : field_is_limit(f)
					       ? sizeof(struct policy_limit)
					       : sizeof(struct policy_choice));
		}
		if (policy_meet(&a, &p, &q, &out, &err) < 0) {
			refused++;
			wrong += !err.msg[0];
			continue;
		}
		met++;
		wrong += !policy_is_within(&out, &p);
		wrong += !narrower_where_asked(&out, &q);
		if (policy_meet(&a, &out, &q, &again, &err) < 0) {
			/* the root became read-only, so a path that was asked for is gone
			 */
			wrong += out.filesystem.rootfs.v != POLICY_ROOTFS_READONLY &&
				 out.filesystem.workspace_mode.v !=
					 POLICY_WORKSPACE_READONLY;
			continue;
		}
		policy_print(&out, &one);
		policy_print(&again, &two);
		wrong += strcmp(strbuf_str(&one), strbuf_str(&two)) != 0;
	}
	is_int(wrong, 0,
	       "meet is never wider than either, and meeting twice changes nothing");
	ok(met > 1000 && refused > 1000, "both answers were seen (%u met, %u refused)",
	   met, refused);
}

static void test_settings(void)
{
	static const struct {
		const char *json, *want;
	} cases[] = {
		{ "{\"unclassified\":\"refuse\"}", NULL },
		{ "{\"unclassified\":\"execute\",\"audit_dir\":\"/var/log/x\"}", NULL },
		{ "{} // nothing", NULL },
		{ "{\"unclassified\":\"a/b\"}", "a.json:/unclassified: 'a/b' is wrong" },
		{ "{\"unclassifed\":\"none\"}", "a.json:/unclassifed: unknown key" },
		{ "{\"audit_dir\":\"x\"}", "expected an absolute path" },
		{ "{\"audit_dir\":7}", "a.json:/audit_dir: expected a string" },
		{ "[]", "a.json:/: expected an object" },
	};

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = ARENA_INIT;
		struct policy_settings s;
		struct err err = ERR_INIT;
		int r = policy_settings_parse(&a, "a.json", cases[i].json,
					      strlen(cases[i].json), &s, &err);

		if (!ok(cases[i].want ? r < 0 && strstr(err.msg, cases[i].want) : r == 0,
			"agentrun.json %s", cases[i].json))
			printf("# %s\n", err.msg);
	}
}

int main(void)
{
	test_bad();
	test_good();
	test_zero();
	test_requests();
	test_request_shape();
	test_meet_property();
	test_settings();
	return done();
}
