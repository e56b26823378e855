/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan/ns.c - namespaces, id maps, host name, clocks
 *
 * What is asked for must be possible as a whole, before anything is made: a name without
 * a uts namespace would rename the host.
 */
#include "plan/ns.h"

#include <errno.h>
#include <sched.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "plan/host.h"

/* KERNEL 5.6: not in older headers */
#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x00000080
#endif

#define MAX_ID_MAPS 340 /* lines that the kernel takes */
#define BIT_SETGID  6	/* CAP_SETGID */
#define BIT_SETUID  7	/* CAP_SETUID */
#define BIT_ADMIN   21	/* CAP_SYS_ADMIN */

static const uint64_t clone_flags[NS_TYPE_COUNT] = {
	[NS_PID] = CLONE_NEWPID,       [NS_NETWORK] = CLONE_NEWNET,
	[NS_MOUNT] = CLONE_NEWNS,      [NS_IPC] = CLONE_NEWIPC,
	[NS_UTS] = CLONE_NEWUTS,       [NS_USER] = CLONE_NEWUSER,
	[NS_CGROUP] = CLONE_NEWCGROUP, [NS_TIME] = CLONE_NEWTIME,
};

static int build_types(struct plan_ns *n, const struct spec *spec, struct err *err)
{
	size_t i;

	for (i = 0; i < spec->n_namespaces; i++) {
		const struct spec_namespace *s = &spec->namespaces[i];

		if (s->type >= NS_TYPE_COUNT)
			return err_set(err, -EINVAL,
				       "/linux/namespaces/%zu/type: unknown namespace",
				       i);
		if (n->has[s->type])
			return err_set(err, -EINVAL,
				       "/linux/namespaces/%zu/type: %s is listed twice",
				       i, spec_ns_name(s->type));
		if (s->path && s->path[0] != '/')
			return err_set(err, -EINVAL,
				       "/linux/namespaces/%zu/path: %s is not absolute",
				       i, str_quote(s->path));
		n->has[s->type] = true;
		n->join[s->type] = s->path;
		if (!s->path)
			n->create |= clone_flags[s->type];
	}
	if (!n->has[NS_MOUNT])
		return err_set(
			err, -EINVAL,
			"/linux/namespaces: a mount namespace is required, else the "
			"root file system cannot be set up");
	n->loopback_up = n->create & CLONE_NEWNET;
	return 0;
}

static int check_maps(const struct spec_id_maps *maps, const char *name, struct err *err)
{
	size_t i;

	if (maps->n > MAX_ID_MAPS)
		return err_set(err, -E2BIG, "/linux/%s: more than %d mappings", name,
			       MAX_ID_MAPS);
	for (i = 0; i < maps->n; i++) {
		const struct spec_id_map *m = &maps->v[i];

		if (!m->size)
			return err_set(err, -EINVAL, "/linux/%s/%zu/size: must not be 0",
				       name, i);
		/* 4294967295 is no id: it means "leave alone" to the kernel */
		if (m->size > UINT32_MAX - m->container_id ||
		    m->size > UINT32_MAX - m->host_id)
			return err_set(err, -ERANGE,
				       "/linux/%s/%zu: ends above 4294967294", name, i);
	}
	return 0;
}

static bool may(const struct host *host, unsigned cap)
{
	return host->caps >> cap & 1;
}

static bool maps_only_self(const struct spec_id_maps *maps, uint32_t id)
{
	return maps->n == 1 && maps->v[0].size == 1 && maps->v[0].host_id == id;
}

/* Who writes the maps: the parent with its capabilities, or newuidmap and newgidmap. */
static void pick_map_writer(struct plan_ns *n, const struct host *host)
{
	bool uid_direct =
		may(host, BIT_SETUID) || maps_only_self(&n->uid_maps, host->euid);
	bool gid_direct =
		may(host, BIT_SETGID) || maps_only_self(&n->gid_maps, host->egid);

	n->use_newidmap = !uid_direct || !gid_direct;
	/* the kernel's condition for a gid map without CAP_SETGID (CVE-2014-8989) */
	n->deny_setgroups = !n->use_newidmap && !may(host, BIT_SETGID);
}

static int build_maps(struct plan_ns *n, const struct spec *spec, const struct host *host,
		      struct err *err)
{
	bool maps = spec->uid_mappings.n || spec->gid_mappings.n;
	int r;

	if (!n->has[NS_USER]) {
		if (maps)
			return err_set(
				err, -EINVAL,
				"/linux/uidMappings: mappings need a user namespace");
		if (!may(host, BIT_ADMIN)) {
			err_hint(err,
				 "add {\"type\": \"user\"} to /linux/namespaces, with "
				 "uidMappings and gidMappings");
			return err_set(err, -EPERM,
				       "/linux/namespaces: without privileges a user "
				       "namespace is required: %s",
				       err_text(-EPERM));
		}
		return 0;
	}
	n->uid_maps = spec->uid_mappings;
	n->gid_maps = spec->gid_mappings;
	r = check_maps(&n->uid_maps, "uidMappings", err);
	if (r == 0)
		r = check_maps(&n->gid_maps, "gidMappings", err);
	if (r < 0 || n->join[NS_USER])
		return r;
	if (!n->uid_maps.n || !n->gid_maps.n)
		return err_set(err, -EINVAL,
			       "/linux/%s: a new user namespace needs mappings",
			       n->uid_maps.n ? "gidMappings" : "uidMappings");
	pick_map_writer(n, host);
	return 0;
}

static int build_names(struct plan_ns *n, const struct spec *spec, struct err *err)
{
	if (spec->hostname && *spec->hostname)
		n->hostname = spec->hostname;
	if (spec->domainname && *spec->domainname)
		n->domainname = spec->domainname;
	if ((n->hostname || n->domainname) && !n->has[NS_UTS])
		return err_set(
			err, -EINVAL,
			"/%s: needs a uts namespace, else it would rename the host",
			n->hostname ? "hostname" : "domainname");
	if (n->hostname && strlen(n->hostname) > 64)
		return err_set(err, -ENAMETOOLONG, "/hostname: more than 64 bytes");
	if (n->domainname && strlen(n->domainname) > 64)
		return err_set(err, -ENAMETOOLONG, "/domainname: more than 64 bytes");
	return 0;
}

static int build_clocks(struct plan_ns *n, const struct spec *spec, struct arena *a,
			struct err *err)
{
	const char *text = "";
	size_t i;

	if (!spec->n_time_offsets)
		return 0;
	if (!(n->create & CLONE_NEWTIME))
		return err_set(err, -EINVAL,
			       "/linux/timeOffsets: needs a new time namespace");
	for (i = 0; i < spec->n_time_offsets; i++) {
		const struct spec_time_offset *o = &spec->time_offsets[i];

		if (!str_eq(o->clock, "monotonic") && !str_eq(o->clock, "boottime"))
			return err_set(err, -EINVAL,
				       "/linux/timeOffsets: unknown clock %s",
				       str_quote(o->clock));
		if (o->nanosecs > 999999999)
			return err_set(err, -ERANGE,
				       "/linux/timeOffsets/%s/nanosecs: above 999999999",
				       o->clock);
		text = arena_printf(a, "%s%s %lld %u\n", text, o->clock,
				    (long long)o->secs, o->nanosecs);
	}
	n->timens_offsets = text;
	return 0;
}

int plan_ns_build(struct plan_ns *out, const struct spec *spec, const struct host *host,
		  struct arena *a, struct err *err)
{
	struct plan_ns n = { 0 };
	int r;

	r = build_types(&n, spec, err);
	if (r == 0)
		r = build_maps(&n, spec, host, err);
	if (r == 0)
		r = build_names(&n, spec, err);
	if (r == 0)
		r = build_clocks(&n, spec, a, err);
	if (r < 0)
		return r;
	*out = n;
	return 0;
}
