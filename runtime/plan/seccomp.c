/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan/seccomp.c - the seccomp section of config.json to tables of rules
 *
 * What the peers do with libseccomp decides all that the specification leaves open, so
 * that an engine's profile means the same here (tests/unit/test-seccomp-diff.c holds this
 * compiler against libseccomp):
 *   - a rule whose action is the default one is dropped;
 *   - names that this table does not know are skipped, and so are architectures that
 *     this CPU cannot run;
 *   - several conditions on one argument make one rule each of all conditions (runc);
 *   - the first rule without conditions decides; else rules are tried in libseccomp's
 *     order (seccomp_rules.c).
 * Unlike libseccomp, as runc: where the default is an errno, system calls newer than all
 * those of the profile give ENOSYS, so that programs fall back to what the profile knows.
 */
#include "plan/seccomp.h"

#include <assert.h>
#include <errno.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "plan/seccomp_parts.h"
#include "spec/spec.h"

#define WHERE		   "/linux/seccomp"
#define MAX_ERRNO	   4095u     /* of the kernel; more would be cut to it */
#define FLAG_WAIT_KILLABLE (1u << 5) /* KERNEL 5.19 */

static const char *const action_names[] = {
	"SCMP_ACT_ALLOW",	"SCMP_ACT_ERRNO",
	"SCMP_ACT_KILL",	"SCMP_ACT_KILL_PROCESS",
	"SCMP_ACT_KILL_THREAD", "SCMP_ACT_LOG",
	"SCMP_ACT_NOTIFY",	"SCMP_ACT_TRACE",
	"SCMP_ACT_TRAP",	NULL,
};
static const uint32_t action_values[] = {
	SECCOMP_RET_ALLOW,	  SECCOMP_RET_ERRNO,	   SECCOMP_RET_KILL_THREAD,
	SECCOMP_RET_KILL_PROCESS, SECCOMP_RET_KILL_THREAD, SECCOMP_RET_LOG,
	SECCOMP_RET_USER_NOTIF,	  SECCOMP_RET_TRACE,	   SECCOMP_RET_TRAP,
};
static_assert(ARRAY_SIZE(action_values) + 1 == ARRAY_SIZE(action_names),
	      "every action needs a value");

static const char *const op_names[] = {
	[OP_NE] = "SCMP_CMP_NE",
	[OP_LT] = "SCMP_CMP_LT",
	[OP_LE] = "SCMP_CMP_LE",
	[OP_EQ] = "SCMP_CMP_EQ",
	[OP_GE] = "SCMP_CMP_GE",
	[OP_GT] = "SCMP_CMP_GT",
	[OP_MASKED_EQ] = "SCMP_CMP_MASKED_EQ",
	[OP_COUNT] = NULL,
};

static const char *const arch_names[] = {
	"SCMP_ARCH_AARCH64",	 "SCMP_ARCH_ARM",    "SCMP_ARCH_LOONGARCH64",
	"SCMP_ARCH_M68K",	 "SCMP_ARCH_MIPS",   "SCMP_ARCH_MIPS64",
	"SCMP_ARCH_MIPS64N32",	 "SCMP_ARCH_MIPSEL", "SCMP_ARCH_MIPSEL64",
	"SCMP_ARCH_MIPSEL64N32", "SCMP_ARCH_PARISC", "SCMP_ARCH_PARISC64",
	"SCMP_ARCH_PPC",	 "SCMP_ARCH_PPC64",  "SCMP_ARCH_PPC64LE",
	"SCMP_ARCH_RISCV64",	 "SCMP_ARCH_S390",   "SCMP_ARCH_S390X",
	"SCMP_ARCH_SH",		 "SCMP_ARCH_SHEB",   "SCMP_ARCH_X32",
	"SCMP_ARCH_X86",	 "SCMP_ARCH_X86_64", NULL,
};

static const char *const flag_names[] = {
	"SECCOMP_FILTER_FLAG_LOG",
	"SECCOMP_FILTER_FLAG_SPEC_ALLOW",
	"SECCOMP_FILTER_FLAG_TSYNC",
	"SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV",
	NULL,
};
/* TSYNC is nothing: the process has one thread, and it excludes a listener. */
static const unsigned flag_values[] = {
	SECCOMP_FILTER_FLAG_LOG,
	SECCOMP_FILTER_FLAG_SPEC_ALLOW,
	0,
	FLAG_WAIT_KILLABLE,
};
static_assert(ARRAY_SIZE(flag_values) + 1 == ARRAY_SIZE(flag_names),
	      "every flag needs a value");

const char *const *plan_seccomp_actions(void)
{
	return action_names;
}

const char *const *plan_seccomp_operators(void)
{
	return op_names;
}

const char *const *plan_seccomp_archs(void)
{
	return arch_names;
}

const char *const *plan_seccomp_flags(void)
{
	return flag_names;
}

static int index_of(const char *const *names, const char *name)
{
	for (int i = 0; name && names[i]; i++) {
		if (!strcmp(names[i], name))
			return i;
	}
	return -1;
}

struct compiler {
	const struct spec_seccomp *spec;
	struct arena *arena;
	struct seccomp_program program;
	bool has_notify;
};

/* where: the JSON path of the object that holds the action. */
static int read_action(const char *name, const struct opt_u32 *errno_ret,
		       const char *where, uint32_t *out, struct err *err)
{
	int i = index_of(action_names, name);
	uint32_t v, data;

	if (i < 0)
		return err_set(err, -EINVAL, "%s: unknown action %s", where,
			       str_quote(name ? name : ""));
	v = action_values[i];
	if (v != SECCOMP_RET_ERRNO && v != SECCOMP_RET_TRACE) {
		if (errno_ret->set)
			return err_set(err, -EINVAL, "%s: %s takes no errno", where,
				       name);
		*out = v;
		return 0;
	}
	data = errno_ret->set ? errno_ret->v : EPERM;
	if (data > (v == SECCOMP_RET_ERRNO ? MAX_ERRNO : SECCOMP_RET_DATA))
		return err_set(err, -ERANGE, "%s: errno %u is out of range", where, data);
	*out = v | data;
	return 0;
}

static int read_default(struct compiler *c, struct err *err)
{
	struct seccomp_program *p = &c->program;
	int r;

	r = read_action(c->spec->default_action, &c->spec->default_errno_ret,
			WHERE "/defaultAction", &p->default_action, err);
	if (r < 0)
		return r;
	if (p->default_action == SECCOMP_RET_USER_NOTIF)
		return err_set(err, -EINVAL,
			       WHERE
			       "/defaultAction: SCMP_ACT_NOTIFY cannot be the default");
	p->newer_action = p->default_action;
	if ((p->default_action & SECCOMP_RET_ACTION_FULL) == SECCOMP_RET_ERRNO)
		p->newer_action = SECCOMP_RET_ERRNO | ENOSYS;
	return 0;
}

static int number_of(const char *name, size_t column)
{
	const struct seccomp_name *n = seccomp_find(name);

	return n ? n->nr[column] : -1;
}

static void add_table(struct compiler *c, size_t column)
{
	struct seccomp_program *p = &c->program;
	struct seccomp_table *t;

	for (size_t i = 0; i < p->n_tables; i++) {
		if (p->tables[i]->column == column)
			return;
	}
	t = ARENA_NEW(c->arena, struct seccomp_table);
	t->arch = &seccomp_archs[column];
	t->column = column;
	t->carrier[VIA_NOTHING] = -1;
	t->carrier[VIA_SOCKETCALL] = number_of("socketcall", column);
	t->carrier[VIA_IPC] = number_of("ipc", column);
	t->last = -1;
	p->tables[p->n_tables++] = t;
}

static int read_archs(struct compiler *c, struct err *err)
{
	const struct spec_strings *list = &c->spec->architectures;

	add_table(c, 0);
	for (size_t i = 0; i < list->n; i++) {
		if (index_of(arch_names, list->v[i]) < 0)
			return err_set(err, -EINVAL,
				       WHERE
				       "/architectures/%zu: unknown architecture %s",
				       i, str_quote(list->v[i]));
		for (size_t j = 0; j < seccomp_n_archs; j++) {
			if (!strcmp(seccomp_archs[j].name, list->v[i]))
				add_table(c, j);
		}
	}
	return 0;
}

static int read_cond(const struct spec_seccomp_arg *s, struct seccomp_cond *out,
		     const char *where, size_t i, struct err *err)
{
	int op = index_of(op_names, s->op);

	if (op < 0)
		return err_set(err, -EINVAL, "%s/args/%zu/op: unknown operator %s", where,
			       i, str_quote(s->op ? s->op : ""));
	if (s->index >= SECCOMP_ARGS)
		return err_set(err, -ERANGE, "%s/args/%zu/index: %u is not in 0..5",
			       where, i, s->index);
	out->arg = s->index;
	out->op = (enum seccomp_op)op;
	out->mask = op == OP_MASKED_EQ ? s->value : UINT64_MAX;
	out->value = op == OP_MASKED_EQ ? s->value_two & s->value : s->value;
	return 0;
}

/* By ascending argument; the caller knows that no argument occurs twice. */
static void insert_cond(struct seccomp_rule *rule, const struct seccomp_cond *cond)
{
	size_t i = rule->n_conds++;

	for (; i > 0 && rule->conds[i - 1].arg > cond->arg; i--)
		rule->conds[i] = rule->conds[i - 1];
	rule->conds[i] = *cond;
}

/* One rule of config.json, ready for every name and architecture. */
struct parsed {
	const char *where;
	const struct spec_seccomp_rule *spec;
	uint32_t action;
	struct seccomp_cond *conds;
	size_t n_conds;
	bool split; /* an argument occurs twice: each condition is a rule */
};

static int add_to_table(struct compiler *c, struct seccomp_table *t, int nr,
			const struct seccomp_rule *rule, const struct parsed *p,
			const char *name, struct err *err)
{
	int r = seccomp_rule_add(c->arena, &t->slots[nr], rule, t->arch->is_64);

	if (nr > t->last)
		t->last = nr;
	if (r == -EEXIST)
		return err_set(err, r, "%s: contradicts an earlier rule for %s", p->where,
			       str_quote(name));
	if (r < 0)
		return err_set(err, r, "%s: too many rules for %s", p->where,
			       str_quote(name));
	return 0;
}

/*
 * socketcall(2) and ipc(2) carry others in their first argument, so a rule for one of
 * those is a rule for the carrier as well. What the other arguments are there (pointers)
 * is lost: libseccomp has it so, and peers live with it.
 */
static int add_carried(struct compiler *c, struct seccomp_table *t,
		       const struct seccomp_name *name, const struct seccomp_rule *rule,
		       const struct parsed *p, struct err *err)
{
	struct seccomp_rule via = { .action = rule->action };
	struct seccomp_cond sub = { .op = OP_EQ, .mask = UINT64_MAX, .value = name->sub };

	if (t->carrier[name->via] < 0)
		return 0;
	insert_cond(&via, &sub);
	for (size_t i = 0; i < rule->n_conds; i++) {
		if (rule->conds[i].arg != 0)
			insert_cond(&via, &rule->conds[i]);
	}
	return add_to_table(c, t, t->carrier[name->via], &via, p, name->text, err);
}

static int add_rule(struct compiler *c, const struct parsed *p,
		    const struct seccomp_name *name, const struct seccomp_rule *rule,
		    struct err *err)
{
	for (size_t i = 0; i < c->program.n_tables; i++) {
		struct seccomp_table *t = c->program.tables[i];
		int nr = name->nr[t->column];
		int r;

		r = add_carried(c, t, name, rule, p, err);
		if (r == 0 && nr >= 0)
			r = add_to_table(c, t, nr, rule, p, name->text, err);
		if (r < 0)
			return r;
	}
	return 0;
}

static int add_name(struct compiler *c, const struct parsed *p, const char *text,
		    struct err *err)
{
	const struct seccomp_name *name = seccomp_find(text);
	struct seccomp_rule rule = { .action = p->action };

	if (!name)
		return 0;
	/*
	 * SECURITY: the child reports its listener with sendmsg, and says so with write:
	 * a notification for those would wait for a supervisor that does not exist yet.
	 */
	if (p->action == SECCOMP_RET_USER_NOTIF &&
	    (!strcmp(text, "write") || !strcmp(text, "sendmsg")))
		return err_set(err, -EINVAL,
			       "%s: SCMP_ACT_NOTIFY cannot be used for the %s syscall",
			       p->where, text);
	if (!p->split) {
		for (size_t i = 0; i < p->n_conds; i++)
			insert_cond(&rule, &p->conds[i]);
		return add_rule(c, p, name, &rule, err);
	}
	for (size_t i = 0; i < p->n_conds; i++) {
		int r;

		rule.n_conds = 1;
		rule.conds[0] = p->conds[i];
		r = add_rule(c, p, name, &rule, err);
		if (r < 0)
			return r;
	}
	return 0;
}

static int parse_rule(struct compiler *c, struct parsed *p, struct err *err)
{
	const struct spec_seccomp_rule *s = p->spec;
	unsigned seen = 0;
	int r;

	r = read_action(s->action, &s->errno_ret, p->where, &p->action, err);
	if (r < 0)
		return r;
	if (s->names.n == 0)
		return err_set(err, -EINVAL, "%s/names: needs at least one entry",
			       p->where);
	p->conds = ARENA_ARRAY(c->arena, s->n_args, struct seccomp_cond);
	p->n_conds = s->n_args;
	for (size_t i = 0; i < s->n_args; i++) {
		r = read_cond(&s->args[i], &p->conds[i], p->where, i, err);
		if (r < 0)
			return r;
		p->split = p->split || (seen & (1u << p->conds[i].arg));
		seen |= 1u << p->conds[i].arg;
	}
	return 0;
}

static int read_rules(struct compiler *c, struct err *err)
{
	for (size_t i = 0; i < c->spec->n_rules; i++) {
		struct parsed p = { .spec = &c->spec->rules[i] };
		int r;

		p.where = arena_printf(c->arena, WHERE "/syscalls/%zu", i);
		r = parse_rule(c, &p, err);
		if (r < 0)
			return r;
		if (p.action == c->program.default_action)
			continue;
		if (p.action == SECCOMP_RET_USER_NOTIF)
			c->has_notify = true;
		for (size_t j = 0; j < p.spec->names.n; j++) {
			r = add_name(c, &p, p.spec->names.v[j], err);
			if (r < 0)
				return r;
		}
	}
	return 0;
}

static int read_flags(const struct spec_seccomp *s, bool has_notify, unsigned *out,
		      struct err *err)
{
	/* No list: as runc and crun. An empty list: none. */
	*out = s->has_flags ? 0 : SECCOMP_FILTER_FLAG_SPEC_ALLOW;
	for (size_t i = 0; i < s->flags.n; i++) {
		int n = index_of(flag_names, s->flags.v[i]);

		if (n < 0)
			return err_set(err, -EINVAL, WHERE "/flags/%zu: unknown flag %s",
				       i, str_quote(s->flags.v[i]));
		*out |= flag_values[n];
	}
	/* The kernel takes this one with a listener only; without one it says nothing. */
	if (!has_notify)
		*out &= ~FLAG_WAIT_KILLABLE;
	else
		*out |= SECCOMP_FILTER_FLAG_NEW_LISTENER;
	return 0;
}

static int read_listener(struct plan_seccomp *out, const struct compiler *c,
			 struct err *err)
{
	const struct spec_seccomp *s = c->spec;
	bool has_path = s->listener_path && *s->listener_path;

	if (s->listener_metadata && *s->listener_metadata && !has_path)
		return err_set(err, -EINVAL,
			       WHERE
			       "/listenerMetadata: means nothing without listenerPath");
	if (!c->has_notify)
		return 0;
	if (!has_path)
		return err_set(err, -EINVAL,
			       WHERE "/listenerPath: is needed with SCMP_ACT_NOTIFY");
	out->has_notify = true;
	out->listener_path = s->listener_path;
	out->listener_metadata = s->listener_metadata;
	return 0;
}

int plan_seccomp_build(struct plan_seccomp *out, const struct spec_seccomp *s,
		       struct arena *a, struct err *err)
{
	struct compiler c = { .spec = s, .arena = a };
	struct plan_seccomp p = { .set = true };
	int r;

	r = read_default(&c, err);
	if (r == 0)
		r = read_archs(&c, err);
	if (r == 0)
		r = read_rules(&c, err);
	if (r == 0)
		r = read_flags(s, c.has_notify, &p.flags, err);
	if (r == 0)
		r = read_listener(&p, &c, err);
	if (r < 0)
		return r;
	r = seccomp_emit(&c.program, a, &p.filter, &p.n_filter);
	if (r < 0)
		return err_set(err, r,
			       WHERE
			       "/syscalls: the filter would need %zu instructions, the "
			       "kernel takes %u",
			       p.n_filter, BPF_MAXINSNS);
	*out = p;
	return 0;
}
