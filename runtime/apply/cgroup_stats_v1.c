/* SPDX-License-Identifier: Apache-2.0 */
/* apply/cgroup_stats_v1.c - cpu, memory and blkio of v1 hierarchies */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "apply/cgroup_dir.h"
#include "apply/cgroup_stats.h"
#include "base/arena.h"
#include "base/json.h"
#include "base/str.h"

static void percpu(const struct cgroup *c, struct arena *a, struct json *usage)
{
	char *text = cg_stat_text(c, a, "cpuacct", "cpuacct.usage_percpu"), *save = NULL;
	struct json *list;

	if (!text)
		return;
	list = json_add_array(a, usage, "percpu");
	for (char *w = strtok_r(text, " \n", &save); w; w = strtok_r(NULL, " \n", &save))
		json_append_u64(a, list, strtoull(w, NULL, 10));
}

/* "cpu user system" in nanoseconds, a header line above */
static void percpu_split(const struct cgroup *c, struct arena *a, struct json *usage)
{
	char *text = cg_stat_text(c, a, "cpuacct", "cpuacct.usage_all"), *save = NULL;
	struct json *kernel, *user;

	if (!text)
		return;
	kernel = json_add_array(a, usage, "percpu_kernel");
	user = json_add_array(a, usage, "percpu_user");
	for (char *l = strtok_r(text, "\n", &save); l; l = strtok_r(NULL, "\n", &save)) {
		uint64_t u, s;

		if (sscanf(l, "%*u %" SCNu64 " %" SCNu64, &u, &s) != 2)
			continue;
		json_append_u64(a, kernel, s);
		json_append_u64(a, user, u);
	}
}

static void cpu(const struct cgroup *c, struct arena *a, struct json *data)
{
	struct json *o = json_add_object(a, data, "cpu");
	struct json *usage = json_add_object(a, o, "usage");
	struct json *throttling;
	uint64_t tick = 1000000000ull / (uint64_t)sysconf(_SC_CLK_TCK);

	json_add_u64(a, usage, "total", cg_stat_u64(c, "cpuacct", "cpuacct.usage"));
	percpu(c, a, usage);
	percpu_split(c, a, usage);
	json_add_u64(a, usage, "kernel",
		     tick * cg_stat_key(c, "cpuacct", "cpuacct.stat", "system"));
	json_add_u64(a, usage, "user",
		     tick * cg_stat_key(c, "cpuacct", "cpuacct.stat", "user"));
	throttling = json_add_object(a, o, "throttling");
	json_add_u64(a, throttling, "periods",
		     cg_stat_key(c, "cpu", "cpu.stat", "nr_periods"));
	json_add_u64(a, throttling, "throttledPeriods",
		     cg_stat_key(c, "cpu", "cpu.stat", "nr_throttled"));
	json_add_u64(a, throttling, "throttledTime",
		     cg_stat_key(c, "cpu", "cpu.stat", "throttled_time"));
}

static void account(const struct cgroup *c, struct arena *a, struct json *memory,
		    const char *name, const char *prefix)
{
	struct json *o = json_add_object(a, memory, name);

	cg_stat_limit(
		a, o,
		cg_stat_u64(c, "memory", arena_printf(a, "%s.usage_in_bytes", prefix)),
		cg_stat_u64(c, "memory", arena_printf(a, "%s.limit_in_bytes", prefix)),
		cg_stat_u64(c, "memory",
			    arena_printf(a, "%s.max_usage_in_bytes", prefix)),
		cg_stat_u64(c, "memory", arena_printf(a, "%s.failcnt", prefix)));
}

static void memory(const struct cgroup *c, struct arena *a, struct json *data)
{
	struct json *o = json_add_object(a, data, "memory");

	json_add_u64(a, o, "cache", cg_stat_key(c, "memory", "memory.stat", "cache"));
	account(c, a, o, "usage", "memory");
	account(c, a, o, "swap", "memory.memsw");
	account(c, a, o, "kernel", "memory.kmem");
	account(c, a, o, "kernelTCP", "memory.kmem.tcp");
	cg_stat_raw(c, a, json_add_object(a, o, "raw"), "memory", "memory.stat");
}

/* "8:0 Read 4096", or "8:0 4096" */
static void blkio_file(const struct cgroup *c, struct arena *a, struct json *blkio,
		       const char *name, const char *const *files)
{
	struct json *list = json_add_array(a, blkio, name);
	char *text = NULL, *save = NULL;

	for (; *files && !(text && text[0]); files++)
		text = cg_stat_text(c, a, "blkio", *files);
	for (char *l = text ? strtok_r(text, "\n", &save) : NULL; l;
	     l = strtok_r(NULL, "\n", &save)) {
		uint64_t major, minor, value;
		char op[16] = "";
		struct json *e;

		if (sscanf(l, "%" SCNu64 ":%" SCNu64 " %15[A-Za-z] %" SCNu64, &major,
			   &minor, op, &value) != 4 &&
		    sscanf(l, "%" SCNu64 ":%" SCNu64 " %" SCNu64, &major, &minor,
			   &value) != 3)
			continue;
		e = json_new(a, JSON_OBJECT);
		json_add_u64(a, e, "major", major);
		json_add_u64(a, e, "minor", minor);
		json_add_str(a, e, "op", arena_strdup(a, op));
		json_add_u64(a, e, "value", value);
		json_append(a, list, e);
	}
}

static void blkio(const struct cgroup *c, struct arena *a, struct json *data)
{
	/* the scheduler's own first, then what every kernel counts */
	static const struct {
		const char *name;
		const char *files[4];
	} table[] = {
		{ "ioServiceBytesRecursive",
		  { "blkio.bfq.io_service_bytes_recursive",
		    "blkio.io_service_bytes_recursive",
		    "blkio.throttle.io_service_bytes_recursive" } },
		{ "ioServicedRecursive",
		  { "blkio.bfq.io_serviced_recursive", "blkio.io_serviced_recursive",
		    "blkio.throttle.io_serviced_recursive" } },
		{ "ioQueueRecursive",
		  { "blkio.bfq.io_queued_recursive", "blkio.io_queued_recursive" } },
		{ "ioServiceTimeRecursive",
		  { "blkio.bfq.io_service_time_recursive",
		    "blkio.io_service_time_recursive" } },
		{ "ioWaitTimeRecursive",
		  { "blkio.bfq.io_wait_time_recursive",
		    "blkio.io_wait_time_recursive" } },
		{ "ioMergedRecursive",
		  { "blkio.bfq.io_merged_recursive", "blkio.io_merged_recursive" } },
		{ "ioTimeRecursive",
		  { "blkio.bfq.time_recursive", "blkio.time_recursive" } },
		{ "sectorsRecursive",
		  { "blkio.bfq.sectors_recursive", "blkio.sectors_recursive" } },
	};
	struct json *o = json_add_object(a, data, "blkio");

	for (size_t i = 0; i < ARRAY_SIZE(table); i++)
		blkio_file(c, a, o, table[i].name, table[i].files);
}

void cg_stats_v1(const struct cgroup *c, struct arena *a, struct json *data)
{
	cpu(c, a, data);
	memory(c, a, data);
	blkio(c, a, data);
}
