/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan/seccomp_parts.h - what the files of the seccomp compiler share
 *
 *   seccomp.c        the section of config.json -> one table of rules per architecture
 *   seccomp_rules.c  the order of several rules for one system call
 *   seccomp_bpf.c    tables -> one classic BPF program
 *   seccomp_names.c  system call names -> numbers, from a table made at build time
 */
#ifndef AGENTRUN_PLAN_SECCOMP_PARTS_H
#define AGENTRUN_PLAN_SECCOMP_PARTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct sock_filter;

#define SECCOMP_MAX_ARCHS 4   /* architectures that one CPU runs */
#define SECCOMP_MAX_NR	  640 /* system call numbers, without the bit of x32 */
#define SECCOMP_ARGS	  6
#define SECCOMP_MAX_RULES \
	1365 /* of one system call: three instructions each, at least \
	      */
#define SECCOMP_X32_BIT 0x40000000u

/* One architecture that this CPU can run. */
struct seccomp_arch {
	const char *name; /* "SCMP_ARCH_X86_64" */
	uint32_t audit;	  /* AUDIT_ARCH_* */
	bool is_64;	  /* arguments are compared in full */
	bool is_x32;	  /* its numbers carry SECCOMP_X32_BIT */
};

/* The family of the CPU, native one first. seccomp_n_archs of them. */
extern const struct seccomp_arch seccomp_archs[];
extern const size_t seccomp_n_archs;

/*
 * On some architectures socketcall(2) and ipc(2) carry other calls, by a number in their
 * first argument.
 */
enum seccomp_via { VIA_NOTHING = 0, VIA_SOCKETCALL, VIA_IPC, VIA_COUNT };

/* One name, its number on each of seccomp_archs (-1: none), and how it is carried. */
struct seccomp_name {
	char text[32];
	int16_t nr[SECCOMP_MAX_ARCHS];
	uint8_t via; /* enum seccomp_via */
	uint8_t sub;
};

/* seccomp_find: the row of a name, or NULL. */
const struct seccomp_name *seccomp_find(const char *name);

enum seccomp_op { OP_NE = 0, OP_LT, OP_LE, OP_EQ, OP_GE, OP_GT, OP_MASKED_EQ, OP_COUNT };

struct seccomp_cond {
	unsigned arg;
	enum seccomp_op op;
	uint64_t mask; /* all ones but for OP_MASKED_EQ */
	uint64_t value;
};

/* One rule with conditions, all of which must hold; by ascending argument. */
struct seccomp_rule {
	struct seccomp_rule *before; /* the one that is tried before this one */
	uint32_t action;
	size_t n_conds;
	struct seccomp_cond conds[SECCOMP_ARGS];
};

/* What happens to one system call: an action, else the first rule that holds. */
struct seccomp_slot {
	uint32_t action;
	uint16_t n_rules;
	bool has_action;
	struct seccomp_rule *last; /* linked from the last one to the first */
};

struct seccomp_table {
	const struct seccomp_arch *arch;
	size_t column;		/* of seccomp_archs */
	int carrier[VIA_COUNT]; /* number of socketcall and ipc, -1: none */
	int last;		/* highest number that the profile names, -1: none */
	struct seccomp_slot slots[SECCOMP_MAX_NR];
};

struct seccomp_program {
	struct seccomp_table *tables[SECCOMP_MAX_ARCHS];
	size_t n_tables;
	uint32_t default_action;
	uint32_t newer_action; /* for numbers above `last` */
};

/*
 * seccomp_rule_add: a rule for one system call, in libseccomp's order. -EEXIST: the same
 * conditions with another action; -E2BIG: more rules than a program can hold.
 */
int seccomp_rule_add(struct arena *a, struct seccomp_slot *slot,
		     const struct seccomp_rule *rule, bool is_64);

/*
 * seccomp_emit: 0 and the program, or -E2BIG when it is above BPF_MAXINSNS; *out_n is
 * then what it would need at least.
 */
int seccomp_emit(const struct seccomp_program *p, struct arena *a,
		 struct sock_filter **out, size_t *out_n);

#endif
