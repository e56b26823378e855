/* SPDX-License-Identifier: Apache-2.0 */
/* plan/device_rules.c - see device_rules.h */
#include "plan/device_rules.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "spec/spec.h"

/*
 * Behind the config's list, so that no entry can take them away. Making any node is
 * harmless: it is opening it that counts. SECURITY: no 10:200 (tun), unlike older peers:
 * a network interface is something to be asked for.
 */
static const struct device_rule defaults[] = {
	{ true, 'a', DEVICE_ANY, DEVICE_ANY, DEVICE_MKNOD, SIZE_MAX },
	{ true, 'c', 1, 3, DEVICE_ALL, SIZE_MAX },	      /* null */
	{ true, 'c', 1, 5, DEVICE_ALL, SIZE_MAX },	      /* zero */
	{ true, 'c', 1, 7, DEVICE_ALL, SIZE_MAX },	      /* full */
	{ true, 'c', 1, 8, DEVICE_ALL, SIZE_MAX },	      /* random */
	{ true, 'c', 1, 9, DEVICE_ALL, SIZE_MAX },	      /* urandom */
	{ true, 'c', 5, 0, DEVICE_ALL, SIZE_MAX },	      /* tty */
	{ true, 'c', 5, 2, DEVICE_ALL, SIZE_MAX },	      /* ptmx */
	{ true, 'c', 136, DEVICE_ANY, DEVICE_ALL, SIZE_MAX }, /* pts */
};

static int parse_access(const char *s, unsigned *out)
{
	unsigned bits = 0;

	for (; s && *s; s++) {
		if (*s == 'r')
			bits |= DEVICE_READ;
		else if (*s == 'w')
			bits |= DEVICE_WRITE;
		else if (*s == 'm')
			bits |= DEVICE_MKNOD;
		else
			return -EINVAL;
	}
	*out = s ? bits : DEVICE_ALL;
	return 0;
}

static int number(const struct opt_i64 *v, int64_t *out)
{
	*out = DEVICE_ANY;
	if (!v->set || v->v == DEVICE_ANY)
		return 0;
	if (v->v < 0 || v->v > INT32_MAX)
		return -ERANGE;
	*out = v->v;
	return 0;
}

static int read_rule(const struct spec_device_rule *in, size_t i, struct device_rule *out,
		     struct err *err)
{
	const char *type = in->type && in->type[0] ? in->type : "a";

	*out = (struct device_rule){ .allow = in->allow, .type = type[0], .index = i };
	if (type[1] || !strchr("abc", type[0]))
		return err_set(
			err, -EINVAL,
			"config.json:/linux/resources/devices/%zu/type: %s is none of "
			"a, b and c",
			i, str_quote(type));
	if (parse_access(in->access, &out->access) < 0)
		return err_set(err, -EINVAL,
			       "config.json:/linux/resources/devices/%zu/access: %s has "
			       "letters besides r, w and m",
			       i, str_quote(in->access));
	if (number(&in->major, &out->major) < 0 || number(&in->minor, &out->minor) < 0)
		return err_set(
			err, -ERANGE,
			"config.json:/linux/resources/devices/%zu: not a device number",
			i);
	return 0;
}

static bool type_covers(char outer, char inner)
{
	return outer == 'a' || outer == inner;
}

/* Is every device of inner one of outer's? */
static bool covers(const struct device_rule *outer, const struct device_rule *inner)
{
	return type_covers(outer->type, inner->type) &&
	       (outer->major == DEVICE_ANY || outer->major == inner->major) &&
	       (outer->minor == DEVICE_ANY || outer->minor == inner->minor);
}

static bool overlaps(const struct device_rule *x, const struct device_rule *y)
{
	return (type_covers(x->type, y->type) || y->type == 'a') &&
	       (x->major == DEVICE_ANY || y->major == DEVICE_ANY ||
		x->major == y->major) &&
	       (x->minor == DEVICE_ANY || y->minor == DEVICE_ANY || x->minor == y->minor);
}

/* Take from every rule the bits that one later rule decides anyway. */
static void drop_shadowed(struct device_rules *r)
{
	size_t n = 0;

	for (size_t i = 0; i < r->n; i++) {
		for (size_t j = i + 1; j < r->n && r->v[i].access; j++)
			if (covers(&r->v[j], &r->v[i]))
				r->v[i].access &= ~r->v[j].access;
		if (r->v[i].access)
			r->v[n++] = r->v[i];
	}
	r->n = n;
}

/* A denial that nothing before it allowed says what is so already. */
static void drop_idle_denials(struct device_rules *r)
{
	size_t n = 0;

	for (size_t i = 0; i < r->n; i++) {
		unsigned useful = 0;

		for (size_t j = 0; j < n; j++)
			if (r->v[j].allow && overlaps(&r->v[j], &r->v[i]))
				useful |= r->v[j].access;
		if (!r->v[i].allow)
			r->v[i].access &= useful;
		if (r->v[i].access)
			r->v[n++] = r->v[i];
	}
	r->n = n;
}

int device_rules_build(struct arena *a, const struct spec_resources *r,
		       struct device_rules *out, struct err *err)
{
	struct device_rules rules = { NULL, 0 };
	int ret;

	if (r->n_devices > DEVICE_RULES_MAX)
		return err_set(
			err, -E2BIG,
			"config.json:/linux/resources/devices: more than %d entries",
			DEVICE_RULES_MAX);
	rules.v = ARENA_ARRAY(a, r->n_devices + ARRAY_SIZE(defaults), struct device_rule);
	for (size_t i = 0; i < r->n_devices; i++) {
		ret = read_rule(&r->devices[i], i, &rules.v[rules.n++], err);
		if (ret < 0)
			return ret;
	}
	memcpy(rules.v + rules.n, defaults, sizeof(defaults));
	rules.n += ARRAY_SIZE(defaults);
	drop_shadowed(&rules);
	drop_idle_denials(&rules);
	*out = rules;
	return 0;
}

bool device_rules_allow(const struct device_rules *rules, char type, int64_t major,
			int64_t minor, unsigned access)
{
	const struct device_rule dev = { .type = type, .major = major, .minor = minor };

	for (size_t i = rules->n; i-- > 0;) {
		const struct device_rule *r = &rules->v[i];

		if (!covers(r, &dev))
			continue;
		if (!r->allow && (access & r->access))
			return false;
		if (r->allow && !(access &= ~r->access))
			return true;
	}
	return false;
}

const char *device_rule_text(const struct device_rule *r, char *buf, size_t len)
{
	char major[24] = "*", minor[24] = "*";

	if (r->major != DEVICE_ANY)
		snprintf(major, sizeof(major), "%" PRId64, r->major);
	if (r->minor != DEVICE_ANY)
		snprintf(minor, sizeof(minor), "%" PRId64, r->minor);
	snprintf(buf, len, "%c %s:%s %s%s%s", r->type, major, minor,
		 r->access & DEVICE_READ ? "r" : "", r->access & DEVICE_WRITE ? "w" : "",
		 r->access & DEVICE_MKNOD ? "m" : "");
	return buf;
}
