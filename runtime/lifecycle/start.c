/* SPDX-License-Identifier: Apache-2.0 */
/* lifecycle/start.c - open the gate and learn how the payload's execve went */
#include <errno.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"
#include "base/str.h"
#include "init/hooks.h"
#include "lifecycle/container.h"
#include "lifecycle/notify.h"
#include "sys/pidfd.h"

/*
 * init says "S" and then either an error or nothing: the end of file that follows "S" is
 * execve. An end of file without it is its death.
 */
static int wait_started(int fd, struct err *err)
{
	char buf[2 + sizeof(struct err)];
	size_t n = 0;

	for (;;) {
		struct pollfd p = { .fd = fd, .events = POLLIN };
		ssize_t got;

		if (poll(&p, 1, -1) < 0 && errno != EINTR)
			return err_sys(err, -errno, "cannot wait for the process");
		got = read(fd, buf + n, sizeof(buf) - n);
		if (got < 0 && (errno == EAGAIN || errno == EINTR))
			continue;
		if (got <= 0)
			break;
		n += (size_t)got;
		if (n == sizeof(buf))
			break;
	}
	if (n == 1 && buf[0] == 'S')
		return 0;
	for (size_t i = 0; i < n && i < 2; i++) {
		if (buf[i] != 'E' || n - i - 1 < sizeof(*err))
			continue;
		memcpy(err, buf + i + 1, sizeof(*err));
		err->msg[sizeof(err->msg) - 1] = '\0';
		err->hint[sizeof(err->hint) - 1] = '\0';
		return err->code > 0 ? -err->code : -EIO;
	}
	return err_set(err, -ESRCH,
		       "the container's init died before it started the process");
}

static int run_poststart(struct container *c, struct err *err)
{
	AUTO_STRBUF state = STRBUF_INIT;

	if (!c->spec->hooks[HOOK_POSTSTART].n)
		return 0;
	container_hook_state(c);
	init_state_json(&c->init, "running", c->record.pid, &state);
	return hooks_run(c->spec, HOOK_POSTSTART, state.s, -1, err);
}

int container_poststart(struct container *c, struct err *err)
{
	AUTO_FD pidfd = -1;
	int r;

	r = run_poststart(c, err);
	if (r == 0)
		return 0;
	/*
	 * runtime-spec 1.3.0: a poststart hook that fails stops the container. It is not
	 * deleted: that, and poststop, is for who asked for it.
	 */
	pidfd = record_pidfd(&c->record);
	if (pidfd >= 0)
		(void)sys_pidfd_send_signal(pidfd, SIGKILL);
	return r;
}

static int start_open(struct container *c, struct err *err)
{
	AUTO_FD started = -1;
	AUTO_FD notify = -1;
	enum status s = container_status(c);
	int r;

	if (s != STATUS_CREATED)
		return err_set(err, -EINVAL, "cannot start a container in the %s state",
			       status_name(s));
	r = container_spec(c, err);
	if (r == 0 && c->record.notify)
		r = notify = notify_listen(&c->state, err);
	if (r >= 0)
		r = state_gate_open(&c->state, &started, err);
	if (r == 0)
		r = wait_started(started, err);
	if (r == 0)
		r = container_poststart(c, err);
	if (r == 0 && notify >= 0)
		r = notify_forward(notify, &c->record, err);
	return r;
}

int start_container(const struct globals *g, const char *id, struct err *err)
{
	struct container c;
	int r;

	container_init(&c);
	r = container_open(&c, g, id, true, true, err);
	if (r == STATE_INCOMPLETE)
		r = err_set(err, -EINVAL,
			    "cannot start a container in the creating state");
	if (r == 0)
		r = start_open(&c, err);
	container_release(&c);
	return r;
}
