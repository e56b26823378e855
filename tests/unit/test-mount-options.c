/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/test-mount-options.c - the option table: later wins, kinds apart */
#include <errno.h>
#include <string.h>
#include <sys/mount.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "plan/mounts.h"
#include "tap.h"

#define MAX_OPTIONS 8

static const struct {
	const char *options[MAX_OPTIONS];
	uint64_t set, clr, rec_set, rec_clr;
	unsigned long sb;
	const char *data;
} cases[] = {
	{ { "ro" }, .set = MOUNT_ATTR_RDONLY },
	{ { "ro", "rw" }, .clr = MOUNT_ATTR_RDONLY },
	{ { "rw", "ro" }, .set = MOUNT_ATTR_RDONLY },
	{ { "rw,ro,nosuid" }, .set = MOUNT_ATTR_RDONLY | MOUNT_ATTR_NOSUID },
	{ { "defaults" } },
	{ { "nosuid", "noexec", "nodev" },
	  .set = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NOEXEC | MOUNT_ATTR_NODEV },
	{ { "noexec", "exec" }, .clr = MOUNT_ATTR_NOEXEC },
	{ { "noatime" }, .set = MOUNT_ATTR_NOATIME, .clr = MOUNT_ATTR__ATIME },
	{ { "noatime", "strictatime" },
	  .set = MOUNT_ATTR_STRICTATIME,
	  .clr = MOUNT_ATTR__ATIME },
	{ { "strictatime", "relatime" }, .clr = MOUNT_ATTR__ATIME },
	{ { "noatime", "atime" }, .clr = MOUNT_ATTR__ATIME },
	{ { "noatime", "norelatime" },
	  .set = MOUNT_ATTR_NOATIME,
	  .clr = MOUNT_ATTR__ATIME },
	{ { "noatime", "nodiratime", "diratime" },
	  .set = MOUNT_ATTR_NOATIME,
	  .clr = MOUNT_ATTR__ATIME | MOUNT_ATTR_NODIRATIME },
	{ { "nosymfollow" }, .set = MOUNT_ATTR_NOSYMFOLLOW },
	{ { "rro" }, .rec_set = MOUNT_ATTR_RDONLY },
	{ { "rro", "rrw" }, .rec_clr = MOUNT_ATTR_RDONLY },
	{ { "rro", "rw" }, .rec_set = MOUNT_ATTR_RDONLY, .clr = MOUNT_ATTR_RDONLY },
	{ { "rnoatime" }, .rec_set = MOUNT_ATTR_NOATIME, .rec_clr = MOUNT_ATTR__ATIME },
	{ { "sync", "dirsync" }, .sb = MS_SYNCHRONOUS | MS_DIRSYNC },
	{ { "sync", "async" } },
	{ { "mode=755", "size=64k" }, .data = "mode=755,size=64k" },
	{ { "context=\"a:b:c:s0:c1,c2\"", "ro" },
	  .set = MOUNT_ATTR_RDONLY,
	  .data = "context=\"a:b:c:s0:c1,c2\"" },
	{ { "lowerdir=/a\\,b" }, .data = "lowerdir=/a\\,b" },
	{ { "acl" }, .data = "acl" },
	{ { "RO" }, .data = "RO" },
	{ { "" } },
	{ { ",,ro,," }, .set = MOUNT_ATTR_RDONLY },
};

static int parse(struct arena *a, const char *const *list, struct plan_mount *m,
		 struct mount_words *words, struct err *err)
{
	struct spec_strings s = { .v = ARENA_ARRAY(a, MAX_OPTIONS + 1, const char *) };

	while (s.n < MAX_OPTIONS && list[s.n]) {
		s.v[s.n] = list[s.n];
		s.n++;
	}
	return plan_mount_parse_options(m, &s, "/mounts/0", a, words, err);
}

static void test_cases(void)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(cases); i++) {
		AUTO_ARENA a = ARENA_INIT;
		struct plan_mount m = { 0 };
		struct mount_words words;
		int r = parse(&a, cases[i].options, &m, &words, NULL);

		ok(r == 0 && m.attr_set == cases[i].set && m.attr_clr == cases[i].clr &&
			   m.rec_set == cases[i].rec_set &&
			   m.rec_clr == cases[i].rec_clr && m.sb_flags == cases[i].sb &&
			   str_eq(m.data, cases[i].data),
		   "%s %s %s: %#llx %#llx %#llx %#llx %#lx %s", cases[i].options[0],
		   cases[i].options[1] ? cases[i].options[1] : "",
		   cases[i].options[2] ? cases[i].options[2] : "",
		   (unsigned long long)m.attr_set, (unsigned long long)m.attr_clr,
		   (unsigned long long)m.rec_set, (unsigned long long)m.rec_clr,
		   m.sb_flags, m.data ? m.data : "-");
	}
}

static void test_words(void)
{
	static const char *const list[] = { "rbind",	 "rslave", "shared",
					    "tmpcopyup", "ridmap", "size=\"1k\"",
					    NULL };
	AUTO_ARENA a = ARENA_INIT;
	struct plan_mount m = { 0 };
	struct mount_words words;

	ok(parse(&a, list, &m, &words, NULL) == 0 && words.bind && m.recursive &&
		   !words.remount,
	   "rbind is a recursive bind");
	ok(m.n_propagation == 2 && m.propagation[0] == (MS_SLAVE | MS_REC) &&
		   m.propagation[1] == MS_SHARED,
	   "propagation is kept apart and in order");
	ok(m.tmpcopyup && m.idmap && m.idmap_recursive, "tmpcopyup and ridmap");
	ok(m.params.n == 1 && str_eq(m.params.v[0].key, "size") &&
		   str_eq(m.params.v[0].value, "1k"),
	   "quotes go when the value stands alone");
}

static void test_limits(void)
{
	static char big[5000];
	static const char *many[] = { "private,private,private,private,private,private,"
				      "private,private,private,private,private,private,"
				      "private,private,private,private,private",
				      NULL };
	const char *list[] = { big, NULL };
	AUTO_ARENA a = ARENA_INIT;
	struct plan_mount m = { 0 };
	struct mount_words words;
	struct err err = ERR_INIT;

	memset(big, 'x', sizeof(big) - 1);
	ok(parse(&a, list, &m, &words, &err) == -E2BIG &&
		   str_has_prefix(err.msg, "/mounts/0/options"),
	   "more than a page of options is refused, with the path");
	ok(parse(&a, many, &m, &words, NULL) == -E2BIG, "17 propagations are refused");
}

static void test_table(void)
{
	static const char *const needed[] = { "async",	     "bind",	     "idmap",
					      "nosymfollow", "rbind",	     "remount",
					      "rro",	     "rstrictatime", "tmpcopyup",
					      "unbindable" };
	const char *const *names;
	size_t n = plan_mount_options(&names), i, j;
	bool sorted = true, found = true;

	for (i = 1; i < n; i++)
		sorted &= strcmp(names[i - 1], names[i]) < 0;
	ok(sorted, "the table is sorted: it is searched by halves");
	for (i = 0; i < ARRAY_SIZE(needed); i++) {
		for (j = 0; j < n && !str_eq(names[j], needed[i]); j++)
			;
		found &= j < n;
	}
	ok(found, "what the specification names is there (%zu options)", n);
}

int main(void)
{
	test_cases();
	test_words();
	test_limits();
	test_table();
	return done();
}
