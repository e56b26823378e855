/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/unit/test-device-rules.c - lists of device rules against what they say
 *
 * The model is the list itself, read from the top with every letter for itself. Against
 * it: the shortened list, the eBPF program (run here, instruction by instruction) and,
 * where v1 has words for it, the exceptions of a devices cgroup as the kernel reads them.
 * The devices of the matrix are those that the rules can tell apart.
 */
#include <errno.h>
#include <linux/bpf.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "plan/device_rules.h"
#include "spec/spec.h"
#include "tap.h"

#define RULES_MAX 8

static const int64_t numbers[] = { 0, 1, 3, 5, 136, 200 };

static bool matches(const struct spec_device_rule *r, char type, int64_t major,
		    int64_t minor)
{
	return (!r->type || r->type[0] == 'a' || r->type[0] == type) &&
	       (!r->major.set || r->major.v == -1 || r->major.v == major) &&
	       (!r->minor.set || r->minor.v == -1 || r->minor.v == minor);
}

static bool model_default(char type, int64_t major, int64_t minor, unsigned bit)
{
	if (bit == DEVICE_MKNOD)
		return true;
	if (type != 'c')
		return false;
	return (major == 1 && (minor == 3 || minor == 5 || (minor >= 7 && minor <= 9))) ||
	       (major == 5 && (minor == 0 || minor == 2)) || major == 136;
}

static bool model_bit(const struct spec_resources *r, char type, int64_t major,
		      int64_t minor, unsigned bit)
{
	bool yes = false;

	for (size_t i = 0; i < r->n_devices; i++) {
		const struct spec_device_rule *d = &r->devices[i];
		char letter = bit == DEVICE_READ ? 'r' : bit == DEVICE_WRITE ? 'w' : 'm';

		if (matches(d, type, major, minor) &&
		    (!d->access || strchr(d->access, letter)))
			yes = d->allow;
	}
	return yes || model_default(type, major, minor, bit);
}

static bool model(const struct spec_resources *r, char type, int64_t major, int64_t minor,
		  unsigned access)
{
	for (unsigned bit = 1; bit <= DEVICE_ALL; bit <<= 1)
		if ((access & bit) && !model_bit(r, type, major, minor, bit))
			return false;
	return true;
}

/* The few instructions that such a program is made of; anything else is -1. */
static int64_t run(const struct bpf_insn *p, size_t n, const uint32_t ctx[3])
{
	uint64_t reg[11] = { 0 };

	for (size_t pc = 0; pc < n; pc++) {
		const struct bpf_insn *i = &p[pc];
		uint64_t imm = (uint64_t)(int64_t)i->imm;

		switch (i->code) {
		case BPF_LDX | BPF_W | BPF_MEM:
			if (i->src_reg != 1 || i->off < 0 || i->off > 8 || i->off % 4)
				return -1;
			reg[i->dst_reg] = ctx[i->off / 4];
			break;
		case BPF_ALU64 | BPF_MOV | BPF_K:
			reg[i->dst_reg] = imm;
			break;
		case BPF_ALU64 | BPF_MOV | BPF_X:
			reg[i->dst_reg] = reg[i->src_reg];
			break;
		case BPF_ALU64 | BPF_AND | BPF_K:
			reg[i->dst_reg] &= imm;
			break;
		case BPF_ALU64 | BPF_RSH | BPF_K:
			reg[i->dst_reg] >>= imm;
			break;
		case BPF_JMP | BPF_JNE | BPF_K:
			pc += reg[i->dst_reg] != imm ? (size_t)i->off : 0;
			break;
		case BPF_JMP | BPF_JEQ | BPF_K:
			pc += reg[i->dst_reg] == imm ? (size_t)i->off : 0;
			break;
		case BPF_JMP | BPF_EXIT:
			return (int64_t)reg[0];
		default:
			return -1;
		}
	}
	return -1;
}

static bool kernel_v1(const struct device_v1 *v, char type, int64_t major, int64_t minor,
		      unsigned access)
{
	for (size_t i = 0; i < v->n; i++) {
		const struct device_rule *e = &v->except[i];

		if (e->type != type || (e->major != DEVICE_ANY && e->major != major) ||
		    (e->minor != DEVICE_ANY && e->minor != minor))
			continue;
		if (v->allow_all && (access & e->access))
			return false;
		if (!v->allow_all && !(access & ~e->access))
			return true;
	}
	return v->allow_all;
}

struct result {
	unsigned long cases, wrong_list, wrong_program, wrong_v1, v1_lists;
};

static void one_device(const struct spec_resources *r, const struct device_rules *rules,
		       const struct bpf_insn *prog, size_t n, const struct device_v1 *v1,
		       char type, int64_t major, int64_t minor, struct result *res)
{
	for (unsigned access = 1; access <= DEVICE_ALL; access++) {
		bool want = model(r, type, major, minor, access);
		uint32_t ctx[3] = { access << 16 | (type == 'b' ? BPF_DEVCG_DEV_BLOCK
								: BPF_DEVCG_DEV_CHAR),
				    (uint32_t)major, (uint32_t)minor };

		res->cases++;
		res->wrong_list +=
			device_rules_allow(rules, type, major, minor, access) != want;
		res->wrong_program += run(prog, n, ctx) != want;
		/* KERNEL: v1 asks for making a node and for opening it in two questions
		 */
		if (v1 && (access == DEVICE_MKNOD || !(access & DEVICE_MKNOD)))
			res->wrong_v1 +=
				kernel_v1(v1, type, major, minor, access) != want;
	}
}

static void check(const struct spec_resources *r, struct result *res)
{
	AUTO_ARENA a = ARENA_INIT;
	struct err err = ERR_INIT;
	struct device_rules rules;
	struct device_v1 v1;
	struct bpf_insn *prog;
	size_t n;
	bool has_v1;

	if (device_rules_build(&a, r, &rules, &err) < 0 ||
	    device_rules_program(&a, &rules, &prog, &n, &err) < 0) {
		res->wrong_list++;
		return;
	}
	has_v1 = device_rules_v1(&a, &rules, &v1, &err) == 0;
	res->v1_lists += has_v1;
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++)
		for (size_t k = 0; k < ARRAY_SIZE(numbers); k++) {
			one_device(r, &rules, prog, n, has_v1 ? &v1 : NULL, 'b',
				   numbers[i], numbers[k], res);
			one_device(r, &rules, prog, n, has_v1 ? &v1 : NULL, 'c',
				   numbers[i], numbers[k], res);
		}
}

static void random_rule(struct spec_device_rule *d)
{
	static const char *const types[] = { NULL, "a", "b", "c", "c" };
	static const char *const access[] = {
		NULL, "r", "w", "m", "rw", "rm", "wm", "rwm"
	};

	*d = (struct spec_device_rule){ .allow = rand() % 2,
					.type = types[rand() % 5],
					.access = access[rand() % 8] };
	if (rand() % 3)
		d->major =
			(struct opt_i64){ true, rand() % 5 ? numbers[rand() % 6] : -1 };
	if (rand() % 3)
		d->minor =
			(struct opt_i64){ true, rand() % 5 ? numbers[rand() % 6] : -1 };
}

static void random_lists(void)
{
	struct result res = { 0 };

	srand(20);
	for (int i = 0; i < 3000; i++) {
		struct spec_device_rule list[RULES_MAX];
		struct spec_resources r = { .devices = list,
					    .n_devices =
						    (size_t)(rand() % (RULES_MAX + 1)) };

		for (size_t k = 0; k < r.n_devices; k++)
			random_rule(&list[k]);
		check(&r, &res);
	}
	ok(res.cases > 1000000, "%lu questions asked", res.cases);
	is_int((long long)res.wrong_list, 0,
	       "the shortened list says what the list says");
	is_int((long long)res.wrong_program, 0, "the program says what the list says");
	is_int((long long)res.wrong_v1, 0, "the v1 list says what the list says");
	ok(res.v1_lists > 100, "%lu of 3000 lists have a v1 form", res.v1_lists);
}

#define NUM(n)            \
	{                 \
		true, (n) \
	}
static struct spec_device_rule engine[] = {
	{ .allow = false, .access = "rwm" },
	{ .allow = true, .type = "c", .major = NUM(1), .minor = NUM(5), .access = "rwm" },
	{ .allow = true, .type = "c", .major = NUM(1), .minor = NUM(3), .access = "rwm" },
	{ .allow = true, .type = "c", .major = NUM(5), .minor = NUM(1), .access = "rwm" },
	{ .allow = false,
	  .type = "c",
	  .major = NUM(10),
	  .minor = NUM(229),
	  .access = "rwm" },
	{ .allow = true, .type = "b", .major = NUM(8), .minor = NUM(0), .access = "r" },
};

static void engine_list(void)
{
	AUTO_ARENA a = ARENA_INIT;
	struct spec_resources r = { .devices = engine, .n_devices = ARRAY_SIZE(engine) };
	struct device_rules rules;
	struct device_v1 v1;
	struct bpf_insn *prog;
	struct err err = ERR_INIT;
	size_t n;
	const uint32_t rw = (DEVICE_READ | DEVICE_WRITE) << 16 | BPF_DEVCG_DEV_BLOCK;
	const uint32_t sda[3] = { rw, 8, 0 };
	const uint32_t ro[3] = { DEVICE_READ << 16 | BPF_DEVCG_DEV_BLOCK, 8, 0 };
	const uint32_t tun[3] = { DEVICE_READ << 16 | BPF_DEVCG_DEV_CHAR, 10, 200 };

	is_int(device_rules_build(&a, &r, &rules, &err), 0, "an engine's list is taken");
	is_int((long long)rules.n, 11, "what changes nothing is dropped");
	is_int(device_rules_program(&a, &rules, &prog, &n, &err), 0,
	       "it becomes a program");
	is_int(run(prog, n, sda), 0, "O_RDWR needs both bits");
	is_int(run(prog, n, ro), 1, "reading alone is allowed");
	is_int(run(prog, n, tun), 0, "tun is not for everybody");
	is_int(device_rules_v1(&a, &rules, &v1, &err), 0, "it becomes a v1 list");
	ok(!v1.allow_all && v1.n == 12, "v1: %zu exceptions from deny all", v1.n);
}

static void all_allowed(void)
{
	AUTO_ARENA a = ARENA_INIT;
	struct spec_device_rule list[] = {
		{ .allow = true, .type = "a", .access = "rwm" },
		{ .allow = false,
		  .type = "b",
		  .major = NUM(8),
		  .minor = NUM(0),
		  .access = "w" },
	};
	struct spec_resources r = { .devices = list, .n_devices = 1 };
	struct device_rules rules;
	struct device_v1 v1;
	struct err err = ERR_INIT;
	char text[64];

	is_int(device_rules_build(&a, &r, &rules, &err), 0, "allow all");
	is_int(device_rules_v1(&a, &rules, &v1, &err), 0, "v1: allow all");
	ok(v1.allow_all && v1.n == 0, "v1: no exceptions");
	r.n_devices = 2;
	is_int(device_rules_build(&a, &r, &rules, &err), 0, "allow all but one");
	is_int(device_rules_v1(&a, &rules, &v1, &err), 0, "v1: allow all but one");
	ok(v1.allow_all && v1.n == 1, "v1: one exception");
	is_str(device_rule_text(&v1.except[0], text, sizeof(text)), "b 8:0 w",
	       "v1: its text");
}

static void refused(void)
{
	AUTO_ARENA a = ARENA_INIT;
	struct spec_device_rule list[] = {
		{ .allow = true, .type = "c", .major = NUM(4), .access = "rw" },
		{ .allow = false,
		  .type = "c",
		  .major = NUM(4),
		  .minor = NUM(64),
		  .access = "w" },
	};
	struct spec_device_rule bad = { .allow = true, .type = "x" };
	struct spec_resources r = { .devices = list, .n_devices = 2 };
	struct device_rules rules;
	struct device_v1 v1;
	struct err err = ERR_INIT;

	device_rules_build(&a, &r, &rules, &err);
	is_int(device_rules_v1(&a, &rules, &v1, &err), -ENOTSUP,
	       "v1: a hole in a wildcard");
	ok(strstr(err.msg, "/linux/resources/devices/1") != NULL, "names it: %s",
	   err.msg);
	err = ERR_INIT;
	r = (struct spec_resources){ .devices = &bad, .n_devices = 1 };
	is_int(device_rules_build(&a, &r, &rules, &err), -EINVAL, "an unknown type");
	err = ERR_INIT;
	bad = (struct spec_device_rule){ .access = "rwx" };
	is_int(device_rules_build(&a, &r, &rules, &err), -EINVAL, "an unknown access");
	err = ERR_INIT;
	bad = (struct spec_device_rule){ .major = NUM(INT64_C(1) << 40) };
	is_int(device_rules_build(&a, &r, &rules, &err), -ERANGE, "no such number");
}

int main(void)
{
	engine_list();
	all_allowed();
	refused();
	random_lists();
	return done();
}
