/* SPDX-License-Identifier: Apache-2.0 */
/* spec/write.c - structs back into a JSON tree, along the table */
#include "spec/fields.h"

#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/json.h"
#include "spec/spec.h"

static struct json *number(struct arena *a, bool is_signed, uint64_t v)
{
	struct json *n = json_new(a, JSON_NUMBER);

	n->str = is_signed ? arena_printf(a, "%" PRId64, (int64_t)v)
			   : arena_printf(a, "%" PRIu64, v);
	return n;
}

static struct json *string(struct arena *a, const char *s)
{
	struct json *v = json_new(a, JSON_STRING);

	v->str = s;
	return v;
}

static struct json *boolean(struct arena *a, bool b)
{
	struct json *v = json_new(a, JSON_BOOL);

	v->boolean = b;
	return v;
}

/* NULL: absent. had: the document had the member, so a zero value is not absence. */
static struct json *write_scalar(struct arena *a, const struct field *f, const void *p,
				 bool had)
{
	switch ((int)f->kind) {
	case FIELD_STR: {
		const char *s = *(const char *const *)p;

		return s ? string(a, s) : NULL;
	}
	case FIELD_BOOL:
		return *(const bool *)p || had ? boolean(a, *(const bool *)p) : NULL;
	case FIELD_OBOOL: {
		const struct opt_bool *o = p;

		return o->set ? boolean(a, o->v) : NULL;
	}
	case FIELD_U32:
		return *(const uint32_t *)p || had
			       ? number(a, false, *(const uint32_t *)p)
			       : NULL;
	case FIELD_U64:
		return *(const uint64_t *)p || had
			       ? number(a, false, *(const uint64_t *)p)
			       : NULL;
	case FIELD_I64:
		return *(const int64_t *)p || had
			       ? number(a, true, (uint64_t) * (const int64_t *)p)
			       : NULL;
	case FIELD_OU32: {
		const struct opt_u32 *o = p;

		return o->set ? number(a, false, o->v) : NULL;
	}
	case FIELD_OU64: {
		const struct opt_u64 *o = p;

		return o->set ? number(a, false, o->v) : NULL;
	}
	case FIELD_OI64: {
		const struct opt_i64 *o = p;

		return o->set ? number(a, true, (uint64_t)o->v) : NULL;
	}
	case FIELD_CHAR:
		return string(a, arena_strndup(a, p, 1));
	default: /* FIELD_NS */
		return string(a, spec_ns_name(*(const enum spec_ns_type *)p));
	}
}

static struct json *write_strings(struct arena *a, const struct spec_strings *s, bool has)
{
	struct json *v;

	if (!s->n && !has)
		return NULL;
	v = json_new(a, JSON_ARRAY);
	for (size_t i = 0; i < s->n; i++)
		json_append(a, v, string(a, s->v[i]));
	return v;
}

static struct json *write_u32s(struct arena *a, const uint32_t *p, size_t n, bool has)
{
	struct json *v;

	if (!n && !has)
		return NULL;
	v = json_new(a, JSON_ARRAY);
	for (size_t i = 0; i < n; i++)
		json_append(a, v, number(a, false, p[i]));
	return v;
}

static struct json *write_kvs(struct arena *a, const struct spec_kvs *s, bool has)
{
	struct json *v;

	if (!s->n && !has)
		return NULL;
	v = json_new(a, JSON_OBJECT);
	for (size_t i = 0; i < s->n; i++)
		json_add(a, v, s->v[i].key, string(a, s->v[i].value));
	return v;
}

static struct json *write_structs(struct arena *a, const struct field *f,
				  const char *base, const struct json *doc)
{
	const char *e;
	size_t n = *(const size_t *)(const void *)(base + f->off_n);
	const struct json *old = doc && doc->n == n ? doc->child : NULL;
	struct json *v;

	memcpy(&e, base + f->off, sizeof(e));
	if (!n && !doc)
		return NULL;
	v = json_new(a, f->kind == FIELD_MAP ? JSON_OBJECT : JSON_ARRAY);
	for (size_t i = 0; i < n; i++, e += f->sub->size) {
		const char *key;
		struct json *o;

		if (old && old->type == JSON_NULL)
			o = json_new(a, JSON_NULL);
		else
			o = fields_write(a, f->sub, e, old);
		if (f->kind == FIELD_MAP) {
			memcpy(&key, e, sizeof(key));
			json_add(a, v, key, o);
		} else {
			json_append(a, v, o);
		}
		if (old)
			old = old->next;
	}
	return v;
}

static struct json *write_member(struct arena *a, const struct field *f, const char *base,
				 const struct json *doc)
{
	const void *p = base + f->off;
	/* Absence of what is required would not parse again; "allow": false is a rule. */
	bool has = doc || (f->flags & FIELD_REQUIRED);
	struct json *v;

	switch ((int)f->kind) {
	case FIELD_STRS:
		return write_strings(a, p, has);
	case FIELD_U32S: {
		const uint32_t *list;

		memcpy(&list, p, sizeof(list));
		return write_u32s(a, list,
				  *(const size_t *)(const void *)(base + f->off_n), has);
	}
	case FIELD_KVS:
		return write_kvs(a, p, has);
	case FIELD_OBJECT:
		v = fields_write(a, f->sub, p, doc);
		if (!v->n && !has &&
		    (f->off_n == NO_FLAG ||
		     !*(const bool *)(const void *)(base + f->off_n)))
			return NULL;
		return v;
	case FIELD_LIST:
	case FIELD_MAP:
		return write_structs(a, f, base, doc);
	default:
		return write_scalar(a, f, p, has);
	}
}

static const struct field *find(const struct fields *t, const char *key)
{
	for (size_t i = 0; i < t->n; i++)
		if (!strcmp(t->v[i].key, key))
			return &t->v[i];
	return NULL;
}

struct json *fields_write(struct arena *a, const struct fields *t, const void *base,
			  const struct json *doc)
{
	struct json *out = json_new(a, JSON_OBJECT);

	/* First what the document had, in its order, known or not. */
	json_foreach(m, doc) {
		const struct field *f = find(t, m->key);
		struct json *v = NULL;

		if (f && m->type != JSON_NULL)
			v = write_member(a, f, base, m);
		else if (f)
			v = write_member(a, f, base, NULL);
		if (!f || (!v && m->type == JSON_NULL))
			v = json_copy(a, m);
		if (v)
			json_add(a, out, m->key, v);
	}
	for (size_t i = 0; i < t->n; i++) {
		struct json *v;

		if (json_get(doc, t->v[i].key))
			continue;
		v = write_member(a, &t->v[i], base, NULL);
		if (v)
			json_add(a, out, t->v[i].key, v);
	}
	return out;
}
