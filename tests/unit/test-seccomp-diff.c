/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/unit/test-seccomp-diff.c - our seccomp compiler against libseccomp
 *
 * Random profiles are compiled by both; both programs are interpreted for many system
 * calls, and must give the same answers. The rules of runc for handing a profile to
 * libseccomp are written down here a second time, on purpose.
 *
 * libseccomp 2.5.4 is not always right, so not all profiles can be compared: it forgets
 * to load the system call number where the first call of an architecture has conditions
 * (hence the first rule of every profile here), and it loses conditions where it merges
 * several rules for one call that use ordered comparisons or several arguments. There
 * our program is held against the meaning of the rules instead.
 */
#include <errno.h>
#include <linux/audit.h>
#include <seccomp.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "bpf-run.h"
#include "plan/seccomp.h"
#include "spec/spec.h"
#include "tap.h"

static uint64_t seed = 0x9e3779b97f4a7c15ull;

static uint32_t rnd(uint32_t n)
{
	seed ^= seed << 13;
	seed ^= seed >> 7;
	seed ^= seed << 17;
	return (uint32_t)((seed >> 20) % n);
}

static const char *const names[] = {
	"read",	       "write",	      "open",	    "openat",	    "socket",
	"socketpair",  "personality", "clone",	    "clone3",	    "ioctl",
	"accept",      "accept4",     "semop",	    "semget",	    "shmat",
	"ipc",	       "socketcall",  "recv",	    "send",	    "stat64",
	"waitpid",     "_llseek",     "mmap",	    "mmap2",	    "rt_sigaction",
	"execve",      "execveat",    "readv",	    "preadv2",	    "futex_waitv",
	"close_range", "openat2",     "faccessat2", "no_such_call", "bpf",
	"keyctl",      "ptrace",      "setns",	    "unshare",	    "mount",
	"exit_group",  "getpid",      "msgctl",	    "msgget",	    "shmctl",
	"semtimedop",  "sendmsg",     "recvmmsg",   "cachestat",    "fchmodat2",
	"kexec_load",  "arch_prctl",  "modify_ldt", "vm86",
};

static const char *const actions[] = {
	"SCMP_ACT_ALLOW",	 "SCMP_ACT_ERRNO",	 "SCMP_ACT_KILL",
	"SCMP_ACT_KILL_PROCESS", "SCMP_ACT_KILL_THREAD", "SCMP_ACT_LOG",
	"SCMP_ACT_TRACE",	 "SCMP_ACT_TRAP",
};
static const char *const ops[] = {
	"SCMP_CMP_NE", "SCMP_CMP_LT", "SCMP_CMP_LE",	    "SCMP_CMP_EQ",
	"SCMP_CMP_GE", "SCMP_CMP_GT", "SCMP_CMP_MASKED_EQ",
};
static const uint64_t values[] = {
	0,
	1,
	2,
	3,
	7,
	8,
	40,
	0x20000,
	0xffffffff,
	0x100000000ull,
	0x100000001ull,
	0x7e020000,
	0xffffffff00000000ull,
	UINT64_MAX,
	0x8000000000000000ull,
};

static uint64_t value(void)
{
	return values[rnd(ARRAY_SIZE(values))];
}

/* What a profile holds. */
enum {
	WITH_ARGS = 1,
	SUB_ARCHS = 2,
	MANY_ACTIONS = 4,
	MANY_RULES = 8,
	ONE_RULE_A_CALL = 16, /* no call is named twice */
	ONE_EQUALITY = 32,    /* one condition a rule, and an equality */
};

static void random_conds(struct spec_seccomp_rule *r, struct arena *a, unsigned kind)
{
	r->n_args = kind & ONE_EQUALITY ? 1 : 1 + rnd(3);
	r->args = ARENA_ARRAY(a, r->n_args, struct spec_seccomp_arg);
	for (size_t i = 0; i < r->n_args; i++) {
		struct spec_seccomp_arg *c = &r->args[i];

		c->index = (uint32_t)i * 2;
		c->value = value();
		c->value_two = value();
		c->op = ops[rnd(ARRAY_SIZE(ops))];
		if (kind & ONE_EQUALITY)
			c->op = rnd(2)	 ? "SCMP_CMP_EQ"
				: rnd(2) ? "SCMP_CMP_NE"
					 : "SCMP_CMP_MASKED_EQ";
		/* Another of its defects: on 32 bits, behind another condition. */
		if ((kind & SUB_ARCHS) && i > 0 && !strcmp(c->op, "SCMP_CMP_LE"))
			c->op = "SCMP_CMP_LT";
	}
}

static void random_rule(struct spec_seccomp_rule *r, struct arena *a, unsigned kind,
			const char *action, size_t *next_name)
{
	r->names.n = 1 + rnd(3);
	r->names.v = ARENA_ARRAY(a, r->names.n + 1, const char *);
	for (size_t i = 0; i < r->names.n; i++)
		r->names.v[i] = kind & ONE_RULE_A_CALL
					? names[(*next_name)++ % ARRAY_SIZE(names)]
					: names[rnd(ARRAY_SIZE(names))];
	r->action = action;
	if (!strcmp(action, "SCMP_ACT_ERRNO") || !strcmp(action, "SCMP_ACT_TRACE"))
		r->errno_ret =
			(struct opt_u32){ true, kind & MANY_ACTIONS ? rnd(100) : 7 };
	if ((kind & WITH_ARGS) && rnd(3))
		random_conds(r, a, kind);
}

static void random_profile(struct spec_seccomp *s, struct arena *a, unsigned kind)
{
	static const char *archs[] = { "SCMP_ARCH_X86_64", "SCMP_ARCH_X86",
				       "SCMP_ARCH_X32", "SCMP_ARCH_AARCH64", NULL };
	static const char *first[] = { "getppid", NULL };
	const char *one = actions[rnd(ARRAY_SIZE(actions))];
	size_t next_name = rnd(ARRAY_SIZE(names));

	memset(s, 0, sizeof(*s));
	s->set = true;
	s->default_action = actions[rnd(ARRAY_SIZE(actions))];
	/* ENOSYS, so that newer system calls get what libseccomp gives them. */
	if (!strcmp(s->default_action, "SCMP_ACT_ERRNO"))
		s->default_errno_ret = (struct opt_u32){ true, ENOSYS };
	if (kind & SUB_ARCHS)
		s->architectures = (struct spec_strings){ archs, 2 + rnd(3) };
	s->n_rules = 1 + rnd(kind & MANY_RULES ? 100 : 12);
	s->rules = ARENA_ARRAY(a, s->n_rules, struct spec_seccomp_rule);
	for (size_t i = 1; i < s->n_rules; i++)
		random_rule(&s->rules[i], a, kind,
			    kind & MANY_ACTIONS ? actions[rnd(ARRAY_SIZE(actions))] : one,
			    &next_name);
	s->rules[0].names = (struct spec_strings){ first, 1 };
	s->rules[0].action = strcmp(s->default_action, "SCMP_ACT_LOG") ? "SCMP_ACT_LOG"
								       : "SCMP_ACT_TRAP";
}

static uint32_t scmp_action(const char *name, const struct opt_u32 *e)
{
	uint16_t data = e->set ? (uint16_t)e->v : EPERM;

	if (!strcmp(name, "SCMP_ACT_ALLOW"))
		return SCMP_ACT_ALLOW;
	if (!strcmp(name, "SCMP_ACT_ERRNO"))
		return SCMP_ACT_ERRNO(data);
	if (!strcmp(name, "SCMP_ACT_KILL_PROCESS"))
		return SCMP_ACT_KILL_PROCESS;
	if (!strcmp(name, "SCMP_ACT_LOG"))
		return SCMP_ACT_LOG;
	if (!strcmp(name, "SCMP_ACT_TRACE"))
		return SCMP_ACT_TRACE(data);
	if (!strcmp(name, "SCMP_ACT_TRAP"))
		return SCMP_ACT_TRAP;
	return SCMP_ACT_KILL_THREAD;
}

static struct scmp_arg_cmp scmp_cond(const struct spec_seccomp_arg *s)
{
	static const enum scmp_compare numbers[] = {
		SCMP_CMP_NE, SCMP_CMP_LT, SCMP_CMP_LE,	      SCMP_CMP_EQ,
		SCMP_CMP_GE, SCMP_CMP_GT, SCMP_CMP_MASKED_EQ,
	};
	struct scmp_arg_cmp c = { .arg = s->index,
				  .datum_a = s->value,
				  .datum_b = s->value_two };

	for (size_t i = 0; i < ARRAY_SIZE(ops); i++) {
		if (!strcmp(ops[i], s->op))
			c.op = numbers[i];
	}
	return c;
}

static int scmp_rule(scmp_filter_ctx ctx, uint32_t action, int nr,
		     const struct spec_seccomp_rule *r)
{
	struct scmp_arg_cmp conds[6];
	unsigned seen = 0;
	bool split = false;
	int rc = 0;

	for (size_t i = 0; i < r->n_args; i++) {
		conds[i] = scmp_cond(&r->args[i]);
		split = split || (seen & (1u << conds[i].arg));
		seen |= 1u << conds[i].arg;
	}
	if (!split)
		return seccomp_rule_add_array(ctx, action, nr, (unsigned)r->n_args,
					      conds);
	for (size_t i = 0; i < r->n_args && rc == 0; i++)
		rc = seccomp_rule_add_array(ctx, action, nr, 1, &conds[i]);
	return rc;
}

static int scmp_rules(scmp_filter_ctx ctx, const struct spec_seccomp *s, uint32_t def)
{
	for (size_t i = 0; i < s->n_rules; i++) {
		const struct spec_seccomp_rule *r = &s->rules[i];
		uint32_t action = scmp_action(r->action, &r->errno_ret);

		if (action == def)
			continue;
		for (size_t j = 0; j < r->names.n; j++) {
			int nr = seccomp_syscall_resolve_name(r->names.v[j]);
			int rc =
				nr == __NR_SCMP_ERROR ? 0 : scmp_rule(ctx, action, nr, r);

			if (rc < 0)
				return rc;
		}
	}
	return 0;
}

/* The program of libseccomp; 0 where it refuses the profile. */
static size_t scmp_compile(const struct spec_seccomp *s, struct sock_filter *out)
{
	uint32_t def = scmp_action(s->default_action, &s->default_errno_ret);
	scmp_filter_ctx ctx = seccomp_init(def);
	FILE *f = tmpfile();
	size_t n = 0;

	for (size_t i = 0; i < s->architectures.n; i++) {
		if (!strcmp(s->architectures.v[i], "SCMP_ARCH_X86"))
			seccomp_arch_add(ctx, SCMP_ARCH_X86);
		if (!strcmp(s->architectures.v[i], "SCMP_ARCH_X32"))
			seccomp_arch_add(ctx, SCMP_ARCH_X32);
	}
	if (scmp_rules(ctx, s, def) == 0 && seccomp_export_bpf(ctx, fileno(f)) == 0) {
		rewind(f);
		n = fread(out, sizeof(*out), BPF_MAXINSNS, f);
	}
	fclose(f);
	seccomp_release(ctx);
	return n;
}

static void print_profile(const struct spec_seccomp *s)
{
	printf("# default %s %u archs %zu\n", s->default_action, s->default_errno_ret.v,
	       s->architectures.n);
	for (size_t i = 0; i < s->n_rules; i++) {
		const struct spec_seccomp_rule *r = &s->rules[i];

		printf("#  %s %d:", r->action,
		       r->errno_ret.set ? (int)r->errno_ret.v : -1);
		for (size_t j = 0; j < r->names.n; j++)
			printf(" %s", r->names.v[j]);
		for (size_t j = 0; j < r->n_args; j++)
			printf(" [%u %s %llx %llx]", r->args[j].index, r->args[j].op,
			       (unsigned long long)r->args[j].value,
			       (unsigned long long)r->args[j].value_two);
		printf("\n");
	}
}

static void random_call(struct seccomp_data *d)
{
	static const uint32_t archs[] = { AUDIT_ARCH_X86_64, AUDIT_ARCH_I386,
					  AUDIT_ARCH_X86_64, AUDIT_ARCH_AARCH64 };
	uint32_t arch = rnd(40) ? rnd(3) : 3;
	const char *name = names[rnd(ARRAY_SIZE(names))];
	int nr;

	d->arch = archs[arch];
	nr = seccomp_syscall_resolve_name_arch(arch == 1   ? SCMP_ARCH_X86
					       : arch == 2 ? SCMP_ARCH_X32
							   : SCMP_ARCH_X86_64,
					       name);
	if (nr < 0 || rnd(4) == 0)
		nr = (int)rnd(600) | (rnd(4) ? 0 : 0x40000000);
	if (arch == 1 && rnd(3) == 0)
		nr = rnd(2) ? 102 : 117;
	if (rnd(200) == 0)
		nr = -1;
	d->nr = nr;
	for (size_t i = 0; i < 6; i++)
		d->args[i] = rnd(3) ? value() : value() + rnd(3) - 1;
}

static void print_call(const struct seccomp_data *d, uint32_t ours, uint32_t want)
{
	printf("# arch %x nr %d args", d->arch, d->nr);
	for (size_t i = 0; i < 6; i++)
		printf(" %llx", (unsigned long long)d->args[i]);
	printf(": is %x, should be %x\n", ours, want);
}

/* The program of ours, checked as the kernel would. */
static bool build(struct plan_seccomp *out, const struct spec_seccomp *s, struct arena *a)
{
	struct err err = ERR_INIT;

	if (plan_seccomp_build(out, s, a, &err) < 0) {
		printf("# refused: %s\n", err.msg);
		return false;
	}
	if (!bpf_valid(out->filter, out->n_filter)) {
		printf("# the kernel would refuse it\n");
		return false;
	}
	return true;
}

static size_t n_refused, n_equal, n_ours, n_theirs;

static bool is_as_libseccomp(const struct spec_seccomp *s, struct arena *a)
{
	static struct sock_filter theirs[BPF_MAXINSNS];
	struct plan_seccomp ours = { 0 };
	size_t n = scmp_compile(s, theirs);

	if (n == 0) {
		n_refused++;
		return true; /* it finds contradictions where we see an order */
	}
	if (!build(&ours, s, a))
		return false;
	n_equal++;
	n_ours += ours.n_filter;
	n_theirs += n;
	for (size_t i = 0; i < 1000; i++) {
		struct seccomp_data d = { 0 };
		uint32_t x, y;

		random_call(&d);
		x = bpf_run(ours.filter, ours.n_filter, &d, NULL);
		y = bpf_run(theirs, n, &d, NULL);
		if (x != y) {
			print_call(&d, x, y);
			return false;
		}
	}
	return true;
}

static bool cond_holds(const struct spec_seccomp_arg *c, const struct seccomp_data *d)
{
	uint64_t v = d->args[c->index];

	if (!strcmp(c->op, "SCMP_CMP_NE"))
		return v != c->value;
	if (!strcmp(c->op, "SCMP_CMP_LT"))
		return v < c->value;
	if (!strcmp(c->op, "SCMP_CMP_LE"))
		return v <= c->value;
	if (!strcmp(c->op, "SCMP_CMP_EQ"))
		return v == c->value;
	if (!strcmp(c->op, "SCMP_CMP_GE"))
		return v >= c->value;
	if (!strcmp(c->op, "SCMP_CMP_GT"))
		return v > c->value;
	return (v & c->value) == (c->value_two & c->value);
}

static bool rule_holds(const struct spec_seccomp_rule *r, const struct seccomp_data *d)
{
	bool named = false;

	for (size_t i = 0; i < r->names.n && !named; i++)
		named = seccomp_syscall_resolve_name(r->names.v[i]) == d->nr;
	for (size_t i = 0; i < r->n_args && named; i++)
		named = cond_holds(&r->args[i], d);
	return named;
}

/* Where all rules for a call have one action, their order does not matter. */
static bool is_as_written(const struct spec_seccomp *s, struct arena *a)
{
	struct plan_seccomp ours = { 0 };

	if (!build(&ours, s, a))
		return false;
	n_equal++;
	for (size_t i = 0; i < 1000; i++) {
		struct seccomp_data d = { 0 };
		uint32_t want = scmp_action(s->default_action, &s->default_errno_ret),
			 have;

		random_call(&d);
		d.arch = AUDIT_ARCH_X86_64;
		d.nr &= 0x3ff;
		for (size_t j = 0; j < s->n_rules; j++) {
			if (rule_holds(&s->rules[j], &d))
				want = scmp_action(s->rules[j].action,
						   &s->rules[j].errno_ret);
		}
		have = bpf_run(ours.filter, ours.n_filter, &d, NULL);
		if (have != want) {
			print_call(&d, have, want);
			return false;
		}
	}
	return true;
}

static void test_kind(bool (*check)(const struct spec_seccomp *, struct arena *),
		      unsigned kind, const char *what)
{
	int bad = 0;

	n_refused = n_equal = n_ours = n_theirs = 0;
	for (int i = 0; i < 300 && bad < 3; i++) {
		struct arena a = ARENA_INIT;
		struct spec_seccomp s;

		random_profile(&s, &a, kind);
		if (!check(&s, &a)) {
			print_profile(&s);
			bad++;
		}
		arena_release(&a);
	}
	printf("# %s: %zu equal, %zu refused by libseccomp, %zu instructions against "
	       "%zu\n",
	       what, n_equal, n_refused, n_ours, n_theirs);
	ok(bad == 0 && n_equal > 0, "%s", what);
}

/* Every name that libseccomp has for this machine, but what engines keep back. */
static struct spec_strings engine_names(struct arena *a)
{
	static const char *const kept[] = {
		"mount",  "umount2",	"ptrace",	   "bpf",
		"setns",  "unshare",	"clone",	   "clone3",
		"socket", "keyctl",	"reboot",	   "personality",
		"swapon", "kexec_load", "init_module",	   "acct",
		"syslog", "quotactl",	"perf_event_open", NULL
	};
	struct spec_strings s = { ARENA_ARRAY(a, 512, const char *), 0 };

	for (int nr = 0; nr < 500; nr++) {
		char *name = seccomp_syscall_resolve_num_arch(SCMP_ARCH_X86_64, nr);
		bool keep = !name;

		for (size_t i = 0; !keep && kept[i]; i++)
			keep = !strcmp(kept[i], name);
		if (!keep)
			s.v[s.n++] = arena_strdup(a, name);
		free(name);
	}
	return s;
}

static struct spec_strings one_name(struct arena *a, const char *name)
{
	struct spec_strings s = { ARENA_ARRAY(a, 2, const char *), 1 };

	s.v[0] = name;
	return s;
}

/* In the manner of Docker and Podman. */
static void test_engine(void)
{
	static const char *archs[] = { "SCMP_ARCH_X86_64", "SCMP_ARCH_X86",
				       "SCMP_ARCH_X32" };
	static const uint64_t personalities[] = { 0, 8, 0x20000, 0x20008, 0xffffffff };
	struct spec_seccomp_arg args[8] = {
		{ 0, 0x7e020000, 0, "SCMP_CMP_MASKED_EQ" },
		{ 0, 40, 0, "SCMP_CMP_NE" },
	};
	struct arena a = ARENA_INIT;
	struct spec_seccomp_rule rules[9] = {
		{ engine_names(&a), "SCMP_ACT_ALLOW" },
		{ one_name(&a, "clone"), "SCMP_ACT_ALLOW", { 0 }, &args[0], 1 },
		{ one_name(&a, "socket"), "SCMP_ACT_ALLOW", { 0 }, &args[1], 1 },
		{ one_name(&a, "clone3"), "SCMP_ACT_ERRNO", { true, EPERM } },
	};
	struct spec_seccomp s = { .default_action = "SCMP_ACT_ERRNO",
				  .default_errno_ret = { true, ENOSYS },
				  .architectures = { archs, 3 },
				  .rules = rules,
				  .n_rules = 9 };
	struct plan_seccomp ours = { 0 };
	bool good = true;

	for (size_t i = 0; i < 5; i++) {
		args[2 + i] = (struct spec_seccomp_arg){ 0, personalities[i], 0,
							 "SCMP_CMP_EQ" };
		rules[4 + i] = (struct spec_seccomp_rule){ one_name(&a, "personality"),
							   "SCMP_ACT_ALLOW",
							   { 0 },
							   &args[2 + i],
							   1 };
	}
	n_ours = n_theirs = 0;
	for (int i = 0; i < 20 && good; i++)
		good = is_as_libseccomp(&s, &a);
	ok(good, "the profile of an engine");
	good = build(&ours, &s, &a);
	ok(good && ours.n_filter < n_theirs / 20 / 2, "in half of the instructions: %zu",
	   ours.n_filter);
	arena_release(&a);
}

int main(void)
{
	test_engine();
	test_kind(is_as_libseccomp, MANY_RULES, "names");
	test_kind(is_as_libseccomp, MANY_ACTIONS, "names, several actions");
	test_kind(is_as_libseccomp, SUB_ARCHS | MANY_RULES, "names, sub-architectures");
	test_kind(is_as_libseccomp, SUB_ARCHS | MANY_ACTIONS,
		  "names, sub-architectures, several actions");
	test_kind(is_as_libseccomp, WITH_ARGS | ONE_RULE_A_CALL | MANY_ACTIONS,
		  "conditions");
	test_kind(is_as_libseccomp, WITH_ARGS | ONE_RULE_A_CALL | SUB_ARCHS,
		  "conditions, sub-architectures");
	test_kind(is_as_libseccomp, WITH_ARGS | ONE_EQUALITY | MANY_RULES,
		  "several equalities a call");
	test_kind(is_as_written, WITH_ARGS, "all kinds of conditions");
	test_kind(is_as_written, WITH_ARGS | MANY_RULES, "many conditions");
	return done();
}
