/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/golden/print-policy.c - POLICY.json [KEY=VALUE...]: the effective policy on one
 * line, its hash, and what explain says; or one line that says why it is refused
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/fd.h"
#include "base/path.h"
#include "base/str.h"
#include "policy/policy.h"
#include "spec/spec.h"

static int effective(struct arena *a, const char *file, const struct spec_kvs *asked,
		     struct policy *out, struct err *err)
{
	const char *name = path_base(file);
	struct policy p, request;
	char *buf;
	size_t len;
	int r;

	r = fd_read_at(AT_FDCWD, file, POLICY_MAX_BYTES, a, &buf, &len);
	if (r < 0)
		return err_sys(err, r, "cannot read %s", name);
	name = arena_strndup(a, name, strlen(name) - strlen(".json"));
	/* the name alone: where the tree lies must not be in what is compared */
	r = policy_parse(a, path_base(file), buf, len, &p, err);
	if (r == 0)
		r = policy_check(&p, name, err);
	if (r == 0)
		r = policy_request(a, asked, &request, err);
	if (r == 0)
		r = policy_meet(a, &p, &request, out, err);
	return r < 0 ? r : policy_check(out, name, err);
}

int main(int argc, char **argv)
{
	AUTO_ARENA a = ARENA_INIT;
	AUTO_STRBUF out = STRBUF_INIT;
	struct spec_kvs asked = { .v = ARENA_ARRAY(&a, (size_t)argc, struct spec_kv) };
	struct policy p;
	struct err err = ERR_INIT;

	if (argc < 2)
		return 2;
	for (int i = 2; i < argc; i++) {
		char *value = strchr(argv[i], '=');

		if (!value)
			return 2;
		*value++ = '\0';
		asked.v[asked.n++] =
			(struct spec_kv){ arena_printf(&a, POLICY_PREFIX "%s", argv[i]),
					  value };
	}
	if (effective(&a, argv[1], &asked, &p, &err) < 0) {
		printf("refused: %s\n", err.msg);
		return 0;
	}
	policy_print(&p, &out);
	strbuf_addc(&out, '\n');
	policy_explain(&a, &p, false, &out);
	policy_explain(&a, &p, true, &out);
	printf("%s", strbuf_str(&out));
	return 0;
}
