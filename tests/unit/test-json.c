/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/test-json.c - what is refused, with its place, and what comes out as it went
 * in */
#include <errno.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/str.h"
#include "tap.h"

static const struct {
	const char *text;
	const char *msg;
} bad[] = {
	{ "", "f:/: line 1: " },
	{ "{", "f:/: line 1: " },
	{ "{} x", "f:/: line 1: " },
	{ "{}{}", "f:/: line 1: " },
	{ "[1,]", "f:/1: line 1: " },
	{ "[01]", "f:/1: line 1: " },
	{ "[.5]", "f:/0: line 1: " },
	{ "[+1]", "f:/0: line 1: " },
	{ "[1.]", "f:/0: line 1: " },
	{ "[NaN]", "f:/0: line 1: " },
	{ "{a:1}", "f:/: line 1: " },
	{ "{'a':1}", "f:/: line 1: " },
	{ "\n\n{\"a\":\n{\"b\": tru}}", "f:/a/b: line 4: " },
	{ "{\"a\":\"\xff\"}", "f:/a: line 1: lexical error: invalid bytes in UTF8" },
	{ "{\"a\":\"\xc0\xaf\"}", "f:/a: line 1: a string is not UTF-8" },
	{ "{\"a\":\"\xf4\x90\x80\x80\"}", "f:/a: line 1: a string is not UTF-8" },
	{ "{\"a\":\"\xed\xa0\x80\"}", "f:/a: line 1: " },
	{ "{\"a\":\"\t\"}", "f:/a: line 1: " },
	{ "{\"a\":\"\\x\"}", "f:/a: line 1: " },
	{ "{\"a\":[0,\"x\\u0000y\"]}", "f:/a/1: line 1: a string holds a NUL byte" },
	{ "{\"\\u0000\":1}", "f:/: line 1: a string holds a NUL byte" },
	{ "{\"a\":\"\\ud800\"}", "f:/: line 1: a string holds half of a surrogate pair" },
	{ "{\"a\":\"\\ud800\\u0041\"}",
	  "f:/: line 1: a string holds half of a surrogate" },
	{ "{\"a\":\"\\udc00\"}",
	  "f:/a: line 1: a string holds half of a surrogate pair" },
	{ "{\"a\":1,\n\"a\":2}", "f:/a: line 2: this key is there twice" },
	{ "{\"o\":{\"x/y\":1,\"x~y\":2,\"x/y\":3}}",
	  "f:/o/x~1y: line 1: this key is there twice" },
	{ "{\"a\":1,\"\\u0061\":2}", "f:/a: line 1: this key is there twice" },
	{ "/* */ {}", "f:/: line 1: " },
};

static void test_bad(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(bad); i++) {
		AUTO_ARENA a = ARENA_INIT;
		struct err err = ERR_INIT;
		struct json *doc = NULL;
		int r = json_parse(&a, "f", bad[i].text, strlen(bad[i].text), JSON_STRICT,
				   &doc, &err);

		if (!ok(r == -EINVAL && !doc && str_has_prefix(err.msg, bad[i].msg),
			"refused: %zu", i))
			printf("# text: %s\n# have: %s\n# want: %s\n", bad[i].text,
			       err.msg, bad[i].msg);
	}
}

static const char *const good[] = {
	"null",
	"-0",
	"\"\"",
	"[]",
	"{}",
	"{\"\":{\"\":[]}}",
	"[18446744073709551616,-1.50e+10,0.1]",
	"{\"b\":1,\"a\":2,\"c\":[true,false,null]}",
	"\"\\\"\\\\\\n\\r\\t\\u0001\\u007f/\"",
	"\"\xf0\x9f\x98\x80\xef\xbf\xbd\xee\x80\x80\"",
};

static void test_good(void)
{
	for (size_t i = 0; i < ARRAY_SIZE(good); i++) {
		AUTO_ARENA a = ARENA_INIT;
		AUTO_STRBUF out = STRBUF_INIT;
		struct err err = ERR_INIT;
		struct json *doc;

		if (!ok(json_parse(&a, "f", good[i], strlen(good[i]), JSON_STRICT, &doc,
				   &err) == 0,
			"read: %s", good[i])) {
			printf("# %s\n", err.msg);
			continue;
		}
		json_print(&out, json_copy(&a, doc), 0);
		is_str(strbuf_str(&out), good[i], "printed as it was");
	}
}

static int parse_text(struct arena *a, const struct strbuf *b, struct err *err)
{
	struct json *doc;

	return json_parse(a, "f", b->s, b->len, JSON_STRICT, &doc, err);
}

static void test_bounds(void)
{
	AUTO_ARENA a = ARENA_INIT;
	AUTO_STRBUF b = STRBUF_INIT;
	struct err err = ERR_INIT;

	for (int i = 0; i < JSON_MAX_DEPTH; i++)
		strbuf_addc(&b, '[');
	for (int i = 0; i < JSON_MAX_DEPTH; i++)
		strbuf_addc(&b, ']');
	ok(parse_text(&a, &b, &err) == 0, "64 levels are read");
	strbuf_release(&b);
	for (int i = 0; i < 100000; i++)
		strbuf_addc(&b, '[');
	ok(parse_text(&a, &b, &err) == -EINVAL && strstr(err.msg, "nested too deeply"),
	   "100000 levels are refused");
	strbuf_release(&b);

	err = ERR_INIT;
	strbuf_addc(&b, '[');
	for (int i = 0; i < 1 << 20; i++)
		strbuf_add(&b, "0,");
	strbuf_add(&b, "0]");
	ok(parse_text(&a, &b, &err) == -EINVAL && strstr(err.msg, "too many values"),
	   "a million values are refused");
	strbuf_release(&b);

	err = ERR_INIT;
	strbuf_addc(&b, '{');
	for (int i = 0; i < 100000; i++)
		strbuf_addf(&b, "\"%d\":0,", i);
	strbuf_add(&b, "\"77\":0}");
	ok(parse_text(&a, &b, &err) == -EINVAL &&
		   strstr(err.msg, "f:/77: line 1: this key"),
	   "a duplicate among 100000 is found");
	strbuf_release(&b);

	err = ERR_INIT;
	while (b.len <= JSON_MAX_BYTES)
		strbuf_add(&b,
			   "                                                        ");
	ok(parse_text(&a, &b, &err) == -EFBIG, "more than 16 MiB are refused");
}

static void test_comments(void)
{
	static const char text[] = "/* a */ {\"a\": 1} // b";
	AUTO_ARENA a = ARENA_INIT;
	struct err err = ERR_INIT;
	struct json *doc;

	ok(json_parse(&a, "f", text, strlen(text), JSON_COMMENTS, &doc, &err) == 0,
	   "comments where they are allowed");
}

static void test_tree(void)
{
	AUTO_ARENA a = ARENA_INIT;
	AUTO_STRBUF out = STRBUF_INIT;
	struct json *o = json_new(&a, JSON_OBJECT), *list;

	json_add_str(&a, o, "s", "x\"\xff");
	json_add_i64(&a, o, "i", INT64_MIN);
	json_add_u64(&a, o, "u", UINT64_MAX);
	json_add_bool(&a, o, "b", true);
	list = json_add_array(&a, json_add_object(&a, o, "o"), "l/~");
	json_append_str(&a, list, "e");
	json_append_u64(&a, list, 3);
	json_print(&out, o, 0);
	is_str(strbuf_str(&out),
	       "{\"s\":\"x\\\"\xef\xbf\xbd\",\"i\":-9223372036854775808,"
	       "\"u\":18446744073709551615,\"b\":true,\"o\":{\"l/~\":[\"e\",3]}}",
	       "a tree that was built");
	is_str(json_path(&a, list->last), "/o/l~1~0/1", "the path of an element");
	is_str(json_path(&a, o), "/", "the path of the document");
	is_str(json_get_str(o, "s"), "x\"\xff", "a member by its name");
	ok(!json_get_str(o, "i") && !json_get(o, "x") && !json_get(NULL, "x"),
	   "no member");
	strbuf_release(&out);
	json_print(&out, json_get(o, "o"), 2);
	is_str(strbuf_str(&out), "{\n  \"l/~\": [\n    \"e\",\n    3\n  ]\n}",
	       "indented");
}

int main(void)
{
	test_bad();
	test_good();
	test_bounds();
	test_comments();
	test_tree();
	return done();
}
