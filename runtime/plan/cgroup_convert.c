/* SPDX-License-Identifier: Apache-2.0 */
/* plan/cgroup_convert.c - see cgroup_convert.h */
#include "plan/cgroup_convert.h"

#include <errno.h>

#define LOG2_OF_10 3.321928094887362

/*
 * Binary logarithm of x >= 1, a bit of it at a time: squaring doubles it. The runtime is
 * static: two logarithms are no reason to carry libm.
 */
static double log2_of(double x)
{
	double r = 0, bit = 1;

	for (; x >= 2; x /= 2)
		r++;
	for (int i = 0; i < 48; i++) {
		x *= x;
		bit /= 2;
		if (x >= 2) {
			r += bit;
			x /= 2;
		}
	}
	return r;
}

/*
 * The curve that runtimes agreed on in 2025: through (2, 1), (1024, 100), (262144,
 * 10000), so that the default of one is the default of the other; a straight line
 * gave 39.
 */
uint64_t cgroup_convert_shares(uint64_t shares)
{
	uint64_t low = 1, high = 10000;
	double l, exponent;

	if (shares <= 2)
		return low;
	if (shares >= 262144)
		return high;
	l = log2_of((double)shares);
	exponent = (l * l + 125 * l) / 612.0 - 7.0 / 34.0;
	/* the first weight that is not below 10^exponent; 1e-9 is for exact powers */
	while (low < high) {
		uint64_t mid = (low + high) / 2;

		if (log2_of((double)mid) / LOG2_OF_10 >= exponent - 1e-9)
			high = mid;
		else
			low = mid + 1;
	}
	return low;
}

uint32_t cgroup_convert_io_weight(uint32_t weight)
{
	return 1 + (weight - 10) * 9999 / 990;
}

int cgroup_convert_swap(int64_t limit, int64_t swap, int64_t *out, bool *out_max)
{
	*out = 0;
	*out_max = false;
	if (swap < 0 || (limit < 0 && swap == 0)) {
		*out_max = true;
		return 0;
	}
	if (swap == 0)
		return CGROUP_SWAP_UNSET;
	if (limit == 0)
		return -EDOM;
	if (limit < 0)
		*out = swap;
	else if (swap < limit)
		return -EINVAL;
	else
		*out = swap - limit;
	return 0;
}
