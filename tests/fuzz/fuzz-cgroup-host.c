/* SPDX-License-Identifier: Apache-2.0 */
/* tests/fuzz/fuzz-cgroup-host.c - mountinfo, an empty line, /proc/self/cgroup */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "apply/cgroup_host.h"
#include "plan/host.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	static struct host h;
	char *text = malloc(size + 1), *rest = text, *line;

	memset(&h, 0, sizeof(h));
	memcpy(text, data, size);
	text[size] = '\0';
	while ((line = strsep(&rest, "\n")) && *line)
		cgroup_host_mount(&h, line);
	while ((line = strsep(&rest, "\n")))
		cgroup_host_self(&h, line);
	cgroup_host_mode(&h);
	if (h.n_hierarchies > HOST_MAX_HIERARCHIES || (h.n_hierarchies && !h.cgroup_mode))
		abort();
	for (size_t i = 0; i < h.n_hierarchies; i++)
		if (!h.hierarchies[i].v2 && !h.hierarchies[i].controllers[0])
			abort();
	free(text);
	return 0;
}
