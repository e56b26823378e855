/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/unit/test-spec-check.c - documents whose types are right and whose meaning is not
 *
 * Each row sets one value in a small document that is good, and says what is then said.
 * spec_check and plan_build are tried one after the other, as the runtime does; which of
 * the two objects is not of interest, but that one does, before anything is made.
 */
#include <errno.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/str.h"
#include "plan/plan.h"
#include "spec/spec.h"
#include "tap.h"

static const char good[] =
	"{\"ociVersion\":\"1.3.0\",\"root\":{\"path\":\"rootfs\"},"
	"\"process\":{\"user\":{\"uid\":0,\"gid\":0},\"args\":[\"a\"],\"cwd\":\"/\"},"
	"\"linux\":{\"namespaces\":[{\"type\":\"mount\"},{\"type\":\"pid\"},"
	"{\"type\":\"uts\"},{\"type\":\"ipc\"},{\"type\":\"network\"}]}}";

struct row {
	const char *path;
	const char *value; /* JSON; NULL: leave it out */
	const char *want;  /* in the message; NULL: accepted */
};

#define MOUNT	 "[{\"type\":\"mount\"}]"
#define WITH(ns) "[{\"type\":\"mount\"}," ns "]"
#define MAPS	 "[{\"containerID\":0,\"hostID\":1000,\"size\":1}]"

static const struct row top[] = {
	{ "/ociVersion", "\"1.0.0\"", NULL },
	{ "/ociVersion", "\"1.0.2-dev\"", NULL },
	{ "/ociVersion", "\"1.99.0+build\"", NULL },
	{ "/ociVersion", "\"2.0.0\"", "/ociVersion: '2.0.0' is not supported" },
	{ "/ociVersion", "\"0.9.0\"", "/ociVersion: '0.9.0' is not supported" },
	{ "/ociVersion", "\"10.0.0\"", "/ociVersion: '10.0.0' is not supported" },
	{ "/ociVersion", "\"1.3\"", "/ociVersion: '1.3' is no version" },
	{ "/ociVersion", "\"\"", "/ociVersion: '' is no version" },
	{ "/ociVersion", "\"v1.0.0\"", "is no version" },
	{ "/ociVersion", "\"1..0\"", "is no version" },
	{ "/ociVersion", "\"1.0.0.0\"", "is no version" },
	{ "/ociVersion", "\"1.0.\"", "is no version" },
	{ "/ociVersion", "\"1.0.0-\"", "is no version" },
	{ "/ociVersion", "\"1.01.0\"", "is no version" },
	{ "/ociVersion", NULL, "/ociVersion: is missing" },
	{ "/root", NULL, "/root: missing" },
	{ "/root/path", "\"\"", "/root/path: " },
	{ "/process", NULL, NULL },
	{ "/linux", NULL, "/linux: is missing" },
	{ "/hostname", "\"box\"", NULL },
	{ "/annotations", "{\"\":\"x\"}", "/annotations: has an empty key" },
	{ "/annotations", "{\"a\":\"\"}", NULL },
	{ "/hooks/prestart", "[{\"path\":\"rel\"}]", "/hooks/prestart/0/path: " },
	{ "/hooks/poststop", "[{\"path\":\"/a\",\"timeout\":0}]",
	  "/hooks/poststop/0/timeout: " },
	{ "/hooks/poststart", "[{\"path\":\"/a\",\"timeout\":-1}]", "timeout: " },
	{ "/hooks/poststart", "[{\"path\":\"/a\",\"env\":[\"=x\"]}]", "/env/0: " },
	{ "/hooks/createRuntime", "[{\"path\":\"/a\",\"env\":[\"x\"]}]", "/env/0: " },
	{ "/hooks/createContainer", "[{\"path\":\"/a\",\"args\":[],\"timeout\":9}]",
	  NULL },
};

static const struct row process[] = {
	{ "/process/args", "[]", "/process/args: " },
	{ "/process/args", NULL, "/process/args: " },
	{ "/process/cwd", "\"rel\"", "/process/cwd: " },
	{ "/process/cwd", NULL, "/process/cwd: " },
	{ "/process/env", "[\"A=1\",\"B\"]", "/process/env/1: 'B' is not NAME=VALUE" },
	{ "/process/env", "[\"=1\"]", "/process/env/0: " },
	{ "/process/env", "[\"A=\",\"A=b=c\"]", NULL },
	{ "/process/consoleSize", "{\"height\":1}", "/process/consoleSize: " },
	{ "/process/consoleSize", "{\"height\":1,\"width\":65536}",
	  "/process/consoleSize: " },
	{ "/process/user/uid", "4294967295",
	  "/process/user/uid: '4294967295' is out of range" },
	{ "/process/user/uid", "4294967296", "out of range" },
	{ "/process/user/gid", "-1", "/process/user/gid: '-1' is out of range" },
	{ "/process/user/umask", "512", "/process/user/umask: " },
	{ "/process/user/additionalGids", "[4294967295]",
	  "/process/user/additionalGids/0: " },
	{ "/process/capabilities", "{\"bounding\":[\"CAP_NONE\",\"x\"]}", NULL },
	{ "/process/capabilities", "{\"effective\":[\"CAP_KILL\"]}",
	  "/process/capabilities/" },
	{ "/process/rlimits", "[{\"type\":\"RLIMIT_NONE\",\"soft\":1,\"hard\":1}]",
	  "/process/rlimits/0/type: unknown limit 'RLIMIT_NONE'" },
	{ "/process/rlimits", "[{\"type\":\"NOFILE\",\"soft\":1,\"hard\":1}]",
	  "unknown limit" },
	{ "/process/rlimits", "[{\"type\":\"RLIMIT_CPU\",\"soft\":2,\"hard\":1}]",
	  "above" },
	{ "/process/rlimits",
	  "[{\"type\":\"RLIMIT_CPU\",\"soft\":1,\"hard\":1},"
	  "{\"type\":\"RLIMIT_CPU\",\"soft\":1,\"hard\":1}]",
	  "/process/rlimits/1: RLIMIT_CPU is given twice" },
	{ "/process/oomScoreAdj", "1001", "/process/oomScoreAdj: " },
	{ "/process/oomScoreAdj", "-1001", "/process/oomScoreAdj: " },
	{ "/process/oomScoreAdj", "-1000", NULL },
	{ "/process/apparmorProfile", "\"x\"", "/process/apparmorProfile: " },
	{ "/process/apparmorProfile", "\"\"", NULL },
	{ "/process/selinuxLabel", "\"x\"", "/process/selinuxLabel: " },
	{ "/process/scheduler", "{\"policy\":\"SCHED_X\"}",
	  "/process/scheduler/policy: " },
	{ "/process/scheduler", "{\"policy\":\"SCHED_OTHER\",\"nice\":20}", "/nice: " },
	{ "/process/scheduler", "{\"policy\":\"SCHED_FIFO\",\"nice\":1}", "/nice: " },
	{ "/process/scheduler", "{\"policy\":\"SCHED_FIFO\"}", "/priority: " },
	{ "/process/scheduler", "{\"policy\":\"SCHED_FIFO\",\"priority\":100}",
	  "/priority: " },
	{ "/process/scheduler", "{\"policy\":\"SCHED_OTHER\",\"priority\":1}",
	  "/priority: " },
	{ "/process/scheduler", "{\"policy\":\"SCHED_OTHER\",\"runtime\":1}", "runtime" },
	{ "/process/scheduler", "{\"policy\":\"SCHED_OTHER\",\"flags\":[\"X\"]}",
	  "/flags/0: " },
	{ "/process/scheduler", "{\"policy\":\"SCHED_RR\",\"priority\":1}", NULL },
	{ "/process/ioPriority", "{\"class\":\"X\"}", "/process/ioPriority/class: " },
	{ "/process/ioPriority", "{\"class\":\"IOPRIO_CLASS_BE\",\"priority\":8}",
	  "/priority: " },
	{ "/process/ioPriority", "{\"class\":\"IOPRIO_CLASS_IDLE\",\"priority\":7}",
	  NULL },
	{ "/process/execCPUAffinity", "{\"initial\":\"3-1\"}",
	  "/execCPUAffinity/initial: " },
	{ "/process/execCPUAffinity", "{\"final\":\"x\"}", "/execCPUAffinity/final: " },
	{ "/process/execCPUAffinity", "{\"final\":\"0-3,7\"}", NULL },
};

static const struct row mounts[] = {
	{ "/mounts", "[{\"destination\":\"rel\",\"type\":\"tmpfs\"}]", NULL },
	{ "/mounts", "[{\"destination\":\"\",\"type\":\"tmpfs\"}]",
	  "/mounts/0/destination: " },
	{ "/mounts", "[{\"destination\":\"/a\"}]", "/mounts/0/type: " },
	{ "/mounts", "[{\"destination\":\"/a\",\"options\":[\"bind\"]}]",
	  "/mounts/0/source: " },
	{ "/mounts", "[{\"destination\":\"/a\",\"type\":\"proc\"}]",
	  "proc belongs on /proc" },
	{ "/mounts", "[{\"destination\":\"/proc/x\",\"type\":\"tmpfs\"}]",
	  "is inside /proc" },
	{ "/mounts",
	  "[{\"destination\":\"/a\",\"source\":\"/"
	  "b\",\"options\":[\"bind\",\"size=1\"]}]",
	  "/mounts/0/options: " },
	{ "/mounts",
	  "[{\"destination\":\"/a\",\"source\":\"/"
	  "b\",\"options\":[\"bind\"],\"uidMappings\":" MAPS "}]",
	  "/mounts/0: uidMappings and gidMappings go together" },
	{ "/mounts",
	  "[{\"destination\":\"/a\",\"source\":\"/b\",\"options\":[\"bind\",\"idmap\"]}]",
	  "/mounts/0/options: idmap" },
	{ "/mounts",
	  "[{\"destination\":\"/a\",\"source\":\"/b\",\"options\":[\"bind\"],"
	  "\"uidMappings\":[{\"containerID\":0,\"hostID\":0,\"size\":0}],"
	  "\"gidMappings\":" MAPS "}]",
	  "/mounts/0/uidMappings/0/size: " },
	{ "/mounts",
	  "[{\"destination\":\"/a\",\"source\":\"/"
	  "b\",\"options\":[\"bind\"],\"gidMappings\":"
	  "[{\"containerID\":0,\"hostID\":4294967290,\"size\":10}],\"uidMappings\":" MAPS
	  "}]",
	  "/mounts/0/gidMappings/0: " },
};

static const struct row linux_[] = {
	{ "/linux/namespaces", "[]", "/linux/namespaces: a mount namespace is required" },
	{ "/linux/namespaces", WITH("{\"type\":\"mount\"}"), "is listed twice" },
	{ "/linux/namespaces", WITH("{\"type\":\"net\"}"),
	  "'net' is not a namespace type" },
	{ "/linux/namespaces", WITH("{\"type\":\"pid\",\"path\":\"rel\"}"),
	  "is not absolute" },
	{ "/linux/namespaces", WITH("{\"type\":\"user\"}"), "/linux/uidMappings: " },
	{ "/linux/uidMappings", MAPS, "mappings need a user namespace" },
	{ "/linux/timeOffsets", "{\"boottime\":{\"secs\":1}}",
	  "needs a new time namespace" },
	{ "/linux/devices", "[{\"type\":\"x\",\"path\":\"/dev/a\"}]",
	  "/linux/devices/0/type: " },
	{ "/linux/devices", "[{\"type\":\"cc\",\"path\":\"/dev/a\"}]",
	  "/linux/devices/0/type: " },
	{ "/linux/devices", "[{\"type\":\"p\",\"path\":\"dev/a\"}]",
	  "/linux/devices/0/path: " },
	{ "/linux/devices", "[{\"type\":\"c\",\"path\":\"/dev/a\",\"major\":-1}]",
	  "/linux/devices/0: " },
	{ "/linux/devices",
	  "[{\"type\":\"p\",\"path\":\"/dev/a\"},{\"type\":\"p\",\"path\":\"/dev//a\"}]",
	  "is listed twice" },
	{ "/linux/netDevices", "{\"eth0\":{\"name\":\"a/b\"}}",
	  "/linux/netDevices/eth0/name: " },
	{ "/linux/netDevices", "{\"eth0\":{\"name\":\"0123456789abcdef\"}}",
	  "no interface name" },
	{ "/linux/netDevices", "{\"a:b\":{}}", "no interface name" },
	{ "/linux/netDevices", "{\"..\":{}}", "no interface name" },
	{ "/linux/netDevices", "{\"eth0\":{\"name\":\"\"}}", "no interface name" },
	{ "/linux/netDevices", "{\"eth0\":{\"name\":\"c%d\"}}", NULL },
	{ "/linux/netDevices", "{\"eth0\":{\"name\":\"x\"},\"x\":{}}",
	  "the name 'x' is taken" },
	{ "/linux/cgroupsPath", "\"/a/../b\"", "/linux/cgroupsPath: " },
	{ "/linux/cgroupsPath", "\"..\"", "/linux/cgroupsPath: " },
	{ "/linux/rootfsPropagation", "\"public\"", "/linux/rootfsPropagation: " },
	{ "/linux/rootfsPropagation", "\"rshared\"", NULL },
	{ "/linux/maskedPaths", "[\"rel\"]",
	  "/linux/maskedPaths/0: 'rel' is not absolute" },
	{ "/linux/readonlyPaths", "[\"/\"]", "/linux/readonlyPaths/0: " },
	{ "/linux/readonlyPaths", "[\"\"]", "/linux/readonlyPaths/0: " },
	{ "/linux/mountLabel", "\"x\"", "/linux/mountLabel: " },
	{ "/linux/sysctl", "{\"kernel.panic\":\"1\"}", "belongs to no namespace" },
	{ "/linux/sysctl", "{\"kernel.hostname\":\"a\"}", "use /hostname instead" },
	{ "/linux/sysctl", "{\"net.ipv4.ip_forward\":\"1\"}", NULL },
	{ "/linux/sysctl", "{\"user.max_pid_namespaces\":\"1\"}",
	  "needs an own user namespace" },
	{ "/linux/sysctl", "{\"net/../kernel/panic\":\"1\"}", "no sysctl name" },
	{ "/linux/sysctl", "{\"net.ipv4.ip_forward\":\"1\\n\"}", "control characters" },
	{ "/linux/personality", "{\"domain\":\"BSD\"}", "/linux/personality/domain: " },
	{ "/linux/personality", "{\"domain\":\"LINUX\",\"flags\":[\"X\"]}", "/flags: " },
	{ "/linux/memoryPolicy", "{\"mode\":\"X\"}", "/linux/memoryPolicy/mode: " },
	{ "/linux/memoryPolicy", "{\"mode\":\"MPOL_BIND\"}",
	  "/linux/memoryPolicy/nodes: " },
	{ "/linux/memoryPolicy", "{\"mode\":\"MPOL_LOCAL\",\"nodes\":\"0\"}",
	  "must be empty" },
	{ "/linux/memoryPolicy", "{\"mode\":\"MPOL_BIND\",\"nodes\":\"a\"}", "nodes: " },
	{ "/linux/memoryPolicy",
	  "{\"mode\":\"MPOL_BIND\",\"nodes\":\"0\",\"flags\":[\"F\"]}", "/flags/0: " },
	{ "/linux/intelRdt", "{\"closID\":\"a/b\"}", "/linux/intelRdt/closID: " },
	{ "/linux/intelRdt", "{\"closID\":\"..\"}", "/linux/intelRdt/closID: " },
	{ "/linux/intelRdt", "{\"closID\":\"\"}", "/linux/intelRdt/closID: " },
	{ "/linux/intelRdt", "{\"closID\":\"/\"}", NULL },
	{ "/linux/intelRdt", "{\"l3CacheSchema\":\"L3:0=f\\nx\"}", "line break" },
	{ "/linux/intelRdt", "{\"schemata\":[\"L3:0=f\",\"a\\n\"]}", "/schemata/1: " },
};

#define R "/linux/resources"
static const struct row resources[] = {
	{ R "/devices", "[{\"allow\":true,\"type\":\"x\"}]", "/devices/0/type: " },
	{ R "/devices", "[{\"allow\":true,\"access\":\"rx\"}]", "/devices/0/access: " },
	{ R "/devices", "[{\"allow\":true,\"type\":\"c\",\"major\":-2}]", "/devices/0" },
	{ R "/devices", "[{}]", "/devices/0/allow: is missing" },
	{ R "/memory/swappiness", "300", "/memory/swappiness: " },
	{ R "/memory", "{\"limit\":200,\"swap\":100}", "/memory/swap: " },
	{ R "/cpu/idle", "2", "/cpu/idle: " },
	{ R "/blockIO/weight", "9", "/blockIO/weight: " },
	{ R "/blockIO/weight", "1001", "/blockIO/weight: " },
	{ R "/hugepageLimits", "[{\"pageSize\":\"2mb\",\"limit\":1}]", "/pageSize: " },
	{ R "/hugepageLimits", "[{\"pageSize\":\"../x\",\"limit\":1}]", "/pageSize: " },
	{ R "/rdma", "{\"mlx\":{}}", "/rdma/mlx: " },
	{ R "/unified", "{\"pids\":\"1\"}", "/unified/pids: " },
	{ R "/unified", "{\"a/b.c\":\"1\"}", "/unified/a/b.c: " },
	{ R "/unified", "{\"cgroup.procs\":\"1\"}", "/unified/cgroup.procs: " },
	{ R "/unified", "{\"memory.high\":\"1\"}", NULL },
};

#define SC	"/linux/seccomp"
#define RULE(x) "{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"syscalls\":[{" x "}]}"
static const struct row seccomp[] = {
	{ SC, "{\"defaultAction\":\"SCMP_ACT_X\"}", SC "/defaultAction: unknown action" },
	{ SC, "{\"defaultAction\":\"SCMP_ACT_NOTIFY\"}", SC "/defaultAction: " },
	{ SC, "{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"defaultErrnoRet\":1}",
	  "takes no errno" },
	{ SC, "{\"defaultAction\":\"SCMP_ACT_ERRNO\",\"defaultErrnoRet\":99999}",
	  "out of range" },
	{ SC, "{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"architectures\":[\"X\"]}",
	  SC "/architectures/0: " },
	{ SC, "{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"flags\":[\"X\"]}",
	  SC "/flags/0: " },
	{ SC, "{\"defaultAction\":\"SCMP_ACT_ALLOW\",\"listenerMetadata\":\"x\"}",
	  SC "/listenerMetadata: " },
	{ SC, RULE("\"names\":[],\"action\":\"SCMP_ACT_ERRNO\""), "/syscalls/0/names: " },
	{ SC, RULE("\"names\":[\"read\"],\"action\":\"X\""), "/syscalls/0" },
	{ SC, RULE("\"names\":[\"read\"],\"action\":\"SCMP_ACT_NOTIFY\""),
	  SC "/listenerPath: " },
	{ SC, RULE("\"names\":[\"nosuchcall\"],\"action\":\"SCMP_ACT_ERRNO\""), NULL },
	{ SC,
	  RULE("\"names\":[\"read\"],\"action\":\"SCMP_ACT_ERRNO\","
	       "\"args\":[{\"index\":6,\"value\":1,\"op\":\"SCMP_CMP_EQ\"}]"),
	  "/args/0/index: " },
	{ SC,
	  RULE("\"names\":[\"read\"],\"action\":\"SCMP_ACT_ERRNO\","
	       "\"args\":[{\"index\":0,\"value\":1,\"op\":\"EQ\"}]"),
	  "/args/0/op: " },
};

static const struct host fake_host = {
	.caps = ~0ull,
	.bounding = ~0ull,
	.last_cap = 40,
	.cgroup_mode = CGROUP_V2,
	.hierarchies = { { .mountpoint = "/sys/fs/cgroup",
			   .self = "/",
			   .root = "/",
			   .v2 = true } },
	.n_hierarchies = 1,
	.cgroup2_controllers = "cpuset cpu io memory hugetlb pids rdma misc",
	.cgroup_kill = true,
};

static struct json *find(struct json *obj, const char *key, size_t len)
{
	for (struct json *m = obj->child; m; m = m->next)
		if (strlen(m->key) == len && !strncmp(m->key, key, len))
			return m;
	return NULL;
}

static void remove_member(struct json *obj, const struct json *v)
{
	for (struct json **m = &obj->child; *m; m = &(*m)->next)
		if (*m == v) {
			*m = v->next;
			obj->n--;
			break;
		}
	for (obj->last = obj->child; obj->last && obj->last->next;)
		obj->last = obj->last->next;
}

/* Put value at path, with the objects on the way to it. */
static void set(struct arena *a, struct json *doc, const char *path, const char *value)
{
	struct json *v, *old;
	struct err err = ERR_INIT;
	size_t n;

	for (path++; strchr(path, '/'); path += n + 1) {
		n = strcspn(path, "/");
		old = find(doc, path, n);
		doc = old ? old : json_add_object(a, doc, arena_strndup(a, path, n));
	}
	old = find(doc, path, strlen(path));
	if (old)
		remove_member(doc, old);
	if (!value)
		return;
	if (json_parse(a, "value", value, strlen(value), JSON_STRICT, &v, &err) < 0) {
		printf("# %s: %s\n", value, err.msg);
		exit(1);
	}
	json_add(a, doc, path, v);
}

static int try(struct arena *a, const struct strbuf *text, struct err *err)
{
	const struct plan_options opt = { .id = "test",
					  .bundle = "/bundle",
					  .rootfs = "/bundle/rootfs",
					  .state_dir = "/run/agentrun/test" };
	struct plan *plan;
	struct spec *spec;
	int r;

	r = spec_parse(a, "config.json", text->s, text->len, &spec, err);
	if (r == 0)
		r = spec_check(spec, err);
	if (r == 0)
		r = plan_build(a, spec, NULL, &fake_host, &opt, &plan, err);
	return r;
}

static void run(const struct row *rows, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		const struct row *t = &rows[i];
		AUTO_ARENA a = ARENA_INIT;
		AUTO_STRBUF text = STRBUF_INIT;
		struct err err = ERR_INIT;
		struct json *doc;
		bool good_so;
		int r;

		json_parse(&a, "good", good, strlen(good), JSON_STRICT, &doc, &err);
		set(&a, doc, t->path, t->value);
		json_print(&text, doc, 0);
		r = try(&a, &text, &err);
		if (t->want)
			good_so = r < 0 && strstr(err.msg, t->want) &&
				  str_has_prefix(err.msg, "config.json:/");
		else
			good_so = r == 0;
		if (!ok(good_so, "%s = %.100s", t->path,
			t->value ? t->value : "(left out)"))
			printf("# have: %d %s\n# want: %s\n", r, err.msg,
			       t->want ? t->want : "(accepted)");
	}
}

/* text with its "%d" replaced */
static void add_element(struct strbuf *b, const char *text, int k)
{
	const char *at = strstr(text, "%d");

	strbuf_addf(b, "%.*s%d%s", (int)(at - text), text, k, at + 2);
}

/* Many of anything are refused, or planned, but not in minutes: alarm() ends the test. */
static void test_many(void)
{
	static const struct {
		const char *path;
		const char *element;
		const char *want;
	} lists[] = {
		{ "/linux/devices", "{\"type\":\"p\",\"path\":\"/dev/%d\"}",
		  "more than 2048" },
		{ "/mounts", "{\"type\":\"tmpfs\",\"destination\":\"/%d\"}", NULL },
		{ "/process/env", "\"A%d=1\"", NULL },
		{ "/linux/maskedPaths", "\"/m%d\"", NULL },
	};

	alarm(120);
	for (size_t i = 0; i < ARRAY_SIZE(lists); i++) {
		AUTO_STRBUF value = STRBUF_INIT;
		struct row row = { lists[i].path, NULL, lists[i].want };

		for (int k = 0; k < 20000; k++) {
			strbuf_addc(&value, k ? ',' : '[');
			add_element(&value, lists[i].element, k);
		}
		strbuf_addc(&value, ']');
		row.value = value.s;
		run(&row, 1);
	}
	alarm(0);
}

int main(void)
{
	static const struct row as_it_is[] = { { "/hostname", "\"\"", NULL } };

	run(as_it_is, 1);
	run(top, ARRAY_SIZE(top));
	run(process, ARRAY_SIZE(process));
	run(mounts, ARRAY_SIZE(mounts));
	run(linux_, ARRAY_SIZE(linux_));
	run(resources, ARRAY_SIZE(resources));
	run(seccomp, ARRAY_SIZE(seccomp));
	test_many();
	return done();
}
