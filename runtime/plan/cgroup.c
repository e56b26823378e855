/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan/cgroup.c - where the container's cgroup is, and what will be asked of it
 *
 * Pure. A cgroupsPath is a name below the mount of each hierarchy, as older runtimes have
 * it, never a path of the host: it has no "..".
 */
#include "plan/cgroup.h"

#include <errno.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/path.h"
#include "base/str.h"
#include "plan/plan.h"

#define PATH_BYTES_MAX 480 /* struct cgroup keeps 512 */

static const struct host_hierarchy *unified(const struct host *h)
{
	for (size_t i = 0; i < h->n_hierarchies; i++)
		if (h->hierarchies[i].v2)
			return &h->hierarchies[i];
	return NULL;
}

/*
 * What a relative path, or none, is below. A user can make cgroups only beside the own
 * one: that one has processes in it, so on v2 it cannot have children with controllers.
 */
static const char *base_of(struct arena *a, const struct host *h)
{
	const struct host_hierarchy *u = unified(h);
	const char *slash;

	if (!h->rootless || h->cgroup_mode != CGROUP_V2 || !u)
		return "/";
	slash = strrchr(u->self, '/');
	return slash && slash != u->self
		       ? arena_strndup(a, u->self, (size_t)(slash - u->self))
		       : "/";
}

static int plan_path(struct plan *p, struct err *err)
{
	const char *given = p->spec->cgroups_path;
	const char *base = base_of(p->arena, p->host);
	const char *path;

	if (given && path_has_dotdot(given))
		return err_set(err, -EINVAL,
			       "config.json:/linux/cgroupsPath: %s has a \"..\"",
			       str_quote(given));
	if (!given || !given[0])
		path = arena_printf(p->arena, "%s/agentrun/%s", base, p->opt.id);
	else if (given[0] == '/')
		path = given;
	else
		path = arena_printf(p->arena, "%s/%s", base, given);
	p->cgroup.path = path_clean(p->arena, path);
	if (!strcmp(p->cgroup.path, "/"))
		return err_set(
			err, -EINVAL,
			"config.json:/linux/cgroupsPath: %s is the root of the hierarchy",
			str_quote(given));
	if (strlen(p->cgroup.path) > PATH_BYTES_MAX)
		return err_set(err, -ENAMETOOLONG,
			       "config.json:/linux/cgroupsPath: longer than %d bytes",
			       PATH_BYTES_MAX);
	return 0;
}

/* A part of a unit's name: what systemd takes without escapes. */
static bool is_unit_text(const char *s, size_t n)
{
	static const char extra[] = ":-_.\\@";

	for (size_t i = 0; i < n; i++)
		if (!strchr("abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ01234567"
			    "89",
			    s[i]) &&
		    !strchr(extra, s[i]))
			return false;
	return true;
}

/* "a-b-c.slice" is at "/a.slice/a-b.slice/a-b-c.slice"; "-.slice" is the root. */
static char *slice_path(struct arena *a, const char *slice)
{
	AUTO_STRBUF b = STRBUF_INIT;
	size_t len = strlen(slice) - strlen(".slice");

	if (!strcmp(slice, "-.slice"))
		return arena_strdup(a, "");
	for (size_t i = 1; i <= len; i++)
		if (i == len || slice[i] == '-')
			strbuf_addf(&b, "/%.*s.slice", (int)i, slice);
	return arena_strdup(a, strbuf_str(&b));
}

static int slice_check(const char *slice, struct err *err)
{
	size_t len = strlen(slice);

	if (!strcmp(slice, "-.slice"))
		return 0;
	if (!str_has_suffix(slice, ".slice") || len <= strlen(".slice") || len > 200 ||
	    slice[0] == '-' || slice[len - strlen(".slice") - 1] == '-' ||
	    strstr(slice, "--") || !is_unit_text(slice, len))
		return err_set(
			err, -EINVAL,
			"config.json:/linux/cgroupsPath: %s is not the name of a slice",
			str_quote(slice));
	return 0;
}

static int split(struct plan *p, const char *given, const char **slice,
		 const char **prefix, const char **name, struct err *err)
{
	const char *c1, *c2;

	*slice = "";
	*prefix = "agentrun";
	*name = p->opt.id;
	if (!given || !given[0])
		return 0;
	c1 = strchr(given, ':');
	c2 = c1 ? strchr(c1 + 1, ':') : NULL;
	if (!c2 || strchr(c2 + 1, ':') || !c2[1])
		return err_set(
			err, -EINVAL,
			"config.json:/linux/cgroupsPath: expected SLICE:PREFIX:NAME for "
			"the systemd driver, not %s",
			str_quote(given));
	*slice = arena_strndup(p->arena, given, (size_t)(c1 - given));
	*prefix = arena_strndup(p->arena, c1 + 1, (size_t)(c2 - c1 - 1));
	*name = c2 + 1;
	return 0;
}

/* org.systemd.property.NAME: what the text means is the helper's business. */
static int plan_properties(struct plan *p, struct err *err)
{
	static const char prefix[] = "org.systemd.property.";
	const struct spec_kvs *all = &p->spec->annotations;
	struct plan_cgroup *c = &p->cgroup;

	c->properties = ARENA_ARRAY(p->arena, all->n + 1, struct spec_kv);
	for (size_t i = 0; i < all->n; i++) {
		const char *name = all->v[i].key + strlen(prefix);

		if (!str_has_prefix(all->v[i].key, prefix))
			continue;
		for (const char *s = name; *s || s == name; s++)
			if (!((*s >= 'a' && *s <= 'z') || (*s >= 'A' && *s <= 'Z')))
				return err_set(
					err, -EINVAL,
					"config.json:/annotations/%s: not the name of a "
					"property",
					str_quote(all->v[i].key));
		c->properties[c->n_properties++] =
			(struct spec_kv){ name, all->v[i].value };
	}
	return 0;
}

static int plan_systemd(struct plan *p, struct err *err)
{
	struct plan_cgroup *c = &p->cgroup;
	const char *slice, *prefix, *name;
	int r;

	r = split(p, p->spec->cgroups_path, &slice, &prefix, &name, err);
	if (r < 0)
		return r;
	if (!slice[0])
		slice = p->host->rootless ? "user.slice" : "system.slice";
	else if (!strcmp(slice, "-"))
		slice = "-.slice";
	r = slice_check(slice, err);
	if (r < 0)
		return r;
	if (str_has_suffix(name, ".slice"))
		c->scope = name;
	else if (prefix[0])
		c->scope = arena_printf(p->arena, "%s-%s.scope", prefix, name);
	else
		c->scope = arena_printf(p->arena, "%s.scope", name);
	if (!is_unit_text(c->scope, strlen(c->scope)) || strlen(c->scope) > 255)
		return err_set(
			err, -EINVAL,
			"config.json:/linux/cgroupsPath: %s is not the name of a unit",
			str_quote(c->scope));
	c->slice = slice;
	c->path = str_has_suffix(name, ".slice")
			  ? slice_path(p->arena, name)
			  : arena_printf(p->arena, "%s/%s", slice_path(p->arena, slice),
					 c->scope);
	if (strlen(c->path) > PATH_BYTES_MAX)
		return err_set(
			err, -ENAMETOOLONG,
			"config.json:/linux/cgroupsPath: the unit's path is too long");
	return plan_properties(p, err);
}

static bool has_controller(const struct host *h, const char *name)
{
	size_t n = strlen(name);

	for (size_t i = 0; i < h->n_hierarchies; i++) {
		const char *s = h->hierarchies[i].controllers;

		for (; (s = strstr(s, name)); s += n)
			if ((s == h->hierarchies[i].controllers || s[-1] == ',') &&
			    (s[n] == ',' || !s[n]))
				return true;
	}
	return false;
}

/*
 * SECURITY: root of the host always has its containers' devices controlled, or refuses. A
 * user cannot load the program, nor make device nodes: what is there was bound in.
 */
static int plan_devices(struct plan *p, struct err *err)
{
	struct plan_cgroup *c = &p->cgroup;
	struct device_rules rules;
	int r;

	r = device_rules_build(p->arena, &p->spec->resources, &rules, err);
	if (r < 0 || p->host->rootless)
		return r;
	c->device_control = true;
	if (c->mode == CGROUP_V2)
		return device_rules_program(p->arena, &rules, &c->device_prog,
					    &c->n_device_prog, err);
	if (!has_controller(p->host, "devices")) {
		err_set(err, -ENOTSUP,
			"config.json:/linux/resources/devices: this host has no "
			"devices controller, so devices cannot be denied");
		err_hint(err,
			 "mount the cgroup v1 hierarchy 'devices', or a cgroup2 alone");
		return -ENOTSUP;
	}
	return device_rules_v1(p->arena, &rules, &c->device_v1, err);
}

/* Only a container that sees its cgroup as a root, writable, can use what it is given. */
static void plan_delegate(struct plan *p)
{
	const struct spec *s = p->spec;
	bool writable = false;

	if (p->cgroup.mode != CGROUP_V2 || !p->ns.has[NS_USER] || !p->ns.has[NS_CGROUP])
		return;
	for (size_t i = 0; i < s->n_mounts; i++) {
		const struct spec_mount *m = &s->mounts[i];

		if (!str_eq(m->type, "cgroup") && !str_eq(m->type, "cgroup2"))
			continue;
		writable = true;
		for (size_t k = 0; k < m->options.n; k++)
			if (!strcmp(m->options.v[k], "ro"))
				writable = false;
	}
	if (!writable)
		return;
	for (size_t i = 0; i < p->ns.uid_maps.n; i++)
		if (p->ns.uid_maps.v[i].container_id == 0) {
			p->cgroup.delegate = true;
			p->cgroup.delegate_uid = p->ns.uid_maps.v[i].host_id;
		}
	for (size_t i = 0; i < p->ns.gid_maps.n; i++)
		if (p->ns.gid_maps.v[i].container_id == 0)
			p->cgroup.delegate_gid = p->ns.gid_maps.v[i].host_id;
}

static int plan_without(struct plan *p, enum cgroup_manager manager, struct err *err)
{
	struct plan_cgroup *c = &p->cgroup;

	c->manager = manager;
	c->path = NULL;
	if (c->n_writes)
		return err_set(err, -ENOTSUP,
			       "config.json:%s: cannot be enforced without a cgroup",
			       c->writes[0].json_path);
	return 0;
}

int plan_cgroup_build(struct plan *p, struct err *err)
{
	struct plan_cgroup *c = &p->cgroup;
	int r;

	memset(c, 0, sizeof(*c));
	c->mode = p->host->cgroup_mode;
	c->rootless = p->host->rootless;
	r = plan_cgroup_resources(p->arena, &p->spec->resources, c->mode, false,
				  &c->writes, &c->n_writes, err);
	if (r < 0)
		return r;
	c->resources_asked = c->n_writes > 0;
	if (p->opt.no_cgroup)
		return plan_without(p, CGROUP_MANAGER_DISABLED, err);
	if (c->mode == CGROUP_NONE && c->rootless)
		return plan_without(p, CGROUP_MANAGER_CGROUPFS, err);
	if (c->mode == CGROUP_NONE) {
		err_set(err, -ENOTSUP, "no cgroup file system is mounted on this host");
		err_hint(err,
			 "--cgroup-manager disabled runs a container without limits");
		return -ENOTSUP;
	}
	if (p->opt.systemd_cgroup) {
		c->manager = CGROUP_MANAGER_SYSTEMD;
		r = plan_systemd(p, err);
	} else {
		r = plan_path(p, err);
	}
	if (r == 0)
		r = plan_devices(p, err);
	if (r == 0)
		plan_delegate(p);
	return r;
}
