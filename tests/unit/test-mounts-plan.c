/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/test-mounts-plan.c - mounts, namespaces, devices, sysctls: what is refused,
 * and how */
#include <errno.h>
#include <stdio.h>
#include <string.h>
#include <sys/mount.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "plan/plan.h"
#include "tap.h"

#define NAMESPACES                                                                       \
	"{\"type\":\"mount\"},{\"type\":\"pid\"},{\"type\":\"ipc\"},{\"type\":\"uts\"}," \
	"{\"type\":\"network\"}"
#define USERNS                                                                  \
	NAMESPACES                                                              \
	",{\"type\":\"user\"}],\"uidMappings\":[{\"containerID\":0,\"hostID\":" \
	"100000,\"size\":65536}],\"gidMappings\":[{\"containerID\":0,"          \
	"\"hostID\":100000,\"size\":65536}"

static const struct {
	const char *name;
	const char *mounts; /* elements of mounts[] */
	const char *linux_; /* elements behind namespaces in linux; NULL: none */
	const char *namespaces;
	const char *complaint; /* start of the message; NULL: fine */
} cases[] = {
	{ "no mount", "", NULL, NAMESPACES, NULL },
	{ "a bind", "{\"destination\":\"/a\",\"source\":\"/b\",\"options\":[\"bind\"]}",
	  NULL, NAMESPACES, NULL },
	{ "no type", "{\"destination\":\"/a\",\"source\":\"/b\"}", NULL, NAMESPACES,
	  "/mounts/0/type: missing" },
	{ "type none without bind", "{\"destination\":\"/a\",\"type\":\"none\"}", NULL,
	  NAMESPACES, "/mounts/0/type: missing" },
	{ "a bind without a source", "{\"destination\":\"/a\",\"options\":[\"rbind\"]}",
	  NULL, NAMESPACES, "/mounts/0/source" },
	{ "data on a bind",
	  "{\"destination\":\"/a\",\"source\":\"/b\",\"options\":[\"bind\",\"size=1k\"]}",
	  NULL, NAMESPACES, "/mounts/0/options: a bind cannot have 'size=1k'" },
	{ "the second mount is named",
	  "{\"destination\":\"/a\",\"type\":\"tmpfs\"},{\"destination\":\"/b\"}", NULL,
	  NAMESPACES, "/mounts/1/type" },
	{ "proc on /proc", "{\"destination\":\"/proc\",\"type\":\"proc\"}", NULL,
	  NAMESPACES, NULL },
	{ "proc on /proc/", "{\"destination\":\"/x/../proc/\",\"type\":\"proc\"}", NULL,
	  NAMESPACES, NULL },
	{ "proc elsewhere", "{\"destination\":\"/p\",\"type\":\"proc\"}", NULL,
	  NAMESPACES, "/mounts/0/destination: proc belongs on /proc" },
	{ "sysfs elsewhere", "{\"destination\":\"/proc\",\"type\":\"sysfs\"}", NULL,
	  NAMESPACES, "/mounts/0/destination: sysfs" },
	{ "tmpfs on /proc", "{\"destination\":\"/proc\",\"type\":\"tmpfs\"}", NULL,
	  NAMESPACES, "/mounts/0/destination: nothing but a procfs" },
	{ "inside /proc",
	  "{\"destination\":\"/a/../proc/self/attr\",\"source\":\"/"
	  "b\",\"options\":[\"bind\"]}",
	  NULL, NAMESPACES, "/mounts/0/destination: '/proc/self/attr' is inside /proc" },
	{ "the list of lxcfs",
	  "{\"destination\":\"/proc/meminfo\",\"source\":\"/b\",\"options\":[\"bind\"]}",
	  NULL, NAMESPACES, NULL },
	{ "/procfoo is not inside /proc",
	  "{\"destination\":\"/procfoo\",\"type\":\"tmpfs\"}", NULL, NAMESPACES, NULL },
	{ "tmpcopyup on a bind",
	  "{\"destination\":\"/a\",\"source\":\"/"
	  "b\",\"options\":[\"bind\",\"tmpcopyup\"]}",
	  NULL, NAMESPACES, "/mounts/0/options: tmpcopyup" },
	{ "idmap without a user namespace",
	  "{\"destination\":\"/a\",\"source\":\"/b\",\"options\":[\"bind\",\"idmap\"]}",
	  NULL, NAMESPACES, "/mounts/0/options: idmap" },
	{ "idmap with one",
	  "{\"destination\":\"/a\",\"source\":\"/b\",\"options\":[\"bind\",\"idmap\"]}",
	  NULL, USERNS, NULL },
	{ "idmap on a tmpfs",
	  "{\"destination\":\"/a\",\"type\":\"tmpfs\",\"options\":[\"idmap\"]}", NULL,
	  USERNS, "/mounts/0: only a bind" },
	{ "no mount namespace", "", NULL, "{\"type\":\"pid\"}",
	  "/linux/namespaces: a mount namespace is required" },
	{ "a new user namespace without maps", "", NULL,
	  NAMESPACES ",{\"type\":\"user\"}",
	  "/linux/uidMappings: a new user namespace needs mappings" },
	{ "a masked path that is /", "", "\"maskedPaths\":[\"/a/..\"]", NAMESPACES,
	  "/linux/maskedPaths/0: that is the whole root" },
	{ "a relative masked path", "", "\"maskedPaths\":[\"/ok\",\"a\"]", NAMESPACES,
	  "/linux/maskedPaths/1" },
	{ "a propagation that is none", "", "\"rootfsPropagation\":\"everywhere\"",
	  NAMESPACES, "/linux/rootfsPropagation" },
	{ "a label without SELinux", "", "\"mountLabel\":\"a:b:c:s0\"", NAMESPACES,
	  "/linux/mountLabel: SELinux" },
	{ "a sysctl of ipc", "",
	  "\"sysctl\":{\"kernel.shmmax\":\"1\",\"fs.mqueue.msg_max\":\"1\"}", NAMESPACES,
	  NULL },
	{ "a sysctl with a dot in an interface", "",
	  "\"sysctl\":{\"net.ipv4.conf.eth0/1.forwarding\":\"1\"}", NAMESPACES, NULL },
	{ "a sysctl of the host", "", "\"sysctl\":{\"kernel.core_pattern\":\"x\"}",
	  NAMESPACES, "/linux/sysctl: 'kernel.core_pattern' belongs to no namespace" },
	{ "a sysctl that climbs", "", "\"sysctl\":{\"net/../kernel/core_pattern\":\"x\"}",
	  NAMESPACES, "/linux/sysctl: 'net/../kernel/core_pattern' is no sysctl" },
	{ "a sysctl of another user's namespace", "",
	  "\"sysctl\":{\"user.max_user_namespaces\":\"1\"}", NAMESPACES,
	  "/linux/sysctl: 'user.max_user_namespaces' needs an own user namespace" },
	{ "a sysctl of net without a network namespace", "",
	  "\"sysctl\":{\"net.ipv4.ip_forward\":\"1\"}", "{\"type\":\"mount\"}",
	  "/linux/sysctl: 'net.ipv4.ip_forward' needs an own network namespace" },
	{ "kernel.hostname", "", "\"sysctl\":{\"kernel.hostname\":\"x\"}", NAMESPACES,
	  "/linux/sysctl/kernel.hostname" },
	{ "a device", "",
	  "\"devices\":[{\"path\":\"/dev/a\",\"type\":\"c\",\"major\":1,\"minor\":5}]",
	  NAMESPACES, NULL },
	{ "a device twice", "",
	  "\"devices\":[{\"path\":\"/dev/a\",\"type\":\"c\",\"major\":1,\"minor\":5},"
	  "{\"path\":\"/dev/./a\",\"type\":\"c\",\"major\":1,\"minor\":5}]",
	  NAMESPACES, "/linux/devices/1/path" },
	{ "time offsets without a time namespace", "",
	  "\"timeOffsets\":{\"boottime\":{\"secs\":5}}", NAMESPACES,
	  "/linux/timeOffsets" },
};

static int build(struct arena *a, size_t i, struct plan **out, struct err *err)
{
	static const struct host host = { .caps = ~(uint64_t)0, .last_cap = 40 };
	const char *doc = arena_printf(
		a,
		"{\"ociVersion\":\"1.0.2\",\"root\":{\"path\":\"rootfs\"},\"mounts\":[%s]"
		","
		"\"process\":{\"cwd\":\"/"
		"\",\"args\":[\"x\"],\"user\":{\"uid\":0,\"gid\":0}},"
		"\"linux\":{\"namespaces\":[%s]%s%s}}",
		cases[i].mounts, cases[i].namespaces, cases[i].linux_ ? "," : "",
		cases[i].linux_ ? cases[i].linux_ : "");
	struct plan *p = ARENA_NEW(a, struct plan);
	struct spec *spec = NULL;
	int r;

	r = spec_parse(a, "config.json", doc, strlen(doc), &spec, err);
	if (r < 0)
		return r;
	*p = (struct plan){ .arena = a, .spec = spec, .host = &host };
	p->opt = (struct plan_options){ .bundle = "/bundle", .rootfs = "/bundle/rootfs" };
	*out = p;
	r = plan_ns_build(&p->ns, spec, &host, a, err);
	if (r == 0)
		r = plan_mounts_build(p, err);
	return r == 0 ? plan_devices_build(p, err) : r;
}

static void test_cases(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = ARENA_INIT;
		struct err err = ERR_INIT;
		struct plan *p = NULL;
		int r = build(&a, i, &p, &err);
		bool good = cases[i].complaint
				    ? r < 0 && strstr(err.msg, cases[i].complaint) != NULL
				    : r == 0;

		ok(good, "%s: %d %s", cases[i].name, r, err.msg);
	}
}

/* The n-th case, as a plan that must be there. */
static struct plan *plan_of(struct arena *a, const char *name)
{
	struct plan *p = NULL;

	for (size_t i = 0; i < ARRAY_SIZE(cases); i++)
		if (str_eq(cases[i].name, name) && build(a, i, &p, NULL) == 0)
			return p;
	return NULL;
}

static void test_results(void)
{
	AUTO_ARENA a = ARENA_INIT;
	struct plan *p = plan_of(&a, "a sysctl with a dot in an interface");

	ok(p && str_eq(p->mounts.sysctl.v[0].key, "net/ipv4/conf/eth0.1/forwarding"),
	   "the dot of an interface is kept");
	p = plan_of(&a, "a bind");
	ok(p && p->mounts.n == 1 && p->mounts.v[0].kind == MOUNT_BIND &&
		   str_eq(p->mounts.v[0].source, "/b") && !p->devices.bind,
	   "a bind is a bind");
	p = plan_of(&a, "proc on /proc/");
	ok(p && str_eq(p->mounts.v[0].destination, "/proc"), "destinations are cleaned");
	p = plan_of(&a, "a device");
	ok(p && p->devices.n == 7 && str_eq(p->devices.v[6].path, "/dev/a"),
	   "the six of every container, and one more");
	p = plan_of(&a, "idmap with one");
	ok(p && p->devices.bind && p->mounts.v[0].uid_maps.n == 1 &&
		   p->mounts.v[0].uid_maps.v[0].host_id == 100000,
	   "idmap takes the container's maps");
	ok(p && !p->ns.use_newidmap && !p->ns.deny_setgroups,
	   "root writes the maps itself");
}

int main(void)
{
	test_cases();
	test_results();
	return done();
}
