/* SPDX-License-Identifier: Apache-2.0 */
/*
 * base/err.h - what went wrong, said once, where the name of the thing is known
 *
 * Convention of the whole tree: 0 is success, a negative errno is a failure and is passed
 * up, a positive value is an answer that the function documents.
 */
#ifndef AGENTRUN_BASE_ERR_H
#define AGENTRUN_BASE_ERR_H

#include <stdarg.h>

/* Fixed size: it crosses the handshake between child and parent as bytes. */
struct err {
	int code;	/* positive errno, 0 = empty */
	int exit_code;	/* 0 = the caller's default (1) */
	char msg[1024]; /* one line, no newline, control characters escaped */
	char hint[512]; /* empty, or one line that helps when the cause is usual */
};

#define ERR_INIT     \
	(struct err) \
	{            \
		0    \
	}

/*
 * err_set: fill e with a message. r is a negative errno, which is returned.
 * A message that is already there is kept: the first, deepest one names the object.
 * e may be NULL.
 */
int err_set(struct err *e, int r, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* err_sys: the same, with ": " and the text of the errno behind the message. */
int err_sys(struct err *e, int r, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* err_add: put "context: " in front of a message that is there. Returns -e->code. */
int err_add(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* err_hint: say what usually helps. Keeps an earlier hint. */
void err_hint(struct err *e, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/*
 * err_text: the text of an errno as engines match it: lower case first letter
 * ("no such file or directory"). Takes either sign. Static storage.
 */
const char *err_text(int r);

#endif
