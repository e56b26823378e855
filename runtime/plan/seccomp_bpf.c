/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan/seccomp_bpf.c - tables of rules to one classic BPF program
 *
 * The space of system call numbers of one AUDIT_ARCH is cut into intervals with one
 * outcome each, and a balanced tree of comparisons finds the interval: some seven jumps
 * for an engine's profile. x32 shares AUDIT_ARCH_X86_64 and is just the upper half of the
 * space. Only load, jump, and and return are used, so the kernel can prove "always
 * allowed" at load time and skips the program for such calls (KERNEL 5.11).
 *
 * Code is written from the last instruction to the first: jumps only go forward in BPF,
 * so every target is known when a jump is written. Offsets of conditional jumps have 8
 * bits; a target further away gets a copy (a return) or a long jump nearby.
 */
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stddef.h>
#include <string.h>

#include "base/arena.h"
#include "base/str.h"
#include "plan/seccomp_parts.h"

#define MAX_JUMP 255u
#define MAX_RETS 64

#if __BYTE_ORDER__ == __ORDER_BIG_ENDIAN__
#define LOW_WORD  4u
#define HIGH_WORD 0u
#else
#define LOW_WORD  0u
#define HIGH_WORD 4u
#endif

struct emitter {
	struct sock_filter *code; /* filled from the end */
	size_t pos;		  /* of the instruction written last */
	size_t n;		  /* written, or needed once it is too many */
	struct {
		uint32_t action;
		size_t pos;
	} rets[MAX_RETS];
	size_t n_rets;
};

/* A place in the program; the higher, the nearer to its end. */
typedef size_t label_t;

static label_t put(struct emitter *e, uint16_t code, uint32_t k, unsigned jt, unsigned jf)
{
	e->n++;
	/* Too long already: go on counting at one place. */
	if (e->pos > 0)
		e->pos--;
	e->code[e->pos] = (struct sock_filter){ code, (uint8_t)jt, (uint8_t)jf, k };
	return e->pos;
}

static unsigned distance(const struct emitter *e, label_t target)
{
	/* Seen from the instruction that is written next. */
	return e->pos > 0 ? (unsigned)(target - e->pos) : 0;
}

/* A return of that action, near enough for a conditional jump written soon. */
static label_t ret(struct emitter *e, uint32_t action)
{
	size_t i;

	for (i = 0; i < e->n_rets && e->rets[i].action != action; i++)
		;
	if (i < e->n_rets && distance(e, e->rets[i].pos) < MAX_JUMP - 8)
		return e->rets[i].pos;
	if (i == MAX_RETS) /* more actions than any profile has: no copy is remembered */
		return put(e, BPF_RET | BPF_K, action, 0, 0);
	if (i == e->n_rets)
		e->n_rets++;
	e->rets[i].action = action;
	e->rets[i].pos = put(e, BPF_RET | BPF_K, action, 0, 0);
	return e->rets[i].pos;
}

static label_t bring_near(struct emitter *e, label_t target)
{
	/* One less: the other target of the same jump may need an instruction as well. */
	if (distance(e, target) < MAX_JUMP)
		return target;
	return put(e, BPF_JMP | BPF_JA, (uint32_t)distance(e, target), 0, 0);
}

static label_t jump(struct emitter *e, uint16_t test, uint32_t k, label_t t, label_t f)
{
	t = bring_near(e, t);
	f = bring_near(e, f);
	return put(e, BPF_JMP | test | BPF_K, k, distance(e, t), distance(e, f));
}

static label_t load(struct emitter *e, size_t offset)
{
	return put(e, BPF_LD | BPF_W | BPF_ABS, (uint32_t)offset, 0, 0);
}

/* One word of an argument under a mask; falls into what was written before. */
static label_t load_word(struct emitter *e, unsigned arg, unsigned word, uint32_t mask)
{
	if (mask != UINT32_MAX)
		put(e, BPF_ALU | BPF_AND | BPF_K, mask, 0, 0);
	return load(e, offsetof(struct seccomp_data, args) + 8 * arg + word);
}

static label_t cond_equal(struct emitter *e, const struct seccomp_cond *c, bool is_64,
			  label_t t, label_t f)
{
	uint32_t high = (uint32_t)(c->mask >> 32), low = (uint32_t)c->mask;
	label_t l;

	jump(e, BPF_JEQ, (uint32_t)c->value & low, t, f);
	l = load_word(e, c->arg, LOW_WORD, low);
	if (!is_64 || high == 0)
		return l;
	jump(e, BPF_JEQ, (uint32_t)(c->value >> 32) & high, l, f);
	return load_word(e, c->arg, HIGH_WORD, high);
}

static label_t cond_above(struct emitter *e, const struct seccomp_cond *c, uint16_t test,
			  bool is_64, label_t t, label_t f)
{
	label_t l;

	jump(e, test, (uint32_t)c->value, t, f);
	l = load_word(e, c->arg, LOW_WORD, UINT32_MAX);
	if (!is_64)
		return l;
	l = jump(e, BPF_JEQ, (uint32_t)(c->value >> 32), l, f);
	jump(e, BPF_JGT, (uint32_t)(c->value >> 32), t, l);
	return load_word(e, c->arg, HIGH_WORD, UINT32_MAX);
}

static label_t cond(struct emitter *e, const struct seccomp_cond *c, bool is_64,
		    label_t t, label_t f)
{
	switch (c->op) {
	case OP_NE:
		return cond_equal(e, c, is_64, f, t);
	case OP_LT:
		return cond_above(e, c, BPF_JGE, is_64, f, t);
	case OP_LE:
		return cond_above(e, c, BPF_JGT, is_64, f, t);
	case OP_GE:
		return cond_above(e, c, BPF_JGE, is_64, t, f);
	case OP_GT:
		return cond_above(e, c, BPF_JGT, is_64, t, f);
	case OP_EQ:
	case OP_MASKED_EQ:
		return cond_equal(e, c, is_64, t, f);
	case OP_COUNT:
		break;
	}
	return f; /* not reached: the parser knows no other */
}

/* The rules of a slot, the last one first: each of them falls to the one behind it. */
static label_t rules(struct emitter *e, const struct seccomp_rule *r, bool is_64,
		     uint32_t otherwise)
{
	label_t next = ret(e, otherwise);

	for (; r; r = r->before) {
		label_t here = ret(e, r->action);

		for (size_t i = r->n_conds; i-- > 0;)
			here = cond(e, &r->conds[i], is_64, here, next);
		next = here;
	}
	return next;
}

/* From `start` up to the next interval's start: an action, or rules of a slot. */
struct interval {
	uint32_t start;
	uint32_t action;
	const struct seccomp_rule *rules;
	bool is_64;
};

struct intervals {
	struct interval *v; /* NULL: they are only counted */
	struct interval last;
	size_t n;
	size_t n_conds;
};

static void add(struct intervals *s, uint32_t start, uint32_t action,
		const struct seccomp_rule *r, bool is_64)
{
	/* One that ends where it starts is none; counted ones may be too many. */
	if (s->v && s->n && s->last.start == start) {
		s->n--;
		if (s->n)
			s->last = s->v[s->n - 1];
	}
	if (s->n && !r && !s->last.rules && s->last.action == action)
		return;
	s->last = (struct interval){ start, action, r, is_64 };
	if (s->v)
		s->v[s->n] = s->last;
	s->n++;
	for (; r && !s->v; r = r->before)
		s->n_conds += r->n_conds + 1;
}

static void add_table(struct intervals *s, const struct seccomp_program *p,
		      const struct seccomp_table *t)
{
	uint32_t base = t->arch->is_x32 ? SECCOMP_X32_BIT : 0;

	add(s, base, p->default_action, NULL, false);
	for (int nr = 0; nr < SECCOMP_MAX_NR; nr++) {
		const struct seccomp_slot *slot = &t->slots[nr];

		if (slot->has_action)
			add(s, base + (uint32_t)nr, slot->action, NULL, false);
		else if (slot->last)
			add(s, base + (uint32_t)nr, 0, slot->last, t->arch->is_64);
		else
			add(s, base + (uint32_t)nr,
			    nr > t->last && t->last >= 0 ? p->newer_action
							 : p->default_action,
			    NULL, false);
	}
	if (t->last < 0)
		add(s, base + SECCOMP_MAX_NR, p->default_action, NULL, false);
}

static bool is_x86_64(const struct seccomp_arch *a)
{
	return a->audit == seccomp_archs[0].audit && !strcmp(a->name, "SCMP_ARCH_X86_64");
}

/* Every number of one AUDIT_ARCH value. */
static void cut(struct intervals *s, const struct seccomp_program *p, uint32_t audit)
{
	bool has_x32 = false, may_have_x32 = false;

	for (size_t i = 0; i < p->n_tables; i++) {
		const struct seccomp_arch *arch = p->tables[i]->arch;

		if (arch->audit != audit)
			continue;
		add_table(s, p, p->tables[i]);
		has_x32 = has_x32 || arch->is_x32;
		may_have_x32 = may_have_x32 || is_x86_64(arch);
	}
	/* x32 that was not asked for is a foreign architecture, as for libseccomp. */
	if (may_have_x32 && !has_x32)
		add(s, SECCOMP_X32_BIT, SECCOMP_RET_KILL_THREAD, NULL, false);
	/* -1 is a tracer's way of skipping a call. */
	add(s, UINT32_MAX, p->default_action, NULL, false);
}

static label_t outcome(struct emitter *e, const struct interval *i, uint32_t otherwise)
{
	return i->rules ? rules(e, i->rules, i->is_64, otherwise) : ret(e, i->action);
}

static bool same(const struct interval *a, const struct interval *b)
{
	return !a->rules && !b->rules && a->action == b->action;
}

static label_t tree(struct emitter *e, const struct interval *v, size_t n,
		    uint32_t otherwise)
{
	label_t low, high;

	if (n == 1)
		return outcome(e, v, otherwise);
	/* One number amid a range of another outcome: a single comparison. */
	if (n == 3 && same(&v[0], &v[2]) && v[1].start + 1 == v[2].start) {
		high = outcome(e, &v[1], otherwise);
		low = outcome(e, &v[0], otherwise);
		return jump(e, BPF_JEQ, v[1].start, high, low);
	}
	high = tree(e, v + n / 2, n - n / 2, otherwise);
	low = tree(e, v, n / 2, otherwise);
	return jump(e, BPF_JGE, v[n / 2].start, high, low);
}

static bool is_first_of_audit(const struct seccomp_program *p, size_t i)
{
	for (size_t j = 0; j < i; j++) {
		if (p->tables[j]->arch->audit == p->tables[i]->arch->audit)
			return false;
	}
	return true;
}

static size_t emit(const struct seccomp_program *p, struct emitter *e, size_t room,
		   struct interval *v)
{
	label_t next;

	e->pos = room;
	next = ret(e, SECCOMP_RET_KILL_THREAD); /* no architecture of ours */
	for (size_t i = p->n_tables; i-- > 0;) {
		struct intervals s = { .v = v };
		uint32_t audit = p->tables[i]->arch->audit;
		label_t here;

		if (!is_first_of_audit(p, i))
			continue;
		cut(&s, p, audit);
		here = tree(e, s.v, s.n, p->default_action);
		if (here != e->pos) /* the load below falls into what follows it */
			put(e, BPF_JMP | BPF_JA, distance(e, here), 0, 0);
		here = load(e, offsetof(struct seccomp_data, nr));
		next = jump(e, BPF_JEQ, audit, here, next);
	}
	load(e, offsetof(struct seccomp_data, arch));
	return e->n;
}

int seccomp_emit(const struct seccomp_program *p, struct arena *a,
		 struct sock_filter **out, size_t *out_n)
{
	struct emitter *e = ARENA_NEW(a, struct emitter);
	struct intervals count = { .v = NULL };
	struct interval *v;
	size_t room;

	for (size_t i = 0; i < p->n_tables; i++) {
		if (is_first_of_audit(p, i))
			cut(&count, p, p->tables[i]->arch->audit);
	}
	v = ARENA_ARRAY(a, count.n, struct interval);
	/*
	 * Memory that is never used costs page faults all the same: a guess that engines'
	 * profiles fit in, and all that the kernel takes where they do not.
	 */
	room = 128 + 3 * count.n + 12 * count.n_conds;
	for (;; room = BPF_MAXINSNS) {
		if (room > BPF_MAXINSNS)
			room = BPF_MAXINSNS;
		memset(e, 0, sizeof(*e));
		e->code = ARENA_ARRAY(a, room, struct sock_filter);
		*out_n = emit(p, e, room, v);
		if (*out_n <= room)
			break;
		if (room == BPF_MAXINSNS)
			return -E2BIG;
	}
	*out = e->code + e->pos;
	return 0;
}
