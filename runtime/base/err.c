/* SPDX-License-Identifier: Apache-2.0 */
/* base/err.c - see err.h */
#include "base/err.h"

#include <ctype.h>
#include <stdio.h>
#include <string.h>

const char *err_text(int r)
{
	static char text[128];
	const char *s = strerrordesc_np(r < 0 ? -r : r);

	if (!s)
		s = "unknown error";
	snprintf(text, sizeof(text), "%s", s);
	/* "I/O error" style names keep their capital; all of glibc's start as words */
	text[0] = (char)tolower((unsigned char)text[0]);
	return text;
}

/*
 * One line, no control characters, whatever came in through the arguments: nor those that
 * UTF-8 writes as two bytes (U+0080 ... U+009F), which terminals obey as well.
 */
static void sanitize(char *s)
{
	for (unsigned char *p = (unsigned char *)s; *p; p++) {
		if (*p < 0x20 || *p == 0x7f)
			*p = '?';
		else if (p[0] == 0xc2 && p[1] >= 0x80 && p[1] <= 0x9f)
			p[0] = p[1] = '?';
	}
}

static __attribute__((format(printf, 3, 0))) void fill(struct err *e, int r,
						       const char *fmt, va_list ap)
{
	e->code = r < 0 ? -r : r;
	vsnprintf(e->msg, sizeof(e->msg), fmt, ap);
	sanitize(e->msg);
}

int err_set(struct err *e, int r, const char *fmt, ...)
{
	va_list ap;

	if (!e || e->code)
		return r;
	va_start(ap, fmt);
	fill(e, r, fmt, ap);
	va_end(ap);
	return r;
}

int err_sys(struct err *e, int r, const char *fmt, ...)
{
	va_list ap;
	size_t n;

	if (!e || e->code)
		return r;
	va_start(ap, fmt);
	fill(e, r, fmt, ap);
	va_end(ap);
	n = strlen(e->msg);
	snprintf(e->msg + n, sizeof(e->msg) - n, ": %s", err_text(r));
	return r;
}

int err_add(struct err *e, const char *fmt, ...)
{
	char old[sizeof(e->msg)];
	va_list ap;
	size_t n;

	if (!e || !e->code)
		return 0;
	memcpy(old, e->msg, sizeof(old));
	va_start(ap, fmt);
	fill(e, e->code, fmt, ap);
	va_end(ap);
	n = strlen(e->msg);
	snprintf(e->msg + n, sizeof(e->msg) - n, ": %s", old);
	return -e->code;
}

void err_hint(struct err *e, const char *fmt, ...)
{
	va_list ap;

	if (!e || e->hint[0])
		return;
	va_start(ap, fmt);
	vsnprintf(e->hint, sizeof(e->hint), fmt, ap);
	va_end(ap);
	sanitize(e->hint);
}
