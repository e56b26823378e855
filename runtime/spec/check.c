/* SPDX-License-Identifier: Apache-2.0 */
/*
 * spec/check.c - what the types alone cannot say, and no kernel is needed for
 *
 * What belongs to one mechanism (mount options, device numbers, scheduler values, seccomp
 * names) is checked where that mechanism is planned.
 */
#include "spec/spec.h"

#include <ctype.h>
#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "base/err.h"
#include "base/path.h"
#include "base/str.h"

#define MAX_DEVICES 2048

/* One number of a version: at p, up to the end that is returned; NULL if there is none.
 */
static const char *skip_number(const char *p)
{
	size_t n = strspn(p, "0123456789");

	return n == 0 || (n > 1 && p[0] == '0') ? NULL : p + n;
}

/* MAJOR.MINOR.PATCH, then perhaps -PRERELEASE and +BUILD (semver.org 2.0.0). */
static bool is_version(const char *p)
{
	static const char word[] = "0123456789abcdefghijklmnopqrstuvwxyz"
				   "ABCDEFGHIJKLMNOPQRSTUVWXYZ.-";

	for (int i = 0; i < 3; i++) {
		p = skip_number(p);
		if (!p || (i < 2 && *p++ != '.'))
			return false;
	}
	for (const char *sign = "-+"; *sign; sign++)
		if (*p == *sign) {
			size_t n = strspn(++p, word);

			if (n == 0)
				return false;
			p += n;
		}
	return *p == '\0';
}

static int check_version(const struct spec *s, struct err *err)
{
	const char *p = s->oci_version;

	if (!is_version(p))
		return err_set(
			err, -EINVAL,
			"%s:/ociVersion: %s is no version, expected MAJOR.MINOR.PATCH",
			s->file, str_quote(p));
	/* A later minor version only adds: unknown members are ignored by its rules. */
	if (p[0] != '1' || p[1] != '.')
		return err_set(err, -EINVAL,
			       "%s:/ociVersion: %s is not supported, expected 1.x",
			       s->file, str_quote(p));
	return 0;
}

static int check_env(const char *where, const struct spec_strings *env, struct err *err)
{
	for (size_t i = 0; i < env->n; i++) {
		const char *eq = strchr(env->v[i], '=');

		if (!eq || eq == env->v[i])
			return err_set(err, -EINVAL, "%s/env/%zu: %s is not NAME=VALUE",
				       where, i, str_quote(env->v[i]));
	}
	return 0;
}

int spec_check_process(struct spec_process *p, const char *where, struct err *err)
{
	if (!p->args.n)
		return err_set(err, -EINVAL, "%s/args: needs at least one entry", where);
	if (!p->cwd || p->cwd[0] != '/')
		return err_set(err, -EINVAL, "%s/cwd: expected an absolute path, got %s",
			       where, p->cwd ? str_quote(p->cwd) : "nothing");
	if (p->console_height.set != p->console_width.set)
		return err_set(err, -EINVAL, "%s/consoleSize: needs height and width",
			       where);
	if (p->console_height.v > UINT16_MAX || p->console_width.v > UINT16_MAX)
		return err_set(err, -ERANGE, "%s/consoleSize: is more than 65535", where);
	return check_env(where, &p->env, err);
}

static int check_hook(const struct spec *s, enum spec_hook_kind k, size_t i,
		      struct err *err)
{
	const struct spec_hook *h = &s->hooks[k].v[i];
	char where[256];

	snprintf(where, sizeof(where), "%s:/hooks/%s/%zu", s->file, spec_hook_name(k), i);
	if (h->path[0] != '/')
		return err_set(err, -EINVAL, "%s/path: expected an absolute path, got %s",
			       where, str_quote(h->path));
	if (h->timeout_s.set && (h->timeout_s.v <= 0 || h->timeout_s.v > INT32_MAX))
		return err_set(err, -ERANGE, "%s/timeout: expected 1 ... %d seconds",
			       where, INT32_MAX);
	return check_env(where, &h->env, err);
}

static int check_hooks(const struct spec *s, struct err *err)
{
	for (int k = 0; k < HOOK_KIND_COUNT; k++)
		for (size_t i = 0; i < s->hooks[k].n; i++) {
			int r = check_hook(s, (enum spec_hook_kind)k, i, err);

			if (r < 0)
				return r;
		}
	return 0;
}

static int check_annotations(const struct spec *s, struct err *err)
{
	for (size_t i = 0; i < s->annotations.n; i++)
		if (!s->annotations.v[i].key[0])
			return err_set(err, -EINVAL, "%s:/annotations: has an empty key",
				       s->file);
	return 0;
}

/* dev_valid_name of the kernel: what no interface can be called */
static bool is_interface_name(const char *n)
{
	if (!n[0] || strlen(n) > 15 || !strcmp(n, ".") || !strcmp(n, ".."))
		return false;
	for (; *n; n++)
		if (*n == '/' || *n == ':' || isspace((unsigned char)*n))
			return false;
	return true;
}

static const char *name_inside(const struct spec_net_device *d)
{
	return d->name ? d->name : d->host_name;
}

static int check_net_devices(const struct spec *s, struct err *err)
{
	for (size_t i = 0; i < s->n_net_devices; i++) {
		const struct spec_net_device *d = &s->net_devices[i];

		/* The kernel would find the second one only when the first has moved. */
		for (size_t k = 0; k < i; k++)
			if (!strcmp(name_inside(d), name_inside(&s->net_devices[k])) &&
			    !strchr(name_inside(d), '%'))
				return err_set(
					err, -EINVAL,
					"%s:/linux/netDevices/%s: the name %s is taken "
					"by another one",
					s->file, d->host_name, str_quote(name_inside(d)));

		if (!is_interface_name(d->host_name))
			return err_set(err, -EINVAL,
				       "%s:/linux/netDevices: %s is no interface name",
				       s->file, str_quote(d->host_name));
		if (d->name && !is_interface_name(d->name))
			return err_set(
				err, -EINVAL,
				"%s:/linux/netDevices/%s/name: %s is no interface name",
				s->file, d->host_name, str_quote(d->name));
	}
	if (s->n_net_devices && !spec_find_namespace(s, NS_NETWORK))
		return err_set(err, -EINVAL,
			       "%s:/linux/netDevices: needs a network namespace",
			       s->file);
	return 0;
}

static int check_maps(const struct spec *s, const struct spec_id_maps *maps,
		      const char *where, struct err *err)
{
	for (size_t i = 0; i < maps->n; i++) {
		const struct spec_id_map *m = &maps->v[i];

		if (m->size == 0)
			return err_set(err, -EINVAL, "%s:%s/%zu/size: must not be 0",
				       s->file, where, i);
		/* 4294967295 is no id: it means "leave alone" to the kernel */
		if (m->size > UINT32_MAX - m->container_id ||
		    m->size > UINT32_MAX - m->host_id)
			return err_set(err, -ERANGE, "%s:%s/%zu: ends above 4294967294",
				       s->file, where, i);
	}
	return 0;
}

static int check_mounts(const struct spec *s, struct err *err)
{
	char where[64];

	for (size_t i = 0; i < s->n_mounts; i++) {
		int r;

		snprintf(where, sizeof(where), "/mounts/%zu/uidMappings", i);
		r = check_maps(s, &s->mounts[i].uid_mappings, where, err);
		snprintf(where, sizeof(where), "/mounts/%zu/gidMappings", i);
		if (r == 0)
			r = check_maps(s, &s->mounts[i].gid_mappings, where, err);
		if (r < 0)
			return r;
	}
	return 0;
}

static bool is_one_line(const char *s)
{
	return !s || !strchr(s, '\n');
}

static int check_rdt(const struct spec *s, struct err *err)
{
	const struct spec_intel_rdt *r = &s->intel_rdt;

	if (r->clos_id && strcmp(r->clos_id, "/") != 0 &&
	    (!r->clos_id[0] || strchr(r->clos_id, '/') || !strcmp(r->clos_id, ".") ||
	     !strcmp(r->clos_id, "..") || !is_one_line(r->clos_id)))
		return err_set(
			err, -EINVAL,
			"%s:/linux/intelRdt/closID: %s is no group name (\"/\" is the "
			"default group)",
			s->file, str_quote(r->clos_id));
	if (!is_one_line(r->l3_cache_schema) || !is_one_line(r->mem_bw_schema))
		return err_set(err, -EINVAL,
			       "%s:/linux/intelRdt: a schema has a line break", s->file);
	for (size_t i = 0; i < r->schemata.n; i++)
		if (!is_one_line(r->schemata.v[i]))
			return err_set(
				err, -EINVAL,
				"%s:/linux/intelRdt/schemata/%zu: has a line break",
				s->file, i);
	return 0;
}

/*
 * Names in these lists are compared with each other: sixty thousand of them, which the
 * parser takes, would take a minute.
 */
static int check_counts(const struct spec *s, struct err *err)
{
	if (s->n_devices > MAX_DEVICES)
		return err_set(err, -E2BIG, "%s:/linux/devices: more than %d entries",
			       s->file, MAX_DEVICES);
	if (s->n_net_devices > MAX_DEVICES)
		return err_set(err, -E2BIG, "%s:/linux/netDevices: more than %d entries",
			       s->file, MAX_DEVICES);
	return 0;
}

static int check_linux(const struct spec *s, struct err *err)
{
	int r;

	if (!s->has_linux)
		return err_set(err, -EINVAL,
			       "%s:/linux: is missing, and a mount namespace is needed",
			       s->file);
	if (s->cgroups_path && path_has_dotdot(s->cgroups_path))
		return err_set(err, -EINVAL, "%s:/linux/cgroupsPath: %s has a \"..\"",
			       s->file, str_quote(s->cgroups_path));
	r = check_counts(s, err);
	if (r == 0)
		r = check_net_devices(s, err);
	if (r == 0 && s->intel_rdt.set)
		r = check_rdt(s, err);
	return r;
}

int spec_check(struct spec *s, struct err *err)
{
	char where[256];
	int r;

	r = check_version(s, err);
	if (r == 0)
		r = check_linux(s, err);
	if (r == 0 && s->has_root && !s->root_path[0])
		r = err_set(err, -EINVAL, "%s:/root/path: is empty", s->file);
	if (r == 0)
		r = check_mounts(s, err);
	if (r == 0)
		r = check_hooks(s, err);
	if (r == 0)
		r = check_annotations(s, err);
	if (r < 0 || !s->has_process)
		return r;
	snprintf(where, sizeof(where), "%s:/process", s->file);
	return spec_check_process(&s->process, where, err);
}
