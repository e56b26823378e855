/* SPDX-License-Identifier: Apache-2.0 */
/* tests/fuzz/fuzz-mount-options.c - options from a config, one a line */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "plan/mounts.h"

#define MAX_LINES 64

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_ARENA a = ARENA_INIT;
	struct plan_mount m = { 0 };
	struct mount_words words;
	struct err err = ERR_INIT;
	char *text = arena_strndup(&a, (const char *)data, size);
	struct spec_strings list = { .v = ARENA_ARRAY(&a, MAX_LINES + 1, const char *) };

	while (text && list.n < MAX_LINES)
		list.v[list.n++] = strsep(&text, "\n");
	if (plan_mount_parse_options(&m, &list, "/mounts/0", &a, &words, &err) < 0 &&
	    !err.msg[0])
		abort(); /* every refusal says why */
	/* the kernel refuses a value of the field without the whole field cleared */
	if (m.attr_set & m.attr_clr & ~(uint64_t)0x70)
		abort();
	return 0;
}
