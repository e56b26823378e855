/* SPDX-License-Identifier: Apache-2.0 */
/* tests/fuzz/fuzz-json.c - a document that is read, printed and read again is the same */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/str.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_ARENA a = ARENA_INIT;
	AUTO_STRBUF first = STRBUF_INIT;
	AUTO_STRBUF second = STRBUF_INIT;
	struct err err = ERR_INIT;
	const enum json_flags flags = size % 2 ? JSON_COMMENTS : JSON_STRICT;
	struct json *doc;

	if (json_parse(&a, "f", (const char *)data, size, flags, &doc, &err) < 0) {
		if (!err.code || !err.msg[0])
			abort(); /* every refusal says why */
		return 0;
	}
	json_print(&first, json_copy(&a, doc), size % 3);
	if (json_parse(&a, "f", first.s, first.len, JSON_STRICT, &doc, &err) < 0)
		abort();
	json_print(&second, doc, size % 3);
	if (strcmp(first.s, second.s) != 0)
		abort();
	return 0;
}
