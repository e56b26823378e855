/* SPDX-License-Identifier: Apache-2.0 */
/* cli/resume.c - resume: thaw a paused container */
#include "cli/command.h"

static int run_resume(struct invocation *in, struct err *err)
{
	return resume_container(&in->globals, in->argv[0], err);
}

const struct command cmd_resume = {
	.name = "resume",
	.operands = "ID",
	.summary = "thaw a paused container",
	.min_operands = 1,
	.max_operands = 1,
	.run = run_resume,
};
