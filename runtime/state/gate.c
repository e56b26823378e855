/* SPDX-License-Identifier: Apache-2.0 */
/*
 * state/gate.c - the two fifos between `create` and `start`
 *
 * init holds both read-write, so that neither an early reader nor a missing writer can
 * wake or kill it, and close-on-exec, so that its execve is the end of file that `start`
 * waits for. It gets descriptors of fifos only, never one of the directory.
 */
#include "state/state.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/err.h"

#define GATE	 "start"
#define GATE_NEW "start.new"
#define STARTED	 "started"
#define CREATING "creating"
#define DELETING "deleting"

static int make_fifo(int dfd, const char *name, int *out)
{
	int fd;

	if (mkfifoat(dfd, name, 0600) < 0)
		return -errno;
	fd = openat(dfd, name, O_RDWR | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return -errno;
	*out = fd;
	return 0;
}

int state_gate_make(const struct state *s, int *out_gate_fd, int *out_started_fd,
		    struct err *err)
{
	AUTO_FD gate = -1;
	AUTO_FD started = -1;
	int r;

	r = make_fifo(s->dfd, GATE_NEW, &gate);
	if (r == 0)
		r = make_fifo(s->dfd, STARTED, &started);
	if (r < 0)
		return err_sys(err, r, "cannot make the start gate of container \"%s\"",
			       s->id);
	*out_gate_fd = take_fd(&gate);
	*out_started_fd = take_fd(&started);
	return 0;
}

int state_commit(const struct state *s, bool gate, struct err *err)
{
	int r;

	if (gate)
		r = renameat(s->dfd, GATE_NEW, s->dfd, GATE);
	else
		r = unlinkat(s->dfd, CREATING, 0);
	if (r < 0)
		return err_sys(err, -errno, "cannot finish the state of container \"%s\"",
			       s->id);
	return 0;
}

int state_mark(const struct state *s, enum state_mark mark)
{
	AUTO_FD fd = openat(s->dfd, mark == MARK_CREATING ? CREATING : DELETING,
			    O_WRONLY | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

	return fd < 0 ? -errno : 0;
}

static bool has(const struct state *s, const char *name)
{
	return faccessat(s->dfd, name, F_OK, AT_SYMLINK_NOFOLLOW) == 0;
}

bool state_is_creating(const struct state *s)
{
	return has(s, GATE_NEW) || has(s, CREATING);
}

bool state_is_deleting(const struct state *s)
{
	return has(s, DELETING);
}

bool state_gate_closed(const struct state *s)
{
	return has(s, GATE);
}

int state_gate_open(const struct state *s, int *out_started_fd, struct err *err)
{
	AUTO_FD started = -1;
	AUTO_FD gate = -1;
	char go = 'G';
	int r;

	/* The reader first: what init says must find somebody. */
	started = openat(s->dfd, STARTED, O_RDONLY | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW);
	gate = openat(s->dfd, GATE, O_WRONLY | O_NONBLOCK | O_CLOEXEC | O_NOFOLLOW);
	if (started < 0 || gate < 0) {
		r = errno == ENXIO || errno == ENOENT ? -ESRCH : -errno;
		return err_sys(err, r, "container \"%s\" does not wait to be started",
			       s->id);
	}
	/*
	 * Opened, then removed: killed in between, the container runs and a second start is
	 * told that nobody waits (ENXIO), instead of a container that waits for ever.
	 */
	r = fd_write_all(gate, &go, 1);
	if (r == 0 && unlinkat(s->dfd, GATE, 0) < 0)
		r = -errno;
	if (r < 0)
		return err_sys(err, r, "cannot open the gate of container \"%s\"", s->id);
	*out_started_fd = take_fd(&started);
	return 0;
}
