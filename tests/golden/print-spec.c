/* SPDX-License-Identifier: Apache-2.0 */
/* tests/golden/print-spec.c - FILE: read, check and print a config.json, or say why not
 */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/fd.h"
#include "base/json.h"
#include "base/path.h"
#include "base/str.h"
#include "spec/spec.h"

int main(int argc, char **argv)
{
	AUTO_ARENA a = ARENA_INIT;
	AUTO_STRBUF out = STRBUF_INIT;
	struct err err = ERR_INIT;
	struct spec *spec;
	char *text;
	size_t len;
	int r;

	if (argc != 2) {
		fprintf(stderr, "usage: print-spec FILE\n");
		return 2;
	}
	r = fd_read_at(AT_FDCWD, argv[1], JSON_MAX_BYTES, &a, &text, &len);
	if (r < 0) {
		fprintf(stderr, "%s: %s\n", argv[1], err_text(r));
		return 2;
	}
	r = spec_parse(&a, path_base(argv[1]), text, len, &spec, &err);
	if (r == 0)
		r = spec_check(spec, &err);
	if (r < 0) {
		printf("%s\n", err.msg);
		return 1;
	}
	spec_print(spec, &out);
	fputs(strbuf_str(&out), stdout);
	return 0;
}
