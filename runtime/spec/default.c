/* SPDX-License-Identifier: Apache-2.0 */
/* spec/default.c - the document of `agentrun spec`: a shell in a plain container */
#include "spec/spec.h"

#include "base/arena.h"
#include "base/json.h"
#include "base/str.h"

static void add_strings(struct arena *a, struct json *o, const char *key,
			const char *const *v)
{
	struct json *list = json_add_array(a, o, key);

	for (; *v; v++)
		json_append_str(a, list, *v);
}

static void add_process(struct arena *a, struct json *doc)
{
	static const char *const args[] = { "sh", NULL };
	static const char *const env[] = {
		"PATH=/usr/local/sbin:/usr/local/bin:/usr/sbin:/usr/bin:/sbin:/bin",
		"TERM=xterm", NULL
	};
	static const char *const caps[] = { "CAP_AUDIT_WRITE", "CAP_KILL",
					    "CAP_NET_BIND_SERVICE", NULL };
	static const char *const sets[] = { "bounding", "effective", "permitted" };
	struct json *p = json_add_object(a, doc, "process");
	struct json *o;

	json_add_bool(a, p, "terminal", true);
	o = json_add_object(a, p, "user");
	json_add_u64(a, o, "uid", 0);
	json_add_u64(a, o, "gid", 0);
	add_strings(a, p, "args", args);
	add_strings(a, p, "env", env);
	json_add_str(a, p, "cwd", "/");
	o = json_add_object(a, p, "capabilities");
	for (size_t i = 0; i < ARRAY_SIZE(sets); i++)
		add_strings(a, o, sets[i], caps);
	o = json_append(a, json_add_array(a, p, "rlimits"), json_new(a, JSON_OBJECT));
	json_add_str(a, o, "type", "RLIMIT_NOFILE");
	json_add_u64(a, o, "hard", 1024);
	json_add_u64(a, o, "soft", 1024);
	json_add_bool(a, p, "noNewPrivileges", true);
}

struct default_mount {
	const char *destination, *type, *source;
	const char *options[8];
};

static const struct default_mount mounts[] = {
	{ "/proc", "proc", "proc", { "nosuid", "noexec", "nodev" } },
	{ "/dev",
	  "tmpfs",
	  "tmpfs",
	  { "nosuid", "strictatime", "mode=755", "size=65536k" } },
	{ "/dev/pts",
	  "devpts",
	  "devpts",
	  { "nosuid", "noexec", "newinstance", "ptmxmode=0666", "mode=0620", "gid=5" } },
	{ "/dev/shm",
	  "tmpfs",
	  "shm",
	  { "nosuid", "noexec", "nodev", "mode=1777", "size=65536k" } },
	{ "/dev/mqueue", "mqueue", "mqueue", { "nosuid", "noexec", "nodev" } },
	{ "/sys", "sysfs", "sysfs", { "nosuid", "noexec", "nodev", "ro" } },
	{ "/sys/fs/cgroup",
	  "cgroup",
	  "cgroup",
	  { "nosuid", "noexec", "nodev", "relatime", "ro" } },
};

static void add_mounts(struct arena *a, struct json *doc, bool rootless)
{
	struct json *list = json_add_array(a, doc, "mounts");

	for (size_t i = 0; i < ARRAY_SIZE(mounts); i++) {
		struct json *m = json_append(a, list, json_new(a, JSON_OBJECT));
		struct json *o;

		json_add_str(a, m, "destination", mounts[i].destination);
		json_add_str(a, m, "type", mounts[i].type);
		json_add_str(a, m, "source", mounts[i].source);
		o = json_add_array(a, m, "options");
		for (const char *const *s = mounts[i].options; *s; s++)
			/* gid 5 is not mapped for a single user */
			if (!rootless || !str_eq(*s, "gid=5"))
				json_append_str(a, o, *s);
	}
}

static void add_map(struct arena *a, struct json *lin, const char *key, uint32_t host_id)
{
	struct json *m =
		json_append(a, json_add_array(a, lin, key), json_new(a, JSON_OBJECT));

	json_add_u64(a, m, "containerID", 0);
	json_add_u64(a, m, "hostID", host_id);
	json_add_u64(a, m, "size", 1);
}

static void add_linux(struct arena *a, struct json *doc, bool rootless, uint32_t uid,
		      uint32_t gid)
{
	static const char *const namespaces[] = { "pid", "network", "ipc",
						  "uts", "mount",   "cgroup" };
	static const char *const masked[] = { "/proc/acpi",
					      "/proc/asound",
					      "/proc/kcore",
					      "/proc/keys",
					      "/proc/latency_stats",
					      "/proc/timer_list",
					      "/proc/timer_stats",
					      "/proc/sched_debug",
					      "/proc/scsi",
					      "/sys/firmware",
					      "/sys/devices/virtual/powercap",
					      NULL };
	static const char *const readonly[] = { "/proc/bus",	       "/proc/fs",
						"/proc/irq",	       "/proc/sys",
						"/proc/sysrq-trigger", NULL };
	struct json *lin = json_add_object(a, doc, "linux");
	struct json *list = json_add_array(a, lin, "namespaces");

	for (size_t i = 0; i < ARRAY_SIZE(namespaces); i++)
		json_add_str(a, json_append(a, list, json_new(a, JSON_OBJECT)), "type",
			     namespaces[i]);
	if (rootless) {
		json_add_str(a, json_append(a, list, json_new(a, JSON_OBJECT)), "type",
			     "user");
		add_map(a, lin, "uidMappings", uid);
		add_map(a, lin, "gidMappings", gid);
	} else {
		struct json *res = json_add_object(a, lin, "resources");
		struct json *rule = json_append(a, json_add_array(a, res, "devices"),
						json_new(a, JSON_OBJECT));

		json_add_bool(a, rule, "allow", false);
		json_add_str(a, rule, "access", "rwm");
	}
	add_strings(a, lin, "maskedPaths", masked);
	add_strings(a, lin, "readonlyPaths", readonly);
}

void spec_default(struct strbuf *out, bool rootless, uint32_t uid, uint32_t gid)
{
	AUTO_ARENA a = ARENA_INIT;
	struct json *doc = json_new(&a, JSON_OBJECT);
	struct json *root;

	json_add_str(&a, doc, "ociVersion", "1.3.0");
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
