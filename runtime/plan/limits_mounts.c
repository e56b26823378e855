/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan/limits_mounts.c - what a class makes of the engine's mounts
 *
 * Binds of the host become read-only, those that would hand over a part of the host's
 * control (sockets of engines, /proc, device trees, our own state) are refused, and the
 * root is read-only but for the directories that the policy names: each becomes a mount
 * of its own, bound onto itself before the root is closed, so that they share the root's
 * size.
 */
#include <errno.h>
#include <string.h>
#include <sys/mount.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/path.h"
#include "base/str.h"
#include "plan/plan.h"
#include "policy/policy.h"

/* Trees of the host that no container of a class gets, however read-only. */
static const char *const host_control[] = {
	"/proc",     "/sys",	  "/dev",	   "/boot",	    "/run/systemd",
	"/run/dbus", "/run/udev", "/var/run/dbus", "/etc/agentrun",
};

/*
 * Directories that hold an engine's socket. Below them an engine keeps what it made for
 * the container (a pod's shared memory), so only they and what holds them are refused.
 */
static const char *const socket_dirs[] = {
	"/run/docker", "/run/containerd", "/run/podman", "/run/crio", "/run/buildkit",
};

/* Sockets that speak for the host, wherever they are; those below, if in /run. */
static const char *const control_sockets[] = {
	"docker.sock", "podman.sock",	 "containerd.sock",  "containerd.sock.ttrpc",
	"crio.sock",   "buildkitd.sock", "cri-dockerd.sock", "system_bus_socket",
};
static const char *const run_sockets[] = { "bus", "private", "notify" };

/*
 * What a bind of a host device may be: with a user namespace, engines bind the default
 * nodes instead of having them made.
 */
static const char *const default_nodes[] = {
	"/dev/null", "/dev/zero", "/dev/full", "/dev/random", "/dev/urandom", "/dev/tty",
};

/* Masks and read-only paths that a class has even if the engine was told to leave them.
 */
static const char *const masked[] = {
	"/proc/acpi",
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
};
static const char *const readonly[] = {
	"/proc/bus", "/proc/fs", "/proc/irq", "/proc/sys", "/proc/sysrq-trigger",
};

static bool in_list(const char *const *list, size_t n, const char *s)
{
	for (size_t i = 0; i < n; i++) {
		if (strcmp(list[i], s) == 0)
			return true;
	}
	return false;
}

static int refuse(const struct plan *p, const struct plan_mount *m, const char *why,
		  struct err *err)
{
	return err_set(err, -EPERM,
		       "config.json:/mounts/%zu: %s on %s: %s, so not with class "
		       "'%s'",
		       m->index, str_quote(m->source), str_quote(m->destination), why,
		       p->limits.class_name);
}

static bool touches(const char *path, const char *tree)
{
	return path_is_below(path, tree) || path_is_below(tree, path);
}

static int check_source(const struct plan *p, const struct plan_mount *m, struct err *err)
{
	const char *src = path_clean(p->arena, m->source);

	if (in_list(default_nodes, ARRAY_SIZE(default_nodes), src))
		return 0;
	for (size_t i = 0; i < ARRAY_SIZE(host_control); i++) {
		if (touches(src, host_control[i]))
			return refuse(p, m, "it would hand over the host", err);
	}
	for (size_t i = 0; i < ARRAY_SIZE(socket_dirs); i++) {
		if (path_is_below(socket_dirs[i], src))
			return refuse(p, m, "an engine's socket is there", err);
	}
	if (in_list(control_sockets, ARRAY_SIZE(control_sockets), path_base(src)) ||
	    (path_is_below(src, "/run") &&
	     in_list(run_sockets, ARRAY_SIZE(run_sockets), path_base(src))))
		return refuse(p, m, "that is a control socket", err);
	if ((p->limits.audit_dir && touches(src, p->limits.audit_dir)) ||
	    touches(src, p->opt.state_dir))
		return refuse(p, m, "agentrun keeps its records there", err);
	return 0;
}

/* The engine's own shared memory: a tmpfs that it made for this container (or its pod).
 */
static bool is_engine_shm(const struct plan_mount *m)
{
	return strcmp(m->destination, "/dev/shm") == 0 &&
	       (str_has_suffix(m->source, "/shm") ||
		str_has_suffix(m->source, "/mounts/shm"));
}

/* What is mounted on it inside must not come to the host. */
static void end_sharing(struct plan *p, struct plan_mount *m)
{
	for (size_t i = 0; i < m->n_propagation; i++) {
		if (!(m->propagation[i] & MS_SHARED))
			continue;
		m->propagation[i] = MS_SLAVE | MS_REC;
		plan_limits_note(p, "the mount on '%s' is not shared with the host",
				 m->destination);
	}
}

static int limit_bind(struct plan *p, struct plan_mount *m, struct err *err)
{
	int r;

	r = check_source(p, m, err);
	if (r < 0)
		return r;
	end_sharing(p, m);
	/* nodev would make a bound node useless: the default ones are what they are */
	m->attr_set |= MOUNT_ATTR_NOSUID;
	if (in_list(default_nodes, ARRAY_SIZE(default_nodes),
		    path_clean(p->arena, m->source)))
		return 0;
	m->attr_set |= MOUNT_ATTR_NODEV;
	m->attr_clr &= ~(uint64_t)(MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV);
	m->rec_clr &= ~(uint64_t)(MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV);
	if (is_engine_shm(m))
		return 0;
	if (!(m->attr_set & MOUNT_ATTR_RDONLY))
		plan_limits_note(p, "the mount on '%s' is read-only", m->destination);
	m->attr_set |= MOUNT_ATTR_RDONLY;
	m->attr_clr &= ~(uint64_t)MOUNT_ATTR_RDONLY;
	m->rec_clr &= ~(uint64_t)MOUNT_ATTR_RDONLY;
	if (m->recursive)
		m->rec_set |= MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV;
	return 0;
}

static int limit_mount(struct plan *p, struct plan_mount *m, struct err *err)
{
	switch (m->kind) {
	case MOUNT_BIND:
		return limit_bind(p, m, err);
	case MOUNT_TMPFS:
		m->attr_set |= MOUNT_ATTR_NOSUID;
		m->attr_clr &= ~(uint64_t)MOUNT_ATTR_NOSUID;
		/* /dev is one of these, and the only one with nodes */
		if (strcmp(m->destination, "/dev") != 0) {
			m->attr_set |= MOUNT_ATTR_NODEV;
			m->attr_clr &= ~(uint64_t)MOUNT_ATTR_NODEV;
		}
		return 0;
	case MOUNT_SYSFS:
	case MOUNT_CGROUP:
		m->attr_set |= MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV;
		m->attr_clr &= ~(uint64_t)MOUNT_ATTR_RDONLY;
		return 0;
	case MOUNT_PROC:
	case MOUNT_MQUEUE:
	case MOUNT_DEVPTS:
	case MOUNT_SELF:
		return 0;
	case MOUNT_REMOUNT:
		return refuse(p, m, "a remount could undo what the class closed", err);
	case MOUNT_FS:
	default:
		return refuse(p, m, "a file system of its own", err);
	}
}

static void add_paths(struct plan *p, struct spec_strings *list, const char *const *v,
		      size_t n)
{
	struct spec_strings out = { ARENA_ARRAY(p->arena, list->n + n + 1, const char *),
				    0 };

	for (size_t i = 0; i < list->n; i++)
		out.v[out.n++] = list->v[i];
	for (size_t i = 0; i < n; i++) {
		if (!in_list(list->v, list->n, v[i]))
			out.v[out.n++] = v[i];
	}
	*list = out;
}

static struct plan_mount *add_mount(struct plan *p, enum mount_kind kind, const char *on)
{
	struct plan_mount *v = ARENA_ARRAY(p->arena, p->mounts.n + 1, struct plan_mount);
	struct plan_mount *m = &v[p->mounts.n];

	if (p->mounts.n)
		memcpy(v, p->mounts.v, p->mounts.n * sizeof(*v));
	p->mounts.v = v;
	p->mounts.n++;
	*m = (struct plan_mount){
		.kind = kind,
		.index = SIZE_MAX,
		.destination = on,
		.source = "agentrun",
		.attr_set = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV,
	};
	return m;
}

static void add_param(struct plan *p, struct plan_mount *m, const char *key,
		      const char *value)
{
	if (!m->params.v)
		m->params.v = ARENA_ARRAY(p->arena, 8, struct spec_kv);
	m->params.v[m->params.n++] = (struct spec_kv){ key, value };
}

/*
 * A workspace of its own: a tmpfs with a size, filled with what it covers: the image's
 * directory or a volume, which itself stays as it was.
 */
static void add_workspace(struct plan *p, const struct policy *policy)
{
	const struct policy_limit *own = &policy->filesystem.workspace_size;
	uint64_t size = own->set ? own->def : policy->budget.disk.def;
	struct plan_mount *m;

	m = add_mount(p, MOUNT_TMPFS, policy->filesystem.workspace_path.v);
	m->fstype = "tmpfs";
	m->source = "tmpfs";
	m->tmpcopyup = true;
	add_param(p, m, "size", arena_printf(p->arena, "%llu", (unsigned long long)size));
	add_param(p, m, "mode", "0755");
	add_param(p, m, "uid", arena_printf(p->arena, "%u", p->process.uid));
	add_param(p, m, "gid", arena_printf(p->arena, "%u", p->process.gid));
	m->data = arena_printf(p->arena, "size=%llu,mode=0755,uid=%u,gid=%u",
			       (unsigned long long)size, p->process.uid, p->process.gid);
}

static bool has_mount_on(const struct plan *p, const char *path)
{
	for (size_t i = 0; i < p->mounts.n; i++) {
		if (strcmp(p->mounts.v[i].destination, path) == 0)
			return true;
	}
	return false;
}

static bool is_covered(const struct policy_list *l, const char *path)
{
	for (size_t i = 0; i < l->n; i++) {
		if (path_is_below(path, l->v[i]))
			return true;
	}
	return false;
}

/* The three lists name the same directories: policy_check said so. */
static void open_directories(struct plan *p, const struct policy *policy)
{
	const struct policy_list *l = &policy->filesystem.create;
	const char *ws = policy->filesystem.workspace_path.v;
	bool readonly_root = policy->filesystem.rootfs.v == POLICY_ROOTFS_READONLY;
	bool own_mount =
		ws && policy->filesystem.workspace_mode.v == POLICY_WORKSPACE_EPHEMERAL &&
		is_covered(l, ws) &&
		(readonly_root || policy->filesystem.workspace_size.set ||
		 has_mount_on(p, ws));

	if (!readonly_root && !policy_list_has(l, "/")) {
		for (size_t i = 0; i < l->n; i++) {
			const char *path = l->v[i];

			/* an own workspace, or what the engine mounted there, is a mount
			 * already */
			if ((own_mount && path_is_below(path, ws)) ||
			    has_mount_on(p, path))
				continue;
			add_mount(p, MOUNT_SELF, path);
		}
	}
	if (own_mount)
		add_workspace(p, policy);
	if (!policy_list_has(l, "/") || readonly_root)
		p->mounts.root_readonly = true;
}

int plan_limits_mounts(struct plan *p, const struct policy *policy, struct err *err)
{
	int r;

	for (size_t i = 0; i < p->mounts.n; i++) {
		struct plan_mount *m = &p->mounts.v[i];

		/* ours: the directory of the notify socket */
		if (m->index == SIZE_MAX) {
			m->attr_set |= MOUNT_ATTR_RDONLY;
			continue;
		}
		r = limit_mount(p, m, err);
		if (r < 0)
			return r;
	}
	add_paths(p, &p->mounts.masked_paths, masked, ARRAY_SIZE(masked));
	add_paths(p, &p->mounts.readonly_paths, readonly, ARRAY_SIZE(readonly));
	/* What is mounted inside must not travel to where the engine can see it. */
	if (p->mounts.root_propagation & (MS_SHARED | MS_UNBINDABLE)) {
		plan_limits_note(p, "the propagation of the root is private");
		p->mounts.root_propagation = 0;
	}
	open_directories(p, policy);
	return 0;
}
