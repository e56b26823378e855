/* SPDX-License-Identifier: Apache-2.0 */
/* cli/start.c - start: start the process of a created container */
#include "cli/command.h"

static int run_start(struct invocation *in, struct err *err)
{
	return start_container(&in->globals, in->argv[0], err);
}

const struct command cmd_start = {
	.name = "start",
	.operands = "ID",
	.summary = "start the process of a created container",
	.min_operands = 1,
	.max_operands = 1,
	.run = run_start,
};
