/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/test-audit.c - the chain: what was done to the file is found */
#include <stdlib.h>
#include <string.h>

#include "audit/audit.h"
#include "base/arena.h"
#include "base/json.h"
#include "base/str.h"
#include "tap.h"

#define LINES 8
#define LATE  (1000ull * 1000000000)

struct file {
	struct arena a;
	char *line[LINES + 1];
	size_t n;
};

/* Two runs that take turns; each ends sealed. */
static void build(struct file *f)
{
	struct audit run[2] = { AUDIT_INIT, AUDIT_INIT };
	char prev[AUDIT_HEX + 1];

	*f = (struct file){ .a = ARENA_INIT };
	memset(prev, '0', AUDIT_HEX);
	prev[AUDIT_HEX] = '\0';
	for (int i = 0; i < 2; i++) {
		snprintf(run[i].run, sizeof(run[i].run), "%032d", i);
		run[i].container = "c\n\033[31m\"x\"";
		run[i].class_name = "read";
	}
	for (size_t i = 0; i < LINES; i++) {
		struct audit *r = &run[i % 2];
		struct json *d = json_new(&f->a, JSON_OBJECT);
		AUTO_STRBUF s = STRBUF_INIT;
		enum audit_kind kind = (enum audit_kind)(i / 2);

		if (kind == AUDIT_RUN_DECLARED)
			json_add_u64(&f->a, d, "deadline_wall_ns", 5);
		audit_line(r, kind, d, kind == AUDIT_TEARDOWN, "2026-01-01T00:00:00Z",
			   prev, &s);
		r->seq++;
		ok(audit_line_hash(s.s, s.len, prev), "line %zu carries its hash", i + 1);
		f->line[f->n++] = arena_strdup(&f->a, s.s);
	}
}

static int verdict(const struct file *f, struct audit_verdict *v)
{
	AUTO_STRBUF s = STRBUF_INIT;

	for (size_t i = 0; i < f->n; i++)
		strbuf_addf(&s, "%s\n", f->line[i]);
	return audit_verify(strbuf_str(&s), s.len, LATE, v);
}

static void test_whole(void)
{
	struct audit_verdict v;
	struct file f;
	bool sealed;

	build(&f);
	is_int(verdict(&f, &v), 0, "a whole file is whole");
	is_int((long long)v.n_runs, 2, "two runs");
	is_int((long long)v.n_records, LINES, "all records");
	ok(!strpbrk(f.line[0], "\n\033"), "control characters are escaped");
	f.n = LINES - 2;
	is_int(verdict(&f, &v), 1, "without its last two records it is not");
	is_int((long long)v.bad_line, LINES - 3,
	       "the last record of the first open run is named");
	f.n = LINES;
	is_int((long long)audit_next_seq(f.line[0], strlen(f.line[0]),
					 "00000000000000000000000000000000", &sealed),
	       1, "the next seq of a run");
	arena_release(&f.a);
}

static void expect(struct file *f, size_t bad_line, const char *name)
{
	struct audit_verdict v;
	int r = verdict(f, &v);

	if (!ok(r == 1 && v.bad_line == bad_line, "%s", name))
		printf("# r %d, line %llu: %s\n", r, (unsigned long long)v.bad_line,
		       v.why);
	arena_release(&f->a);
}

static void test_tampering(void)
{
	struct file f;
	char *t;

	for (size_t i = 0; i < LINES; i++) {
		build(&f);
		t = strstr(f.line[i], "read");
		memcpy(t, "exec", 4);
		expect(&f, i + 1, "an edited record is found");

		build(&f);
		memmove(&f.line[i], &f.line[i + 1], (LINES - i) * sizeof(char *));
		f.n--;
		/* the last one leaves no successor: its run is then without a seal */
		expect(&f, i + 1 < LINES ? i + 1 : LINES - 2,
		       "a removed record is found");

		build(&f);
		memmove(&f.line[i + 1], &f.line[i], (LINES - i) * sizeof(char *));
		f.n++;
		expect(&f, i + 2, "a duplicated record is found");

		if (i + 1 == LINES)
			continue;
		build(&f);
		t = f.line[i];
		f.line[i] = f.line[i + 1];
		f.line[i + 1] = t;
		expect(&f, i + 1, "two exchanged records are found");
	}
}

static void test_cuts(void)
{
	AUTO_STRBUF s = STRBUF_INIT;
	struct audit_verdict v;
	struct file f;
	size_t missed = 0;

	build(&f);
	for (size_t i = 0; i < f.n; i++)
		strbuf_addf(&s, "%s\n", f.line[i]);
	for (size_t len = 1; len < s.len; len++)
		missed += audit_verify(s.s, len, LATE, &v) == 0;
	is_int((long long)missed, 0, "a file cut at any byte is found");
	arena_release(&f.a);
}

int main(void)
{
	test_whole();
	test_tampering();
	test_cuts();
	return done();
}
