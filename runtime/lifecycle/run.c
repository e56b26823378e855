/* SPDX-License-Identifier: Apache-2.0 */
/* lifecycle/run.c - create and start in one, and in the foreground wait and delete */
#include <errno.h>
#include <sys/prctl.h>

#include "base/err.h"
#include "lifecycle/container.h"

/* Somebody may have deleted it while we waited: then there is nothing left to do. */
static int finish(struct container *c, const struct create_request *r, struct err *err)
{
	struct err gone = ERR_INIT;
	int ret;

	if (r->keep)
		return 0;
	ret = state_open(&c->state, c->root_dfd, r->id, true, &gone);
	if (ret == -ENOENT)
		return 0;
	if (ret < 0) {
		*err = gone;
		return ret;
	}
	ret = container_destroy(c, err);
	if (ret == 0)
		container_poststop(c);
	return ret;
}

static int run_made(struct container *c, const struct create_request *r, int *out_exit,
		    struct err *err)
{
	int ret;

	if (!r->detach)
		foreground_size(c->init.console_master);
	ret = init_go(&c->init, err);
	if (ret == 0)
		ret = state_commit(&c->state, false, err);
	if (ret < 0) {
		container_unmake(c);
		return ret;
	}
	ret = container_poststart(c, err);
	if (ret < 0)
		container_unmake(c);
	if (ret < 0 || r->detach)
		return ret;
	/* The lock goes with it: delete and the others must not wait for the payload. */
	state_close(&c->state);
	ret = foreground_wait(c->init.pid, c->init.pid_fd, c->init.console_master,
			      out_exit, err);
	c->init.pid = 0; /* waited for: the number is no longer ours */
	if (ret == 0)
		ret = finish(c, r, err);
	return ret;
}

int run_container(const struct globals *g, const struct create_request *r, int *out_exit,
		  struct err *err)
{
	struct container c;
	int ret;

	*out_exit = 0;
	container_init(&c);
	if (!r->detach && !r->no_subreaper &&
	    prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0) < 0) {
		ret = err_sys(err, -errno, "cannot become a subreaper");
		goto out;
	}
	if (!r->detach)
		foreground_prepare();
	ret = container_make(&c, g, r, false, err);
	if (ret == 0)
		ret = run_made(&c, r, out_exit, err);
out:
	container_release(&c);
	return ret;
}
