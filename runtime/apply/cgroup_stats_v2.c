/* SPDX-License-Identifier: Apache-2.0 */
/* apply/cgroup_stats_v2.c - cpu, memory and io of cgroup2 */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "apply/cgroup_dir.h"
#include "apply/cgroup_stats.h"
#include "base/arena.h"
#include "base/json.h"
#include "base/str.h"

static uint64_t usec(const struct cgroup *c, const char *key)
{
	return 1000 * cg_stat_key(c, "", "cpu.stat", key);
}

static void cpu(const struct cgroup *c, struct arena *a, struct json *data)
{
	struct json *o = json_add_object(a, data, "cpu");
	struct json *usage = json_add_object(a, o, "usage");
	struct json *throttling = json_add_object(a, o, "throttling");

	json_add_u64(a, usage, "total", usec(c, "usage_usec"));
	json_add_u64(a, usage, "kernel", usec(c, "system_usec"));
	json_add_u64(a, usage, "user", usec(c, "user_usec"));
	json_add_u64(a, throttling, "periods",
		     cg_stat_key(c, "", "cpu.stat", "nr_periods"));
	json_add_u64(a, throttling, "throttledPeriods",
		     cg_stat_key(c, "", "cpu.stat", "nr_throttled"));
	json_add_u64(a, throttling, "throttledTime", usec(c, "throttled_usec"));
	cg_stat_psi(c, a, o, "cpu.pressure");
}

static uint64_t unlimited(uint64_t v)
{
	return v == 0 ? UINT64_MAX : v;
}

static void memory(const struct cgroup *c, struct arena *a, struct json *data)
{
	struct json *o = json_add_object(a, data, "memory");
	uint64_t limit = unlimited(cg_stat_u64(c, "memory", "memory.max"));
	uint64_t swap = cg_stat_u64(c, "memory", "memory.swap.max");
	uint64_t now = cg_stat_u64(c, "memory", "memory.current");
	uint64_t failed = cg_stat_key(c, "memory", "memory.events", "max");

	json_add_u64(a, o, "cache", cg_stat_key(c, "memory", "memory.stat", "file"));
	cg_stat_limit(a, json_add_object(a, o, "usage"), now, limit,
		      cg_stat_u64(c, "memory", "memory.peak"), failed);
	/* as v1 counts it: memory and swap together */
	cg_stat_limit(a, json_add_object(a, o, "swap"),
		      now + cg_stat_u64(c, "memory", "memory.swap.current"),
		      limit > UINT64_MAX - swap ? UINT64_MAX : limit + swap, 0,
		      cg_stat_key(c, "memory", "memory.swap.events", "fail"));
	cg_stat_limit(a, json_add_object(a, o, "kernel"),
		      cg_stat_key(c, "memory", "memory.stat", "kernel"), UINT64_MAX, 0,
		      0);
	cg_stat_limit(a, json_add_object(a, o, "kernelTCP"),
		      cg_stat_key(c, "memory", "memory.stat", "sock"), UINT64_MAX, 0, 0);
	cg_stat_raw(c, a, json_add_object(a, o, "raw"), "memory", "memory.stat");
	cg_stat_psi(c, a, o, "memory.pressure");
}

static void entry(struct arena *a, struct json *list, const uint64_t dev[2],
		  const char *op, uint64_t value)
{
	struct json *e = json_new(a, JSON_OBJECT);

	json_add_u64(a, e, "major", dev[0]);
	json_add_u64(a, e, "minor", dev[1]);
	json_add_str(a, e, "op", op);
	json_add_u64(a, e, "value", value);
	json_append(a, list, e);
}

/* "8:0 rbytes=1 wbytes=2 rios=3 wios=4 dbytes=0 dios=0" */
static void io_line(struct arena *a, char *line, struct json *bytes, struct json *ios)
{
	static const struct {
		const char *key, *op;
		bool bytes;
	} keys[] = {
		{ "rbytes=", "Read", true },	{ "wbytes=", "Write", true },
		{ "rios=", "Read", false },	{ "wios=", "Write", false },
		{ "dbytes=", "Discard", true }, { "dios=", "Discard", false },
	};
	uint64_t dev[2];
	char *save = NULL;

	if (sscanf(line, "%" SCNu64 ":%" SCNu64, &dev[0], &dev[1]) != 2)
		return;
	for (char *w = strtok_r(line, " ", &save); w; w = strtok_r(NULL, " ", &save))
		for (size_t i = 0; i < ARRAY_SIZE(keys); i++)
			if (str_has_prefix(w, keys[i].key))
				entry(a, keys[i].bytes ? bytes : ios, dev, keys[i].op,
				      strtoull(w + strlen(keys[i].key), NULL, 10));
}

static void io(const struct cgroup *c, struct arena *a, struct json *data)
{
	static const char *const empty[] = {
		"ioQueueRecursive",  "ioServiceTimeRecursive", "ioWaitTimeRecursive",
		"ioMergedRecursive", "ioTimeRecursive",	       "sectorsRecursive"
	};
	struct json *o = json_add_object(a, data, "blkio");
	struct json *bytes = json_add_array(a, o, "ioServiceBytesRecursive");
	struct json *ios = json_add_array(a, o, "ioServicedRecursive");
	char *text = cg_stat_text(c, a, "io", "io.stat"), *save = NULL;

	for (char *l = text ? strtok_r(text, "\n", &save) : NULL; l;
	     l = strtok_r(NULL, "\n", &save))
		io_line(a, l, bytes, ios);
	for (size_t i = 0; i < ARRAY_SIZE(empty); i++)
		json_add_array(a, o, empty[i]);
	cg_stat_psi(c, a, o, "io.pressure");
}

void cg_stats_v2(const struct cgroup *c, struct arena *a, struct json *data)
{
	cpu(c, a, data);
	memory(c, a, data);
	io(c, a, data);
}
