/* SPDX-License-Identifier: Apache-2.0 */
/* cli/pause.c - pause: freeze all processes of a container */
#include "cli/command.h"

static int run_pause(struct invocation *in, struct err *err)
{
	return pause_container(&in->globals, in->argv[0], err);
}

const struct command cmd_pause = {
	.name = "pause",
	.operands = "ID",
	.summary = "freeze all processes of a container",
	.min_operands = 1,
	.max_operands = 1,
	.run = run_pause,
};
