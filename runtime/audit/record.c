/* SPDX-License-Identifier: Apache-2.0 */
/* audit/record.c - a record as a line, and the hash that it carries */
#include "audit/audit.h"

#include <string.h>

#include "base/json.h"
#include "base/sha256.h"
#include "base/str.h"

static const char *const kind_names[] = {
	[AUDIT_RUN_DECLARED] = "run.declared",
	[AUDIT_RUN_STARTED] = "run.started",
	[AUDIT_RUN_ENDED] = "run.ended",
	[AUDIT_TEARDOWN] = "teardown",
};
_Static_assert(ARRAY_SIZE(kind_names) == AUDIT_KIND_COUNT, "every kind has a name");

static const char hash_key[] = ",\"hash\":\"";

const char *audit_kind_name(enum audit_kind k)
{
	return kind_names[k];
}

static void add(struct strbuf *out, const char *key, const char *value)
{
	if (!value)
		return;
	strbuf_addf(out, ",\"%s\":", key);
	json_escape(out, value);
}

void audit_line(const struct audit *a, enum audit_kind kind, const struct json *detail,
		bool sealed, const char *time, const char *prev, struct strbuf *out)
{
	char hash[AUDIT_HEX + 1];
	size_t start = out->len;

	strbuf_add(out, "{\"time\":");
	json_escape(out, time);
	strbuf_addf(out, ",\"seq\":%llu", (unsigned long long)a->seq);
	add(out, "prev", prev);
	add(out, "run", a->run);
	add(out, "container", a->container);
	add(out, "engine", a->engine);
	add(out, "class", a->class_name);
	add(out, "task", a->task);
	add(out, "trace", a->trace);
	add(out, "kind", kind_names[kind]);
	json_foreach(m, detail) {
		strbuf_addc(out, ',');
		json_escape(out, m->key);
		strbuf_addc(out, ':');
		json_print(out, m, 0);
	}
	if (sealed)
		strbuf_addf(out, ",\"sealed\":true,\"records\":%llu",
			    (unsigned long long)a->seq + 1);
	strbuf_addc(out, '}');
	sha256_hex(out->s + start, out->len - start, hash);
	/* The brace gives way to the hash: what was hashed stays a whole object. */
	out->len--;
	strbuf_addf(out, "%s%s\"}", hash_key, hash);
}

bool audit_line_hash(const char *line, size_t len, char out_hash[AUDIT_HEX + 1])
{
	const size_t tail = sizeof(hash_key) - 1 + AUDIT_HEX + 2;
	char have[AUDIT_HEX + 1] = "", want[AUDIT_HEX + 1];
	unsigned char sum[32];
	struct sha256 s;
	const char *p;

	if (len <= tail || line[0] != '{')
		return false;
	p = line + len - tail;
	if (memcmp(p, hash_key, sizeof(hash_key) - 1) != 0 ||
	    memcmp(line + len - 2, "\"}", 2))
		return false;
	memcpy(have, p + sizeof(hash_key) - 1, AUDIT_HEX);
	sha256_init(&s);
	sha256_update(&s, line, len - tail);
	sha256_update(&s, "}", 1);
	sha256_final(&s, sum);
	for (size_t i = 0; i < sizeof(sum); i++) {
		want[2 * i] = "0123456789abcdef"[sum[i] >> 4];
		want[2 * i + 1] = "0123456789abcdef"[sum[i] & 15];
	}
	want[AUDIT_HEX] = '\0';
	if (memcmp(have, want, AUDIT_HEX) != 0)
		return false;
	memcpy(out_hash, want, sizeof(want));
	return true;
}
