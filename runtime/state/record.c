/* SPDX-License-Identifier: Apache-2.0 */
/* state/record.c - the record of a container as JSON, and the process that it names */
#include "state/record.h"

#include <errno.h>
#include <stddef.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/str.h"
#include "state/state.h"
#include "sys/pidfd.h"
#include "sys/proc.h"

enum field_type { F_STR, F_PID, F_U64, F_INT, F_BOOL };

struct field {
	const char *key;
	enum field_type type;
	size_t offset;
};

#define F(key, type, member)                               \
	{                                                  \
		key, type, offsetof(struct record, member) \
	}
/* The one list of what the record holds: writer and reader walk it. */
static const struct field fields[] = {
	F("id", F_STR, id),
	F("pid", F_PID, pid),
	F("startTime", F_U64, start_time),
	F("bundle", F_STR, bundle),
	F("rootfs", F_STR, rootfs),
	F("created", F_STR, created),
	F("owner", F_STR, owner),
	F("ociVersion", F_STR, oci_version),
	F("cgroup", F_STR, cgroup_path),
	F("scope", F_STR, cgroup_scope),
	F("cgroupManager", F_INT, cgroup_manager),
	F("noPivot", F_BOOL, no_pivot),
	F("resctrl", F_BOOL, rdt),
	F("hasPidNamespace", F_BOOL, has_pid_ns),
	F("notify", F_BOOL, notify),
	F("autoRemove", F_BOOL, auto_remove),
	F("class", F_STR, class_name),
	F("policy", F_STR, policy_json),
	F("run", F_STR, run_id),
	F("auditDir", F_STR, audit_dir),
	F("payloadPid", F_PID, payload_pid),
	F("monitorPid", F_PID, monitor_pid),
	F("monitorStartTime", F_U64, monitor_start_time),
	F("deadline", F_U64, deadline_ns),
};

static const void *member(const struct record *r, const struct field *f)
{
	return (const char *)r + f->offset;
}

struct json *record_json(struct arena *a, const struct record *r)
{
	struct json *obj = json_new(a, JSON_OBJECT);

	for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
		const struct field *f = &fields[i];
		const void *m = member(r, f);

		switch (f->type) {
		case F_STR:
			if (*(const char *const *)m)
				json_add_str(a, obj, f->key, *(const char *const *)m);
			break;
		case F_PID:
			json_add_i64(a, obj, f->key, *(const pid_t *)m);
			break;
		case F_U64:
			json_add_u64(a, obj, f->key, *(const uint64_t *)m);
			break;
		case F_INT:
			json_add_i64(a, obj, f->key, *(const int *)m);
			break;
		case F_BOOL:
			if (*(const bool *)m)
				json_add_bool(a, obj, f->key, true);
			break;
		}
	}
	if (r->annotations)
		json_add(a, obj, "annotations", json_copy(a, r->annotations));
	return obj;
}

static int read_number(const struct json *v, const struct field *f, void *m)
{
	int64_t n;

	if (v->type != JSON_NUMBER)
		return -EINVAL;
	if (f->type == F_U64)
		return str_to_u64(v->str, UINT64_MAX, m);
	if (str_to_i64(v->str, 0, INT32_MAX, &n) < 0)
		return -EINVAL;
	if (f->type == F_PID)
		*(pid_t *)m = (pid_t)n;
	else
		*(int *)m = (int)n;
	return 0;
}

static int read_field(const struct json *v, const struct field *f, struct record *out)
{
	void *m = (char *)out + f->offset;

	switch (f->type) {
	case F_STR:
		if (v->type != JSON_STRING)
			return -EINVAL;
		*(const char **)m = v->str;
		return 0;
	case F_BOOL:
		if (v->type != JSON_BOOL)
			return -EINVAL;
		*(bool *)m = v->boolean;
		return 0;
	case F_PID:
	case F_U64:
	case F_INT:
		return read_number(v, f, m);
	}
	return -EINVAL;
}

int record_parse(const struct json *obj, struct record *out)
{
	*out = (struct record){ 0 };
	if (!obj || obj->type != JSON_OBJECT)
		return -EINVAL;
	for (size_t i = 0; i < ARRAY_SIZE(fields); i++) {
		const struct json *v = json_get(obj, fields[i].key);

		if (v && read_field(v, &fields[i], out) < 0)
			return -EINVAL;
	}
	out->annotations = json_get(obj, "annotations");
	if (!out->id || !out->bundle || !out->created)
		return -EINVAL;
	return 0;
}

bool record_alive(const struct record *r)
{
	uint64_t start;
	char state;

	if (r->pid <= 0 || sys_proc_start_time(r->pid, &start, &state) < 0)
		return false;
	return start == r->start_time && state != 'Z' && state != 'X';
}

int record_pidfd(const struct record *r)
{
	int fd;

	if (r->pid <= 0)
		return -ESRCH;
	/* The descriptor first, the comparison second: the pid cannot change hands between. */
	fd = sys_pidfd_open(r->pid);
	if (fd < 0)
		return fd;
	if (!record_alive(r)) {
		fd_close(&fd);
		return -ESRCH;
	}
	return fd;
}

static const char *const status_names[] = {
	[STATUS_CREATING] = "creating", [STATUS_CREATED] = "created",
	[STATUS_RUNNING] = "running",	[STATUS_PAUSED] = "paused",
	[STATUS_STOPPED] = "stopped",
};
_Static_assert(ARRAY_SIZE(status_names) == STATUS_COUNT, "every status needs a name");

const char *status_name(enum status s)
{
	return status_names[s];
}
