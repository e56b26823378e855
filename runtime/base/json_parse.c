/* SPDX-License-Identifier: Apache-2.0 */
/*
 * base/json_parse.c - yajl's events into a tree, with what yajl leaves open made strict
 *
 * yajl checks syntax and UTF-8; here: duplicate keys, NUL in strings, depth, size. A
 * message carries the file, the JSON path where there is one, and the line.
 */
#include "base/json.h"

#include <errno.h>
#include <string.h>
#include <yajl/yajl_parse.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

struct builder {
	struct arena *arena;
	const char *file;
	struct json *root;
	struct json *top; /* the container that is open */
	const char *key;  /* the key that waits for its value */
	unsigned depth;
	struct err *err;
	int r;
};

static int refuse(struct builder *b, const char *what, const char *detail)
{
	AUTO_ARENA tmp = ARENA_INIT;
	const char *path = b->top ? json_path(&tmp, b->top) : "/";

	b->r = err_set(b->err, -EINVAL, "%s:%s: %s%s%s", b->file, path, what,
		       detail ? " " : "", detail ? str_quote(detail) : "");
	return 0; /* ends the parse */
}

static int place(struct builder *b, struct json *v)
{
	if (!b->top) {
		b->root = v;
	} else if (b->top->type == JSON_OBJECT) {
		v->key = b->key;
		b->key = NULL;
	}
	if (b->top) {
		v->parent = b->top;
		if (b->top->last)
			b->top->last->next = v;
		else
			b->top->child = v;
		b->top->last = v;
		b->top->n++;
	}
	return 1;
}

static int on_null(void *arg)
{
	struct builder *b = arg;

	return place(b, json_new(b->arena, JSON_NULL));
}

static int on_bool(void *arg, int value)
{
	struct builder *b = arg;
	struct json *v = json_new(b->arena, JSON_BOOL);

	v->boolean = value != 0;
	return place(b, v);
}

static int on_number(void *arg, const char *s, size_t n)
{
	struct builder *b = arg;
	struct json *v = json_new(b->arena, JSON_NUMBER);

	v->str = arena_strndup(b->arena, s, n);
	return place(b, v);
}

static int on_string(void *arg, const unsigned char *s, size_t n)
{
	struct builder *b = arg;
	struct json *v = json_new(b->arena, JSON_STRING);

	if (memchr(s, 0, n))
		return refuse(b, "a string must not contain a NUL character", NULL);
	v->str = arena_strndup(b->arena, (const char *)s, n);
	return place(b, v);
}

static int on_key(void *arg, const unsigned char *s, size_t n)
{
	struct builder *b = arg;
	const char *key;

	if (memchr(s, 0, n))
		return refuse(b, "a key must not contain a NUL character", NULL);
	key = arena_strndup(b->arena, (const char *)s, n);
	b->key = key;
	return 1;
}

static int open_container(struct builder *b, enum json_type type)
{
	struct json *v = json_new(b->arena, type);

	if (++b->depth > JSON_MAX_DEPTH)
		return refuse(b, "is nested too deeply: at most 64 levels", NULL);
	place(b, v);
	b->top = v;
	return 1;
}

static int on_start_object(void *arg)
{
	return open_container(arg, JSON_OBJECT);
}

static int on_start_array(void *arg)
{
	return open_container(arg, JSON_ARRAY);
}

static uint32_t hash(const char *s)
{
	uint32_t h = 2166136261u;

	for (; *s; s++)
		h = (h ^ (unsigned char)*s) * 16777619u;
	return h;
}

/* Open addressing over the members: linear, whatever a hostile document brings. */
static const struct json *find_duplicate(struct arena *a, const struct json *obj)
{
	size_t cap = 8;
	const struct json **set;

	if (obj->n < 8) {
		json_foreach(x, obj)
			for (const struct json *y = x->next; y; y = y->next)
				if (strcmp(x->key, y->key) == 0)
					return y;
		return NULL;
	}
	while (cap < 2 * obj->n)
		cap *= 2;
	set = ARENA_ARRAY(a, cap, const struct json *);
	json_foreach(m, obj)
	{
		size_t i = hash(m->key) & (cap - 1);

		for (; set[i]; i = (i + 1) & (cap - 1))
			if (strcmp(set[i]->key, m->key) == 0)
				return m;
		set[i] = m;
	}
	return NULL;
}

static int on_end_object(void *arg)
{
	struct builder *b = arg;
	AUTO_ARENA tmp = ARENA_INIT;
	const struct json *twice = find_duplicate(&tmp, b->top);

	if (twice)
		return refuse(b, "has the key twice:", twice->key);
	b->top = b->top->parent;
	b->depth--;
	return 1;
}

static int on_end_array(void *arg)
{
	struct builder *b = arg;

	b->top = b->top->parent;
	b->depth--;
	return 1;
}

static const yajl_callbacks callbacks = {
	.yajl_null = on_null,
	.yajl_boolean = on_bool,
	.yajl_number = on_number,
	.yajl_string = on_string,
	.yajl_start_map = on_start_object,
	.yajl_map_key = on_key,
	.yajl_end_map = on_end_object,
	.yajl_start_array = on_start_array,
	.yajl_end_array = on_end_array,
};

static size_t line_of(const char *buf, size_t at)
{
	size_t line = 1;

	for (size_t i = 0; i < at; i++)
		line += buf[i] == '\n';
	return line;
}

/* yajl's text is many lines with a picture; the first says what is wrong. */
static int syntax_error(struct builder *b, yajl_handle h, const char *buf, size_t len)
{
	unsigned char *text = yajl_get_error(h, 0, (const unsigned char *)buf, len);
	size_t at = yajl_get_bytes_consumed(h);
	char *end = text ? strchr((char *)text, '\n') : NULL;
	AUTO_ARENA tmp = ARENA_INIT;

	if (end)
		*end = '\0';
	b->r = err_set(b->err, -EINVAL, "%s:%s: is not valid JSON at line %zu: %s", b->file,
		       b->top ? json_path(&tmp, b->top) : "/",
		       line_of(buf, at < len ? at : len),
		       text ? (const char *)text : "unknown error");
	if (text)
		yajl_free_error(h, text);
	return b->r;
}

static int run(struct builder *b, yajl_handle h, const char *buf, size_t len)
{
	yajl_status st;

	st = yajl_parse(h, (const unsigned char *)buf, len);
	if (st == yajl_status_ok)
		st = yajl_complete_parse(h);
	if (b->r < 0)
		return b->r;
	if (st != yajl_status_ok)
		return syntax_error(b, h, buf, len);
	if (!b->root)
		return b->r = err_set(b->err, -EINVAL, "%s:/: is empty, expected JSON",
				      b->file);
	return 0;
}

int json_parse(struct arena *a, const char *file, const char *buf, size_t len,
	       enum json_flags flags, struct json **out, struct err *err)
{
	struct builder b = { .arena = a, .file = file, .err = err };
	yajl_handle h;

	if (len > JSON_MAX_BYTES)
		return err_set(err, -EFBIG, "%s: is larger than %u MiB", file,
			       JSON_MAX_BYTES >> 20);
	h = yajl_alloc(&callbacks, NULL, &b);
	if (!h)
		arena_oom();
	yajl_config(h, yajl_allow_comments, (flags & JSON_COMMENTS) != 0);
	yajl_config(h, yajl_dont_validate_strings, 0);
	(void)run(&b, h, buf, len);
	yajl_free(h);
	if (b.r < 0)
		return b.r;
	*out = b.root;
	return 0;
}
