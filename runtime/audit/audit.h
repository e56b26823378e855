/* SPDX-License-Identifier: Apache-2.0 */
/*
 * audit/audit.h - one JSON line for each decision, outside the container, chained
 *
 * A line is {"time":…,"seq":N,"prev":H,"run":…,…,"kind":…,…,"hash":H}. `hash` is the
 * SHA-256 of the line's bytes without that member; `prev` is the hash of the line before
 * it in the file, whichever run wrote it, so that nothing can be taken out, put in or
 * moved; `seq` counts within the run, and the run's last record is sealed with its count,
 * so that a file which was cut short shows it.
 *
 * Several monitors share one file: each record is one append under a lock.
 */
#ifndef AGENTRUN_AUDIT_AUDIT_H
#define AGENTRUN_AUDIT_AUDIT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct err;
struct json;
struct strbuf;

#define AUDIT_FILE	 "audit.jsonl"
#define AUDIT_MAX_RECORD (64u << 10)
#define AUDIT_HEX	 64

enum audit_kind {
	AUDIT_RUN_DECLARED = 0,
	AUDIT_RUN_STARTED,
	AUDIT_RUN_ENDED,
	AUDIT_TEARDOWN,
	AUDIT_KIND_COUNT
};
const char *audit_kind_name(enum audit_kind k);

/* One run's side of the log. All strings are borrowed. */
struct audit {
	int fd; /* -1: not open */
	char run[33];
	uint64_t seq;
	const char *container;
	const char *engine; /* name of the calling process */
	const char *class_name;
	const char *task;
	const char *trace;
};
#define AUDIT_INIT       \
	(struct audit)   \
	{                \
		.fd = -1 \
	}

/*
 * audit_open: dir/audit.jsonl, append-only, 0600, made where missing. run: an ID to go on
 * with, or NULL for a new one. A file or directory that others could write is refused.
 */
int audit_open(const char *dir, const char *run, struct audit *out, struct err *err);
void audit_close(struct audit *a);

/*
 * audit_write: one record. detail is an object whose members follow the fixed ones, or
 * NULL. sealed: the last one of this run. On failure nothing was added to the file.
 */
int audit_write(struct audit *a, enum audit_kind kind, const struct json *detail,
		bool sealed, struct err *err);

/* audit_line: the line without its newline, for audit_write and tests. Pure. */
void audit_line(const struct audit *a, enum audit_kind kind, const struct json *detail,
		bool sealed, const char *time, const char *prev, struct strbuf *out);
/* audit_line_hash: where a line keeps its hash, proven. false: damaged. Pure. */
bool audit_line_hash(const char *line, size_t len, char out_hash[AUDIT_HEX + 1]);

/* What verify found. */
struct audit_verdict {
	uint64_t n_records;
	uint64_t n_runs;
	uint64_t n_open;   /* unsealed, before their deadline */
	uint64_t bad_line; /* 0: none */
	char why[256];
};
/*
 * audit_verify: the bytes of a file. 0: whole; 1: out->bad_line is the first bad record.
 * now_wall_ns decides whether an unsealed run may still be running. Pure.
 */
int audit_verify(const char *buf, size_t len, uint64_t now_wall_ns,
		 struct audit_verdict *out);
/* audit_last_seq: the next seq of a run, and whether it is sealed. Pure. */
uint64_t audit_next_seq(const char *buf, size_t len, const char *run, bool *out_sealed);

#endif
