/* SPDX-License-Identifier: Apache-2.0 */
/*
 * policy/print.c - a policy as canonical JSON
 *
 * One line, in the order of the table, so that equal policies have equal hashes. What was
 * left out of the file and denies (a choice, a list) is printed as what it denies; limits
 * that nobody set are not printed.
 */
#include "policy/policy.h"

#include <string.h>

#include "base/arena.h"
#include "base/json.h"
#include "base/sha256.h"
#include "base/str.h"
#include "policy/fields.h"

static struct json *find(struct json *object, const char *key)
{
	for (struct json *m = object->child; m; m = m->next) {
		if (strcmp(m->key, key) == 0)
			return m;
	}
	return NULL;
}

/* The object that holds "a.b.c": a, then b, made where missing; *out_leaf is "c". */
static struct json *descend(struct arena *a, struct json *doc, const char *key,
			    const char **out_leaf)
{
	const char *dot;

	while ((dot = strchr(key, '.'))) {
		char *name = arena_strndup(a, key, (size_t)(dot - key));
		struct json *next = find(doc, name);

		doc = next ? next : json_add_object(a, doc, name);
		key = dot + 1;
	}
	*out_leaf = key;
	return doc;
}

static void add_number(struct arena *a, struct json *o, const char *key,
		       const struct policy_field *f, uint64_t v)
{
	AUTO_STRBUF s = STRBUF_INIT;

	if (f->kind == KIND_COUNT) {
		json_add_u64(a, o, key, v);
		return;
	}
	field_number_print(f, v, &s);
	json_add_str(a, o, key, arena_strdup(a, strbuf_str(&s)));
}

static void add_limit(struct arena *a, struct json *o, const char *key,
		      const struct policy_field *f, const struct policy_limit *l)
{
	struct json *both;

	if (l->def == l->max) {
		add_number(a, o, key, f, l->def);
		return;
	}
	both = json_add_object(a, o, key);
	add_number(a, both, "default", f, l->def);
	add_number(a, both, "max", f, l->max);
}

static void add_field(struct arena *a, struct json *doc, const struct policy *p,
		      const struct policy_field *f)
{
	const void *v = field_of(p, f);
	const struct policy_list *l = v;
	const char *leaf;
	struct json *o = descend(a, doc, f->key, &leaf), *list;

	switch (f->kind) {
	case KIND_TEXT:
		json_add_str(a, o, leaf, ((const struct policy_text *)v)->v);
		return;
	case KIND_CHOICE:
		json_add_str(a, o, leaf, f->names[((const struct policy_choice *)v)->v]);
		return;
	case KIND_BOOL:
		json_add_bool(a, o, leaf,
			      ((const struct policy_choice *)v)->v == POLICY_TRUE);
		return;
	case KIND_LIST:
		list = json_add_array(a, o, leaf);
		for (size_t i = 0; i < l->n; i++)
			json_append_str(a, list, l->v[i]);
		return;
	case KIND_DURATION:
	case KIND_SIZE:
	case KIND_CPU:
	case KIND_COUNT:
	default:
		add_limit(a, o, leaf, f, v);
	}
}

/* A mode says nothing where there is no workspace. */
static bool is_printed(const struct policy *p, unsigned k)
{
	if (k == PK_WORKSPACE_MODE)
		return p->filesystem.workspace_path.set;
	if (policy_fields[k].kind == KIND_TEXT || field_is_limit(&policy_fields[k]))
		return field_is_set(p, &policy_fields[k]);
	return true;
}

void policy_print(const struct policy *p, struct strbuf *out)
{
	AUTO_ARENA a = ARENA_INIT;
	struct json *doc = json_new(&a, JSON_OBJECT);

	for (unsigned k = 0; k < PK_COUNT; k++) {
		if (is_printed(p, k))
			add_field(&a, doc, p, &policy_fields[k]);
	}
	json_print(out, doc, 0);
}

void policy_hash(const struct policy *p, char out_hex[65])
{
	AUTO_STRBUF line = STRBUF_INIT;

	policy_print(p, &line);
	sha256_hex(strbuf_str(&line), line.len, out_hex);
}
