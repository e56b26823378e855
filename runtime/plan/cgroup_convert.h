/* SPDX-License-Identifier: Apache-2.0 */
/* plan/cgroup_convert.h - values that v1 and v2 count differently */
#ifndef AGENTRUN_PLAN_CGROUP_CONVERT_H
#define AGENTRUN_PLAN_CGROUP_CONVERT_H

#include <stdbool.h>
#include <stdint.h>

#define CGROUP_SWAP_UNSET 1

/* cgroup_convert_shares: cpu.shares to cpu.weight, 1024 -> 100. shares is not 0. */
uint64_t cgroup_convert_shares(uint64_t shares);
/* cgroup_convert_io_weight: 10 ... 1000 to 1 ... 10000 */
uint32_t cgroup_convert_io_weight(uint32_t weight);
/*
 * cgroup_convert_swap: v1's sum of memory and swap to v2's swap alone. 0, or
 * CGROUP_SWAP_UNSET, -EDOM without a limit, -EINVAL below the limit.
 */
int cgroup_convert_swap(int64_t limit, int64_t swap, int64_t *out, bool *out_max);

#endif
