/* SPDX-License-Identifier: Apache-2.0 */
/* cli/resources.h - the single options of `update` as a resources object of OCI */
#ifndef AGENTRUN_CLI_RESOURCES_H
#define AGENTRUN_CLI_RESOURCES_H

#include <stddef.h>

struct arena;
struct err;
struct strbuf;

enum resource {
	RES_BLKIO_WEIGHT = 0,
	RES_CPU_PERIOD,
	RES_CPU_QUOTA,
	RES_CPU_BURST,
	RES_CPU_SHARE,
	RES_CPU_RT_PERIOD,
	RES_CPU_RT_RUNTIME,
	RES_CPU_IDLE,
	RES_CPUSET_CPUS,
	RES_CPUSET_MEMS,
	RES_MEMORY,
	RES_MEMORY_RESERVATION,
	RES_MEMORY_SWAP,
	RES_KERNEL_MEMORY,
	RES_KERNEL_MEMORY_TCP,
	RES_PIDS_LIMIT,
	RES_COUNT
};

/*
 * resources_build: v[i] is the text of option i, NULL where it was not given. *out_n is
 * how many were given; what is absent is left alone by the update.
 */
int resources_build(struct arena *a, const char *const v[RES_COUNT], struct strbuf *out,
		    size_t *out_n, struct err *err);

#endif
