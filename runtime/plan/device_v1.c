/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan/device_v1.c - device rules as what a v1 devices cgroup can hold
 *
 * KERNEL: that is one behaviour, "deny all" or "allow all", and a list of exceptions.
 * When all is denied, one exception alone must hold all bits of a request; when all is
 * allowed, any exception that shares a bit refuses. So an exception states everything
 * that is true of its devices, wider ones included, and a device inside a wider exception
 * cannot have less than that: such a list is an error, not an approximation.
 */
#include <errno.h>
#include <stdio.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "plan/device_rules.h"

/* Devices that no rule tells apart; its access is what the rules allow there. */
struct regions {
	struct device_rule *v;
	size_t n;
	size_t max;
};

static bool same(const struct device_rule *x, char type, int64_t major, int64_t minor)
{
	return x->type == type && x->major == major && x->minor == minor;
}

static void add(struct regions *g, char type, int64_t major, int64_t minor, size_t index)
{
	for (size_t i = 0; i < g->n; i++)
		if (same(&g->v[i], type, major, minor))
			return;
	if (g->n < g->max)
		g->v[g->n++] = (struct device_rule){
			.type = type, .major = major, .minor = minor, .index = index
		};
}

static bool contains(const struct device_rule *outer, const struct device_rule *inner)
{
	return outer->type == inner->type &&
	       (outer->major == DEVICE_ANY || outer->major == inner->major) &&
	       (outer->minor == DEVICE_ANY || outer->minor == inner->minor);
}

static int breadth(const struct device_rule *r)
{
	return (r->major == DEVICE_ANY) + (r->minor == DEVICE_ANY);
}

/* "*:m" and "M:*" meet in "M:m", where the rules of both hold. */
static void add_meetings(struct regions *g)
{
	size_t n = g->n;

	for (size_t i = 0; i < n; i++)
		for (size_t j = 0; j < n; j++)
			if (g->v[i].type == g->v[j].type && g->v[i].major == DEVICE_ANY &&
			    g->v[i].minor != DEVICE_ANY && g->v[j].minor == DEVICE_ANY &&
			    g->v[j].major != DEVICE_ANY)
				add(g, g->v[i].type, g->v[j].major, g->v[i].minor,
				    g->v[i].index);
}

static void collect(struct arena *a, const struct device_rules *rules, struct regions *g)
{
	size_t any_major = 0, any_minor = 0;

	for (size_t i = 0; i < rules->n; i++) {
		any_major += rules->v[i].major == DEVICE_ANY;
		any_minor += rules->v[i].minor == DEVICE_ANY;
	}
	g->max = 2 * (rules->n + 1) + 2 * any_major * any_minor;
	g->v = ARENA_ARRAY(a, g->max, struct device_rule);
	add(g, 'b', DEVICE_ANY, DEVICE_ANY, SIZE_MAX);
	add(g, 'c', DEVICE_ANY, DEVICE_ANY, SIZE_MAX);
	for (size_t i = 0; i < rules->n; i++) {
		const struct device_rule *r = &rules->v[i];

		if (r->type != 'c')
			add(g, 'b', r->major, r->minor, r->index);
		if (r->type != 'b')
			add(g, 'c', r->major, r->minor, r->index);
	}
	add_meetings(g);
}

/* What the rules allow to the devices of g that have no narrower region of their own. */
static unsigned allowed(const struct device_rules *rules, const struct device_rule *g)
{
	unsigned bits = 0;

	/* DEVICE_ANY as a number is a device that no rule names */
	for (unsigned bit = 1; bit <= DEVICE_ALL; bit <<= 1)
		if (device_rules_allow(rules, g->type, g->major, g->minor, bit))
			bits |= bit;
	return bits;
}

static int emit(const struct regions *g, size_t i, struct device_v1 *out, struct err *err)
{
	struct device_rule *r = &g->v[i];
	bool redundant = r->access == 0;

	for (size_t j = 0; j < g->n; j++) {
		const struct device_rule *wider = &g->v[j];
		char buf[64];

		if (i == j || breadth(wider) <= breadth(r) || !contains(wider, r))
			continue;
		if (wider->access & ~r->access)
			return err_set(
				err, -ENOTSUP,
				"config.json:/linux/resources/devices/%zu: cgroup v1 "
				"cannot make an exception for %c %s inside a wider rule",
				r->index == SIZE_MAX ? wider->index : r->index, r->type,
				device_rule_text(r, buf, sizeof(buf)) + 2);
		redundant = redundant || !(r->access & ~wider->access);
	}
	if (!redundant)
		out->except[out->n++] = *r;
	return 0;
}

int device_rules_v1(struct arena *a, const struct device_rules *rules,
		    struct device_v1 *out, struct err *err)
{
	struct device_v1 res = { false, NULL, 0 };
	struct regions g = { NULL, 0, 0 };
	int r;

	collect(a, rules, &g);
	for (size_t i = 0; i < g.n; i++)
		g.v[i].access = allowed(rules, &g.v[i]);
	/* the first two regions are all block and all character devices */
	res.allow_all = g.v[0].access == DEVICE_ALL && g.v[1].access == DEVICE_ALL;
	for (size_t i = 0; i < g.n; i++) {
		g.v[i].allow = !res.allow_all;
		if (res.allow_all)
			g.v[i].access = DEVICE_ALL & ~g.v[i].access;
	}
	res.except = ARENA_ARRAY(a, g.n, struct device_rule);
	for (size_t i = 0; i < g.n; i++) {
		r = emit(&g, i, &res, err);
		if (r < 0)
			return r;
	}
	*out = res;
	return 0;
}
