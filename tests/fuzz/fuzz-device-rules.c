/* SPDX-License-Identifier: Apache-2.0 */
/* tests/fuzz/fuzz-device-rules.c - four bytes a rule: shortened, as a program, as a list
 */
#include <stdint.h>
#include <stdlib.h>

#include "base/arena.h"
#include "base/err.h"
#include "plan/device_rules.h"
#include "spec/spec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static struct opt_i64 number(uint8_t b)
{
	return (struct opt_i64){ b & 1, (b >> 1) % 8 - 1 };
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static const char *const access[] = {
		NULL, "r", "w", "m", "rw", "rm", "wm", "rwm"
	};
	static const char *const types[] = { NULL, "a", "b", "c" };
	AUTO_ARENA a = ARENA_INIT;
	struct spec_resources r = { .n_devices = size / 4 };
	struct device_rules rules;
	struct device_v1 v1;
	struct bpf_insn *prog;
	struct err err = ERR_INIT;
	size_t n;

	r.devices = ARENA_ARRAY(&a, r.n_devices + 1, struct spec_device_rule);
	for (size_t i = 0; i < r.n_devices; i++)
		r.devices[i] =
			(struct spec_device_rule){ .allow = data[4 * i] & 1,
						   .type = types[data[4 * i] / 2 % 4],
						   .access = access[data[4 * i + 1] % 8],
						   .major = number(data[4 * i + 2]),
						   .minor = number(data[4 * i + 3]) };
	if ((device_rules_build(&a, &r, &rules, &err) < 0 ||
	     device_rules_program(&a, &rules, &prog, &n, &err) < 0 ||
	     device_rules_v1(&a, &rules, &v1, &err) < 0) &&
	    !err.msg[0])
		abort(); /* every refusal says why */
	/* no list takes away what every container has */
	if (!err.code && (!device_rules_allow(&rules, 'c', 1, 3, DEVICE_ALL) ||
			  !device_rules_allow(&rules, 'b', 4, 4, DEVICE_MKNOD)))
		abort();
	return 0;
}
