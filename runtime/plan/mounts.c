/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan/mounts.c - the config's mounts as operations, in the listed order
 *
 * Decides the kind of each mount and refuses what cannot mean what was asked. Where a
 * target leads is not decided here: the root file system is hostile and changes, so
 * apply/ resolves it when it is used.
 */
#include "plan/mounts.h"

#include <errno.h>
#include <string.h>
#include <sys/mount.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/path.h"
#include "base/str.h"
#include "plan/plan.h"

/*
 * What may be mounted inside /proc: files that lxcfs and nested container managers
 * replace. Anything else there could hide what labels and sysctls are written to.
 */
static const char *const below_proc[] = {
	"/proc/cpuinfo",
	"/proc/diskstats",
	"/proc/loadavg",
	"/proc/meminfo",
	"/proc/slabinfo",
	"/proc/stat",
	"/proc/swaps",
	"/proc/uptime",
	"/proc/sys/kernel/ns_last_pid",
	"/proc/sys/crypto/fips_enabled",
};

bool plan_mount_is_allowed_in_proc(const char *destination)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(below_proc); i++)
		if (str_eq(destination, below_proc[i]))
			return true;
	return false;
}

static const struct {
	const char *type;
	enum mount_kind kind;
} kinds[] = {
	{ "bind", MOUNT_BIND },	    { "proc", MOUNT_PROC },	{ "sysfs", MOUNT_SYSFS },
	{ "mqueue", MOUNT_MQUEUE }, { "cgroup", MOUNT_CGROUP }, { "tmpfs", MOUNT_TMPFS },
	{ "devpts", MOUNT_DEVPTS },
};

static int pick_kind(struct plan_mount *m, const struct spec_mount *s,
		     const struct mount_words *words, const struct host *host,
		     const char *where, struct err *err)
{
	size_t i;

	if (words->remount) {
		m->kind = MOUNT_REMOUNT;
		return 0;
	}
	if (words->bind) {
		m->kind = MOUNT_BIND;
		return 0;
	}
	if (!s->type || !*s->type || str_eq(s->type, "none"))
		return err_set(err, -EINVAL,
			       "%s/type: missing, and no option bind or rbind", where);
	m->kind = MOUNT_FS;
	m->fstype = s->type;
	for (i = 0; i < ARRAY_SIZE(kinds); i++)
		if (str_eq(s->type, kinds[i].type))
			m->kind = kinds[i].kind;
	if (str_eq(s->type, "cgroup2") && host->cgroup_mode == CGROUP_V2)
		m->kind = MOUNT_CGROUP;
	return 0;
}

static int check_proc_sys(const struct plan_mount *m, const char *where, struct err *err)
{
	const char *dst = m->destination;

	if (m->kind == MOUNT_PROC && !str_eq(dst, "/proc"))
		return err_set(err, -EINVAL, "%s/destination: proc belongs on /proc",
			       where);
	if (m->kind == MOUNT_SYSFS && !str_eq(dst, "/sys"))
		return err_set(err, -EINVAL, "%s/destination: sysfs belongs on /sys",
			       where);
	if (m->kind == MOUNT_REMOUNT || !path_is_below(dst, "/proc"))
		return 0;
	if (str_eq(dst, "/proc")) {
		if (m->kind == MOUNT_PROC || m->kind == MOUNT_BIND)
			return 0;
		return err_set(err, -EINVAL,
			       "%s/destination: nothing but a procfs may be on /proc",
			       where);
	}
	if (plan_mount_is_allowed_in_proc(dst))
		return 0;
	return err_set(err, -EINVAL, "%s/destination: %s is inside /proc", where,
		       str_quote(dst));
}

static int check_words(const struct plan_mount *m, const char *where, struct err *err)
{
	bool is_bind = m->kind == MOUNT_BIND;

	if (is_bind && m->data)
		return err_set(
			err, -EINVAL,
			"%s/options: a bind cannot have %s: only a new file system "
			"has data",
			where, str_quote(m->data));
	if (m->tmpcopyup && m->kind != MOUNT_TMPFS)
		return err_set(err, -EINVAL, "%s/options: tmpcopyup is for tmpfs", where);
	if (m->idmap && !is_bind)
		return err_set(err, -EINVAL, "%s: only a bind can be id-mapped", where);
	return 0;
}

static int build_idmap(struct plan_mount *m, const struct spec_mount *s,
		       const struct plan *p, const char *where, struct err *err)
{
	bool maps = s->uid_mappings.n || s->gid_mappings.n;

	if (!maps && !m->idmap)
		return 0;
	if (maps && (!s->uid_mappings.n || !s->gid_mappings.n))
		return err_set(err, -EINVAL,
			       "%s: uidMappings and gidMappings go together", where);
	m->idmap = true;
	if (maps) {
		m->uid_maps = s->uid_mappings;
		m->gid_maps = s->gid_mappings;
		return 0;
	}
	if (!p->ns.has[NS_USER])
		return err_set(err, -EINVAL,
			       "%s/options: idmap without mappings takes those of the "
			       "container's user namespace, which has none",
			       where);
	/* a joined namespace's maps are taken from its path, by apply/mount_idmap.c */
	if (!p->ns.join[NS_USER]) {
		m->uid_maps = p->ns.uid_maps;
		m->gid_maps = p->ns.gid_maps;
	}
	return 0;
}

/* Kernel file systems are shared or made per namespace: ro belongs to the mount only. */
static bool has_own_superblock(enum mount_kind kind)
{
	return kind == MOUNT_FS;
}

static const char *pick_source(const struct spec_mount *s, const struct plan_mount *m,
			       const struct plan *p)
{
	if (m->kind == MOUNT_BIND)
		return path_join(p->arena, p->opt.bundle, s->source);
	if (s->source && *s->source)
		return s->source;
	return s->type ? s->type : "none";
}

/*
 * A new file system whose labels the kernel cannot keep gets one label for all of it.
 * proc, sysfs and cgroup have labels by policy, mqueue gets its by attribute.
 */
static const char *pick_label(const struct plan_mount *m, const struct plan *p)
{
	if (m->kind == MOUNT_MQUEUE || m->kind == MOUNT_TMPFS || m->kind == MOUNT_DEVPTS)
		return p->mounts.mount_label;
	if (m->kind != MOUNT_FS || (p->host->rootless && str_eq(m->fstype, "overlay")))
		return NULL;
	return p->mounts.mount_label;
}

static int build_mount(struct plan *p, size_t i, struct plan_mount *m, struct err *err)
{
	const struct spec_mount *s = &p->spec->mounts[i];
	struct mount_words words;
	const char *where = arena_printf(p->arena, "/mounts/%zu", i);
	int r;

	m->index = i;
	if (!s->destination || !*s->destination)
		return err_set(err, -EINVAL, "%s/destination: is empty", where);
	/* a relative one is deprecated; it means below the root, as it always did */
	m->destination = path_clean(p->arena, s->destination);
	r = plan_mount_parse_options(m, &s->options, where, p->arena, &words, err);
	if (r < 0)
		return r;
	r = pick_kind(m, s, &words, p->host, where, err);
	if (r < 0)
		return r;
	if (m->kind == MOUNT_BIND && (!s->source || !*s->source))
		return err_set(err, -EINVAL, "%s/source: a bind needs one", where);
	m->source = pick_source(s, m, p);
	r = check_proc_sys(m, where, err);
	if (r == 0)
		r = check_words(m, where, err);
	if (r == 0)
		r = build_idmap(m, s, p, where, err);
	if (r < 0)
		return r;
	m->sb_ro = has_own_superblock(m->kind) && m->attr_set & MOUNT_ATTR_RDONLY;
	/* later mounts need their mount points in it, and tmpcopyup writes */
	m->late_ro = m->kind == MOUNT_TMPFS && m->attr_set & MOUNT_ATTR_RDONLY;
	m->label = pick_label(m, p);
	return 0;
}

static int build_paths(struct spec_strings *out, const struct spec_strings *in,
		       const char *where, struct arena *a, struct err *err)
{
	size_t i;

	out->n = in->n;
	out->v = ARENA_ARRAY(a, in->n + 1, const char *);
	for (i = 0; i < in->n; i++) {
		if (in->v[i][0] != '/')
			return err_set(err, -EINVAL, "/linux/%s/%zu: %s is not absolute",
				       where, i, str_quote(in->v[i]));
		out->v[i] = path_clean(a, in->v[i]);
		if (str_eq(out->v[i], "/"))
			return err_set(
				err, -EINVAL,
				"/linux/%s/%zu: that is the whole root file system",
				where, i);
	}
	return 0;
}

static int build_root_propagation(struct plan_mounts *out, const char *name,
				  struct err *err)
{
	static const struct {
		const char *name;
		unsigned long flags;
	} names[] = {
		{ "shared", MS_SHARED },
		{ "rshared", MS_SHARED | MS_REC },
		{ "slave", MS_SLAVE },
		{ "rslave", MS_SLAVE | MS_REC },
		{ "private", MS_PRIVATE },
		{ "rprivate", MS_PRIVATE | MS_REC },
		{ "unbindable", MS_UNBINDABLE },
		{ "runbindable", MS_UNBINDABLE | MS_REC },
	};
	size_t i;

	if (!name || !*name)
		return 0;
	for (i = 0; i < ARRAY_SIZE(names); i++) {
		if (!str_eq(name, names[i].name))
			continue;
		out->root_propagation = names[i].flags;
		return 0;
	}
	return err_set(err, -EINVAL,
		       "/linux/rootfsPropagation: %s is none of shared, slave, private, "
		       "unbindable",
		       str_quote(name));
}

static int build_label(struct plan *p, struct err *err)
{
	const char *label = p->spec->mount_label;

	if (!label || !*label)
		return 0;
	if (!p->host->selinux)
		return err_set(err, -EOPNOTSUPP,
			       "/linux/mountLabel: SELinux is not enabled on this host");
	p->mounts.mount_label = label;
	return 0;
}

static int build_root(struct plan *p, struct err *err)
{
	const struct spec *spec = p->spec;
	struct plan_mounts *m = &p->mounts;

	if (!spec->has_root || !p->opt.rootfs)
		return err_set(err, -EINVAL, "/root: missing");
	m->rootfs = p->opt.rootfs;
	m->root_readonly = spec->root_readonly;
	m->no_pivot = p->opt.no_pivot;
	m->cwd = spec->has_process ? spec->process.cwd : NULL;
	if (str_eq(path_clean(p->arena, m->rootfs), "/"))
		return err_set(err, -EINVAL,
			       "/root/path: the host's own root is refused");
	return build_root_propagation(m, spec->rootfs_propagation, err);
}

int plan_mounts_build(struct plan *p, struct err *err)
{
	const struct spec *spec = p->spec;
	size_t i;
	int r;

	r = build_root(p, err);
	if (r == 0)
		r = build_label(p, err);
	if (r < 0)
		return r;
	p->mounts.v = ARENA_ARRAY(p->arena, spec->n_mounts + 1, struct plan_mount);
	p->mounts.n = spec->n_mounts;
	for (i = 0; i < spec->n_mounts; i++) {
		r = build_mount(p, i, &p->mounts.v[i], err);
		if (r < 0)
			return r;
	}
	r = build_paths(&p->mounts.masked_paths, &spec->masked_paths, "maskedPaths",
			p->arena, err);
	if (r == 0)
		r = build_paths(&p->mounts.readonly_paths, &spec->readonly_paths,
				"readonlyPaths", p->arena, err);
	return r < 0 ? r : plan_sysctls_build(p, err);
}
