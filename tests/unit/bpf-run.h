/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/bpf-run.h - what the kernel does with a seccomp program, in user space */
#ifndef AGENTRUN_TESTS_BPF_RUN_H
#define AGENTRUN_TESTS_BPF_RUN_H

#include <linux/filter.h>
#include <linux/seccomp.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

/* bpf_valid: the kernel's own rules, as far as a program of ours could break them. */
static inline bool bpf_valid(const struct sock_filter *f, size_t n)
{
	if (n == 0 || n > BPF_MAXINSNS || BPF_CLASS(f[n - 1].code) != BPF_RET)
		return false;
	for (size_t i = 0; i < n; i++) {
		size_t left = n - i - 1;

		switch (BPF_CLASS(f[i].code)) {
		case BPF_LD:
			if (f[i].k % 4 || f[i].k >= sizeof(struct seccomp_data))
				return false;
			break;
		case BPF_JMP:
			if (BPF_OP(f[i].code) == BPF_JA
				    ? f[i].k >= left
				    : f[i].jt >= left || f[i].jf >= left)
				return false;
			break;
		case BPF_ALU:
		case BPF_RET:
			break;
		default:
			return false;
		}
	}
	return true;
}

/* bpf_run: the answer of a program for one system call; *out_steps may be NULL. */
static inline uint32_t bpf_run(const struct sock_filter *f, size_t n,
			       const struct seccomp_data *data, size_t *out_steps)
{
	uint32_t acc = 0, mem[BPF_MEMWORDS] = { 0 };
	size_t steps = 0;

	for (size_t i = 0; i < n; i++, steps++) {
		uint32_t k = f[i].k;
		bool yes;

		switch (f[i].code) {
		case BPF_LD | BPF_W | BPF_ABS:
			memcpy(&acc, (const char *)data + k, sizeof(acc));
			continue;
		case BPF_LD | BPF_MEM:
			acc = mem[k];
			continue;
		case BPF_ST:
			mem[k] = acc;
			continue;
		case BPF_ALU | BPF_AND | BPF_K:
			acc &= k;
			continue;
		case BPF_JMP | BPF_JA:
			i += k;
			continue;
		case BPF_JMP | BPF_JEQ | BPF_K:
			yes = acc == k;
			break;
		case BPF_JMP | BPF_JGE | BPF_K:
			yes = acc >= k;
			break;
		case BPF_JMP | BPF_JGT | BPF_K:
			yes = acc > k;
			break;
		case BPF_JMP | BPF_JSET | BPF_K:
			yes = (acc & k) != 0;
			break;
		case BPF_RET | BPF_K:
			if (out_steps)
				*out_steps = steps;
			return k;
		default:
			abort();
		}
		i += yes ? f[i].jt : f[i].jf;
	}
	abort();
}

#endif
