/* SPDX-License-Identifier: Apache-2.0 */
/*
 * policy/meet.c - a policy narrowed by a request; nothing here can widen
 *
 * The request comes from whoever starts the workload. What it asks for above the ceiling
 * is refused, not cut: a workload that silently gets less than it asked for fails later,
 * in a place where nobody can see why.
 */
#include "policy/policy.h"

#include <errno.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/path.h"
#include "base/str.h"
#include "policy/fields.h"

struct meet {
	struct arena *arena;
	const struct policy *p;
	const struct policy *q;
	struct policy *out;
	struct err *err;
};

static int above(struct meet *m, enum policy_key k, const char *value,
		 const char *ceiling)
{
	const char *rule = m->p->from[k] ? m->p->from[k] : "the default of this version";
	const char *asked = m->q->from[k] ? m->q->from[k] : policy_fields[k].key;

	return err_set(m->err, -EPERM, "%s: %s is above the ceiling %s of %s", asked,
		       str_quote(value), str_quote(ceiling), rule);
}

static int meet_limit(struct meet *m, enum policy_key k)
{
	const struct policy_field *f = &policy_fields[k];
	const struct policy_limit *p = field_of(m->p, f), *q = field_of(m->q, f);
	struct policy_limit *out = field_at(m->out, f);
	bool open = !p->set && (f->flags & FIELD_OPEN);
	AUTO_STRBUF asked = STRBUF_INIT;
	AUTO_STRBUF ceiling = STRBUF_INIT;

	if (!q->set)
		return 0;
	if (!open && q->def > p->max) {
		field_number_print(f, q->def, &asked);
		if (p->set)
			field_number_print(f, p->max, &ceiling);
		else
			strbuf_add(&ceiling, "0");
		return above(m, k, strbuf_str(&asked), strbuf_str(&ceiling));
	}
	out->set = true;
	out->def = q->def;
	out->max = open || q->max < p->max ? q->max : p->max;
	return 0;
}

static int meet_choice(struct meet *m, enum policy_key k)
{
	const struct policy_field *f = &policy_fields[k];
	const struct policy_choice *p = field_of(m->p, f), *q = field_of(m->q, f);

	if (!q->set)
		return 0;
	if (q->v > p->v)
		return above(m, k, f->names[q->v], f->names[p->v]);
	*(struct policy_choice *)field_at(m->out, f) = *q;
	return 0;
}

static bool list_covers(const struct policy_field *f, const struct policy_list *l,
			const char *entry)
{
	if (!(f->flags & FIELD_PATH))
		return policy_list_has(l, entry);
	for (size_t i = 0; i < l->n; i++) {
		if (path_is_below(entry, l->v[i]))
			return true;
	}
	return false;
}

static int meet_list(struct meet *m, enum policy_key k)
{
	const struct policy_field *f = &policy_fields[k];
	const struct policy_list *p = field_of(m->p, f), *q = field_of(m->q, f);
	AUTO_STRBUF ceiling = STRBUF_INIT;

	if (!q->set)
		return 0;
	for (size_t i = 0; i < q->n; i++) {
		if (list_covers(f, p, q->v[i]))
			continue;
		field_value_print(m->p, f, &ceiling);
		return above(m, k, q->v[i], strbuf_str(&ceiling));
	}
	*(struct policy_list *)field_at(m->out, f) = *q;
	return 0;
}

static int meet_text(struct meet *m, enum policy_key k)
{
	const struct policy_field *f = &policy_fields[k];
	const struct policy_text *p = field_of(m->p, f), *q = field_of(m->q, f);

	/* Names are the policy's; a path is a right, which another path would widen. */
	if (!q->set || !(f->flags & FIELD_PATH) || str_eq(p->v, q->v))
		return 0;
	return above(m, k, q->v, p->set ? p->v : "");
}

static int meet_field(struct meet *m, enum policy_key k)
{
	switch (policy_fields[k].kind) {
	case KIND_TEXT:
		return meet_text(m, k);
	case KIND_CHOICE:
	case KIND_BOOL:
		return meet_choice(m, k);
	case KIND_LIST:
		return meet_list(m, k);
	case KIND_DURATION:
	case KIND_SIZE:
	case KIND_CPU:
	case KIND_COUNT:
	default:
		return meet_limit(m, k);
	}
}

/*
 * A read-only root leaves nothing to write outside an ephemeral workspace, and nothing is
 * written in a read-only workspace. The lists must say so too, or explain would promise
 * what the mounts refuse.
 */
static struct policy_list settle_list(struct arena *a, const struct policy *p,
				      const struct policy_list *l)
{
	bool readonly = p->filesystem.rootfs.v == POLICY_ROOTFS_READONLY;
	const char *ws = p->filesystem.workspace_path.v;
	bool writable =
		ws && p->filesystem.workspace_mode.v == POLICY_WORKSPACE_EPHEMERAL;
	struct policy_list kept = { .set = l->set };

	kept.v = ARENA_ARRAY(a, l->n + 1, const char *);
	for (size_t i = 0; i < l->n; i++) {
		const char *entry = l->v[i];

		if (ws && !writable && path_is_below(entry, ws))
			continue;
		if (readonly && !(writable && path_is_below(entry, ws))) {
			if (!writable || !path_is_below(ws, entry))
				continue;
			entry = ws;
		}
		if (!policy_list_has(&kept, entry))
			kept.v[kept.n++] = entry;
	}
	return kept;
}

static void settle(struct arena *a, struct policy *p)
{
	static const enum policy_key writes[] = { PK_CREATE, PK_MODIFY, PK_REMOVE };

	for (size_t i = 0; i < ARRAY_SIZE(writes); i++) {
		struct policy_list *l = field_at(p, &policy_fields[writes[i]]);

		*l = settle_list(a, p, l);
	}
}

int policy_meet(struct arena *a, const struct policy *p, const struct policy *request,
		struct policy *out, struct err *err)
{
	struct policy met = *p;
	struct meet m = { .arena = a, .p = p, .q = request, .out = &met, .err = err };
	int r;

	for (unsigned k = 0; k < PK_COUNT; k++) {
		r = meet_field(&m, (enum policy_key)k);
		if (r < 0)
			return r;
		if (field_is_set(request, &policy_fields[k]) && request->from[k] &&
		    policy_fields[k].kind != KIND_TEXT)
			met.from[k] = request->from[k];
	}
	settle(a, &met);
	met.class_name = request->class_name ? request->class_name : p->class_name;
	met.task = request->task ? request->task : p->task;
	met.trace = request->trace ? request->trace : p->trace;
	*out = met;
	return 0;
}

static bool limit_is_within(const struct policy_field *f, const struct policy_limit *p,
			    const struct policy_limit *q)
{
	if (!q->set)
		return (f->flags & FIELD_OPEN) || (p->def == 0 && p->max == 0);
	if (!p->set)
		return !(f->flags & FIELD_OPEN);
	return p->def <= q->max && p->max <= q->max;
}

static bool field_is_within(const struct policy *p, const struct policy *q,
			    const struct policy_field *f)
{
	const struct policy_list *l = field_of(p, f);
	const struct policy_choice *c = field_of(p, f), *d = field_of(q, f);

	switch (f->kind) {
	case KIND_TEXT:
		return !(f->flags & FIELD_PATH) ||
		       str_eq(((const struct policy_text *)field_of(p, f))->v,
			      ((const struct policy_text *)field_of(q, f))->v);
	case KIND_CHOICE:
	case KIND_BOOL:
		return c->v <= d->v;
	case KIND_LIST:
		for (size_t i = 0; i < l->n; i++) {
			if (!list_covers(f, field_of(q, f), l->v[i]))
				return false;
		}
		return true;
	case KIND_DURATION:
	case KIND_SIZE:
	case KIND_CPU:
	case KIND_COUNT:
	default:
		return limit_is_within(f, field_of(p, f), field_of(q, f));
	}
}

bool policy_is_within(const struct policy *p, const struct policy *q)
{
	for (unsigned k = 0; k < PK_COUNT; k++) {
		if (!field_is_within(p, q, &policy_fields[k]))
			return false;
	}
	return true;
}
