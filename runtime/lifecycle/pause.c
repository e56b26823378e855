/* SPDX-License-Identifier: Apache-2.0 */
/* lifecycle/pause.c - the freezer: pause and resume */
#include <errno.h>

#include "base/err.h"
#include "lifecycle/container.h"

static int freeze(struct container *c, bool frozen, struct err *err)
{
	enum status s = container_status(c);
	int r;

	if (frozen && s != STATUS_RUNNING && s != STATUS_CREATED)
		return err_set(err, -EINVAL, "container not running");
	if (!frozen && s != STATUS_PAUSED) {
		/* a container that waits at its gate can be frozen as well */
		if (s != STATUS_CREATED || container_cgroup(c, err) != 0 ||
		    cgroup_is_frozen(&c->cgroup) != 1)
			return err_set(err, -EINVAL, "container not paused");
	}
	r = container_cgroup(c, err);
	if (r == 1)
		return err_set(err, -ENOTSUP, "container \"%s\" has no cgroup to freeze",
			       c->state.id);
	if (r == 0)
		r = cgroup_freeze(&c->cgroup, frozen, err);
	return r;
}

static int change(const struct globals *g, const char *id, bool frozen, struct err *err)
{
	struct container c;
	int r;

	container_init(&c);
	r = container_open(&c, g, id, true, false, err);
	if (r == STATE_INCOMPLETE)
		r = err_set(err, -EINVAL, "container not running");
	if (r == 0)
		r = freeze(&c, frozen, err);
	container_release(&c);
	return r;
}

int pause_container(const struct globals *g, const char *id, struct err *err)
{
	return change(g, id, true, err);
}

int resume_container(const struct globals *g, const char *id, struct err *err)
{
	return change(g, id, false, err);
}
