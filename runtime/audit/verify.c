/* SPDX-License-Identifier: Apache-2.0 */
/*
 * audit/verify.c - is the file whole? Names the first record that says it is not
 *
 * Pure: bytes in, verdict out. The hash is proven on the bytes of the line before a
 * parser sees them.
 */
#include "audit/audit.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/json.h"
#include "base/str.h"

struct run {
	const char *id;
	uint64_t next_seq;
	uint64_t deadline_ns; /* wall clock, with the grace; 0: unknown */
	uint64_t last_line;
	bool sealed;
};

struct verifier {
	struct arena arena; /* of the runs */
	struct run *runs;
	size_t n_runs, cap;
	struct audit_verdict *out;
	char prev[AUDIT_HEX + 1];
};

static int bad(struct verifier *v, uint64_t line, const char *why, const char *what)
{
	v->out->bad_line = line;
	snprintf(v->out->why, sizeof(v->out->why), "%s%s", why, what);
	return 1;
}

static struct run *find_run(struct verifier *v, const char *id)
{
	/* The newest is the likeliest. */
	for (size_t i = v->n_runs; i-- > 0;) {
		if (strcmp(v->runs[i].id, id) == 0)
			return &v->runs[i];
	}
	if (v->n_runs == v->cap) {
		size_t cap = v->cap ? 2 * v->cap : 64;
		struct run *runs = ARENA_ARRAY(&v->arena, cap, struct run);

		if (v->n_runs)
			memcpy(runs, v->runs, v->n_runs * sizeof(*runs));
		v->runs = runs;
		v->cap = cap;
	}
	v->runs[v->n_runs] = (struct run){ .id = arena_strdup(&v->arena, id) };
	return &v->runs[v->n_runs++];
}

static int number(const struct json *doc, const char *key, uint64_t *out)
{
	const struct json *m = json_get(doc, key);

	if (!m || m->type != JSON_NUMBER)
		return -1;
	return str_to_u64(m->str, UINT64_MAX, out);
}

static int check_run(struct verifier *v, const struct json *doc, uint64_t line)
{
	const char *id = json_get_str(doc, "run");
	const struct json *sealed = json_get(doc, "sealed");
	uint64_t seq, deadline;
	struct run *run;

	if (!id || number(doc, "seq", &seq) < 0)
		return bad(v, line, "no run or seq", "");
	run = find_run(v, id);
	if (run->sealed)
		return bad(v, line, "a record after the seal of run ", id);
	if (seq != run->next_seq)
		return bad(v, line, "out of sequence in run ", id);
	run->next_seq++;
	run->last_line = line;
	if (number(doc, "deadline_wall_ns", &deadline) == 0)
		run->deadline_ns = deadline;
	run->sealed = sealed && sealed->type == JSON_BOOL && sealed->boolean;
	return 0;
}

static int check_line(struct verifier *v, const char *s, size_t len, uint64_t line)
{
	AUTO_ARENA a = ARENA_INIT;
	char hash[AUDIT_HEX + 1];
	struct json *doc = NULL;
	const char *prev;

	if (!audit_line_hash(s, len, hash))
		return bad(v, line, "the record does not match its hash", "");
	if (json_parse(&a, "audit", s, len, JSON_STRICT, &doc, NULL) < 0)
		return bad(v, line, "not a JSON object", "");
	prev = json_get_str(doc, "prev");
	if (!prev || strcmp(prev, v->prev) != 0)
		return bad(v, line, "does not follow the record before it", "");
	memcpy(v->prev, hash, sizeof(hash));
	return check_run(v, doc, line);
}

/* Ends of runs: one that is past its deadline and not sealed was cut, or lost. */
static int check_ends(struct verifier *v, uint64_t now)
{
	const uint64_t slack = 60ull * 1000000000;

	for (size_t i = 0; i < v->n_runs; i++) {
		const struct run *run = &v->runs[i];

		if (run->sealed)
			continue;
		if (!run->deadline_ns || now > run->deadline_ns + slack)
			return bad(v, run->last_line,
				   "the last record of a run without a seal: ", run->id);
		v->out->n_open++;
	}
	return 0;
}

int audit_verify(const char *buf, size_t len, uint64_t now_wall_ns,
		 struct audit_verdict *out)
{
	struct verifier v = { .arena = ARENA_INIT, .out = out };
	const char *p = buf, *end = buf + len;
	uint64_t line = 0;
	int r = 0;

	*out = (struct audit_verdict){ 0 };
	memset(v.prev, '0', AUDIT_HEX);
	while (r == 0 && p < end) {
		const char *nl = memchr(p, '\n', (size_t)(end - p));

		line++;
		if (!nl)
			r = bad(&v, line, "the last record is cut short", "");
		else
			r = check_line(&v, p, (size_t)(nl - p), line);
		if (r == 0)
			out->n_records++;
		p = nl ? nl + 1 : end;
	}
	if (r == 0)
		r = check_ends(&v, now_wall_ns);
	out->n_runs = v.n_runs;
	arena_release(&v.arena);
	return r;
}

uint64_t audit_next_seq(const char *buf, size_t len, const char *run, bool *out_sealed)
{
	AUTO_STRBUF key = STRBUF_INIT;
	const char *p = buf, *end = buf + len;
	uint64_t n = 0;

	*out_sealed = false;
	strbuf_addf(&key, ",\"run\":\"%s\",", run);
	while (p < end) {
		const char *nl = memchr(p, '\n', (size_t)(end - p));
		size_t line = (size_t)((nl ? nl : end) - p);

		/* Quotes are escaped inside strings, so only the member itself can match.
		 */
		if (memmem(p, line, key.s, key.len)) {
			n++;
			if (memmem(p, line, ",\"sealed\":true,", 15))
				*out_sealed = true;
		}
		p += line + (nl ? 1 : 0);
	}
	return n;
}
