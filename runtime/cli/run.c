/* SPDX-License-Identifier: Apache-2.0 */
/* cli/run.c - run: create and start; in the foreground wait, pass signals and the status
 */
#include "cli/container_options.h"

static const struct option options[] = {
	CREATE_OPTIONS,
	{ "detach", 'd', OPT_BOOL, CREATE_AT(detach), NULL,
	  "do not wait for the process" },
	{ "keep", 0, OPT_BOOL, CREATE_AT(keep), NULL,
	  "keep the container when its process has ended" },
};

static int run_run(struct invocation *in, struct err *err)
{
	struct create_request r = create_request(in->options, in->argv[0]);

	return run_container(&in->globals, &r, &in->exit_code, err);
}

const struct command cmd_run = {
	.name = "run",
	.operands = "ID",
	.summary = "create and start a container; exits as its process does",
	.options = OPTION_TABLE(options),
	.options_size = sizeof(struct create_options),
	.min_operands = 1,
	.max_operands = 1,
	.flags = COMMAND_ENTERS,
	.run = run_run,
};
