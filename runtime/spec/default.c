/* SPDX-License-Identifier: Apache-2.0 */
/* spec/default.c - the document of `agentrun spec`: a shell in a plain container */
#include "base/arena.h"
#include "base/json.h"
#include "base/str.h"
#include "spec/spec.h"

struct mount_line {
	const char *destination, *type, *source;
	const char *options[10];
};

/* Which kind of template a line belongs to. */
enum { FOR_ROOT = 1, FOR_USER = 2, FOR_BOTH = 3 };

static const struct {
	unsigned who;
	struct mount_line m;
} mounts[] = {
	{ FOR_BOTH, { "/proc", "proc", "proc", { NULL } } },
	{ FOR_BOTH,
	  { "/dev",
	    "tmpfs",
	    "tmpfs",
	    { "nosuid", "strictatime", "mode=755", "size=65536k" } } },
	{ FOR_ROOT,
	  { "/dev/pts",
	    "devpts",
	    "devpts",
	    { "nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620",
	      "gid=5" } } },
	/* group 5 does not exist where one id alone is mapped */
	{ FOR_USER,
	  { "/dev/pts",
	    "devpts",
	    "devpts",
	    { "nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620" } } },
	{ FOR_BOTH,
	  { "/dev/shm",
	    "tmpfs",
	    "shm",
	    { "nosuid", "noexec", "nodev", "mode=1777", "size=65536k" } } },
	{ FOR_BOTH,
	  { "/dev/mqueue", "mqueue", "mqueue", { "nosuid", "noexec", "nodev" } } },
	{ FOR_ROOT, { "/sys", "sysfs", "sysfs", { "nosuid", "noexec", "nodev", "ro" } } },
	/* a new sysfs needs a network namespace of the same user */
	{ FOR_USER,
	  { "/sys", "none", "/sys", { "rbind", "nosuid", "noexec", "nodev", "ro" } } },
	{ FOR_BOTH,
	  { "/sys/fs/cgroup",
	    "cgroup",
	    "cgroup",
	    { "nosuid", "noexec", "nodev", "relatime", "ro" } } },
};

static const char *const caps[] = { "CAP_AUDIT_WRITE", "CAP_KILL", "CAP_NET_BIND_SERVICE",
				    NULL };
static const char *const env[] = {
	"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin", "TERM=xterm",
	NULL
};
static const char *const masked[] = { "/proc/acpi",
				      "/proc/asound",
				      "/proc/interrupts",
				      "/proc/kcore",
				      "/proc/keys",
				      "/proc/latency_stats",
				      "/proc/sched_debug",
				      "/proc/scsi",
				      "/proc/timer_list",
				      "/proc/timer_stats",
				      "/sys/devices/virtual/powercap",
				      "/sys/firmware",
				      NULL };
static const char *const readonly[] = { "/proc/bus",	       "/proc/fs",
					"/proc/irq",	       "/proc/sys",
					"/proc/sysrq-trigger", NULL };

static void add_strings(struct arena *a, struct json *obj, const char *key,
			const char *const *v)
{
	struct json *list = json_add_array(a, obj, key);

	for (; *v; v++)
		json_append_str(a, list, *v);
}

static void add_process(struct arena *a, struct json *doc)
{
	static const char *const sets[] = { "bounding", "effective", "permitted" };
	static const char *const args[] = { "sh", NULL };
	struct json *p = json_add_object(a, doc, "process");
	struct json *o;

	json_add_bool(a, p, "terminal", true);
	o = json_add_object(a, p, "user");
	json_add_i64(a, o, "uid", 0);
	json_add_i64(a, o, "gid", 0);
	add_strings(a, p, "args", args);
	add_strings(a, p, "env", env);
	json_add_str(a, p, "cwd", "/");
	o = json_add_object(a, p, "capabilities");
	for (size_t i = 0; i < ARRAY_SIZE(sets); i++)
		add_strings(a, o, sets[i], caps);
	o = json_append(a, json_add_array(a, p, "rlimits"), json_new(a, JSON_OBJECT));
	json_add_str(a, o, "type", "RLIMIT_NOFILE");
	json_add_i64(a, o, "hard", 1024);
	json_add_i64(a, o, "soft", 1024);
	json_add_bool(a, p, "noNewPrivileges", true);
}

static void add_mounts(struct arena *a, struct json *doc, bool rootless)
{
	struct json *list = json_add_array(a, doc, "mounts");

	for (size_t i = 0; i < ARRAY_SIZE(mounts); i++) {
		const struct mount_line *m = &mounts[i].m;
		struct json *o;

		if (!(mounts[i].who & (rootless ? FOR_USER : FOR_ROOT)))
			continue;
		o = json_append(a, list, json_new(a, JSON_OBJECT));
		json_add_str(a, o, "destination", m->destination);
		json_add_str(a, o, "type", m->type);
		json_add_str(a, o, "source", m->source);
		if (m->options[0])
			add_strings(a, o, "options", m->options);
	}
}

static void add_map(struct arena *a, struct json *linux_, const char *key, uint32_t host)
{
	struct json *o =
		json_append(a, json_add_array(a, linux_, key), json_new(a, JSON_OBJECT));

	json_add_i64(a, o, "containerID", 0);
	json_add_u64(a, o, "hostID", host);
	json_add_i64(a, o, "size", 1);
}

static void add_linux(struct arena *a, struct json *doc, bool rootless, uint32_t uid,
		      uint32_t gid)
{
	static const struct {
		unsigned who;
		const char *type;
	} namespaces[] = {
		{ FOR_BOTH, "pid" },  { FOR_ROOT, "network" }, { FOR_BOTH, "ipc" },
		{ FOR_BOTH, "uts" },  { FOR_BOTH, "mount" },   { FOR_BOTH, "cgroup" },
		{ FOR_USER, "user" },
	};
	struct json *l = json_add_object(a, doc, "linux");
	struct json *list, *o;

	if (rootless) {
		add_map(a, l, "uidMappings", uid);
		add_map(a, l, "gidMappings", gid);
	} else {
		o = json_add_object(a, l, "resources");
		o = json_append(a, json_add_array(a, o, "devices"),
				json_new(a, JSON_OBJECT));
		json_add_bool(a, o, "allow", false);
		json_add_str(a, o, "access", "rwm");
	}
	list = json_add_array(a, l, "namespaces");
	for (size_t i = 0; i < ARRAY_SIZE(namespaces); i++)
		if (namespaces[i].who & (rootless ? FOR_USER : FOR_ROOT))
			json_add_str(a, json_append(a, list, json_new(a, JSON_OBJECT)),
				     "type", namespaces[i].type);
	add_strings(a, l, "maskedPaths", masked);
	add_strings(a, l, "readonlyPaths", readonly);
}

void spec_default(struct strbuf *out, bool rootless, uint32_t uid, uint32_t gid)
{
	AUTO_ARENA a = ARENA_INIT;
	struct json *doc = json_new(&a, JSON_OBJECT);
	struct json *root;

	json_add_str(&a, doc, "ociVersion", AGENTRUN_SPEC);
	add_process(&a, doc);
	root = json_add_object(&a, doc, "root");
	json_add_str(&a, root, "path", "rootfs");
	json_add_bool(&a, root, "readonly", true);
	json_add_str(&a, doc, "hostname", "agentrun");
	add_mounts(&a, doc, rootless);
	add_linux(&a, doc, rootless, uid, gid);
	json_print(out, doc, 2);
	strbuf_addc(out, '\n');
}
