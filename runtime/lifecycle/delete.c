/* SPDX-License-Identifier: Apache-2.0 */
/* lifecycle/delete.c - undo: what was made is taken down, in the reverse order */
#include <errno.h>
#include <signal.h>

#include "apply/process.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/fd.h"
#include "lifecycle/container.h"
#include "sys/pidfd.h"

#define DESTROY_TIMEOUT_NS (10 * NS_PER_S)

static int kill_init(struct container *c, struct err *err)
{
	AUTO_FD fd = record_pidfd(&c->record);
	int r;

	if (fd < 0)
		return 0; /* gone, or never there */
	r = sys_pidfd_send_signal(fd, SIGKILL);
	if (r < 0 && r != -ESRCH)
		return err_sys(err, r, "cannot kill init of container \"%s\"",
			       c->state.id);
	return 0;
}

static int wait_init(struct container *c, struct err *err)
{
	AUTO_FD fd = record_pidfd(&c->record);
	int r;

	if (fd < 0)
		return 0;
	r = sys_pidfd_wait(fd, (int)(DESTROY_TIMEOUT_NS / NS_PER_MS));
	if (r < 0)
		return err_sys(err, r, "init of container \"%s\" does not die",
			       c->state.id);
	return 0;
}

/*
 * SIGKILL first, then the cgroup: destroying it kills and thaws whatever is left, so that
 * a frozen container dies too. Each step is harmless when its object is already gone.
 */
int container_destroy(struct container *c, struct err *err)
{
	int r, first = 0;

	/* Best effort: a delete without this mark is only invisible to gc. */
	(void)state_mark(&c->state, MARK_DELETING);
	first = kill_init(c, err);
	r = container_cgroup(c, err);
	class_wait(c);
	if (r == 0)
		r = cgroup_destroy(&c->cgroup, DESTROY_TIMEOUT_NS, err);
	if (r < 0 && !first)
		first = r;
	if (!first)
		first = wait_init(c, err);
	if (c->spec && c->record.rdt) {
		r = undo_rdt(c->spec, c->state.id, err);
		if (r < 0 && !first)
			first = r;
	}
	class_finish(c);
	/* What could not be undone keeps its record: the next delete tries again. */
	if (first < 0)
		return first;
	return state_remove(&c->state, err);
}

static int check_deletable(struct container *c, struct err *err)
{
	enum status s = container_status(c);

	if (s == STATUS_STOPPED || s == STATUS_CREATED)
		return 0;
	if (s == STATUS_CREATING && !record_alive(&c->record))
		return 0;
	return err_set(err, -EBUSY,
		       "cannot delete container \"%s\" that is not stopped: %s",
		       c->state.id, status_name(s));
}

static int delete_open(struct container *c, bool force, struct err *err)
{
	struct err ignored = ERR_INIT;
	int r;

	if (!force) {
		r = check_deletable(c, err);
		if (r < 0)
			return r;
	}
	/* A config that no longer parses must not keep a container alive. */
	(void)container_spec(c, &ignored);
	r = container_destroy(c, err);
	if (r == 0)
		container_poststop(c);
	return r;
}

int delete_container(const struct globals *g, const char *id, bool force, struct err *err)
{
	struct container c;
	int r;

	container_init(&c);
	r = container_open(&c, g, id, true, true, err);
	if (r == -ENOENT && force) {
		*err = ERR_INIT;
		r = 0;
	} else if (r == STATE_INCOMPLETE && force) {
		r = state_remove(&c.state, err);
	} else if (r == STATE_INCOMPLETE) {
		r = err_set(err, -EINVAL, "the state of container \"%s\" is not readable",
			    id);
		err_hint(err, "delete --force removes it");
	} else if (r == 0) {
		r = delete_open(&c, force, err);
	}
	container_release(&c);
	return r;
}
