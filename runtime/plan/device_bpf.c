/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan/device_bpf.c - device rules as a BPF_PROG_TYPE_CGROUP_DEVICE program
 *
 * Later rules first. A register holds the access bits that nobody has decided yet: a rule
 * that allows takes its bits away, and an empty register is a yes; a rule that denies one
 * of the bits that are left is a no; so is the end of the program. So O_RDWR needs both
 * of its bits (crun compared them with "any of").
 */
#include <errno.h>
#include <linux/bpf.h>
#include <stdint.h>

#include "base/arena.h"
#include "base/err.h"
#include "plan/device_rules.h"

enum {
	R_VERDICT = 0,
	R_CTX = 1,
	R_TYPE = 2,
	R_ACCESS = 3,
	R_MAJOR = 4,
	R_MINOR = 5,
	R_TMP = 6
};

#define INSN(code_, dst, src, off_, imm_)     \
	((struct bpf_insn){ .code = (code_),  \
			    .dst_reg = (dst), \
			    .src_reg = (src), \
			    .off = (off_),    \
			    .imm = (imm_) })
#define LOAD(dst, off_)	   INSN(BPF_LDX | BPF_W | BPF_MEM, dst, R_CTX, off_, 0)
#define MOV(dst, imm_)	   INSN(BPF_ALU64 | BPF_MOV | BPF_K, dst, 0, 0, imm_)
#define MOV_REG(dst, src_) INSN(BPF_ALU64 | BPF_MOV | BPF_X, dst, src_, 0, 0)
#define AND(dst, imm_)	   INSN(BPF_ALU64 | BPF_AND | BPF_K, dst, 0, 0, imm_)
#define SHIFT(dst, imm_)   INSN(BPF_ALU64 | BPF_RSH | BPF_K, dst, 0, 0, imm_)
#define JNE(dst, imm_, o)  INSN(BPF_JMP | BPF_JNE | BPF_K, dst, 0, o, imm_)
#define JEQ(dst, imm_, o)  INSN(BPF_JMP | BPF_JEQ | BPF_K, dst, 0, o, imm_)
#define EXIT()		   INSN(BPF_JMP | BPF_EXIT, 0, 0, 0, 0)

#define PROLOGUE	 6
#define EPILOGUE	 2
#define MAX_INSNS_A_RULE 8
/* KERNEL 5.2: before it, and without CAP_BPF still, a program has at most 4096. */
#define PROGRAM_MAX 4096

static size_t emit_rule(struct bpf_insn *p, const struct device_rule *r)
{
	unsigned n_tests =
		(r->type != 'a') + (r->major != DEVICE_ANY) + (r->minor != DEVICE_ANY);
	int16_t skip = (int16_t)(n_tests + (r->allow ? 4 : 5));
	size_t n = 0;

	/* a jump counts from the instruction behind it */
	if (r->type != 'a')
		p[n++] = JNE(R_TYPE,
			     r->type == 'b' ? BPF_DEVCG_DEV_BLOCK : BPF_DEVCG_DEV_CHAR,
			     --skip);
	if (r->major != DEVICE_ANY)
		p[n++] = JNE(R_MAJOR, (int32_t)r->major, --skip);
	if (r->minor != DEVICE_ANY)
		p[n++] = JNE(R_MINOR, (int32_t)r->minor, --skip);
	if (r->allow) {
		p[n++] = AND(R_ACCESS, (int32_t)(DEVICE_ALL & ~r->access));
		p[n++] = JNE(R_ACCESS, 0, 2);
	} else {
		p[n++] = MOV_REG(R_TMP, R_ACCESS);
		p[n++] = AND(R_TMP, (int32_t)r->access);
		p[n++] = JEQ(R_TMP, 0, 2);
	}
	p[n++] = MOV(R_VERDICT, r->allow);
	p[n++] = EXIT();
	return n;
}

int device_rules_program(struct arena *a, const struct device_rules *rules,
			 struct bpf_insn **out, size_t *out_n, struct err *err)
{
	struct bpf_insn *p;
	size_t n = 0;

	p = ARENA_ARRAY(a, PROLOGUE + EPILOGUE + rules->n * MAX_INSNS_A_RULE,
			struct bpf_insn);
	p[n++] = LOAD(R_TYPE, 0); /* struct bpf_cgroup_dev_ctx: (access << 16) | type */
	p[n++] = MOV_REG(R_ACCESS, R_TYPE);
	p[n++] = AND(R_TYPE, 0xffff);
	p[n++] = SHIFT(R_ACCESS, 16);
	p[n++] = LOAD(R_MAJOR, 4);
	p[n++] = LOAD(R_MINOR, 8);
	for (size_t i = rules->n; i-- > 0;)
		n += emit_rule(p + n, &rules->v[i]);
	p[n++] = MOV(R_VERDICT, 0);
	p[n++] = EXIT();
	if (n > PROGRAM_MAX)
		return err_set(
			err, -E2BIG,
			"config.json:/linux/resources/devices: too many different rules "
			"for one program (%zu)",
			rules->n);
	*out = p;
	*out_n = n;
	return 0;
}
