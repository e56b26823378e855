/* SPDX-License-Identifier: Apache-2.0 */
/* base/str.h - growing strings, and the strict parsers: whole string, range checked */
#ifndef AGENTRUN_BASE_STR_H
#define AGENTRUN_BASE_STR_H

#include <stdarg.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#define ARRAY_SIZE(a) (sizeof(a) / sizeof((a)[0]))

/* A growing string, always NUL-terminated once something was added. */
struct strbuf {
	char *s;
	size_t len;
	size_t cap;
};
#define STRBUF_INIT        \
	{                  \
		NULL, 0, 0 \
	}
void strbuf_add(struct strbuf *b, const char *s);
void strbuf_addn(struct strbuf *b, const void *s, size_t n);
void strbuf_addc(struct strbuf *b, char c);
void strbuf_addf(struct strbuf *b, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* strbuf_str: the text, "" when nothing was added. */
const char *strbuf_str(const struct strbuf *b);
void strbuf_release(struct strbuf *b);
#define AUTO_STRBUF __attribute__((cleanup(strbuf_release))) struct strbuf

bool str_eq(const char *a, const char *b); /* NULL equals only NULL */
bool str_has_prefix(const char *s, const char *prefix);
bool str_has_suffix(const char *s, const char *suffix);

/*
 * str_utf8_length: bytes of the UTF-8 character at s, 0 when it is none (RFC 3629: no
 * surrogates, no overlong form). Does not read past a NUL.
 */
size_t str_utf8_length(const char *s);

/*
 * Strict numbers, base 10: no sign but '-' for i64, no blanks, no leading '+', nothing
 * behind, range checked. 0, -EINVAL or -ERANGE; *out untouched on failure.
 */
int str_to_u64(const char *s, uint64_t max, uint64_t *out);
int str_to_i64(const char *s, int64_t min, int64_t max, int64_t *out);
int str_to_u32(const char *s, uint32_t *out);

/*
 * str_to_ids: "UID" or "UID:GID", both 0 ... 4294967294 (CVE-2026-30892 came from a lax
 * one). *out_has_gid tells which form it was.
 */
int str_to_ids(const char *s, uint32_t *out_uid, uint32_t *out_gid, bool *out_has_gid);

/*
 * str_to_size: bytes from "512", "64KiB", "2MiB", "1GiB", "1TiB", "10kB", "10MB", "1GB",
 * also "k m g t" as powers of 1024, as engines write. -EINVAL, -ERANGE.
 */
int str_to_size(const char *s, uint64_t *out_bytes);

/* str_to_duration: nanoseconds from "90s", "5m", "2h", "1h30m", "250ms", "1d". > 0. */
int str_to_duration(const char *s, uint64_t *out_ns);

/* str_size / str_duration: the shortest exact form that the parsers above read back. */
void str_size(struct strbuf *b, uint64_t bytes);
void str_duration(struct strbuf *b, uint64_t ns);

/*
 * str_quote: what came from outside, for a message: in single quotes, control characters,
 * backslash and non-ASCII bytes escaped, cut after 128 characters with "...". The result
 * is one of eight static buffers, used in turn.
 */
const char *str_quote(const char *s);

#endif
