/* SPDX-License-Identifier: Apache-2.0 */
/* cli/audit.c - audit verify|show: the records of all runs */
#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "base/err.h"
#include "base/str.h"
#include "cli/command.h"
#include "lifecycle/operator.h"

struct audit_options {
	const char *run;
};

static const struct option options[] = {
	{ "run", 0, OPT_STRING, offsetof(struct audit_options, run), "ID",
	  "show only this run (the beginning of its ID is enough)" },
};

static int run_audit(struct invocation *in, struct err *err)
{
	const struct audit_options *o = in->options;
	const char *verb = in->argv[0], *file = in->argc > 1 ? in->argv[1] : NULL;
	AUTO_STRBUF out = STRBUF_INIT;
	int r;

	if (strcmp(verb, "verify") == 0)
		r = audit_verify_file(&in->globals, file, &out, err);
	else if (strcmp(verb, "show") == 0)
		r = audit_show_file(&in->globals, file, o->run, &out, err);
	else
		return err_set(err, -EINVAL, "audit: expected verify or show, not %s",
			       str_quote(verb));
	return r < 0 ? r : print_out(&out, err);
}

const struct command cmd_audit = {
	.name = "audit",
	.operands = "verify|show [FILE]",
	.summary = "prove that the audit is whole, or print it",
	.options = OPTION_TABLE(options),
	.options_size = sizeof(struct audit_options),
	.min_operands = 1,
	.max_operands = 2,
	.flags = COMMAND_ANY_ORDER,
	.run = run_audit,
};
