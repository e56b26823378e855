/* SPDX-License-Identifier: Apache-2.0 */
/* spec/read.c - a JSON tree into structs, along the table */
#include "spec/fields.h"

#include <errno.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/str.h"
#include "spec/spec.h"

#define MAX_ELEMENTS 65536 /* of one list: more is an attack, not a container */

struct reader {
	struct arena *arena;
	const char *file;
	struct err *err;
};

static int wrong_type(struct reader *r, const struct json *v, const char *expected)
{
	AUTO_ARENA tmp = ARENA_INIT;

	return err_set(r->err, -EINVAL, "%s:%s: expected %s, got %s", r->file,
		       json_path(&tmp, v), expected, json_type_name(v->type));
}

static int want(struct reader *r, const struct json *v, enum json_type t)
{
	return v->type == t ? 0 : wrong_type(r, v, json_type_name(t));
}

static int out_of_range(struct reader *r, const struct json *v, int64_t min, uint64_t max)
{
	AUTO_ARENA tmp = ARENA_INIT;

	return err_set(r->err, -ERANGE,
		       "%s:%s: %s is out of range, expected %lld ... %llu", r->file,
		       json_path(&tmp, v), str_quote(v->str), (long long)min,
		       (unsigned long long)max);
}

static int not_whole(struct reader *r, const struct json *v)
{
	AUTO_ARENA tmp = ARENA_INIT;

	return err_set(r->err, -EINVAL, "%s:%s: %s is not a whole number", r->file,
		       json_path(&tmp, v), str_quote(v->str));
}

static int read_unsigned(struct reader *r, const struct json *v, uint64_t max,
			 uint64_t *out)
{
	int ret = want(r, v, JSON_NUMBER);

	if (ret < 0)
		return ret;
	ret = str_to_u64(v->str, max, out);
	if (ret == -EINVAL && v->str[0] != '-')
		return not_whole(r, v);
	return ret < 0 ? out_of_range(r, v, 0, max) : 0;
}

static int read_signed(struct reader *r, const struct json *v, int64_t *out)
{
	int ret = want(r, v, JSON_NUMBER);

	if (ret < 0)
		return ret;
	ret = str_to_i64(v->str, INT64_MIN, INT64_MAX, out);
	if (ret == -EINVAL)
		return not_whole(r, v);
	return ret < 0 ? out_of_range(r, v, INT64_MIN, INT64_MAX) : 0;
}

static int count_ok(struct reader *r, const struct json *v)
{
	AUTO_ARENA tmp = ARENA_INIT;

	if (v->n <= MAX_ELEMENTS)
		return 0;
	return err_set(r->err, -E2BIG, "%s:%s: has %zu elements, expected at most %d",
		       r->file, json_path(&tmp, v), v->n, MAX_ELEMENTS);
}

static int read_strings(struct reader *r, const struct json *v, struct spec_strings *out)
{
	size_t i = 0;
	int ret = want(r, v, JSON_ARRAY);

	if (ret == 0)
		ret = count_ok(r, v);
	if (ret < 0)
		return ret;
	out->v = ARENA_ARRAY(r->arena, v->n + 1, const char *);
	json_foreach(e, v) {
		ret = want(r, e, JSON_STRING);
		if (ret < 0)
			return ret;
		out->v[i++] = e->str;
	}
	out->n = v->n;
	return 0;
}

static int read_u32s(struct reader *r, const struct field *f, const struct json *v,
		     char *base)
{
	uint64_t max = f->flags & FIELD_ID ? UINT32_MAX - 1 : UINT32_MAX;
	uint32_t *out;
	size_t i = 0;
	int ret = want(r, v, JSON_ARRAY);

	if (ret == 0)
		ret = count_ok(r, v);
	if (ret < 0)
		return ret;
	out = ARENA_ARRAY(r->arena, v->n + 1, uint32_t);
	json_foreach(e, v) {
		uint64_t n;

		ret = read_unsigned(r, e, max, &n);
		if (ret < 0)
			return ret;
		out[i++] = (uint32_t)n;
	}
	memcpy(base + f->off, &out, sizeof(out));
	*(size_t *)(void *)(base + f->off_n) = v->n;
	return 0;
}

static int read_kvs(struct reader *r, const struct json *v, struct spec_kvs *out)
{
	size_t i = 0;
	int ret = want(r, v, JSON_OBJECT);

	if (ret == 0)
		ret = count_ok(r, v);
	if (ret < 0)
		return ret;
	out->v = ARENA_ARRAY(r->arena, v->n + 1, struct spec_kv);
	json_foreach(m, v) {
		ret = want(r, m, JSON_STRING);
		if (ret < 0)
			return ret;
		out->v[i++] = (struct spec_kv){ m->key, m->str };
	}
	out->n = v->n;
	return 0;
}

static int read_object(struct reader *r, const struct fields *t, const struct json *obj,
		       char *base);

/* LIST and MAP: an array of structs in the arena, pointer and count in the parent. */
static int read_structs(struct reader *r, const struct field *f, const struct json *v,
			char *base)
{
	char *out, *e;
	int ret = want(r, v, f->kind == FIELD_MAP ? JSON_OBJECT : JSON_ARRAY);

	if (ret == 0)
		ret = count_ok(r, v);
	if (ret < 0)
		return ret;
	e = out = arena_array(r->arena, v->n + 1, f->sub->size);
	json_foreach(el, v) {
		if (f->kind == FIELD_MAP)
			memcpy(e, &el->key, sizeof(el->key));
		/* an entry may be null: the key alone says enough */
		if (!(f->kind == FIELD_MAP && el->type == JSON_NULL)) {
			ret = read_object(r, f->sub, el, e);
			if (ret < 0)
				return ret;
		}
		e += f->sub->size;
	}
	memcpy(base + f->off, &out, sizeof(out));
	*(size_t *)(void *)(base + f->off_n) = v->n;
	return 0;
}

static int read_ns(struct reader *r, const struct json *v, enum spec_ns_type *out)
{
	AUTO_ARENA tmp = ARENA_INIT;
	int ret = want(r, v, JSON_STRING);

	if (ret < 0)
		return ret;
	for (int t = 0; t < NS_TYPE_COUNT; t++)
		if (!strcmp(v->str, spec_ns_name((enum spec_ns_type)t))) {
			*out = (enum spec_ns_type)t;
			return 0;
		}
	return err_set(r->err, -EINVAL, "%s:%s: %s is not a namespace type", r->file,
		       json_path(&tmp, v), str_quote(v->str));
}

static int read_char(struct reader *r, const struct json *v, char *out)
{
	AUTO_ARENA tmp = ARENA_INIT;
	int ret = want(r, v, JSON_STRING);

	if (ret < 0)
		return ret;
	if (strlen(v->str) != 1)
		return err_set(r->err, -EINVAL, "%s:%s: expected one character, got %s",
			       r->file, json_path(&tmp, v), str_quote(v->str));
	*out = v->str[0];
	return 0;
}

static int read_number(struct reader *r, const struct field *f, const struct json *v,
		       void *out)
{
	uint64_t max32 = f->flags & FIELD_ID ? UINT32_MAX - 1 : UINT32_MAX;
	uint64_t u = 0;
	int ret;

	switch ((int)f->kind) {
	case FIELD_U32:
		ret = read_unsigned(r, v, max32, &u);
		if (ret == 0)
			*(uint32_t *)out = (uint32_t)u;
		return ret;
	case FIELD_OU32:
		ret = read_unsigned(r, v, max32, &u);
		if (ret == 0)
			*(struct opt_u32 *)out = (struct opt_u32){ true, (uint32_t)u };
		return ret;
	case FIELD_U64:
		return read_unsigned(r, v, UINT64_MAX, out);
	case FIELD_OU64:
		ret = read_unsigned(r, v, UINT64_MAX, &u);
		if (ret == 0)
			*(struct opt_u64 *)out = (struct opt_u64){ true, u };
		return ret;
	case FIELD_I64:
		return read_signed(r, v, out);
	default: {
		int64_t i = 0;

		ret = read_signed(r, v, &i);
		if (ret == 0)
			*(struct opt_i64 *)out = (struct opt_i64){ true, i };
		return ret;
	}
	}
}

static int read_bool(struct reader *r, const struct field *f, const struct json *v,
		     void *out)
{
	int ret = want(r, v, JSON_BOOL);

	if (ret < 0)
		return ret;
	if (f->kind == FIELD_BOOL)
		*(bool *)out = v->boolean;
	else
		*(struct opt_bool *)out = (struct opt_bool){ true, v->boolean };
	return 0;
}

static int read_member(struct reader *r, const struct field *f, const struct json *v,
		       char *base)
{
	void *out = base + f->off;
	int ret;

	switch (f->kind) {
	case FIELD_STR:
		ret = want(r, v, JSON_STRING);
		if (ret == 0)
			*(const char **)out = v->str;
		return ret;
	case FIELD_BOOL:
	case FIELD_OBOOL:
		return read_bool(r, f, v, out);
	case FIELD_U32:
	case FIELD_U64:
	case FIELD_I64:
	case FIELD_OU32:
	case FIELD_OU64:
	case FIELD_OI64:
		return read_number(r, f, v, out);
	case FIELD_CHAR:
		return read_char(r, v, out);
	case FIELD_NS:
		return read_ns(r, v, out);
	case FIELD_STRS:
		return read_strings(r, v, out);
	case FIELD_U32S:
		return read_u32s(r, f, v, base);
	case FIELD_KVS:
		return read_kvs(r, v, out);
	case FIELD_OBJECT:
		return read_object(r, f->sub, v, out);
	case FIELD_LIST:
	case FIELD_MAP:
		return read_structs(r, f, v, base);
	}
	return -EINVAL;
}

static int missing(struct reader *r, const struct json *obj, const char *key)
{
	AUTO_ARENA tmp = ARENA_INIT;
	const char *path = obj->parent ? json_path(&tmp, obj) : "";

	return err_set(r->err, -EINVAL, "%s:%s/%s: is missing", r->file, path, key);
}

static int read_object(struct reader *r, const struct fields *t, const struct json *obj,
		       char *base)
{
	int ret = want(r, obj, JSON_OBJECT);

	if (ret < 0)
		return ret;
	for (size_t i = 0; i < t->n; i++) {
		const struct field *f = &t->v[i];
		const struct json *v = json_get(obj, f->key);

		/* engines write null for what they leave out */
		if (!v || v->type == JSON_NULL) {
			if (f->flags & FIELD_REQUIRED)
				return missing(r, obj, f->key);
			continue;
		}
		ret = read_member(r, f, v, base);
		if (ret < 0)
			return ret;
		if ((f->kind == FIELD_OBJECT || f->kind == FIELD_STRS) &&
		    f->off_n != NO_FLAG)
			*(bool *)(void *)(base + f->off_n) = true;
	}
	return 0;
}

int fields_read(struct arena *a, const char *file, const struct fields *t,
		const struct json *obj, void *base, struct err *err)
{
	struct reader r = { a, file, err };

	return read_object(&r, t, obj, base);
}
