/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lifecycle/gc.c - finish what a crash left
 *
 * Removed: what a killed create never committed, what a killed delete left half done, and
 * what a killed foreground `run` would have deleted. A container that an engine may still
 * ask for is left alone. The lock says whether somebody is at work on it right now.
 */
#include <dirent.h>
#include <errno.h>
#include <string.h>
#include <sys/file.h>

#include "base/err.h"
#include "base/fd.h"
#include "base/log.h"
#include "base/path.h"
#include "base/str.h"
#include "lifecycle/container.h"

static const char *why_remove(struct container *c, int read_answer)
{
	if (read_answer == STATE_INCOMPLETE)
		return "has no readable state";
	if (state_is_deleting(&c->state))
		return "its delete was cut short";
	if (state_is_creating(&c->state) || c->record.pid == 0)
		return "its create was cut short";
	if (c->record.auto_remove && !record_alive(&c->record))
		return "its run was cut short";
	return NULL;
}

static bool is_busy(struct container *c)
{
	return flock(c->state.dfd, LOCK_EX | LOCK_NB) < 0;
}

static int collect(const struct globals *g, const char *id, struct strbuf *out,
		   struct err *err)
{
	struct err ignored = ERR_INIT;
	struct container c;
	const char *why;
	int r;

	container_init(&c);
	r = container_open(&c, g, id, false, true, err);
	if (r == -ENOENT) {
		*err = ERR_INIT;
		container_release(&c);
		return 0;
	}
	if (r >= 0 && is_busy(&c)) {
		container_release(&c);
		return 0;
	}
	why = r >= 0 ? why_remove(&c, r) : NULL;
	if (r == 0 && !why && class_reap(&c))
		strbuf_addf(out, "ended container %s: its monitor is gone\n", id);
	if (why) {
		if (r == 0) {
			(void)container_spec(&c, &ignored);
			r = container_destroy(&c, err);
			if (r == 0)
				container_poststop(&c);
		} else {
			r = state_remove(&c.state, err);
		}
		if (r == 0)
			strbuf_addf(out, "removed container %s: %s\n", id, why);
	}
	container_release(&c);
	return r < 0 ? r : 0;
}

int gc_containers(const struct globals *g, struct strbuf *out, struct err *err)
{
	struct dirent *e;
	DIR *dir;
	int fd, r, first = 0;

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
		struct err one = ERR_INIT;

		if (!path_is_id(e->d_name))
			continue;
		r = collect(g, e->d_name, out, &one);
		if (r < 0 && !first) {
			*err = one;
			first = r;
		} else if (r < 0) {
			log_warning("%s", one.msg);
		}
	}
	closedir(dir);
	return first;
}
