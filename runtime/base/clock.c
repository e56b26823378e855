/* SPDX-License-Identifier: Apache-2.0 */
/* base/clock.c - see clock.h */
#include "base/clock.h"

#include <stdio.h>
#include <time.h>

static uint64_t now(clockid_t clock)
{
	struct timespec t;

	clock_gettime(clock, &t);
	return (uint64_t)t.tv_sec * NS_PER_S + (uint64_t)t.tv_nsec;
}

uint64_t clock_boot_ns(void)
{
	return now(CLOCK_BOOTTIME);
}

uint64_t clock_wall_ns(void)
{
	return now(CLOCK_REALTIME);
}

/* By hand, not by gmtime: no time zone file may be opened, whatever the root is. */
void clock_rfc3339(uint64_t wall_ns, char *buf, size_t len)
{
	uint64_t s = wall_ns / NS_PER_S;
	uint64_t days = s / 86400, rest = s % 86400;
	/* days to civil date, era of 400 years starting at 0000-03-01 */
	uint64_t z = days + 719468;
	uint64_t era = z / 146097, doe = z % 146097;
	uint64_t yoe = (doe - doe / 1460 + doe / 36524 - doe / 146096) / 365;
	uint64_t doy = doe - (365 * yoe + yoe / 4 - yoe / 100);
	uint64_t mp = (5 * doy + 2) / 153;
	unsigned day = (unsigned)(doy - (153 * mp + 2) / 5 + 1);
	unsigned month = (unsigned)(mp < 10 ? mp + 3 : mp - 9);
	unsigned long long year = yoe + era * 400 + (month <= 2);

	snprintf(buf, len, "%04llu-%02u-%02uT%02u:%02u:%02u.%09lluZ", year, month, day,
		 (unsigned)(rest / 3600), (unsigned)(rest / 60 % 60),
		 (unsigned)(rest % 60), (unsigned long long)(wall_ns % NS_PER_S));
}
