/* SPDX-License-Identifier: Apache-2.0 */
/* cli/gc.c - gc: finish what a crash left half done */
#include "base/str.h"
#include "cli/command.h"

static int run_gc(struct invocation *in, struct err *err)
{
	AUTO_STRBUF out = STRBUF_INIT;
	int r, printed;

	r = gc_containers(&in->globals, &out, err);
	/* What was removed is told even if something else could not be. */
	printed = print_out(&out, err);
	return r < 0 ? r : printed;
}

const struct command cmd_gc = {
	.name = "gc",
	.operands = "",
	.summary = "remove what crashes of the runtime left behind",
	.run = run_gc,
};
