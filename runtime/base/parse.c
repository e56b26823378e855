/* SPDX-License-Identifier: Apache-2.0 */
/*
 * base/parse.c - the strict parsers of str.h
 *
 * One for each kind of text, whole string, range checked: CVE-2026-30892 (exec -u 1 read
 * as 0:0) was a parser that did not look where it had stopped.
 */
#include <errno.h>
#include <string.h>

#include "base/clock.h"
#include "base/str.h"

/* Digits up to a character that is none. *end is where it stopped. */
static int digits(const char *s, uint64_t max, uint64_t *out, const char **end)
{
	uint64_t v = 0;
	const char *p = s;

	if (*p < '0' || *p > '9')
		return -EINVAL;
	if (p[0] == '0' && p[1] >= '0' && p[1] <= '9')
		return -EINVAL; /* "01" is octal to some and ten's to others */
	for (; *p >= '0' && *p <= '9'; p++) {
		unsigned d = (unsigned)(*p - '0');

		if (__builtin_mul_overflow(v, 10u, &v) ||
		    __builtin_add_overflow(v, d, &v) || v > max)
			return -ERANGE;
	}
	*out = v;
	*end = p;
	return 0;
}

int str_to_u64(const char *s, uint64_t max, uint64_t *out)
{
	const char *end;
	uint64_t v;
	int r;

	r = digits(s, max, &v, &end);
	if (r < 0)
		return r;
	if (*end)
		return -EINVAL;
	*out = v;
	return 0;
}

int str_to_i64(const char *s, int64_t min, int64_t max, int64_t *out)
{
	bool negative = *s == '-';
	int64_t n;
	uint64_t v;
	int r;

	r = str_to_u64(s + negative, (uint64_t)INT64_MAX + negative, &v);
	if (r < 0)
		return r;
	n = negative ? (int64_t)(0 - v) : (int64_t)v;
	if (n < min || n > max)
		return -ERANGE;
	*out = n;
	return 0;
}

int str_to_u32(const char *s, uint32_t *out)
{
	uint64_t v;
	int r;

	r = str_to_u64(s, UINT32_MAX, &v);
	if (r == 0)
		*out = (uint32_t)v;
	return r;
}

int str_to_ids(const char *s, uint32_t *out_uid, uint32_t *out_gid, bool *out_has_gid)
{
	const char *end;
	uint64_t uid, gid = 0;
	bool has_gid;
	int r;

	/* (uid_t)-1 means "leave it" to the kernel: it is not an id. */
	r = digits(s, UINT32_MAX - 1, &uid, &end);
	if (r < 0)
		return r;
	has_gid = *end == ':';
	if (has_gid)
		r = str_to_u64(end + 1, UINT32_MAX - 1, &gid);
	else if (*end)
		r = -EINVAL;
	if (r < 0)
		return r;
	*out_uid = (uint32_t)uid;
	*out_gid = (uint32_t)gid;
	*out_has_gid = has_gid;
	return 0;
}

struct unit {
	const char *name;
	uint64_t factor;
};

/* Largest first where str_size and str_duration choose. */
static const struct unit sizes[] = {
	{ "TiB", 1ull << 40 },
	{ "GiB", 1ull << 30 },
	{ "MiB", 1ull << 20 },
	{ "KiB", 1ull << 10 },
	{ "", 1 },
	{ "TB", 1000000000000ull },
	{ "GB", 1000000000 },
	{ "MB", 1000000 },
	{ "kB", 1000 },
	{ "t", 1ull << 40 },
	{ "g", 1ull << 30 },
	{ "m", 1ull << 20 },
	{ "k", 1ull << 10 },
	{ "T", 1ull << 40 },
	{ "G", 1ull << 30 },
	{ "M", 1ull << 20 },
	{ "K", 1ull << 10 },
	{ "b", 1 },
	{ "B", 1 },
};
#define N_EXACT_SIZES 5

int str_to_size(const char *s, uint64_t *out_bytes)
{
	const char *end;
	uint64_t v;
	int r;

	r = digits(s, UINT64_MAX, &v, &end);
	if (r < 0)
		return r;
	for (size_t i = 0; i < ARRAY_SIZE(sizes); i++) {
		if (strcmp(end, sizes[i].name) != 0)
			continue;
		if (__builtin_mul_overflow(v, sizes[i].factor, &v))
			return -ERANGE;
		*out_bytes = v;
		return 0;
	}
	return -EINVAL;
}

static const struct unit durations[] = {
	{ "d", 86400 * NS_PER_S },
	{ "h", 3600 * NS_PER_S },
	{ "m", 60 * NS_PER_S },
	{ "s", NS_PER_S },
	{ "ms", NS_PER_MS },
	{ "us", 1000 },
	{ "ns", 1 },
};

/* The unit at the start of s that no longer name begins with: "ms" before "m". */
static const struct unit *find_duration(const char *s, size_t *len)
{
	const struct unit *best = NULL;

	*len = 0;
	for (size_t i = 0; i < ARRAY_SIZE(durations); i++) {
		size_t n = strlen(durations[i].name);

		if (n > *len && strncmp(s, durations[i].name, n) == 0) {
			best = &durations[i];
			*len = n;
		}
	}
	return best;
}

int str_to_duration(const char *s, uint64_t *out_ns)
{
	uint64_t total = 0, last = UINT64_MAX;

	do {
		const struct unit *u;
		const char *end;
		uint64_t v;
		size_t len;
		int r;

		r = digits(s, UINT64_MAX, &v, &end);
		if (r < 0)
			return r;
		u = find_duration(end, &len);
		/* "1m1h" and "1s1s" are slips, not durations */
		if (!u || u->factor >= last)
			return -EINVAL;
		last = u->factor;
		if (__builtin_mul_overflow(v, u->factor, &v) ||
		    __builtin_add_overflow(total, v, &total))
			return -ERANGE;
		s = end + len;
	} while (*s);
	if (!total)
		return -ERANGE;
	*out_ns = total;
	return 0;
}

void str_size(struct strbuf *b, uint64_t bytes)
{
	for (size_t i = 0; i < N_EXACT_SIZES; i++) {
		if (bytes % sizes[i].factor || (!bytes && sizes[i].factor > 1))
			continue;
		strbuf_addf(b, "%llu%s", (unsigned long long)(bytes / sizes[i].factor),
			    sizes[i].name);
		return;
	}
}

void str_duration(struct strbuf *b, uint64_t ns)
{
	if (!ns)
		strbuf_add(b, "0s");
	for (size_t i = 0; i < ARRAY_SIZE(durations) && ns; i++) {
		uint64_t n = ns / durations[i].factor;

		if (n)
			strbuf_addf(b, "%llu%s", (unsigned long long)n,
				    durations[i].name);
		ns %= durations[i].factor;
	}
}
