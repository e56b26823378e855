/* SPDX-License-Identifier: Apache-2.0 */
/*
 * init/init.h - the handshake around clone
 *
 * One socketpair, fixed-size messages, a table of who may send what (init/proto.h). The
 * parent treats the child as hostile once it has run a hook.
 */
#ifndef AGENTRUN_INIT_INIT_H
#define AGENTRUN_INIT_INIT_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "apply/cgroup.h"
#include "apply/mounts.h"

struct err;
struct plan;

/* The parent's side of a container (or of an exec'd process) that is being made. */
struct init {
	const struct plan *plan;
	pid_t pid;
	int pid_fd;
	int sock;	/* handshake, parent's end */
	int child_sock; /* the child's end, closed in the parent after clone */
	struct mount_sources src;
	struct cgroup *cgroup;
	bool cgroup_attached;
	int console_master; /* received from the child, or -1 */
	int gate_fd;	    /* fifo "start", or -1: the socket is the gate (run) */
	int started_fd;	    /* fifo "started", or -1 */
	int hooks_dfd;	    /* bundle directory, cwd of hooks */
};

#endif
