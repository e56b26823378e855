/* SPDX-License-Identifier: Apache-2.0 */
/*
 * policy/parse.c - a policy file to a struct policy, by the table
 *
 * Strict: an operator's typing error that is ignored is a hole in the fence.
 */
#include "policy/policy.h"

#include <errno.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/str.h"
#include "policy/fields.h"

struct reader {
	struct arena *arena;
	const char *file;
	struct policy *policy;
	struct err *err;
};

static int bad(struct reader *r, const struct json *node, const char *expected)
{
	return err_set(r->err, -EINVAL, "%s:%s: expected %s", r->file,
		       json_path(r->arena, node), expected);
}

static int bad_value(struct reader *r, const struct json *node, const char *expected)
{
	return err_set(r->err, -EINVAL, "%s:%s: %s is wrong, expected %s", r->file,
		       json_path(r->arena, node), str_quote(node->str), expected);
}

static int read_number(struct reader *r, const struct policy_field *f,
		       const struct json *node, uint64_t *out)
{
	const char *why = "";
	bool number_ok = f->kind == KIND_COUNT || f->kind == KIND_CPU;

	if (node->type == JSON_NUMBER && !number_ok)
		return bad(r, node, "a string with a unit");
	if (node->type != JSON_NUMBER && node->type != JSON_STRING)
		return bad(r, node, "one value, or an object of 'default' and 'max'");
	if (node->type == JSON_STRING && f->kind == KIND_COUNT)
		return bad(r, node, "a number");
	if (field_read_number(f, node->str, out, &why) < 0)
		return bad_value(r, node, why);
	return 0;
}

static int read_limit(struct reader *r, const struct policy_field *f,
		      const struct json *node)
{
	struct policy_limit *l = field_at(r->policy, f);
	const struct json *def = json_get(node, "default"), *max = json_get(node, "max");
	struct policy_limit v = { .set = true };
	int ret;

	if (node->type != JSON_OBJECT) {
		ret = read_number(r, f, node, &v.def);
		v.max = v.def;
	} else {
		json_foreach(m, node) {
			if (m != def && m != max)
				return err_set(r->err, -EINVAL,
					       "%s:%s: unknown key, expected 'default' "
					       "and 'max'",
					       r->file, json_path(r->arena, m));
		}
		if (!def || !max)
			return bad(r, node, "both 'default' and 'max'");
		ret = read_number(r, f, def, &v.def);
		if (ret == 0)
			ret = read_number(r, f, max, &v.max);
		if (ret == 0 && v.def > v.max)
			return err_set(r->err, -EINVAL,
				       "%s:%s: the default is above the ceiling", r->file,
				       json_path(r->arena, node));
	}
	if (ret == 0)
		*l = v;
	return ret;
}

static int read_list(struct reader *r, const struct policy_field *f,
		     const struct json *node)
{
	struct policy_list *l = field_at(r->policy, f);
	const char *why = "";
	struct policy_list v = { .set = true };

	if (node->type != JSON_ARRAY)
		return bad(r, node, "an array of strings");
	if (node->n > POLICY_MAX_LIST)
		return err_set(r->err, -E2BIG, "%s:%s: more than %u entries", r->file,
			       json_path(r->arena, node), POLICY_MAX_LIST);
	v.v = ARENA_ARRAY(r->arena, node->n + 1, const char *);
	json_foreach(m, node) {
		if (m->type != JSON_STRING)
			return bad(r, m, "a string");
		if (field_check_entry(f, m->str, &why) < 0)
			return bad_value(r, m, why);
		v.v[v.n++] = m->str;
	}
	*l = v;
	return 0;
}

static int read_choice(struct reader *r, const struct policy_field *f,
		       const struct json *node)
{
	struct policy_choice *c = field_at(r->policy, f);
	AUTO_STRBUF why = STRBUF_INIT;

	if (node->type != JSON_STRING)
		return bad(r, node, "a string");
	if (field_read_choice(f, node->str, &c->v, &why) < 0)
		return bad_value(r, node, strbuf_str(&why));
	c->set = true;
	return 0;
}

static int read_text(struct reader *r, const struct policy_field *f,
		     const struct json *node)
{
	struct policy_text *t = field_at(r->policy, f);
	const char *why = "";

	if (node->type != JSON_STRING)
		return bad(r, node, "a string");
	if (field_check_entry(f, node->str, &why) < 0)
		return bad_value(r, node, why);
	t->set = true;
	t->v = node->str;
	return 0;
}

static int read_bool(struct reader *r, const struct policy_field *f,
		     const struct json *node)
{
	struct policy_choice *c = field_at(r->policy, f);

	if (node->type != JSON_BOOL)
		return bad(r, node, "true or false");
	c->set = true;
	c->v = node->boolean ? POLICY_TRUE : POLICY_FALSE;
	return 0;
}

static int read_field(struct reader *r, enum policy_key k, const struct json *node)
{
	const struct policy_field *f = &policy_fields[k];

	r->policy->from[k] =
		arena_printf(r->arena, "%s:%s", r->file, json_path(r->arena, node));
	switch (f->kind) {
	case KIND_TEXT:
		return read_text(r, f, node);
	case KIND_CHOICE:
		return read_choice(r, f, node);
	case KIND_BOOL:
		return read_bool(r, f, node);
	case KIND_LIST:
		return read_list(r, f, node);
	case KIND_DURATION:
	case KIND_SIZE:
	case KIND_CPU:
	case KIND_COUNT:
	default:
		return read_limit(r, f, node);
	}
}

/* Does any key of the format start with "KEY."? */
static bool is_group(const char *key)
{
	size_t len = strlen(key);

	for (unsigned k = 0; k < PK_COUNT; k++) {
		if (str_has_prefix(policy_fields[k].key, key) &&
		    policy_fields[k].key[len] == '.')
			return true;
	}
	for (size_t i = 0; i < policy_n_unsupported; i++) {
		if (str_has_prefix(policy_unsupported[i].key, key) &&
		    policy_unsupported[i].key[len] == '.')
			return true;
	}
	return false;
}

/* 0: asks for nothing; 1: not a key of this list. */
static int check_unsupported(struct reader *r, const char *key, const struct json *node)
{
	for (size_t i = 0; i < policy_n_unsupported; i++) {
		const struct policy_unsupported *u = &policy_unsupported[i];

		if (strcmp(u->key, key) != 0)
			continue;
		if ((u->empty_ok && node->n == 0 &&
		     (node->type == JSON_ARRAY || node->type == JSON_OBJECT)) ||
		    (node->type == JSON_BOOL && !node->boolean))
			return 0;
		return err_set(r->err, -EOPNOTSUPP,
			       "%s:%s: not supported by this version of agentrun (%s)",
			       r->file, json_path(r->arena, node), u->instead);
	}
	return 1;
}

static int read_object(struct reader *r, const struct json *object, const char *prefix);

static int read_member(struct reader *r, const struct json *m, const char *prefix)
{
	const char *key =
		arena_printf(r->arena, "%s%s%s", prefix, *prefix ? "." : "", m->key);
	int ret;

	/* "time.limit" is a path in messages and annotations; in a file it is two keys.
	 */
	if (strchr(m->key, '.'))
		return err_set(r->err, -EINVAL, "%s:%s: unknown key", r->file,
			       json_path(r->arena, m));
	/* Editors find the schema by it. */
	if (strcmp(key, "$schema") == 0)
		return m->type == JSON_STRING ? 0 : bad(r, m, "a string");
	for (unsigned k = 0; k < PK_COUNT; k++) {
		if (strcmp(policy_fields[k].key, key) == 0)
			return read_field(r, (enum policy_key)k, m);
	}
	ret = check_unsupported(r, key, m);
	if (ret <= 0)
		return ret;
	if (!is_group(key))
		return err_set(r->err, -EINVAL, "%s:%s: unknown key", r->file,
			       json_path(r->arena, m));
	return read_object(r, m, key);
}

static int read_object(struct reader *r, const struct json *object, const char *prefix)
{
	if (object->type != JSON_OBJECT)
		return bad(r, object, "an object");
	json_foreach(m, object) {
		int ret = read_member(r, m, prefix);

		if (ret < 0)
			return ret;
	}
	return 0;
}

int policy_parse(struct arena *a, const char *file, const char *buf, size_t len,
		 struct policy *out, struct err *err)
{
	struct policy p = { 0 };
	struct reader r = { .arena = a, .file = file, .policy = &p, .err = err };
	struct json *doc = NULL;
	int ret;

	if (len > POLICY_MAX_BYTES)
		return err_set(err, -EFBIG, "%s: larger than %u bytes", file,
			       POLICY_MAX_BYTES);
	ret = json_parse(a, file, buf, len, JSON_COMMENTS, &doc, err);
	if (ret == 0)
		ret = read_object(&r, doc, "");
	if (ret == 0)
		*out = p;
	return ret;
}
