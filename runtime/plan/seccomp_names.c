/* SPDX-License-Identifier: Apache-2.0 */
/* plan/seccomp_names.c - names of system calls, from the table made at build time */
#include <linux/audit.h>
#include <string.h>

#include "plan/seccomp_parts.h"

/* seccomp_archs, and names[] in order of strcmp. */
#include "plan/syscall-names.h"

const size_t seccomp_n_archs = N_ARCHS;

int seccomp_number(const char *name, size_t arch)
{
	size_t low = 0, high = sizeof(names) / sizeof(names[0]);

	while (low < high) {
		size_t mid = low + (high - low) / 2;
		int r = strcmp(name, names[mid].text);

		if (r == 0)
			return names[mid].nr[arch];
		if (r < 0)
			high = mid;
		else
			low = mid + 1;
	}
	return -1;
}
