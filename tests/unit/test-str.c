/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/test-str.c - the strict parsers and what prints for them */
#include <errno.h>
#include <inttypes.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/path.h"
#include "base/str.h"
#include "tap.h"

static const struct {
	const char *s;
	int r;
	uint32_t uid, gid;
	bool has_gid;
} ids[] = {
	{ "1", 0, 1, 7, false },
	{ "1:2", 0, 1, 2, true },
	{ "0", 0, 0, 7, false },
	{ "0:0", 0, 0, 0, true },
	{ "4294967294:4294967294", 0, 4294967294u, 4294967294u, true },
	/* CVE-2026-30892 and its relatives */
	{ "1:", -EINVAL },
	{ ":2", -EINVAL },
	{ ":", -EINVAL },
	{ "", -EINVAL },
	{ "1x", -EINVAL },
	{ "x1", -EINVAL },
	{ "1:2x", -EINVAL },
	{ "1:2:3", -EINVAL },
	{ "-1", -EINVAL },
	{ "+1", -EINVAL },
	{ " 1", -EINVAL },
	{ "1 ", -EINVAL },
	{ "1: 2", -EINVAL },
	{ "01", -EINVAL },
	{ "1:02", -EINVAL },
	{ "0x1", -EINVAL },
	{ "root", -EINVAL },
	{ "4294967295", -ERANGE },
	{ "4294967296", -ERANGE },
	{ "1:4294967295", -ERANGE },
	{ "99999999999999999999999", -ERANGE },
};

static void test_ids(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(ids); i++) {
		uint32_t uid = 7, gid = 7;
		bool has = false;
		int r = str_to_ids(ids[i].s, &uid, &gid, &has);

		ok(r == ids[i].r, "ids '%s' gives %d", ids[i].s, ids[i].r);
		if (r < 0)
			ok(uid == 7 && gid == 7 && !has,
			   "ids '%s' leaves the outputs alone", ids[i].s);
		else
			ok(uid == ids[i].uid && has == ids[i].has_gid &&
				   (!has || gid == ids[i].gid),
			   "ids '%s' has its values", ids[i].s);
	}
}

static const struct {
	const char *s;
	uint64_t max;
	int r;
	uint64_t v;
} u64s[] = {
	{ "0", UINT64_MAX, 0, 0 },
	{ "18446744073709551615", UINT64_MAX, 0, UINT64_MAX },
	{ "18446744073709551616", UINT64_MAX, -ERANGE, 0 },
	{ "184467440737095516150", UINT64_MAX, -ERANGE, 0 },
	{ "10", 10, 0, 10 },
	{ "11", 10, -ERANGE, 0 },
	{ "", 10, -EINVAL, 0 },
	{ "-0", 10, -EINVAL, 0 },
	{ "00", 10, -EINVAL, 0 },
	{ "1.0", 10, -EINVAL, 0 },
	{ "1e1", 10, -EINVAL, 0 },
	{ "1\n", 10, -EINVAL, 0 },
};

static const struct {
	const char *s;
	int64_t min, max;
	int r;
	int64_t v;
} i64s[] = {
	{ "-9223372036854775808", INT64_MIN, INT64_MAX, 0, INT64_MIN },
	{ "9223372036854775807", INT64_MIN, INT64_MAX, 0, INT64_MAX },
	{ "-9223372036854775809", INT64_MIN, INT64_MAX, -ERANGE, 0 },
	{ "9223372036854775808", INT64_MIN, INT64_MAX, -ERANGE, 0 },
	{ "-1", 0, 5, -ERANGE, 0 },
	{ "-0", 0, 5, 0, 0 },
	{ "-", -5, 5, -EINVAL, 0 },
	{ "--1", -5, 5, -EINVAL, 0 },
	{ "+1", -5, 5, -EINVAL, 0 },
	{ "-01", -5, 5, -EINVAL, 0 },
};

static void test_numbers(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(u64s); i++) {
		uint64_t v = 0;
		int r = str_to_u64(u64s[i].s, u64s[i].max, &v);

		ok(r == u64s[i].r && v == u64s[i].v, "u64 '%s' up to %" PRIu64, u64s[i].s,
		   u64s[i].max);
	}
	for (size_t i = 0; i < ARRAY_SIZE(i64s); i++) {
		int64_t v = 0;
		int r = str_to_i64(i64s[i].s, i64s[i].min, i64s[i].max, &v);

		ok(r == i64s[i].r && v == i64s[i].v, "i64 '%s'", i64s[i].s);
	}
}

struct text_value {
	const char *s;
	int r;
	uint64_t v;
	const char *printed; /* NULL: as s */
};

static const struct text_value sizes[] = {
	{ "0", 0, 0, NULL },
	{ "512", 0, 512, NULL },
	{ "512B", 0, 512, "512" },
	{ "64KiB", 0, 65536, NULL },
	{ "1024KiB", 0, 1u << 20, "1MiB" },
	{ "2MiB", 0, 2u << 20, NULL },
	{ "1GiB", 0, 1u << 30, NULL },
	{ "1TiB", 0, 1ull << 40, NULL },
	{ "10kB", 0, 10000, "10000" },
	{ "10MB", 0, 10000000, "10000000" },
	{ "1GB", 0, 1000000000, "1000000000" },
	{ "64k", 0, 65536, "64KiB" },
	{ "64m", 0, 64u << 20, "64MiB" },
	{ "2g", 0, 2ull << 30, "2GiB" },
	{ "1t", 0, 1ull << 40, "1TiB" },
	{ "16777216TiB", -ERANGE, 0, NULL },
	{ "", -EINVAL, 0, NULL },
	{ "KiB", -EINVAL, 0, NULL },
	{ "1 KiB", -EINVAL, 0, NULL },
	{ "1KIB", -EINVAL, 0, NULL },
	{ "1.5GiB", -EINVAL, 0, NULL },
	{ "-1", -EINVAL, 0, NULL },
	{ "1KiBx", -EINVAL, 0, NULL },
};

#define S 1000000000ull
static const struct text_value durations[] = {
	{ "90s", 0, 90 * S, "1m30s" },
	{ "5m", 0, 300 * S, NULL },
	{ "2h", 0, 7200 * S, NULL },
	{ "1h30m", 0, 5400 * S, NULL },
	{ "250ms", 0, S / 4, NULL },
	{ "1d", 0, 86400 * S, NULL },
	{ "1d1h1m1s1ms1us1ns", 0, 90061 * S + 1001001, NULL },
	{ "0s", -ERANGE, 0, NULL },
	{ "", -EINVAL, 0, NULL },
	{ "5", -EINVAL, 0, NULL },
	{ "s", -EINVAL, 0, NULL },
	{ "30m1h", -EINVAL, 0, NULL },
	{ "1m1m", -EINVAL, 0, NULL },
	{ "5 m", -EINVAL, 0, NULL },
	{ "5min", -EINVAL, 0, NULL },
	{ "-5m", -EINVAL, 0, NULL },
	{ "1.5h", -EINVAL, 0, NULL },
	{ "18446744073709551615s", -ERANGE, 0, NULL },
	{ "213503d1h", 0, 213503ull * 86400 * S + 3600 * S, NULL },
	{ "213504d", -ERANGE, 0, NULL },
};

static void test_texts(const struct text_value *t, size_t n, const char *what,
		       int (*parse)(const char *, uint64_t *),
		       void (*print)(struct strbuf *, uint64_t))
{
	for (size_t i = 0; i < n; i++) {
		AUTO_STRBUF b = STRBUF_INIT;
		uint64_t v = 0, again = 0;

		ok(parse(t[i].s, &v) == t[i].r && v == t[i].v, "%s '%s'", what, t[i].s);
		if (t[i].r < 0)
			continue;
		print(&b, v);
		is_str(strbuf_str(&b), t[i].printed ? t[i].printed : t[i].s,
		       "as printed");
		ok(parse(strbuf_str(&b), &again) == 0 && again == v, "and read back");
	}
}

static void test_quote(void)
{
	char many[400];

	is_str(str_quote("plain"), "'plain'", "plain text is quoted");
	is_str(str_quote("a\nb\x1b\x7f\xc3\xa9"), "'a\\x0ab\\x1b\\x7f\\xc3\\xa9'",
	       "control and non-ASCII bytes are escaped");
	is_str(str_quote("it's \\"), "'it\\x27s \\x5c'",
	       "a quote inside does not end the quoting");
	memset(many, 'x', sizeof(many) - 1);
	many[sizeof(many) - 1] = '\0';
	ok(strlen(str_quote(many)) < 140 && strstr(str_quote(many), "..."),
	   "long text is cut");
}

static const char *const cleaned[][2] = {
	{ "/a//b/./c/../d", "/a/b/d" },
	{ "a", "/a" },
	{ "", "/" },
	{ "/", "/" },
	{ "//", "/" },
	{ "/..", "/" },
	{ "../../etc", "/etc" },
	{ "/a/..", "/" },
	{ "/a/b/../..", "/" },
	{ "/a/...", "/a/..." },
	{ "/.a/..b", "/.a/..b" },
	{ "/a/", "/a" },
};

static void test_paths(void)
{
	AUTO_ARENA a = ARENA_INIT;

	for (size_t i = 0; i < ARRAY_SIZE(cleaned); i++)
		is_str(path_clean(&a, cleaned[i][0]), cleaned[i][1], cleaned[i][0]);
	is_str(path_join(&a, "/a", "b"), "/a/b", "join");
	is_str(path_join(&a, "/a/", "b"), "/a/b", "join with a slash");
	is_str(path_join(&a, "/", "b"), "/b", "join with the root");
	is_str(path_join(&a, "/a", "/b"), "/b", "an absolute name wins");
	ok(path_is_below("/a/b", "/a") && path_is_below("/a", "/a") &&
		   path_is_below("/a", "/"),
	   "below");
	ok(!path_is_below("/ab", "/a") && !path_is_below("/", "/a"), "not below");
	ok(path_has_dotdot("a/../b") && path_has_dotdot("..") && path_has_dotdot("a/.."),
	   "has ..");
	ok(!path_has_dotdot("a/...") && !path_has_dotdot("..a/b..") &&
		   !path_has_dotdot(""),
	   "has no ..");
	is_str(path_base("/a/b"), "b", "base");
	is_str(path_base("b"), "b", "base without a slash");
}

static void test_names(void)
{
	char name[300];

	ok(path_is_id("a") && path_is_id("A0_+.-") && path_is_id("-x") && path_is_id("_"),
	   "names of containers");
	ok(!path_is_id("") && !path_is_id(".") && !path_is_id("..") &&
		   !path_is_id(".a") && !path_is_id("a/b") && !path_is_id("a b") &&
		   !path_is_id("a\n") && !path_is_id("\xc3\xa9"),
	   "no names of containers");
	memset(name, 'a', sizeof(name));
	name[255] = '\0';
	ok(path_is_id(name), "255 bytes are a name");
	name[255] = 'a';
	name[256] = '\0';
	ok(!path_is_id(name), "256 bytes are none");
}

static void test_err(void)
{
	struct err e = ERR_INIT;

	ok(err_sys(&e, -ENOENT, "cannot open '%s'", "a\nb") == -ENOENT &&
		   e.code == ENOENT,
	   "an error keeps its number");
	is_str(e.msg, "cannot open 'a?b': no such file or directory",
	       "one line, lower case");
	err_set(&e, -EPERM, "later");
	ok(e.code == ENOENT, "the first error is kept");
	err_add(&e, "while %s", "reading");
	is_str(e.msg, "while reading: cannot open 'a?b': no such file or directory",
	       "context goes in front");
	err_hint(&e, "try %d", 1);
	err_hint(&e, "try 2");
	is_str(e.hint, "try 1", "the first hint is kept");
	e = ERR_INIT;
	err_set(&e, -EIO,
		"a\x1b[2J\x7f\xc2\x9b"
		"b\xc3\xa9");
	is_str(e.msg, "a?[2J???b\xc3\xa9", "nothing that a terminal obeys");
	ok(err_set(NULL, -EIO, "x") == -EIO, "no err is no crash");
}

int main(void)
{
	test_ids();
	test_numbers();
	test_texts(sizes, ARRAY_SIZE(sizes), "size", str_to_size, str_size);
	test_texts(durations, ARRAY_SIZE(durations), "duration", str_to_duration,
		   str_duration);
	test_quote();
	test_paths();
	test_names();
	test_err();
	return done();
}
