/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/fuzz/fuzz-policy.c - a policy, and behind the first NUL annotations "key=value",
 * one a line: what is accepted is never wider than the policy, what is refused says why
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "policy/policy.h"
#include "spec/spec.h"

#define MAX_LINES 64

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(int ok)
{
	if (!ok)
		abort();
}

static void ask(struct arena *a, const struct policy *p, char *text)
{
	struct spec_kv kv[MAX_LINES];
	struct spec_kvs kvs = { .v = kv };
	struct policy request, out;
	struct err err = ERR_INIT;
	char *line;

	while (kvs.n < MAX_LINES && (line = strsep(&text, "\n"))) {
		char *value = strchr(line, '=');

		if (value)
			*value++ = '\0';
		kv[kvs.n++] = (struct spec_kv){ arena_printf(a, POLICY_PREFIX "%s", line),
						value ? value : "" };
	}
	if (policy_request(a, &kvs, &request, &err) < 0 ||
	    policy_meet(a, p, &request, &out, &err) < 0)
		must(err.msg[0]);
	else
		must(policy_is_within(&out, p));
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_ARENA a = ARENA_INIT;
	AUTO_STRBUF one = STRBUF_INIT;
	AUTO_STRBUF two = STRBUF_INIT;
	struct policy p, again;
	struct err err = ERR_INIT;
	char *text = arena_strndup(&a, (const char *)data, size);
	size_t len = strnlen(text, size);

	if (policy_parse(&a, "p", text, len, &p, &err) < 0) {
		must(err.msg[0]);
		return 0;
	}
	policy_print(&p, &one);
	must(policy_parse(&a, "p", one.s, one.len, &again, &err) == 0);
	policy_print(&again, &two);
	must(strcmp(one.s, two.s) == 0);
	if (len < size)
		ask(&a, &p, text + len + 1);
	return 0;
}
