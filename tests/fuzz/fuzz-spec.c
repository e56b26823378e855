/* SPDX-License-Identifier: Apache-2.0 */
/* tests/fuzz/fuzz-spec.c - config.json: refused with a reason, or printed as it came in
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/str.h"
#include "spec/spec.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static bool is_same(const struct json *a, const struct json *b)
{
	const struct json *y = b->child;

	if (a->type != b->type || a->n != b->n || a->boolean != b->boolean ||
	    !str_eq(a->key, b->key))
		return false;
	/* a number that was read comes out by its value */
	if (a->str && strcmp(a->str, "-0") != 0 && strcmp(a->str, b->str) != 0)
		return false;
	json_foreach(x, a) {
		if (!is_same(x, y))
			return false;
		y = y->next;
	}
	return true;
}

/* A process and resources are read alone too, for exec and update. */
static void parse_parts(struct arena *a, const char *text, size_t size)
{
	struct spec_process process;
	struct spec_resources resources;
	struct err err = ERR_INIT;

	if (spec_parse_process(a, "p", text, size, &process, &err) < 0) {
		if (!err.msg[0])
			abort();
	} else if (spec_check_process(&process, "p", &err) < 0 && !err.msg[0]) {
		abort();
	}
	err = ERR_INIT;
	if (spec_parse_resources(a, "r", text, size, &resources, &err) < 0) {
		if (!err.msg[0])
			abort();
	} else {
		AUTO_STRBUF out = STRBUF_INIT;

		spec_print_resources(&resources, &out);
		if (spec_parse_resources(a, "r", out.s, out.len, &resources, &err) < 0)
			abort();
	}
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_ARENA a = ARENA_INIT;
	AUTO_STRBUF out = STRBUF_INIT;
	struct err err = ERR_INIT;
	const char *text = (const char *)data;
	struct spec *spec;
	struct json *again;

	parse_parts(&a, text, size);
	if (spec_parse(&a, "config.json", text, size, &spec, &err) < 0) {
		if (!err.code || !err.msg[0])
			abort(); /* every refusal says why */
		return 0;
	}
	if (spec_check(spec, &err) < 0 && !err.msg[0])
		abort();
	spec_print(spec, &out);
	if (json_parse(&a, "printed", out.s, out.len, JSON_STRICT, &again, NULL) < 0)
		abort();
	if (!is_same(spec->doc, again))
		abort();
	return 0;
}
