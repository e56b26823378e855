/* SPDX-License-Identifier: Apache-2.0 */
/* cli/delete.c - delete: undo a container */
#include "cli/command.h"

struct delete_options {
	bool force;
};

static const struct option options[] = {
	{ "force", 'f', OPT_BOOL, offsetof(struct delete_options, force), NULL,
	  "kill it first if it runs; no error if it does not exist" },
};

static int run_delete(struct invocation *in, struct err *err)
{
	const struct delete_options *o = in->options;

	return delete_container(&in->globals, in->argv[0], o->force, err);
}

const struct command cmd_delete = {
	.name = "delete",
	.operands = "ID",
	.summary = "remove a stopped container and all that was made for it",
	.options = OPTION_TABLE(options),
	.options_size = sizeof(struct delete_options),
	.min_operands = 1,
	.max_operands = 1,
	.run = run_delete,
};
