/* SPDX-License-Identifier: Apache-2.0 */
/* cli/resources.c - see resources.h */
#include "cli/resources.h"

#include <errno.h>
#include <stdint.h>

#include "base/err.h"
#include "base/json.h"
#include "base/log.h"
#include "base/str.h"

enum value_kind {
	VALUE_U64 = 0,
	VALUE_I64,  /* -1 is "no limit" for most */
	VALUE_SIZE, /* bytes, or with a unit; -1 is "no limit" */
	VALUE_TEXT,
	VALUE_OBSOLETE, /* VALUE_SIZE that no kernel has any more: a warning */
};

static const struct resource_field {
	const char *option;
	const char *object;
	const char *key;
	enum value_kind kind;
} fields[] = {
	[RES_BLKIO_WEIGHT] = { "blkio-weight", "blockIO", "weight", VALUE_U64 },
	[RES_CPU_PERIOD] = { "cpu-period", "cpu", "period", VALUE_U64 },
	[RES_CPU_QUOTA] = { "cpu-quota", "cpu", "quota", VALUE_I64 },
	[RES_CPU_BURST] = { "cpu-burst", "cpu", "burst", VALUE_U64 },
	[RES_CPU_SHARE] = { "cpu-share", "cpu", "shares", VALUE_U64 },
	[RES_CPU_RT_PERIOD] = { "cpu-rt-period", "cpu", "realtimePeriod", VALUE_U64 },
	[RES_CPU_RT_RUNTIME] = { "cpu-rt-runtime", "cpu", "realtimeRuntime", VALUE_I64 },
	[RES_CPU_IDLE] = { "cpu-idle", "cpu", "idle", VALUE_I64 },
	[RES_CPUSET_CPUS] = { "cpuset-cpus", "cpu", "cpus", VALUE_TEXT },
	[RES_CPUSET_MEMS] = { "cpuset-mems", "cpu", "mems", VALUE_TEXT },
	[RES_MEMORY] = { "memory", "memory", "limit", VALUE_SIZE },
	[RES_MEMORY_RESERVATION] = { "memory-reservation", "memory", "reservation",
				     VALUE_SIZE },
	[RES_MEMORY_SWAP] = { "memory-swap", "memory", "swap", VALUE_SIZE },
	[RES_KERNEL_MEMORY] = { "kernel-memory", "memory", "kernel", VALUE_OBSOLETE },
	[RES_KERNEL_MEMORY_TCP] = { "kernel-memory-tcp", "memory", "kernelTCP",
				    VALUE_OBSOLETE },
	[RES_PIDS_LIMIT] = { "pids-limit", "pids", "limit", VALUE_I64 },
};
_Static_assert(ARRAY_SIZE(fields) == RES_COUNT, "every resource needs a field");

static int to_size(const char *text, int64_t *out)
{
	uint64_t bytes;
	int r;

	if (str_to_i64(text, -1, INT64_MAX, out) == 0)
		return 0;
	r = str_to_size(text, &bytes);
	if (r == 0 && bytes > INT64_MAX)
		r = -ERANGE;
	if (r == 0)
		*out = (int64_t)bytes;
	return r;
}

static int bad(const struct resource_field *f, const char *text, struct err *err)
{
	return err_set(err, -EINVAL, "option \"--%s\": %s is not a number%s", f->option,
		       str_quote(text),
		       f->kind >= VALUE_SIZE ? " of bytes" : " in its range");
}

static int add(struct arena *a, struct json *obj, const struct resource_field *f,
	       const char *text, struct err *err)
{
	uint64_t u;
	int64_t i;

	switch (f->kind) {
	case VALUE_U64:
		if (str_to_u64(text, UINT64_MAX, &u) < 0)
			return bad(f, text, err);
		json_add_u64(a, obj, f->key, u);
		return 0;
	case VALUE_I64:
		if (str_to_i64(text, INT64_MIN, INT64_MAX, &i) < 0)
			return bad(f, text, err);
		json_add_i64(a, obj, f->key, i);
		return 0;
	case VALUE_SIZE:
	case VALUE_OBSOLETE:
		if (to_size(text, &i) < 0)
			return bad(f, text, err);
		if (f->kind == VALUE_SIZE)
			json_add_i64(a, obj, f->key, i);
		else
			log_warning(
				"option \"--%s\" is ignored: kernels have no such limit "
				"any more",
				f->option);
		return 0;
	case VALUE_TEXT:
	default:
		json_add_str(a, obj, f->key, text);
		return 0;
	}
}

static struct json *object_of(struct arena *a, struct json *doc, const char *key)
{
	for (struct json *m = doc->child; m; m = m->next)
		if (str_eq(m->key, key))
			return m;
	return json_add_object(a, doc, key);
}

int resources_build(struct arena *a, const char *const v[RES_COUNT], struct strbuf *out,
		    size_t *out_n, struct err *err)
{
	struct json *doc = json_new(a, JSON_OBJECT);
	size_t n = 0;

	for (size_t i = 0; i < RES_COUNT; i++) {
		const struct resource_field *f = &fields[i];
		int r;

		if (!v[i])
			continue;
		n++;
		r = add(a, object_of(a, doc, f->object), f, v[i], err);
		if (r < 0)
			return r;
	}
	json_print(out, doc, 0);
	*out_n = n;
	return 0;
}
