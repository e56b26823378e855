/* SPDX-License-Identifier: Apache-2.0 */
/* lifecycle/query.c - state, list, ps: what is there; nothing is changed */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"
#include "base/log.h"
#include "base/path.h"
#include "base/str.h"
#include "lifecycle/container.h"

int state_container(const struct globals *g, const char *id, struct strbuf *out,
		    struct err *err)
{
	struct container c;
	int r;

	container_init(&c);
	r = container_open(&c, g, id, false, false, err);
	if (r == STATE_INCOMPLETE) {
		r = err_set(err, -EINVAL, "the state of container \"%s\" is not readable",
			    id);
		err_hint(err, "delete --force removes it");
	}
	if (r == 0)
		container_state_json(&c, out);
	container_release(&c);
	return r;
}

static void fill_info(struct container *c, struct arena *a, struct container_info *out)
{
	AUTO_STRBUF json = STRBUF_INIT;
	enum status s = container_status(c);

	container_state_json(c, &json);
	out->id = arena_strdup(a, c->state.id);
	out->status = status_name(s);
	out->bundle = arena_strdup(a, c->record.bundle);
	out->created = arena_strdup(a, c->record.created);
	out->owner = arena_strdup(a, c->record.owner ? c->record.owner : "");
	out->pid = s == STATUS_STOPPED ? 0 : c->record.pid;
	out->json = arena_strdup(a, json.s);
}

/* One entry; an unreadable one is a warning: the others are still wanted. */
static bool read_info(const struct globals *g, const char *id, struct arena *a,
		      struct container_info *out)
{
	struct err err = ERR_INIT;
	struct container c;
	int r;

	container_init(&c);
	r = container_open(&c, g, id, false, false, &err);
	if (r == 0)
		fill_info(&c, a, out);
	else if (r == STATE_INCOMPLETE)
		log_warning("the state of container \"%s\" is not readable", id);
	else if (r != -ENOENT) /* gone since the directory was read */
		log_warning("%s", err.msg);
	container_release(&c);
	return r == 0;
}

static int by_id(const void *a, const void *b)
{
	const struct container_info *x = a, *y = b;

	return strcmp(x->id, y->id);
}

int list_containers(const struct globals *g, struct arena *a, struct container_info **out,
		    size_t *out_n, struct err *err)
{
	struct container_info *v = NULL;
	size_t n = 0, cap = 0;
	struct dirent *e;
	DIR *dir;
	int fd;

	*out = NULL;
	*out_n = 0;
	fd = state_root_open(g, false, err);
	if (fd == -ENOENT) {
		*err = ERR_INIT;
		return 0;
	}
	if (fd < 0)
		return fd;
	dir = fdopendir(fd);
	if (!dir) {
		fd_close(&fd);
		return err_sys(err, -ENOMEM, "cannot list the state root");
	}
	while ((e = readdir(dir))) {
		if (!path_is_id(e->d_name))
			continue;
		if (n == cap) {
			struct container_info *bigger;

			cap = cap ? 2 * cap : 16;
			bigger = ARENA_ARRAY(a, cap, struct container_info);
			if (n)
				memcpy(bigger, v, n * sizeof(*v));
			v = bigger;
		}
		if (read_info(g, e->d_name, a, &v[n]))
			n++;
	}
	closedir(dir);
	if (n)
		qsort(v, n, sizeof(*v), by_id);
	*out = v;
	*out_n = n;
	return 0;
}

static int ps_open(struct container *c, struct arena *a, pid_t **out, size_t *out_n,
		   struct err *err)
{
	int r;

	r = container_cgroup(c, err);
	if (r == 1) {
		/* Without a cgroup (rootless) init is all that is known. */
		*out = ARENA_NEW(a, pid_t);
		**out = c->record.pid;
		*out_n = record_alive(&c->record) ? 1 : 0;
		return 0;
	}
	if (r == 0)
		r = cgroup_pids(&c->cgroup, a, out, out_n, err);
	return r;
}

int ps_container(const struct globals *g, const char *id, struct arena *a, pid_t **out,
		 size_t *out_n, struct err *err)
{
	struct container c;
	int r;

	container_init(&c);
	r = container_open(&c, g, id, false, false, err);
	if (r == STATE_INCOMPLETE)
		r = err_set(err, -EINVAL, "container not running");
	if (r == 0)
		r = ps_open(&c, a, out, out_n, err);
	container_release(&c);
	return r;
}
