/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan/seccomp_rules.c - which of several rules for one system call is tried first
 *
 * The specification does not say, so libseccomp's answer counts: a rule without
 * conditions decides, the first of them if there are several, whatever came before or
 * comes after. Rules with conditions are tried from the greatest to the least: conditions
 * on a higher argument before those on a lower one; (masked) equality before "below"
 * before "above"; the narrower of two of one kind first. Words of an argument count one
 * by one, the high one first. Where two are equal in this order the earlier one is tried
 * first.
 */
#include <errno.h>
#include <string.h>

#include "base/arena.h"
#include "base/str.h"
#include "plan/seccomp_parts.h"

static int op_class(enum seccomp_op op)
{
	switch (op) {
	case OP_EQ:
	case OP_NE:
	case OP_MASKED_EQ:
		return 3;
	case OP_LE:
	case OP_LT:
		return 2;
	case OP_GE:
	case OP_GT:
		return 1;
	case OP_COUNT:
		break;
	}
	return 0;
}

/* One word of a condition: the unit that libseccomp puts in order. */
struct word {
	unsigned place; /* 2 * argument, + 1 for the high word */
	enum seccomp_op op;
	uint32_t value;
	uint32_t mask;
};

static struct word word_of(const struct seccomp_rule *r, size_t i, bool is_64)
{
	const struct seccomp_cond *c = &r->conds[is_64 ? i / 2 : i];
	bool high = is_64 && i % 2 == 0;
	struct word w = {
		.place = 2 * c->arg + high,
		.op = c->op,
		.value = (uint32_t)(high ? c->value >> 32 : c->value),
		.mask = (uint32_t)(high ? c->mask >> 32 : c->mask),
	};

	return w;
}

static bool word_is_less(const struct word *a, const struct word *b)
{
	int x = op_class(a->op), y = op_class(b->op);

	if (a->place != b->place)
		return a->place < b->place;
	if (x != y)
		return x < y;
	/* The narrower "below" is the one with the smaller value. */
	return x == 2 ? a->value > b->value : a->value < b->value;
}

static bool is_less(const struct seccomp_rule *a, const struct seccomp_rule *b,
		    bool is_64)
{
	size_t n = a->n_conds < b->n_conds ? a->n_conds : b->n_conds;

	for (size_t i = 0; i < (is_64 ? 2 * n : n); i++) {
		struct word x = word_of(a, i, is_64), y = word_of(b, i, is_64);

		if (word_is_less(&x, &y))
			return true;
		if (word_is_less(&y, &x))
			return false;
		/* Equal in order but not the same: the earlier one stays ahead. */
		if (x.mask != y.mask || (x.op == OP_MASKED_EQ) != (y.op == OP_MASKED_EQ))
			return false;
	}
	/* The same up to here: the one with more conditions is the narrower one. */
	return a->n_conds < b->n_conds;
}

static bool is_same(const struct seccomp_rule *a, const struct seccomp_rule *b)
{
	if (a->n_conds != b->n_conds)
		return false;
	for (size_t i = 0; i < a->n_conds; i++) {
		const struct seccomp_cond *x = &a->conds[i], *y = &b->conds[i];

		if (x->arg != y->arg || x->op != y->op || x->mask != y->mask ||
		    x->value != y->value)
			return false;
	}
	return true;
}

int seccomp_rule_add(struct arena *a, struct seccomp_slot *slot,
		     const struct seccomp_rule *rule, bool is_64)
{
	struct seccomp_rule **at = &slot->last;
	struct seccomp_rule *copy;

	if (slot->has_action)
		return 0;
	if (rule->n_conds == 0) {
		slot->has_action = true;
		slot->action = rule->action;
		return 0;
	}
	for (const struct seccomp_rule *r = slot->last; r; r = r->before) {
		if (is_same(r, rule))
			return r->action == rule->action ? 0 : -EEXIST;
	}
	if (slot->n_rules == SECCOMP_MAX_RULES)
		return -E2BIG;
	while (*at && is_less(*at, rule, is_64))
		at = &(*at)->before;
	copy = ARENA_NEW(a, struct seccomp_rule);
	*copy = *rule;
	copy->before = *at;
	*at = copy;
	slot->n_rules++;
	return 0;
}
