/* SPDX-License-Identifier: Apache-2.0 */
/* cli/state.c - state: one JSON object */
#include "base/str.h"
#include "cli/command.h"

static int run_state(struct invocation *in, struct err *err)
{
	AUTO_STRBUF out = STRBUF_INIT;
	int r;

	r = state_container(&in->globals, in->argv[0], &out, err);
	if (r < 0)
		return r;
	if (!str_has_suffix(strbuf_str(&out), "\n"))
		strbuf_addc(&out, '\n');
	return print_out(&out, err);
}

const struct command cmd_state = {
	.name = "state",
	.operands = "ID",
	.summary = "print the state of a container as JSON",
	.min_operands = 1,
	.max_operands = 1,
	.run = run_state,
};
