/* SPDX-License-Identifier: Apache-2.0 */
/*
 * base/fd_close.c - close all descriptors but a short list
 *
 * SECURITY: a directory of the host that survives in a container is the way out of it
 * (CVE-2024-21626), so a close that cannot be made is an error, never passed over.
 */
#include <dirent.h>
#include <errno.h>
#include <stdbool.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/fd.h"

/* Those of one pass over /proc/self/fd; closing changes the list, so the caller repeats. */
static int close_pass(unsigned from, unsigned to, bool *out_any)
{
	DIR *dir = opendir("/proc/self/fd");
	struct dirent *e;

	*out_any = false;
	if (!dir)
		return -errno;
	while ((e = readdir(dir))) {
		char *end;
		long fd = strtol(e->d_name, &end, 10);

		if (*end || end == e->d_name || fd < (long)from || fd > (long)to ||
		    fd == dirfd(dir))
			continue;
		close((int)fd);
		*out_any = true;
	}
	closedir(dir);
	return 0;
}

/* KERNEL 5.9: before it, or under an old filter, one after the other. */
static int close_gap(unsigned from, unsigned to)
{
	bool any = true;
	int r = 0;

	if (close_range(from, to, 0) == 0)
		return 0;
	while (any && r == 0)
		r = close_pass(from, to, &any);
	return r;
}

static int by_number(const void *a, const void *b)
{
	int x = *(const int *)a, y = *(const int *)b;

	return x < y ? -1 : x > y;
}

int fd_close_except(unsigned first, int *keep, size_t n)
{
	unsigned next = first;
	int r = 0;

	qsort(keep, n, sizeof(*keep), by_number);
	for (size_t i = 0; i < n && r == 0; i++) {
		if (keep[i] < 0 || (unsigned)keep[i] < next)
			continue;
		if ((unsigned)keep[i] > next)
			r = close_gap(next, (unsigned)keep[i] - 1);
		next = (unsigned)keep[i] + 1;
	}
	return r < 0 ? r : close_gap(next, ~0u);
}
