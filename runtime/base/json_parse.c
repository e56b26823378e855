/* SPDX-License-Identifier: Apache-2.0 */
/*
 * base/json_parse.c - yajl's events into a tree, with what yajl leaves open made strict
 *
 * yajl checks syntax and UTF-8; here: duplicate keys, NUL and half surrogates in strings,
 * depth, size, number of values. A message carries the file, the JSON path and the line.
 */
#include "base/json.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <yajl/yajl_parse.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

/* A tree node is some 80 bytes: 16 MiB of "[0,0,..." would be more than half a gigabyte.
 */
#define MAX_NODES (1u << 20)

struct parser {
	struct arena *arena;
	struct json *root;
	struct json *open; /* the innermost container that is not closed */
	const char *key;   /* of the member whose value comes next */
	unsigned depth;
	unsigned n_nodes;
	const char *problem; /* what a callback refused, else NULL */
};

static int refuse(struct parser *p, const char *problem)
{
	p->problem = problem;
	return 0;
}

/* A new value at the place where the parser is; NULL after a refusal. */
static struct json *add_value(struct parser *p, enum json_type type)
{
	struct json *v;

	if (p->n_nodes++ >= MAX_NODES) {
		refuse(p, "too many values in one document");
		return NULL;
	}
	v = json_new(p->arena, type);
	if (!p->open)
		p->root = v;
	else if (p->open->type == JSON_OBJECT)
		json_add(p->arena, p->open, p->key, v);
	else
		json_append(p->arena, p->open, v);
	p->key = NULL;
	return v;
}

/* Decoded text with a terminator, NULL after a refusal. */
static const char *add_text(struct parser *p, const unsigned char *s, size_t n)
{
	char *text = arena_strndup(p->arena, (const char *)s, n);
	size_t len;

	if (memchr(text, '\0', n)) {
		refuse(p, "a string holds a NUL byte");
		return NULL;
	}
	/*
	 * yajl lets overlong forms pass, and turns the escape of a lone low surrogate
	 * into bytes that are not UTF-8.
	 */
	for (size_t i = 0; i < n; i += len) {
		len = str_utf8_length(text + i);
		if (len == 0) {
			refuse(p, (unsigned char)text[i] == 0xed
					  ? "a string holds half of a surrogate pair"
					  : "a string is not UTF-8");
			return NULL;
		}
	}
	return text;
}

static int on_null(void *ctx)
{
	return add_value(ctx, JSON_NULL) != NULL;
}

static int on_bool(void *ctx, int b)
{
	struct json *v = add_value(ctx, JSON_BOOL);

	if (v)
		v->boolean = b;
	return v != NULL;
}

static int on_number(void *ctx, const char *s, size_t n)
{
	struct parser *p = ctx;
	struct json *v = add_value(p, JSON_NUMBER);

	if (v)
		v->str = arena_strndup(p->arena, s, n);
	return v != NULL;
}

static int on_string(void *ctx, const unsigned char *s, size_t n)
{
	struct parser *p = ctx;
	const char *text = add_text(p, s, n);
	struct json *v = text ? add_value(p, JSON_STRING) : NULL;

	if (v)
		v->str = text;
	return v != NULL;
}

static int on_key(void *ctx, const unsigned char *s, size_t n)
{
	struct parser *p = ctx;

	p->key = add_text(p, s, n);
	return p->key != NULL;
}

static int open_container(struct parser *p, enum json_type type)
{
	struct json *v;

	if (p->depth >= JSON_MAX_DEPTH)
		return refuse(p, "nested too deeply");
	v = add_value(p, type);
	if (!v)
		return 0;
	p->open = v;
	p->depth++;
	return 1;
}

static int on_start_map(void *ctx)
{
	return open_container(ctx, JSON_OBJECT);
}

static int on_start_array(void *ctx)
{
	return open_container(ctx, JSON_ARRAY);
}

static int close_container(struct parser *p)
{
	p->open = p->open->parent;
	p->depth--;
	return 1;
}

static int compare_keys(const void *a, const void *b)
{
	const struct json *const *x = a, *const *y = b;

	return strcmp((*x)->key, (*y)->key);
}

/*
 * A key that comes twice, or NULL. Two readers of such a document may see two different
 * containers, so it is refused. Sorted when long: comparing pairs of a hundred thousand
 * hostile members would take minutes.
 */
static const char *find_duplicate(const struct json *obj)
{
	const struct json **all;
	const char *dup = NULL;
	size_t n = 0;

	if (obj->n <= 16) {
		json_foreach(m, obj)
			for (const struct json *o = m->next; o; o = o->next)
				if (strcmp(m->key, o->key) == 0)
					return m->key;
		return NULL;
	}
	all = calloc(obj->n, sizeof(*all));
	if (!all)
		arena_oom();
	json_foreach(m, obj)
		all[n++] = m;
	qsort(all, n, sizeof(*all), compare_keys);
	for (size_t i = 1; i < n && !dup; i++)
		if (strcmp(all[i - 1]->key, all[i]->key) == 0)
			dup = all[i]->key;
	free(all);
	return dup;
}

static int on_end_map(void *ctx)
{
	struct parser *p = ctx;
	const char *dup = find_duplicate(p->open);

	if (dup) {
		p->key = dup;
		return refuse(p, "this key is there twice");
	}
	return close_container(p);
}

static int on_end_array(void *ctx)
{
	return close_container(ctx);
}

static const yajl_callbacks callbacks = {
	.yajl_null = on_null,
	.yajl_boolean = on_bool,
	.yajl_number = on_number,
	.yajl_string = on_string,
	.yajl_start_map = on_start_map,
	.yajl_map_key = on_key,
	.yajl_end_map = on_end_map,
	.yajl_start_array = on_start_array,
	.yajl_end_array = on_end_array,
};

static unsigned line_at(const char *buf, size_t offset)
{
	unsigned line = 1;

	for (size_t i = 0; i < offset; i++)
		line += buf[i] == '\n';
	return line;
}

/* The place where the parser stood, as a path: of the member or element that was next. */
static const char *path_here(struct parser *p)
{
	struct json *probe;

	if (!p->open)
		return "/";
	if (p->open->type == JSON_OBJECT && !p->key)
		return json_path(p->arena, p->open);
	probe = json_new(p->arena, JSON_NULL);
	if (p->open->type == JSON_OBJECT)
		json_add(p->arena, p->open, p->key, probe);
	else
		json_append(p->arena, p->open, probe);
	return json_path(p->arena, probe);
}

static int fail(struct parser *p, const char *file, const char *buf, size_t offset,
		const char *problem, struct err *err)
{
	return err_set(err, -EINVAL, "%s:%s: line %u: %s", file, path_here(p),
		       line_at(buf, offset), problem);
}

/*
 * Offset of the escape of a high surrogate without its low half, or len. yajl writes '?'
 * for it, and then the document that comes out is not the one that went in.
 */
static size_t find_lone_surrogate(const char *buf, size_t len)
{
	const char *p = buf, *end = buf + len;

	while ((p = memchr(p, '\\', (size_t)(end - p)))) {
		if (end - p < 6 || p[1] != 'u' || !strchr("dD", p[2]) ||
		    !strchr("89abAB", p[3])) {
			p += end - p < 2 ? 1 : 2;
			continue;
		}
		if (end - p < 12 || p[6] != '\\' || p[7] != 'u' || !strchr("dD", p[8]) ||
		    !strchr("cdefCDEF", p[9]))
			return (size_t)(p - buf);
		p += 12;
	}
	return len;
}

/* What yajl has to say, on one line. */
static const char *yajl_problem(struct parser *p, yajl_handle h)
{
	unsigned char *text = yajl_get_error(h, 0, NULL, 0);
	char *copy = arena_strdup(p->arena, text ? (const char *)text : "invalid JSON");
	size_t n = strlen(copy);

	if (text)
		yajl_free_error(h, text);
	while (n > 0 && (copy[n - 1] == '\n' || copy[n - 1] == '.'))
		copy[--n] = '\0';
	return copy;
}

static int parse(struct parser *p, const char *file, const char *buf, size_t len,
		 enum json_flags flags, struct err *err)
{
	yajl_handle h = yajl_alloc(&callbacks, NULL, p);
	size_t at, done;
	int r = 0;

	if (!h)
		arena_oom();
	yajl_config(h, yajl_allow_comments, (flags & JSON_COMMENTS) ? 1 : 0);
	if (yajl_parse(h, (const unsigned char *)buf, len) != yajl_status_ok ||
	    yajl_complete_parse(h) != yajl_status_ok) {
		done = yajl_get_bytes_consumed(h);
		at = done < len ? done : len;
		r = fail(p, file, buf, at, p->problem ? p->problem : yajl_problem(p, h),
			 err);
	}
	yajl_free(h);
	if (r < 0)
		return r;
	at = find_lone_surrogate(buf, len);
	if (at < len)
		return fail(p, file, buf, at, "a string holds half of a surrogate pair",
			    err);
	if (!p->root)
		return fail(p, file, buf, len, "there is no value in it", err);
	return 0;
}

int json_parse(struct arena *a, const char *file, const char *buf, size_t len,
	       enum json_flags flags, struct json **out, struct err *err)
{
	struct parser p = { .arena = a };
	int r;

	if (len > JSON_MAX_BYTES)
		return err_set(err, -EFBIG, "%s: larger than %u bytes", file,
			       JSON_MAX_BYTES);
	r = parse(&p, file, buf, len, flags, err);
	if (r < 0)
		return r;
	*out = p.root;
	return 0;
}
