/* SPDX-License-Identifier: Apache-2.0 */
/* plan/seccomp_names.c - names of system calls, from the table made at build time */
#include <assert.h>
#include <linux/audit.h>
#include <string.h>

#include "plan/seccomp_parts.h"

/* seccomp_archs, and names[] in order of strcmp. */
#include "plan/syscall-names.h"

const size_t seccomp_n_archs = N_ARCHS;

static_assert(N_ARCHS <= SECCOMP_MAX_ARCHS, "a row of the table has too few numbers");

const struct seccomp_name *seccomp_find(const char *name)
{
	size_t low = 0, high = sizeof(names) / sizeof(names[0]);

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int r = strcmp(name, names[mid].text);

		if (r == 0)
			return &names[mid];
		if (r < 0)
			high = mid;
		else
			low = mid + 1;
	}
	return NULL;
}
