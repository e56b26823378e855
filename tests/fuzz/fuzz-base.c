/* SPDX-License-Identifier: Apache-2.0 */
/* tests/fuzz/fuzz-base.c - numbers, sizes, durations, lists and paths against their rules
 */
#include <errno.h>
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/path.h"
#include "base/str.h"
#include "plan/process.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

/* strtoull with everything that it is lax about taken away. */
static void check_number(const char *s)
{
	const size_t n = strspn(s, "0123456789");
	const bool shape = n > 0 && !s[n] && !(n > 1 && s[0] == '0');
	uint64_t v = 0;
	int r = str_to_u64(s, UINT64_MAX, &v);

	if ((r == 0 || r == -ERANGE) != shape && !(r == -ERANGE && n > 19))
		abort();
	errno = 0;
	if (shape && (r == 0) != (strtoull(s, NULL, 10) == v && errno == 0))
		abort();
}

static void check_ids(const char *s)
{
	uint32_t uid = 0, gid = 0;
	bool has_gid = false;

	if (str_to_ids(s, &uid, &gid, &has_gid) < 0)
		return;
	/* No character that is neither a digit nor the one colon may have been skipped.
	 */
	if (s[strspn(s, "0123456789:")] || !!strchr(s, ':') != has_gid ||
	    uid == UINT32_MAX || gid == UINT32_MAX)
		abort();
}

static void check_text(const char *s, int (*parse)(const char *, uint64_t *),
		       void (*print)(struct strbuf *, uint64_t))
{
	AUTO_STRBUF b = STRBUF_INIT;
	uint64_t v, again;

	if (parse(s, &v) < 0)
		return;
	print(&b, v);
	if (parse(strbuf_str(&b), &again) < 0 || again != v)
		abort();
}

static void check_path(struct arena *a, const char *s)
{
	char *clean = path_clean(a, s);

	if (clean[0] != '/' || path_has_dotdot(clean) || strstr(clean, "//") ||
	    !str_eq(path_clean(a, clean), clean) || !path_is_below(clean, "/"))
		abort();
	if (path_is_id(s) && (strchr(s, '/') || path_has_dotdot(s) || !*s))
		abort();
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_ARENA a = ARENA_INIT;
	const char *s = arena_strndup(&a, (const char *)data, size);
	unsigned long bits[16] = { 0 };

	check_number(s);
	check_ids(s);
	check_text(s, str_to_size, str_size);
	check_text(s, str_to_duration, str_duration);
	check_path(&a, s);
	(void)plan_list_parse(s, bits, sizeof(bits) * 8);
	if (strlen(str_quote(s)) > 4 * 128 + 5)
		abort();
	return 0;
}
