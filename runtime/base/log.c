/* SPDX-License-Identifier: Apache-2.0 */
/* base/log.c - see log.h */
#include "base/log.h"

#include <errno.h>
#include <fcntl.h>
#include <stdarg.h>
#include <stdio.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/un.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/fd.h"
#include "base/json.h"
#include "base/str.h"

enum sink { SINK_NONE = 0, SINK_FILE, SINK_JOURNALD, SINK_SYSLOG };

/* The one mutable global of the program: where its messages go. */
static struct {
	enum sink sink;
	enum log_format format;
	enum log_level level;
	int fd;
	char name[64];
} the_log = { .fd = -1, .level = LOG_WARNING };

static const char *const level_names[] = { "error", "warning", "info", "debug" };
/* syslog(3) priorities */
static const int priorities[] = { 3, 4, 6, 7 };

static int connect_datagram(const char *path)
{
	struct sockaddr_un addr = { .sun_family = AF_UNIX };
	int fd;

	snprintf(addr.sun_path, sizeof(addr.sun_path), "%s", path);
	fd = socket(AF_UNIX, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return -errno;
	if (connect(fd, (struct sockaddr *)&addr, sizeof(addr)) < 0) {
		int r = -errno;

		close(fd);
		return r;
	}
	return fd;
}

static int open_socket(enum sink sink, const char *path, const char *name,
		       struct err *err)
{
	for (const char *p = name; *p; p++)
		if ((unsigned char)*p <= 0x20 || (unsigned char)*p >= 0x7f)
			return err_set(err, -EINVAL,
				       "log name %s: expected one plain word",
				       str_quote(name));
	the_log.fd = connect_datagram(path);
	if (the_log.fd < 0)
		return err_sys(err, the_log.fd, "cannot connect to the log at %s", path);
	the_log.sink = sink;
	snprintf(the_log.name, sizeof(the_log.name), "%s", *name ? name : "agentrun");
	return 0;
}

int log_open(const char *target, enum log_format format, enum log_level level,
	     struct err *err)
{
	the_log.format = format;
	the_log.level = level;
	if (!target || !*target)
		return 0;
	if (str_has_prefix(target, "journald:"))
		return open_socket(SINK_JOURNALD, "/run/systemd/journal/socket",
				   target + 9, err);
	if (str_has_prefix(target, "syslog:"))
		return open_socket(SINK_SYSLOG, "/dev/log", target + 7, err);
	if (str_has_prefix(target, "file:"))
		target += 5;
	the_log.fd =
		open(target, O_WRONLY | O_APPEND | O_CREAT | O_CLOEXEC | O_NOCTTY, 0644);
	if (the_log.fd < 0)
		return err_sys(err, -errno, "cannot open log file %s", str_quote(target));
	the_log.sink = SINK_FILE;
	return 0;
}

static void format_file(struct strbuf *b, enum log_level level, const char *msg)
{
	char now[64];

	clock_rfc3339(clock_wall_ns(), now, sizeof(now));
	if (the_log.format == LOG_TEXT) {
		strbuf_addf(b, "%s %s: %s\n", now, level_names[level], msg);
		return;
	}
	strbuf_addf(b, "{\"level\":\"%s\",\"msg\":", level_names[level]);
	json_escape(b, msg);
	strbuf_addf(b, ",\"time\":\"%s\"}\n", now);
}

/* One write or datagram a message: several invocations share the target. */
static void to_target(enum log_level level, const char *msg)
{
	AUTO_STRBUF b = STRBUF_INIT;

	switch (the_log.sink) {
	case SINK_NONE:
		return;
	case SINK_FILE:
		format_file(&b, level, msg);
		break;
	case SINK_JOURNALD:
		strbuf_addf(&b, "PRIORITY=%d\nSYSLOG_IDENTIFIER=%s\nMESSAGE=%s\n",
			    priorities[level], the_log.name, msg);
		break;
	case SINK_SYSLOG:
		/* facility daemon */
		strbuf_addf(&b, "<%d>%s[%d]: %s", 3 * 8 + priorities[level], the_log.name,
			    (int)getpid(), msg);
		break;
	}
	/*
	 * A log that cannot be written leaves stderr, which is written as well. A logger
	 * that is dead or full must not hold up a container.
	 */
	if (the_log.sink == SINK_FILE)
		(void)fd_write_all(the_log.fd, b.s, b.len);
	else
		(void)!send(the_log.fd, b.s, b.len, MSG_NOSIGNAL | MSG_DONTWAIT);
}

static void to_stderr(const char *msg, const char *hint)
{
	AUTO_STRBUF b = STRBUF_INIT;

	strbuf_addf(&b, "agentrun: %s\n", msg);
	if (hint && *hint)
		strbuf_addf(&b, "  hint: %s\n", hint);
	(void)fd_write_all(2, b.s, b.len);
}

void log_at(enum log_level level, const char *fmt, ...)
{
	char msg[1024];
	va_list ap;

	if (level > the_log.level)
		return;
	va_start(ap, fmt);
	vsnprintf(msg, sizeof(msg), fmt, ap);
	va_end(ap);
	for (char *p = msg; *p; p++)
		if ((unsigned char)*p < 0x20 || *p == 0x7f)
			*p = '?';
	/* Podman reads the file as one object: a warning goes there only when asked for. */
	if (the_log.level == LOG_DEBUG)
		to_target(level, msg);
	if (the_log.sink == SINK_NONE || level <= LOG_WARNING)
		to_stderr(msg, NULL);
}

void log_error(const struct err *e)
{
	to_target(LOG_ERROR, e->msg);
	to_stderr(e->msg, e->hint);
}

bool log_is_debug(void)
{
	return the_log.level == LOG_DEBUG;
}
