/* SPDX-License-Identifier: Apache-2.0 */
/* apply/cgroup_stats.c - numbers of the container's cgroup, in the shape of `events` */
#include "apply/cgroup_stats.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/eventfd.h>
#include <sys/inotify.h>
#include <unistd.h>

#include "apply/cgroup.h"
#include "apply/cgroup_dir.h"
#include "base/arena.h"
#include "base/err.h"
#include "base/fd.h"
#include "base/json.h"
#include "base/str.h"

uint64_t cg_stat_u64(const struct cgroup *c, const char *controller, const char *file)
{
	int i = cg_index(c, controller);
	uint64_t v = 0;

	return i >= 0 && cg_read_u64(c->dfd[i], file, &v) == 0 ? v : 0;
}

uint64_t cg_stat_key(const struct cgroup *c, const char *controller, const char *file,
		     const char *key)
{
	int i = cg_index(c, controller);
	uint64_t v = 0;

	return i >= 0 && cg_read_key(c->dfd[i], file, key, &v) == 0 ? v : 0;
}

char *cg_stat_text(const struct cgroup *c, struct arena *a, const char *controller,
		   const char *file)
{
	int i = cg_index(c, controller);
	char *text;
	size_t len;

	if (i < 0 || fd_read_at(c->dfd[i], file, 1u << 20, a, &text, &len) < 0)
		return NULL;
	return text;
}

/* {"some":{"avg10":0,...,"total":N},"full":{...}} */
void cg_stat_psi(const struct cgroup *c, struct arena *a, struct json *obj,
		 const char *file)
{
	char *text = cg_stat_text(c, a, "", file), *save = NULL;
	struct json *psi;

	if (!text || !text[0])
		return;
	psi = json_add_object(a, obj, "psi");
	for (char *l = strtok_r(text, "\n", &save); l; l = strtok_r(NULL, "\n", &save)) {
		char kind[8], avg[3][16];
		uint64_t total;
		struct json *k;

		if (sscanf(l,
			   "%7s avg10=%15[0-9.] avg60=%15[0-9.] avg300=%15[0-9.] "
			   "total=%" SCNu64,
			   kind, avg[0], avg[1], avg[2], &total) != 5)
			continue;
		k = json_add_object(a, psi, kind);
		for (int i = 0; i < 3; i++) {
			static const char *const names[] = { "avg10", "avg60", "avg300" };
			struct json *v = json_new(a, JSON_NUMBER);

			v->str = arena_strdup(a, avg[i]);
			json_add(a, k, names[i], v);
		}
		json_add_u64(a, k, "total", total);
	}
}

/* "key number" lines as an object. */
void cg_stat_raw(const struct cgroup *c, struct arena *a, struct json *obj,
		 const char *controller, const char *file)
{
	char *text = cg_stat_text(c, a, controller, file), *save = NULL;

	for (char *l = text ? strtok_r(text, "\n", &save) : NULL; l;
	     l = strtok_r(NULL, "\n", &save)) {
		char *blank = strchr(l, ' ');

		if (!blank)
			continue;
		*blank = '\0';
		json_add_u64(a, obj, arena_strdup(a, l), strtoull(blank + 1, NULL, 10));
	}
}

void cg_stat_limit(struct arena *a, struct json *obj, uint64_t usage, uint64_t limit,
		   uint64_t max, uint64_t failcnt)
{
	json_add_u64(a, obj, "limit", limit);
	json_add_u64(a, obj, "usage", usage);
	json_add_u64(a, obj, "max", max);
	json_add_u64(a, obj, "failcnt", failcnt);
}

static void pids(const struct cgroup *c, struct arena *a, struct json *data)
{
	struct json *o = json_add_object(a, data, "pids");
	uint64_t limit = cg_stat_u64(c, "pids", "pids.max");

	json_add_u64(a, o, "current", cg_stat_u64(c, "pids", "pids.current"));
	/* "max" is 0 here, as readers of this format know it */
	json_add_u64(a, o, "limit", limit == UINT64_MAX ? 0 : limit);
}

static void cpuset(const struct cgroup *c, struct arena *a, struct json *data)
{
	static const char *const keys[] = { "cpus", "mems" };
	struct json *o = json_add_object(a, data, "cpuset");

	for (size_t k = 0; k < ARRAY_SIZE(keys); k++) {
		char *text = cg_stat_text(
			c, a, "cpuset",
			arena_printf(a, "cpuset.%s%s", keys[k],
				     c->mode == CGROUP_V2 ? ".effective" : ""));
		if (!text)
			continue;
		text[strcspn(text, "\n")] = '\0';
		json_add_str(a, o, keys[k], text);
	}
}

/* The page sizes are what files the directory has: sizes of 64 KiB ... 16 GiB. */
static void hugetlb(const struct cgroup *c, struct arena *a, struct json *data)
{
	static const char *const sizes[] = { "64KB",  "1MB", "2MB", "16MB", "32MB",
					     "512MB", "1GB", "2GB", "16GB" };
	bool v2 = c->mode == CGROUP_V2;
	struct json *all = json_add_object(a, data, "hugetlb");
	int i = cg_index(c, "hugetlb");

	for (size_t k = 0; i >= 0 && k < ARRAY_SIZE(sizes); k++) {
		const char *usage = arena_printf(a, "hugetlb.%s.%s", sizes[k],
						 v2 ? "current" : "usage_in_bytes");
		uint64_t now, failed = 0;
		struct json *o;

		if (cg_read_u64(c->dfd[i], usage, &now) < 0)
			continue;
		if (v2)
			failed = cg_stat_key(
				c, "hugetlb",
				arena_printf(a, "hugetlb.%s.events", sizes[k]), "max");
		o = json_add_object(a, all, sizes[k]);
		json_add_u64(a, o, "usage", now);
		json_add_u64(
			a, o, "max",
			v2 ? 0
			   : cg_stat_u64(c, "hugetlb",
					 arena_printf(a, "hugetlb.%s.max_usage_in_bytes",
						      sizes[k])));
		json_add_u64(a, o, "failcnt",
			     v2 ? failed
				: cg_stat_u64(c, "hugetlb",
					      arena_printf(a, "hugetlb.%s.failcnt",
							   sizes[k])));
	}
}

int cgroup_stats(const struct cgroup *c, struct arena *a, struct json **out,
		 struct err *err)
{
	struct json *data = json_new(a, JSON_OBJECT);

	if (cg_tree(c) < 0)
		return err_set(err, -ENOTSUP,
			       "the container has no cgroup, so no statistics");
	if (c->mode == CGROUP_V2)
		cg_stats_v2(c, a, data);
	else
		cg_stats_v1(c, a, data);
	cpuset(c, a, data);
	pids(c, a, data);
	hugetlb(c, a, data);
	*out = data;
	return 0;
}

int64_t cgroup_oom_count(const struct cgroup *c)
{
	uint64_t n;
	int i = cg_index(c, "memory");

	if (i < 0)
		return 0;
	if (c->mode == CGROUP_V2)
		return cg_read_key(c->dfd[i], "memory.events", "oom_kill", &n) == 0
			       ? (int64_t)n
			       : 0;
	/* KERNEL 4.13: oom_kill in memory.oom_control; of this cgroup, not of those below
	 */
	return cg_read_key(c->dfd[i], "memory.oom_control", "oom_kill", &n) == 0
		       ? (int64_t)n
		       : 0;
}

static int oom_v2(int dfd)
{
	char path[64];
	AUTO_FD fd = inotify_init1(IN_CLOEXEC | IN_NONBLOCK);

	if (fd < 0)
		return -errno;
	if (faccessat(dfd, "memory.events", F_OK, 0) < 0)
		return -errno;
	snprintf(path, sizeof(path), "/proc/self/fd/%d/memory.events", dfd);
	if (inotify_add_watch(fd, path, IN_MODIFY) < 0)
		return -errno;
	return take_fd(&fd);
}

static int oom_v1(int dfd)
{
	AUTO_FD fd = eventfd(0, EFD_CLOEXEC | EFD_NONBLOCK);
	AUTO_FD control = openat(dfd, "memory.oom_control", O_RDONLY | O_CLOEXEC);
	char line[32];
	int r;

	if (fd < 0 || control < 0)
		return -errno;
	snprintf(line, sizeof(line), "%d %d", fd, control);
	r = cg_write(dfd, "cgroup.event_control", line);
	return r < 0 ? r : take_fd(&fd);
}

int cgroup_oom_fd(const struct cgroup *c, struct err *err)
{
	int i = cg_index(c, "memory");
	int r;

	if (i < 0)
		return err_set(err, -ENOTSUP, "the container has no memory cgroup");
	r = c->mode == CGROUP_V2 ? oom_v2(c->dfd[i]) : oom_v1(c->dfd[i]);
	return r < 0 ? err_sys(err, r, "cannot watch for OOM kills") : r;
}
