/* SPDX-License-Identifier: Apache-2.0 */
/*
 * base/json.h - JSON as a tree in an arena, strict, and a writer
 *
 * yajl reads; this adds what it leaves open: duplicate keys, NUL inside strings, depth
 * and size are errors with their JSON path. Numbers keep their text, so 64 bits and
 * unknown values come out as they went in. Order of members is kept.
 */
#ifndef AGENTRUN_BASE_JSON_H
#define AGENTRUN_BASE_JSON_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct err;
struct strbuf;

enum json_type {
	JSON_NULL = 0,
	JSON_BOOL,
	JSON_NUMBER,
	JSON_STRING,
	JSON_ARRAY,
	JSON_OBJECT,
	JSON_TYPE_COUNT
};

struct json {
	enum json_type type;
	const char *key; /* of a member of an object, else NULL */
	struct json *parent;
	struct json *next;  /* the next member or element */
	struct json *child; /* the first member or element */
	struct json *last;
	size_t n;	 /* members or elements */
	const char *str; /* text of a string or of a number; NULL else */
	bool boolean;
};

#define json_foreach(node, parent_)                                               \
	for (const struct json *node = (parent_) ? (parent_)->child : NULL; node; \
	     node = node->next)

#define JSON_MAX_BYTES (16u << 20)
#define JSON_MAX_DEPTH 64

/* What a document may hold beyond JSON. */
enum json_flags {
	JSON_STRICT = 0,
	JSON_COMMENTS = 1 << 0, /* C and C++ comments, for policies */
};

/*
 * json_parse: buf of len bytes to a tree. file names it in messages ("config.json").
 * Errors: "FILE:/json/path: what was wrong, what was expected".
 */
int json_parse(struct arena *a, const char *file, const char *buf, size_t len,
	       enum json_flags flags, struct json **out, struct err *err);

/* json_get: a member by its key, or NULL. obj may be NULL or no object. */
const struct json *json_get(const struct json *obj, const char *key);
/* json_get_str: text of a string member, or NULL. */
const char *json_get_str(const struct json *obj, const char *key);
/* json_path: "/mounts/3/options/0" of a node, for messages. "/" is the document. */
char *json_path(struct arena *a, const struct json *node);
const char *json_type_name(enum json_type t); /* "a string", "an object", ... */

/* json_print: the tree as text. indent 0 is one line, else spaces a level. */
void json_print(struct strbuf *out, const struct json *node, unsigned indent);

/* Building a tree, for documents that this program writes. All memory from the arena. */
struct json *json_new(struct arena *a, enum json_type type);
struct json *json_add(struct arena *a, struct json *obj, const char *key, struct json *v);
struct json *json_append(struct arena *a, struct json *array, struct json *v);
struct json *json_add_str(struct arena *a, struct json *obj, const char *key,
			  const char *s);
struct json *json_add_i64(struct arena *a, struct json *obj, const char *key, int64_t v);
struct json *json_add_u64(struct arena *a, struct json *obj, const char *key, uint64_t v);
struct json *json_add_bool(struct arena *a, struct json *obj, const char *key, bool v);
struct json *json_add_object(struct arena *a, struct json *obj, const char *key);
struct json *json_add_array(struct arena *a, struct json *obj, const char *key);
struct json *json_append_str(struct arena *a, struct json *array, const char *s);
struct json *json_append_u64(struct arena *a, struct json *array, uint64_t v);
/* json_copy: a deep copy into another arena. */
struct json *json_copy(struct arena *a, const struct json *node);

/* json_escape: s as a JSON string with its quotes. Bytes that are not UTF-8 become U+FFFD. */
void json_escape(struct strbuf *out, const char *s);

#endif
