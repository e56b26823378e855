/* SPDX-License-Identifier: Apache-2.0 */
/* cli/kill.c - kill: a signal to init, or to everything in the container */
#include <errno.h>
#include <signal.h>

#include "base/err.h"
#include "base/str.h"
#include "cli/command.h"
#include "cli/signals.h"

struct kill_options {
	bool all;
};

static const struct option options[] = {
	{ "all", 'a', OPT_BOOL, offsetof(struct kill_options, all), NULL,
	  "signal every process of the container" },
};

static int run_kill(struct invocation *in, struct err *err)
{
	const struct kill_options *o = in->options;
	int sig = SIGTERM;

	if (in->argc > 1 && signal_parse(in->argv[1], &sig) < 0)
		return err_set(err, -EINVAL, "kill: %s is not a signal",
			       str_quote(in->argv[1]));
	return kill_container(&in->globals, in->argv[0], sig, o->all, err);
}

const struct command cmd_kill = {
	.name = "kill",
	.operands = "ID [SIGNAL]",
	.summary = "send a signal to a container",
	.more = "SIGNAL is a name with or without SIG, in any case, RTMIN+N, RTMAX-N, or "
		"a\n"
		"number from 1 to 64. The default is TERM.\n",
	.options = OPTION_TABLE(options),
	.options_size = sizeof(struct kill_options),
	.min_operands = 1,
	.max_operands = 2,
	.run = run_kill,
};
