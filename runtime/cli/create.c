/* SPDX-License-Identifier: Apache-2.0 */
/* cli/create.c - create: everything of config.json is applied, the process waits */
#include "cli/container_options.h"

static const struct option options[] = { CREATE_OPTIONS };

static int run_create(struct invocation *in, struct err *err)
{
	struct create_request r = create_request(in->options, in->argv[0]);

	return create_container(&in->globals, &r, err);
}

const struct command cmd_create = {
	.name = "create",
	.operands = "ID",
	.summary = "create a container: all is set up, its process waits for start",
	.options = OPTION_TABLE(options),
	.options_size = sizeof(struct create_options),
	.min_operands = 1,
	.max_operands = 1,
	.flags = COMMAND_ENTERS,
	.run = run_create,
};
