/* SPDX-License-Identifier: Apache-2.0 */
/* lifecycle/update.c - new resources for a running container, and for its record */
#include <errno.h>
#include <string.h>

#include "apply/process.h"
#include "base/err.h"
#include "base/json.h"
#include "base/str.h"
#include "lifecycle/container.h"

/* Objects merge, everything else is replaced: an absent field is left alone. */
static void merge(struct arena *a, struct json *into, const struct json *from)
{
	json_foreach(m, from) {
		struct json *old = NULL;

		for (struct json *k = into->child; k; k = k->next)
			if (!strcmp(k->key, m->key))
				old = k;
		if (m->type == JSON_NULL)
			continue;
		if (!old) {
			json_add(a, into, m->key, json_copy(a, m));
		} else if (old->type == JSON_OBJECT && m->type == JSON_OBJECT) {
			merge(a, old, m);
		} else {
			struct json *copy = json_copy(a, m);

			old->type = copy->type;
			old->child = copy->child;
			old->last = copy->last;
			old->n = copy->n;
			old->str = copy->str;
			old->boolean = copy->boolean;
			for (struct json *k = old->child; k; k = k->next)
				k->parent = old;
		}
	}
}

static struct json *member(struct arena *a, struct json *obj, const char *key)
{
	for (struct json *k = obj->child; k; k = k->next)
		if (!strcmp(k->key, key) && k->type == JSON_OBJECT)
			return k;
	return json_add_object(a, obj, key);
}

static int store(struct container *c, const char *resources, size_t len, struct err *err)
{
	AUTO_STRBUF out = STRBUF_INIT;
	struct json *doc = c->spec->doc;
	struct json *r;
	int ret;

	ret = json_parse(&c->arena, "resources", resources, len, JSON_STRICT, &r, err);
	if (ret < 0)
		return ret;
	merge(&c->arena, member(&c->arena, member(&c->arena, doc, "linux"), "resources"),
	      r);
	json_print(&out, doc, 0);
	c->record.config = arena_strndup(&c->arena, out.s, out.len);
	c->record.config_len = out.len;
	c->record.annotations = json_get(doc, "annotations");
	return state_write(&c->state, &c->record, err);
}

static int update_devices(struct container *c, const struct spec_resources *res,
			  struct err *err)
{
	struct plan p = { .arena = &c->arena, .host = &c->host };
	struct spec s = *c->spec;
	int r;

	s.resources = *res;
	p.spec = &s;
	p.opt.id = c->state.id;
	p.opt.systemd_cgroup = c->record.cgroup_manager == CGROUP_MANAGER_SYSTEMD;
	r = plan_cgroup_build(&p, err);
	if (r == 0)
		r = cgroup_update_devices(&c->cgroup, &p.cgroup, err);
	return r;
}

static int update_open(struct container *c, const char *resources, size_t len,
		       struct err *err)
{
	struct spec_resources res = { 0 };
	struct cgroup_write *writes;
	size_t n;
	int r;

	if (container_status(c) == STATUS_STOPPED)
		return err_set(err, -EINVAL, "container not running");
	r = spec_parse_resources(&c->arena, "resources", resources, len, &res, err);
	if (r == 0)
		r = container_spec(c, err);
	if (r == 0)
		r = class_exec(c, err);
	if (r == 0 && c->policy)
		r = plan_limits_update(&res, c->policy, err);
	if (r == 0)
		r = container_cgroup(c, err);
	if (r == 1)
		return err_set(err, -ENOTSUP, "container \"%s\" has no cgroup to update",
			       c->state.id);
	if (r == 0)
		r = plan_cgroup_resources(&c->arena, &res, c->cgroup.mode, true, &writes,
					  &n, err);
	if (r == 0)
		r = cgroup_update(&c->cgroup, writes, n, err);
	if (r == 0 && res.n_devices)
		r = update_devices(c, &res, err);
	if (r == 0)
		r = store(c, resources, len, err);
	return r;
}

/* The schemas of a container's own resctrl group, as `update` options give them. */
static int update_schemas(struct container *c, const char *l3, const char *mb,
			  struct err *err)
{
	struct spec s;

	if (!c->spec)
		return err_set(err, -EINVAL, "container \"%s\" has no config",
			       c->state.id);
	s = *c->spec;
	if (!s.intel_rdt.set)
		return err_set(err, -EINVAL, "container \"%s\" has no intelRdt group",
			       c->state.id);
	if (l3)
		s.intel_rdt.l3_cache_schema = l3;
	if (mb)
		s.intel_rdt.mem_bw_schema = mb;
	return update_rdt(&s, c->state.id, err);
}

int update_container(const struct globals *g, const char *id, const char *resources,
		     size_t len, const char *l3_schema, const char *mb_schema,
		     struct err *err)
{
	struct container c;
	int r;

	container_init(&c);
	r = container_open(&c, g, id, true, true, err);
	if (r == STATE_INCOMPLETE)
		r = err_set(err, -EINVAL, "container not running");
	if (r == 0)
		r = update_open(&c, resources, len, err);
	if (r == 0 && (l3_schema || mb_schema))
		r = update_schemas(&c, l3_schema, mb_schema, err);
	container_release(&c);
	return r;
}
