/* SPDX-License-Identifier: Apache-2.0 */
/* lifecycle/kill.c - signals to init, or to everything in the cgroup */
#include <errno.h>
#include <signal.h>

#include "base/err.h"
#include "base/fd.h"
#include "lifecycle/container.h"
#include "sys/pidfd.h"

/* Engines match this text: it means "the stop is done". */
static int not_running(struct err *err)
{
	return err_set(err, -ESRCH, "container not running: no such process");
}

static int kill_all(struct container *c, int sig, struct err *err)
{
	int r;

	r = container_cgroup(c, err);
	if (r == 0)
		return cgroup_signal(&c->cgroup, sig, err);
	return r; /* 1: no cgroup, so init alone, below */
}

static int kill_init(struct container *c, int sig, struct err *err)
{
	AUTO_FD fd = record_pidfd(&c->record);
	int r;

	if (fd < 0)
		return not_running(err);
	r = sys_pidfd_send_signal(fd, sig);
	if (r == -ESRCH)
		return not_running(err);
	if (r < 0)
		return err_sys(err, r, "cannot signal container \"%s\"", c->state.id);
	return 0;
}

/* KERNEL: a frozen v1 cgroup keeps SIGKILL pending: without a thaw it never arrives. */
static void thaw(struct container *c)
{
	struct err ignored = ERR_INIT;

	if (container_cgroup(c, &ignored) == 0 && c->cgroup.mode != CGROUP_V2 &&
	    cgroup_is_frozen(&c->cgroup) == 1)
		(void)cgroup_freeze(&c->cgroup, false, &ignored);
}

int kill_container(const struct globals *g, const char *id, int sig, bool all,
		   struct err *err)
{
	struct container c;
	int r;

	container_init(&c);
	r = container_open(&c, g, id, false, false, err);
	if (r == STATE_INCOMPLETE)
		r = not_running(err);
	if (r == 0 && all) {
		/* Also when init is dead: left-over processes are why --all is called. */
		r = kill_all(&c, sig, err);
		if (r == 1)
			r = kill_init(&c, sig, err);
	} else if (r == 0) {
		r = kill_init(&c, sig, err);
		if (r == 0 && sig == SIGKILL)
			thaw(&c);
	}
	container_release(&c);
	return r;
}
