/* SPDX-License-Identifier: Apache-2.0 */
/* tests/fuzz/fuzz-seccomp.c - bytes to a profile: refused with a word, or a valid program
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "../unit/bpf-run.h"
#include "base/arena.h"
#include "base/err.h"
#include "plan/seccomp.h"
#include "spec/spec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static const char *const names[] = { "read",  "write",	 "socket",    "recv",
				     "semop", "ipc",	 "clone",     "openat2",
				     "ioctl", "nothing", "socketcall" };
static const char *const archs[] = { "SCMP_ARCH_X86_64", "SCMP_ARCH_X86", "SCMP_ARCH_X32",
				     "SCMP_ARCH_ARM" };

static const char *pick(const char *const *list, uint8_t b)
{
	size_t n = 0;

	while (list[n])
		n++;
	return list[b % (n + (b == 255 ? 1 : 0))]; /* now and then none at all */
}

/* Seven bytes a rule: name, action, errno, then one condition. */
static void read_rule(struct spec_seccomp_rule *r, const uint8_t *d, struct arena *a)
{
	r->names.v = ARENA_ARRAY(a, 2, const char *);
	r->names.v[0] = names[d[0] % 11];
	r->names.n = 1;
	r->action = pick(plan_seccomp_actions(), d[1]);
	r->errno_ret = (struct opt_u32){ d[2] & 1, d[2] };
	r->n_args = d[3] % 3;
	r->args = ARENA_ARRAY(a, 2, struct spec_seccomp_arg);
	for (size_t i = 0; i < r->n_args; i++)
		r->args[i] =
			(struct spec_seccomp_arg){ (uint32_t)((d[4] + i) % 7),
						   (uint64_t)d[5] << d[6] % 57, d[6],
						   pick(plan_seccomp_operators(), d[5]) };
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_ARENA a = ARENA_INIT;
	struct spec_seccomp s = { .set = true, .listener_path = "/x" };
	struct plan_seccomp out = { 0 };
	struct seccomp_data d = { 0 };
	struct err err = ERR_INIT;

	if (size < 3)
		return 0;
	s.default_action = pick(plan_seccomp_actions(), data[0]);
	s.architectures.v = ARENA_ARRAY(&a, 4, const char *);
	for (size_t i = 0; i < 4; i++) {
		if (data[1] & (1u << i))
			s.architectures.v[s.architectures.n++] = archs[i];
	}
	s.n_rules = (size - 2) / 7;
	s.rules = ARENA_ARRAY(&a, s.n_rules + 1, struct spec_seccomp_rule);
	for (size_t i = 0; i < s.n_rules; i++)
		read_rule(&s.rules[i], data + 2 + 7 * i, &a);
	if (plan_seccomp_build(&out, &s, &a, &err) < 0) {
		if (!err.msg[0])
			abort(); /* every refusal says why */
		return 0;
	}
	if (!bpf_valid(out.filter, out.n_filter))
		abort();
	memcpy(&d, data, size < sizeof(d) ? size : sizeof(d));
	for (d.nr = 0; d.nr < 600; d.nr++)
		(void)bpf_run(out.filter, out.n_filter, &d,
			      NULL); /* aborts if it runs off */
	return 0;
}
