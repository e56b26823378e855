/* SPDX-License-Identifier: Apache-2.0 */
/* base/spawn.h - the one way to start another program and wait for it */
#ifndef AGENTRUN_BASE_SPAWN_H
#define AGENTRUN_BASE_SPAWN_H

#include <stddef.h>
#include <stdint.h>

struct err;
struct strbuf;

struct spawn {
	const char *path;	/* absolute; no PATH search */
	char *const *argv;	/* NULL-terminated; NULL: { path } */
	char *const *env;	/* exact; NULL: empty */
	int cwd_dfd;		/* fchdir there; -1: "/" */
	const char *stdin_data; /* written to its stdin, then EOF; NULL: /dev/null */
	size_t stdin_len;
	uint64_t timeout_ns; /* 0: none. On expiry its process group is killed */
	struct strbuf *out;  /* NULL, or stdout + stderr, the last 4 KiB of them */
	int pass_fd;	     /* -1, or a descriptor that it gets as number 3 */
	int out_fd; /* -1, or a descriptor that becomes its stdout; out gets stderr */
};
#define SPAWN_INIT                                         \
	(struct spawn)                                     \
	{                                                  \
		.cwd_dfd = -1, .pass_fd = -1, .out_fd = -1 \
	}

/*
 * spawn_run: start it in a new process group, feed it, wait. 0 and *out_status (as of
 * waitpid) when it ended by itself; -ETIMEDOUT after the deadline; -errno if it could
 * not be started. A child that does not read its stdin is no error.
 */
int spawn_run(const struct spawn *s, int *out_status, struct err *err);

#endif
