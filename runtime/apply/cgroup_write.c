/* SPDX-License-Identifier: Apache-2.0 */
/*
 * apply/cgroup_write.c - limits into files
 *
 * The kernel takes some pairs only in one order, and which one depends on what is there:
 * memory before its sum with swap when both shrink, after it when they grow; quota,
 * period and burst likewise. So what is refused with EINVAL or EBUSY gets another turn
 * when the others are in, as long as each round brings something further.
 */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "apply/cgroup_dir.h"
#include "base/err.h"
#include "base/fd.h"
#include "base/str.h"

static int usage(const struct cgroup *c, const struct cgroup_write *w, uint64_t *out)
{
	int i = cg_index(c, w->controller);

	return i < 0 ? -ENOENT
		     : cg_read_u64(c->dfd[i],
				   c->mode == CGROUP_V2 ? "memory.current"
							: "memory.usage_in_bytes",
				   out);
}

static int check_usage(const struct cgroup *c, const struct cgroup_write *w,
		       struct err *err)
{
	uint64_t now, limit;

	if (str_to_u64(w->value, UINT64_MAX, &limit) < 0 || usage(c, w, &now) < 0 ||
	    now <= limit)
		return 0;
	return err_set(err, -EBUSY,
		       "config.json:%s: %" PRIu64 " is below the present use of %" PRIu64
		       " bytes (checkBeforeUpdate)",
		       w->json_path, limit, now);
}

/* "max 100000": the first word of what is there, then the value. */
static int write_second(int dfd, const struct cgroup_write *w)
{
	char now[64], both[160];
	ssize_t n = cg_read(dfd, w->file, now, sizeof(now));

	if (n < 0)
		return (int)n;
	snprintf(both, sizeof(both), "%.*s %s", (int)strcspn(now, " "), now, w->value);
	return cg_write(dfd, w->file, both);
}

/*
 * KERNEL: with RT_GROUP_SCHED a group has no more real time than its parent, and a new
 * one has none. The budget goes in from the top, which knows it already.
 */
static int write_rt(int dfd, const struct cgroup_write *w, unsigned level)
{
	AUTO_FD up = -1;
	int64_t have, want;
	char now[32];
	int r = cg_write(dfd, w->file, w->value);

	if (r != -EINVAL || level > 16)
		return r;
	up = openat(dfd, "..", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (up < 0 || cg_read(up, w->file, now, sizeof(now)) < 0 ||
	    str_to_i64(now, INT64_MIN, INT64_MAX, &have) < 0 ||
	    str_to_i64(w->value, INT64_MIN, INT64_MAX, &want) < 0 || have < 0 ||
	    have >= want)
		return r;
	r = write_rt(up, w, level + 1);
	return r < 0 ? r : cg_write(dfd, w->file, w->value);
}

static int write_one(const struct cgroup *c, const struct cgroup_write *w,
		     struct err *err)
{
	int i = cg_index(c, w->controller);
	int r;

	if (i < 0)
		return w->may_be_missing ? 0 : -ENOENT;
	if (w->kind == CGROUP_WRITE_CHECK_USAGE && check_usage(c, w, err) < 0)
		return -EBUSY;
	if (w->kind == CGROUP_WRITE_KEEP_FIRST)
		r = write_second(c->dfd[i], w);
	else if (!strcmp(w->file, "cpu.rt_runtime_us"))
		r = write_rt(c->dfd[i], w, 0);
	else
		r = cg_write(c->dfd[i], w->file, w->value);
	if (r == -ENOENT && w->alt_file)
		r = cg_write(c->dfd[i], w->alt_file, w->alt_value);
	return r == -ENOENT && w->may_be_missing ? 0 : r;
}

static int refused(const struct cgroup *c, const struct cgroup_write *w, int r,
		   struct err *err)
{
	uint64_t now;
	int i = cg_index(c, w->controller);
	char have[256] = "";

	if (r == -ENOENT && i < 0) {
		if (!c->path[0] || cg_tree(c) < 0)
			return err_set(err, -ENOTSUP,
				       "config.json:%s: the container has no "
				       "cgroup to enforce it in",
				       w->json_path);
		return err_set(err, -ENOTSUP,
			       "config.json:%s: this host has no cgroup "
			       "controller '%s'",
			       w->json_path, w->controller);
	}
	if (r == -ENOENT && c->mode == CGROUP_V2 &&
	    cg_read(c->dfd[i], "cgroup.controllers", have, sizeof(have)) >= 0 &&
	    !cg_has_word(have, w->controller, " "))
		return err_set(err, -ENOTSUP,
			       "config.json:%s: the controller '%s' is not "
			       "available to cgroup %s (available: %s)",
			       w->json_path, w->controller, str_quote(c->path),
			       have[0] ? have : "none");
	if (r == -ENOENT)
		return err_set(err, -ENOTSUP, "config.json:%s: this kernel has no %s",
			       w->json_path, w->file);
	if (r == -EBUSY && !strcmp(w->controller, "memory") && usage(c, w, &now) == 0)
		return err_set(err, r,
			       "config.json:%s: unable to set the limit to %s (present "
			       "use: %" PRIu64 " bytes)",
			       w->json_path, w->value, now);
	return err_sys(err, r, "config.json:%s: cannot write %s to %s", w->json_path,
		       str_quote(w->value), w->file);
}

static bool may_come_right(int r)
{
	return r == -EINVAL || r == -EBUSY;
}

int cg_apply_writes(const struct cgroup *c, const struct cgroup_write *w, size_t n,
		    struct err *err)
{
	const struct cgroup_write **todo;
	size_t left = n, before;
	int r = 0;

	if (!n)
		return 0;
	todo = malloc(n * sizeof(*todo));
	if (!todo)
		return err_sys(err, -ENOMEM, "cannot write the limits");
	for (size_t i = 0; i < n; i++)
		todo[i] = &w[i];
	do {
		int first = 0;

		before = left;
		left = 0;
		for (size_t i = 0; i < before; i++) {
			r = write_one(c, todo[i], err);
			if (r == 0)
				continue;
			if (!may_come_right(r) || (err && err->code)) {
				r = refused(c, todo[i], r, err);
				free(todo);
				return r;
			}
			first = first ? first : r;
			todo[left++] = todo[i];
		}
		r = first;
	} while (left && left < before);
	if (left)
		r = refused(c, todo[0], r, err);
	free(todo);
	return r;
}

#define OLD_VALUE_MAX 128

/* What the file says now, as it can be written back; "" where that is not so simple. */
static void remember(const struct cgroup *c, const struct cgroup_write *w, char *old)
{
	int i = cg_index(c, w->controller);
	ssize_t n = i < 0 ? -1 : cg_read(c->dfd[i], w->file, old, OLD_VALUE_MAX);

	/* lines of devices, or longer than what was read: left as it is */
	if (n < 0 || n >= OLD_VALUE_MAX - 2 || strpbrk(old, ":\n"))
		old[0] = '\0';
	else if (n == 0)
		snprintf(old, OLD_VALUE_MAX, "\n"); /* an empty cpuset */
}

/* An update that failed halfway is no update: what it had written goes back. */
static void take_back(const struct cgroup *c, const struct cgroup_write *w, size_t n,
		      const char *old)
{
	struct cgroup_write *back = calloc(n, sizeof(*back));
	struct err ignored = ERR_INIT;
	size_t m = 0;

	for (size_t i = n; back && i-- > 0;) {
		if (!old[i * OLD_VALUE_MAX])
			continue;
		back[m] = w[i];
		back[m].value = old + i * OLD_VALUE_MAX;
		back[m].kind = CGROUP_WRITE_PLAIN;
		back[m++].may_be_missing = true;
	}
	/* best effort on the way out: the first error is the one to report */
	if (c->manager == CGROUP_MANAGER_SYSTEMD)
		(void)cg_systemd_update(c, back, m, &ignored);
	(void)cg_apply_writes(c, back, m, &ignored);
	free(back);
}

int cgroup_update(const struct cgroup *c, const struct cgroup_write *w, size_t n,
		  struct err *err)
{
	char *old = calloc(n ? n : 1, OLD_VALUE_MAX);
	int r = 0;

	if (!old)
		return err_sys(err, -ENOMEM, "cannot update the limits");
	for (size_t i = 0; i < n; i++)
		remember(c, &w[i], old + i * OLD_VALUE_MAX);
	if (c->manager == CGROUP_MANAGER_SYSTEMD)
		r = cg_systemd_update(c, w, n, err);
	if (r == 0)
		r = cg_apply_writes(c, w, n, err);
	if (r < 0)
		take_back(c, w, n, old);
	free(old);
	return r;
}
