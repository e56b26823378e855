/* SPDX-License-Identifier: Apache-2.0 */
/*
 * systemd/limits.c - see limits.h
 *
 * systemd writes what it knows again whenever it likes (daemon-reload, a change of a
 * sibling), so it has to know. The v1 names of limits are those of the runtime's planner.
 */
#include "systemd/limits.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/str.h"
#include "systemd/bus.h"

#define DEFAULT_PERIOD_US 100000

static const struct {
	const char *file, *property;
} numbers[] = {
	{ "memory.max", "MemoryMax" },
	{ "memory.low", "MemoryLow" },
	{ "memory.min", "MemoryMin" },
	{ "memory.high", "MemoryHigh" },
	{ "memory.swap.max", "MemorySwapMax" },
	{ "memory.limit_in_bytes", "MemoryLimit" },
	{ "cpu.weight", "CPUWeight" },
	{ "cpu.shares", "CPUShares" },
	{ "pids.max", "TasksMax" },
	{ "io.weight", "IOWeight" },
	{ "blkio.weight", "BlockIOWeight" },
};

static int refused(const char *file, const char *value, struct err *err)
{
	return err_set(err, -EINVAL, "%s: %s is not a value for systemd", file,
		       str_quote(value));
}

static int number(const char *s, uint64_t *out)
{
	if (!strcmp(s, "max") || !strcmp(s, "-1")) {
		*out = UINT64_MAX;
		return 0;
	}
	return str_to_u64(s, UINT64_MAX, out);
}

static int append_u64(sd_bus_message *m, const char *name, uint64_t v, struct err *err)
{
	int r = sd_bus_message_append(m, "(sv)", name, "t", v);

	return r < 0 ? err_sys(err, r, "cannot add %s", name) : 0;
}

/* systemd keeps the share of a second, in steps of 10 ms, rounded up. */
static int append_quota(sd_bus_message *m, uint64_t quota, uint64_t period,
			struct err *err)
{
	uint64_t per_s = UINT64_MAX;

	if (quota != UINT64_MAX && period) {
		if (quota > UINT64_MAX / 1000000)
			return err_set(err, -ERANGE, "the CPU quota is too large");
		per_s = quota * 1000000 / period;
		if (per_s % 10000)
			per_s = (per_s / 10000 + 1) * 10000;
	}
	return append_u64(m, "CPUQuotaPerSecUSec", per_s, err);
}

static int append_period(struct bus *b, sd_bus_message *m, uint64_t period,
			 struct err *err)
{
	if (bus_systemd_version(b) < 242)
		return 0;
	return append_u64(m, "CPUQuotaPeriodUSec", period, err);
}

/* "50000 100000", "max 100000", or the quota alone in an update */
static int cpu_max(struct bus *b, sd_bus_message *m, const char *value, struct err *err)
{
	char first[32];
	const char *second = strchr(value, ' ');
	uint64_t quota, period;
	int r;

	snprintf(first, sizeof(first), "%.*s", (int)strcspn(value, " "), value);
	if (number(first, &quota) < 0)
		return refused("cpu.max", value, err);
	if (!second) {
		period = bus_get_u64(b, "CPUQuotaPeriodUSec", UINT64_MAX);
		return append_quota(
			m, quota, period == UINT64_MAX ? DEFAULT_PERIOD_US : period, err);
	}
	if (number(second + 1, &period) < 0 || period == 0)
		return refused("cpu.max", value, err);
	r = append_period(b, m, period, err);
	return r < 0 ? r : append_quota(m, quota, period, err);
}

static int v1_quota(struct bus *b, sd_bus_message *m, const char *value, struct err *err)
{
	uint64_t quota, period = bus_get_u64(b, "CPUQuotaPeriodUSec", UINT64_MAX);

	if (number(value, &quota) < 0)
		return refused("cpu.cfs_quota_us", value, err);
	return append_quota(m, quota, period == UINT64_MAX ? DEFAULT_PERIOD_US : period,
			    err);
}

int limits_mask(const char *list, unsigned char *mask, size_t len)
{
	size_t used = 0;

	memset(mask, 0, len);
	while (*list) {
		char *end;
		unsigned long first = strtoul(list, &end, 10), last = first;

		if (end == list)
			return -EINVAL;
		if (*end == '-') {
			list = end + 1;
			last = strtoul(list, &end, 10);
			if (end == list)
				return -EINVAL;
		}
		if (last < first || last / 8 >= len || (*end && *end != ','))
			return -EINVAL;
		for (unsigned long i = first; i <= last; i++)
			mask[i / 8] |= (unsigned char)(1u << (i % 8));
		if (last / 8 + 1 > used)
			used = last / 8 + 1;
		list = end + (*end == ',');
	}
	return (int)used;
}

static int cpuset(struct bus *b, sd_bus_message *m, const char *name, const char *value,
		  struct err *err)
{
	unsigned char mask[1024];
	int n = limits_mask(value, mask, sizeof(mask));
	int r;

	if (n < 0)
		return refused(name, value, err);
	if (bus_systemd_version(b) < 244)
		return 0;
	r = sd_bus_message_open_container(m, 'r', "sv");
	if (r >= 0)
		r = sd_bus_message_append(m, "s", name);
	if (r >= 0)
		r = sd_bus_message_open_container(m, 'v', "ay");
	if (r >= 0)
		r = sd_bus_message_append_array(m, 'y', mask, (size_t)n);
	if (r >= 0)
		r = sd_bus_message_close_container(m);
	if (r >= 0)
		r = sd_bus_message_close_container(m);
	return r < 0 ? err_sys(err, r, "cannot add %s", name) : 0;
}

static int special(struct bus *b, sd_bus_message *m, const char *file, const char *value,
		   struct err *err)
{
	uint64_t v;

	if (!strcmp(file, "cpu.max"))
		return cpu_max(b, m, value, err);
	if (!strcmp(file, "cpu.cfs_quota_us"))
		return v1_quota(b, m, value, err);
	if (!strcmp(file, "cpu.max.period") || !strcmp(file, "cpu.cfs_period_us"))
		return number(value, &v) < 0 ? refused(file, value, err)
					     : append_period(b, m, v, err);
	if (!strcmp(file, "cpuset.cpus"))
		return cpuset(b, m, "AllowedCPUs", value, err);
	if (!strcmp(file, "cpuset.mems"))
		return cpuset(b, m, "AllowedMemoryNodes", value, err);
	/* an idle group is one of weight 0 */
	if (!strcmp(file, "cpu.idle") && !strcmp(value, "1") &&
	    bus_systemd_version(b) >= 252)
		return append_u64(m, "CPUWeight", 0, err);
	if (!strcmp(file, "memory.oom.group") && bus_systemd_version(b) >= 253) {
		int r = sd_bus_message_append(m, "(sv)", "OOMPolicy", "s",
					      strcmp(value, "1") ? "continue" : "kill");

		return r < 0 ? err_sys(err, r, "cannot add OOMPolicy") : 0;
	}
	return 0;
}

int limits_append(struct bus *b, sd_bus_message *m, const char *file, const char *value,
		  struct err *err)
{
	for (size_t i = 0; i < ARRAY_SIZE(numbers); i++) {
		uint64_t v;

		if (strcmp(file, numbers[i].file) != 0)
			continue;
		if (number(value, &v) < 0) {
			/* "default 100", "8:0 200": of a device, which the file alone
			 * takes */
			if (!strcmp(file, "io.weight") || !strcmp(file, "blkio.weight"))
				return 0;
			return refused(file, value, err);
		}
		return append_u64(m, numbers[i].property, v, err);
	}
	return special(b, m, file, value, err);
}
