/* SPDX-License-Identifier: Apache-2.0 */
/* plan/print.c - a plan as JSON, stable, for golden tests and for people */
#include "plan/plan.h"

#include <string.h>

#include "base/arena.h"
#include "base/json.h"
#include "base/str.h"

static void print_strings(struct arena *a, struct json *o, const char *key,
			  const struct spec_strings *s)
{
	struct json *v = json_add_array(a, o, key);

	for (size_t i = 0; i < s->n; i++)
		json_append_str(a, v, s->v[i]);
}

static void print_maps(struct arena *a, struct json *o, const char *key,
		       const struct spec_id_maps *m)
{
	struct json *v = json_add_array(a, o, key);

	for (size_t i = 0; i < m->n; i++)
		json_append_str(a, v,
				arena_printf(a, "%u %u %u", m->v[i].container_id,
					     m->v[i].host_id, m->v[i].size));
}

static void print_ns(struct arena *a, struct json *o, const struct plan_ns *ns)
{
	struct json *n = json_add_object(a, o, "namespaces");

	for (int t = 0; t < NS_TYPE_COUNT; t++)
		json_add_str(a, n, spec_ns_name(t),
			     ns->join[t]  ? ns->join[t]
			     : ns->has[t] ? "new"
					  : "host");
	if (ns->uid_maps.n)
		print_maps(a, n, "uidMappings", &ns->uid_maps);
	if (ns->gid_maps.n)
		print_maps(a, n, "gidMappings", &ns->gid_maps);
	if (ns->hostname)
		json_add_str(a, n, "hostname", ns->hostname);
	if (ns->domainname)
		json_add_str(a, n, "domainname", ns->domainname);
	if (ns->timens_offsets)
		json_add_str(a, n, "timeOffsets", ns->timens_offsets);
	json_add_bool(a, n, "loopback", ns->loopback_up);
}

static const char *const kind_names[] = {
	[MOUNT_BIND] = "bind",	 [MOUNT_FS] = "fs",	    [MOUNT_PROC] = "proc",
	[MOUNT_SYSFS] = "sysfs", [MOUNT_MQUEUE] = "mqueue", [MOUNT_CGROUP] = "cgroup",
	[MOUNT_TMPFS] = "tmpfs", [MOUNT_DEVPTS] = "devpts", [MOUNT_REMOUNT] = "remount",
	[MOUNT_SELF] = "self",
};

static void print_mount(struct arena *a, struct json *v, const struct plan_mount *m)
{
	struct json *o = json_append(a, v, json_new(a, JSON_OBJECT));

	json_add_str(a, o, "kind", kind_names[m->kind]);
	json_add_str(a, o, "destination", m->destination);
	if (m->source)
		json_add_str(a, o, "source", m->source);
	if (m->data)
		json_add_str(a, o, "data", m->data);
	json_add_str(a, o, "set",
		     arena_printf(a, "0x%llx", (unsigned long long)m->attr_set));
	json_add_str(a, o, "clear",
		     arena_printf(a, "0x%llx", (unsigned long long)m->attr_clr));
	if (m->rec_set || m->rec_clr)
		json_add_str(a, o, "recursive",
			     arena_printf(a, "+0x%llx -0x%llx",
					  (unsigned long long)m->rec_set,
					  (unsigned long long)m->rec_clr));
	if (m->recursive)
		json_add_bool(a, o, "rbind", true);
	if (m->idmap)
		json_add_bool(a, o, "idmap", true);
	if (m->tmpcopyup)
		json_add_bool(a, o, "tmpcopyup", true);
}

static void print_mounts(struct arena *a, struct json *o, const struct plan_mounts *m)
{
	struct json *root = json_add_object(a, o, "root");
	struct json *v = json_add_array(a, o, "mounts");

	json_add_str(a, root, "path", m->rootfs ? m->rootfs : "");
	json_add_bool(a, root, "readonly", m->root_readonly);
	for (size_t i = 0; i < m->n; i++)
		print_mount(a, v, &m->v[i]);
	print_strings(a, o, "maskedPaths", &m->masked_paths);
	print_strings(a, o, "readonlyPaths", &m->readonly_paths);
}

static void print_devices(struct arena *a, struct json *o, const struct plan_devices *d)
{
	struct json *v = json_add_array(a, o, "devices");

	for (size_t i = 0; i < d->n; i++)
		json_append_str(a, v,
				arena_printf(a, "%s %u:%u %o %u:%u", d->v[i].path,
					     d->v[i].major, d->v[i].minor,
					     (unsigned)d->v[i].mode, d->v[i].uid,
					     d->v[i].gid));
}

static void print_cgroup(struct arena *a, struct json *o, const struct plan_cgroup *c)
{
	struct json *g = json_add_object(a, o, "cgroup");
	struct json *v;

	if (c->path)
		json_add_str(a, g, "path", c->path);
	if (c->scope)
		json_add_str(a, g, "scope", c->scope);
	v = json_add_array(a, g, "writes");
	for (size_t i = 0; i < c->n_writes; i++)
		json_append_str(a, v,
				arena_printf(a, "%s = %s", c->writes[i].file,
					     c->writes[i].value));
	json_add_u64(a, g, "deviceProgram", c->n_device_prog);
}

static void add_caps(struct arena *a, struct json *o, const char *key, uint64_t set)
{
	struct json *v = json_add_array(a, o, key);

	for (unsigned i = 0; i < 64; i++)
		if ((set & (1ull << i)) && caps_name(i))
			json_append_str(a, v, caps_name(i));
}

static void print_process(struct arena *a, struct json *o, const struct plan_process *p)
{
	struct json *q = json_add_object(a, o, "process");
	struct json *caps, *args, *env;

	json_add_str(a, q, "user", arena_printf(a, "%u:%u", p->uid, p->gid));
	args = json_add_array(a, q, "args");
	for (char **s = p->argv; s && *s; s++)
		json_append_str(a, args, *s);
	env = json_add_array(a, q, "env");
	for (size_t i = 0; i < p->n_env; i++)
		json_append_str(a, env, p->env[i]);
	if (p->cwd)
		json_add_str(a, q, "cwd", p->cwd);
	json_add_str(a, q, "umask", arena_printf(a, "%04o", (unsigned)p->umask));
	json_add_bool(a, q, "noNewPrivileges", p->no_new_privs);
	json_add_bool(a, q, "terminal", p->terminal);
	caps = json_add_object(a, q, "capabilities");
	add_caps(a, caps, "bounding", p->caps.bounding);
	add_caps(a, caps, "effective", p->caps.effective);
	add_caps(a, caps, "inheritable", p->caps.inheritable);
	add_caps(a, caps, "permitted", p->caps.permitted);
	add_caps(a, caps, "ambient", p->caps.ambient);
	json_add_u64(a, q, "seccompInstructions", p->seccomp.n_filter);
	json_add_u64(a, q, "classSeccompInstructions", p->class_seccomp.n_filter);
}

static void print_limits(struct arena *a, struct json *o, const struct plan_limits *l)
{
	static const char *const modes[] = { [ROOTFS_READONLY] = "readonly",
					     [ROOTFS_EPHEMERAL] = "ephemeral",
					     [ROOTFS_AS_GIVEN] = "as-given" };
	struct json *q, *changes;

	if (!l->set)
		return;
	q = json_add_object(a, o, "limits");
	json_add_str(a, q, "class", l->class_name);
	json_add_str(a, q, "rootfs", modes[l->rootfs]);
	json_add_u64(a, q, "rootfsSize", l->rootfs_size_bytes);
	json_add_u64(a, q, "deadlineNs", l->deadline_ns);
	json_add_u64(a, q, "graceNs", l->grace_ns);
	json_add_bool(a, q, "auditRequired", l->audit_required);
	changes = json_add_array(a, q, "changes");
	for (size_t i = 0; i < l->n_changes; i++)
		json_append_str(a, changes, l->changes[i]);
}

void plan_print(const struct plan *p, struct strbuf *out)
{
	AUTO_ARENA a = ARENA_INIT;
	struct json *o = json_new(&a, JSON_OBJECT);

	print_ns(&a, o, &p->ns);
	print_mounts(&a, o, &p->mounts);
	print_devices(&a, o, &p->devices);
	print_cgroup(&a, o, &p->cgroup);
	print_process(&a, o, &p->process);
	print_limits(&a, o, &p->limits);
	json_print(out, o, 2);
	strbuf_addc(out, '\n');
}
