/* SPDX-License-Identifier: Apache-2.0 */
/*
 * base/log.h - the log that engines read
 *
 * One object for each failed invocation, none on success: Podman parses the whole file
 * as one object. Warnings go to stderr, and into the file only with --debug.
 */
#ifndef AGENTRUN_BASE_LOG_H
#define AGENTRUN_BASE_LOG_H

#include <stdbool.h>

enum log_level { LOG_ERROR = 0, LOG_WARNING, LOG_INFO, LOG_DEBUG };
enum log_format { LOG_TEXT = 0, LOG_JSON };

struct err;

/*
 * log_open: send messages to target: a path, or "file:PATH", "journald:NAME",
 * "syslog:NAME". Opened append + create, 0644. NULL: stderr alone.
 */
int log_open(const char *target, enum log_format format, enum log_level level,
	     struct err *err);
void log_at(enum log_level level, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
#define log_debug(...)	 log_at(LOG_DEBUG, __VA_ARGS__)
#define log_info(...)	 log_at(LOG_INFO, __VA_ARGS__)
#define log_warning(...) log_at(LOG_WARNING, __VA_ARGS__)
/* log_error: the one error of this invocation, to the log and to stderr. For main.c. */
void log_error(const struct err *e);
bool log_is_debug(void);

#endif
