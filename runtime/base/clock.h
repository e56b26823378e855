/* SPDX-License-Identifier: Apache-2.0 */
/* base/clock.h - one kind of time inside (ns on the boot-time clock), RFC 3339 outside */
#ifndef AGENTRUN_BASE_CLOCK_H
#define AGENTRUN_BASE_CLOCK_H

#include <stddef.h>
#include <stdint.h>

#define NS_PER_S  1000000000ull
#define NS_PER_MS 1000000ull

/* clock_boot_ns: CLOCK_BOOTTIME: counts through suspend, ignores steps of the wall clock. */
uint64_t clock_boot_ns(void);
/* clock_wall_ns: CLOCK_REALTIME, for what people and engines read. */
uint64_t clock_wall_ns(void);
/* clock_rfc3339: "2026-01-02T03:04:05.123456789Z", UTC. buf has at least 40 bytes. */
void clock_rfc3339(uint64_t wall_ns, char *buf, size_t len);

#endif
