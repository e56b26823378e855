/* SPDX-License-Identifier: Apache-2.0 */
/* base/json.c - the tree: finding, naming, building, copying; see json.h */
#include "base/json.h"

#include <inttypes.h>
#include <string.h>

#include "base/arena.h"
#include "base/str.h"

const struct json *json_get(const struct json *obj, const char *key)
{
	if (!obj || obj->type != JSON_OBJECT)
		return NULL;
	json_foreach(m, obj)
		if (strcmp(m->key, key) == 0)
			return m;
	return NULL;
}

const char *json_get_str(const struct json *obj, const char *key)
{
	const struct json *v = json_get(obj, key);

	return v && v->type == JSON_STRING ? v->str : NULL;
}

static size_t index_of(const struct json *node)
{
	size_t i = 0;

	json_foreach(k, node->parent) {
		if (k == node)
			break;
		i++;
	}
	return i;
}

/* A key as one part of a path: '~' and '/' escaped as in RFC 6901, cut when very long. */
static void add_part(struct strbuf *b, const char *key)
{
	const size_t max = 128;

	for (size_t i = 0; key[i]; i++) {
		if (i == max) {
			strbuf_add(b, "...");
			return;
		}
		if (key[i] == '~')
			strbuf_add(b, "~0");
		else if (key[i] == '/')
			strbuf_add(b, "~1");
		else
			strbuf_addc(b, key[i]);
	}
}

char *json_path(struct arena *a, const struct json *node)
{
	const struct json *chain[JSON_MAX_DEPTH + 1];
	AUTO_STRBUF b = STRBUF_INIT;
	size_t n = 0;

	for (; node->parent && n < ARRAY_SIZE(chain); node = node->parent)
		chain[n++] = node;
	if (n == 0)
		strbuf_addc(&b, '/');
	while (n-- > 0) {
		strbuf_addc(&b, '/');
		if (chain[n]->key)
			add_part(&b, chain[n]->key);
		else
			strbuf_addf(&b, "%zu", index_of(chain[n]));
	}
	return arena_strdup(a, b.s);
}

static const char *const type_names[] = {
	[JSON_NULL] = "null",	    [JSON_BOOL] = "a boolean",
	[JSON_NUMBER] = "a number", [JSON_STRING] = "a string",
	[JSON_ARRAY] = "an array",  [JSON_OBJECT] = "an object",
};

const char *json_type_name(enum json_type t)
{
	return t < JSON_TYPE_COUNT ? type_names[t] : "nothing";
}

struct json *json_new(struct arena *a, enum json_type type)
{
	struct json *v = ARENA_NEW(a, struct json);

	v->type = type;
	return v;
}

static struct json *link_child(struct json *parent, struct json *v)
{
	v->parent = parent;
	v->next = NULL;
	if (parent->last)
		parent->last->next = v;
	else
		parent->child = v;
	parent->last = v;
	parent->n++;
	return v;
}

struct json *json_add(struct arena *a, struct json *obj, const char *key, struct json *v)
{
	v->key = arena_strdup(a, key);
	return link_child(obj, v);
}

struct json *json_append(struct arena *a, struct json *array, struct json *v)
{
	(void)a; /* for symmetry with json_add */
	return link_child(array, v);
}

static struct json *new_str(struct arena *a, const char *s)
{
	struct json *v = json_new(a, JSON_STRING);

	v->str = arena_strdup(a, s);
	return v;
}

static struct json *new_number(char *text, struct arena *a)
{
	struct json *v = json_new(a, JSON_NUMBER);

	v->str = text;
	return v;
}

struct json *json_add_str(struct arena *a, struct json *obj, const char *key,
			  const char *s)
{
	return json_add(a, obj, key, new_str(a, s));
}

struct json *json_add_i64(struct arena *a, struct json *obj, const char *key, int64_t v)
{
	return json_add(a, obj, key, new_number(arena_printf(a, "%" PRId64, v), a));
}

struct json *json_add_u64(struct arena *a, struct json *obj, const char *key, uint64_t v)
{
	return json_add(a, obj, key, new_number(arena_printf(a, "%" PRIu64, v), a));
}

struct json *json_add_bool(struct arena *a, struct json *obj, const char *key, bool v)
{
	struct json *b = json_new(a, JSON_BOOL);

	b->boolean = v;
	return json_add(a, obj, key, b);
}

struct json *json_add_object(struct arena *a, struct json *obj, const char *key)
{
	return json_add(a, obj, key, json_new(a, JSON_OBJECT));
}

struct json *json_add_array(struct arena *a, struct json *obj, const char *key)
{
	return json_add(a, obj, key, json_new(a, JSON_ARRAY));
}

struct json *json_append_str(struct arena *a, struct json *array, const char *s)
{
	return json_append(a, array, new_str(a, s));
}

struct json *json_append_u64(struct arena *a, struct json *array, uint64_t v)
{
	return json_append(a, array, new_number(arena_printf(a, "%" PRIu64, v), a));
}

struct json *json_copy(struct arena *a, const struct json *node)
{
	struct json *v = json_new(a, node->type);

	v->boolean = node->boolean;
	if (node->str)
		v->str = arena_strdup(a, node->str);
	json_foreach(k, node) {
		struct json *c = json_copy(a, k);

		if (k->key)
			json_add(a, v, k->key, c);
		else
			json_append(a, v, c);
	}
	return v;
}
