/* SPDX-License-Identifier: Apache-2.0 */
/*
 * policy/request.c - annotations to a request
 *
 * SECURITY: annotations come from whoever starts the workload. Engines have passed such
 * keys through to the host unread (GHSA-2cgq-h8xw-2v5j); here every key under our prefix
 * is known or refused, and none of them can do anything but narrow.
 */
#include "policy/policy.h"

#include <errno.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/path.h"
#include "base/str.h"
#include "policy/fields.h"
#include "spec/spec.h"

struct asker {
	struct arena *arena;
	const struct spec_kv *kv;
	struct policy *out;
	struct err *err;
};

static int bad(struct asker *r, const char *expected)
{
	return err_set(r->err, -EINVAL, "annotation %s: %s is wrong, expected %s",
		       str_quote(r->kv->key), str_quote(r->kv->value), expected);
}

/* Blanks separate; an empty value is an empty list: it narrows to nothing. */
static int ask_list(struct asker *r, const struct policy_field *f)
{
	struct policy_list *l = field_at(r->out, f);
	const char *why = "", *s = r->kv->value;
	struct policy_list v = { .set = true };

	v.v = ARENA_ARRAY(r->arena, POLICY_MAX_LIST + 1, const char *);
	for (;;) {
		size_t len;

		s += strspn(s, " ");
		len = strcspn(s, " ");
		if (len == 0)
			break;
		if (v.n == POLICY_MAX_LIST)
			return err_set(r->err, -E2BIG,
				       "annotation %s: more than %u entries",
				       str_quote(r->kv->key), POLICY_MAX_LIST);
		v.v[v.n] = arena_strndup(r->arena, s, len);
		if (field_check_entry(f, v.v[v.n], &why) < 0)
			return bad(r, why);
		v.n++;
		s += len;
	}
	*l = v;
	return 0;
}

static int ask_limit(struct asker *r, const struct policy_field *f)
{
	struct policy_limit *l = field_at(r->out, f);
	const char *why = "";
	uint64_t v;

	if (field_read_number(f, r->kv->value, &v, &why) < 0)
		return bad(r, why);
	*l = (struct policy_limit){ .set = true, .def = v, .max = v };
	return 0;
}

static int ask_choice(struct asker *r, const struct policy_field *f)
{
	struct policy_choice *c = field_at(r->out, f);
	AUTO_STRBUF why = STRBUF_INIT;

	if (field_read_choice(f, r->kv->value, &c->v, &why) < 0)
		return bad(r, strbuf_str(&why));
	c->set = true;
	return 0;
}

static int ask_field(struct asker *r, enum policy_key k)
{
	const struct policy_field *f = &policy_fields[k];

	if (field_is_set(r->out, f))
		return err_set(r->err, -EINVAL, "annotation %s: given twice",
			       str_quote(r->kv->key));
	r->out->from[k] =
		arena_printf(r->arena, "annotation '%s%s'", POLICY_PREFIX, f->key);
	if (f->kind == KIND_LIST)
		return ask_list(r, f);
	if (field_is_limit(f))
		return ask_limit(r, f);
	return ask_choice(r, f);
}

/* W3C trace context, version 00: 00-<32 hex>-<16 hex>-<2 hex>. */
static bool is_traceparent(const char *s)
{
	static const char shape[] =
		"00-tttttttttttttttttttttttttttttttt-ssssssssssssssss-ff";

	if (strlen(s) != sizeof(shape) - 1)
		return false;
	for (size_t i = 0; shape[i]; i++) {
		bool hex = (s[i] >= '0' && s[i] <= '9') || (s[i] >= 'a' && s[i] <= 'f');

		if (shape[i] == '0' || shape[i] == '-' ? s[i] != shape[i] : !hex)
			return false;
	}
	return true;
}

static int ask_own(struct asker *r, const char *key, bool *out_known)
{
	const char *v = r->kv->value;

	*out_known = true;
	if (strcmp(key, "class") == 0) {
		if (!path_is_id(v) || strcmp(v, "none") == 0)
			return bad(r, "the name of a class");
		r->out->class_name = v;
	} else if (strcmp(key, "task") == 0) {
		r->out->task = v;
	} else if (strcmp(key, "trace") == 0) {
		if (!is_traceparent(v))
			return bad(r, "a W3C traceparent");
		r->out->trace = v;
	} else {
		*out_known = false;
	}
	return 0;
}

static int ask(struct asker *r)
{
	const char *key = r->kv->key + strlen(POLICY_PREFIX);
	bool known;
	int ret;

	if (strlen(r->kv->value) > POLICY_MAX_VALUE)
		return err_set(r->err, -E2BIG, "annotation %s: longer than %u bytes",
			       str_quote(r->kv->key), POLICY_MAX_VALUE);
	for (const char *p = r->kv->value; *p; p++) {
		if ((unsigned char)*p < 0x20 || *p == 0x7f)
			return bad(r, "text without control characters");
	}
	ret = ask_own(r, key, &known);
	if (ret < 0 || known)
		return ret;
	for (unsigned k = 0; k < PK_COUNT; k++) {
		if ((policy_fields[k].flags & FIELD_REQUEST) &&
		    strcmp(policy_fields[k].key, key) == 0)
			return ask_field(r, (enum policy_key)k);
	}
	for (size_t i = 0; i < policy_n_unsupported; i++) {
		if (strcmp(policy_unsupported[i].key, key) == 0)
			return err_set(r->err, -EOPNOTSUPP,
				       "annotation %s: not supported by this version of "
				       "agentrun (%s)",
				       str_quote(r->kv->key),
				       policy_unsupported[i].instead);
	}
	return err_set(r->err, -EINVAL, "annotation %s: unknown key",
		       str_quote(r->kv->key));
}

int policy_request(struct arena *a, const struct spec_kvs *annotations,
		   struct policy *out, struct err *err)
{
	struct policy p = { 0 };
	unsigned n = 0;

	for (size_t i = 0; i < annotations->n; i++) {
		struct asker r = {
			.arena = a, .kv = &annotations->v[i], .out = &p, .err = err
		};
		int ret;

		if (!str_has_prefix(r.kv->key, POLICY_PREFIX))
			continue;
		if (++n > POLICY_MAX_REQUESTS)
			return err_set(err, -E2BIG, "more than %u annotations under '%s'",
				       POLICY_MAX_REQUESTS, POLICY_PREFIX);
		for (size_t j = 0; j < i; j++) {
			if (str_eq(annotations->v[j].key, r.kv->key))
				return err_set(err, -EINVAL, "annotation %s: given twice",
					       str_quote(r.kv->key));
		}
		ret = ask(&r);
		if (ret < 0)
			return ret;
	}
	*out = p;
	return 0;
}
