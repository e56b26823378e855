/* SPDX-License-Identifier: Apache-2.0 */
/* cli/ps_filter.c - see ps_filter.h */
#include "cli/ps_filter.h"

#include <errno.h>
#include <stdbool.h>
#include <stdint.h>
#include <string.h>

#include "base/err.h"
#include "base/str.h"

#define NO_COLUMN SIZE_MAX

struct field {
	const char *s;
	size_t len;
};

/* The i-th word of a line that ends at end. */
static bool get_field(const char *line, const char *end, size_t i, struct field *out)
{
	for (;;) {
		const char *start;

		while (line < end && (*line == ' ' || *line == '\t'))
			line++;
		if (line == end)
			return false;
		start = line;
		while (line < end && *line != ' ' && *line != '\t')
			line++;
		if (i-- == 0) {
			*out = (struct field){ start, (size_t)(line - start) };
			return true;
		}
	}
}

static size_t find_column(const char *line, const char *end)
{
	struct field f;

	for (size_t i = 0; get_field(line, end, i, &f); i++)
		if (f.len == 3 && !memcmp(f.s, "PID", 3))
			return i;
	return NO_COLUMN;
}

static bool is_wanted(const struct field *f, const pid_t *pids, size_t n)
{
	char buf[16];
	uint64_t v;

	if (f->len >= sizeof(buf))
		return false;
	memcpy(buf, f->s, f->len);
	buf[f->len] = '\0';
	if (str_to_u64(buf, INT32_MAX, &v) < 0)
		return false;
	for (size_t i = 0; i < n; i++)
		if ((uint64_t)pids[i] == v)
			return true;
	return false;
}

int ps_filter(const char *text, const pid_t *pids, size_t n, struct strbuf *out,
	      struct err *err)
{
	size_t column = NO_COLUMN;

	for (const char *line = text; *line;) {
		const char *end = line + strcspn(line, "\n");
		struct field f;

		if (column == NO_COLUMN) {
			column = find_column(line, end);
			if (column == NO_COLUMN)
				break;
			strbuf_addn(out, line, (size_t)(end - line));
			strbuf_addc(out, '\n');
		} else if (get_field(line, end, column, &f) && is_wanted(&f, pids, n)) {
			strbuf_addn(out, line, (size_t)(end - line));
			strbuf_addc(out, '\n');
		}
		line = *end ? end + 1 : end;
	}
	if (column == NO_COLUMN)
		return err_set(err, -EPROTO, "ps: its output has no PID column");
	return 0;
}
