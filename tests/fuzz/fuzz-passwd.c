/* SPDX-License-Identifier: Apache-2.0 */
/* tests/fuzz/fuzz-passwd.c - a hostile /etc/passwd, a list of CPUs, texts of resctrl */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "apply/passwd.h"
#include "apply/rdt.h"
#include "base/arena.h"
#include "plan/process.h"

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_ARENA a = ARENA_INIT;
	char *text = arena_strndup(&a, (const char *)data, size);
	struct passwd_scan s = { .uid = size ? data[0] : 0 };
	unsigned long bits[16] = { 0 };
	char home[32] = "";

	if (passwd_scan(&s, (const char *)data, size, home, sizeof(home)) == 0)
		passwd_scan(&s, "", 0, home, sizeof(home));
	if (memchr(home, '\0', sizeof(home)) == NULL || strchr(home, ':') ||
	    strchr(home, '\n'))
		abort();
	plan_list_parse(text, bits, 1024);
	rdt_line_is_in("L3:0=f\n", text);
	rdt_line_is_in(text, "    L3:0=000f;1=00ff\n");
	rdt_mountpoint(&a, text);
	return 0;
}
