/* SPDX-License-Identifier: Apache-2.0 */
/* cli/policy.c - policy list|check|show: the classes of this host */
#include <errno.h>
#include <string.h>

#include "base/err.h"
#include "base/str.h"
#include "cli/command.h"
#include "lifecycle/operator.h"

static int check(struct invocation *in, struct strbuf *out, struct err *err)
{
	int r = 0;

	if (in->argc < 2)
		return err_set(err, -EINVAL, "policy check: a class or a file is needed");
	for (int i = 1; i < in->argc && r == 0; i++) {
		r = policy_check_one(&in->globals, in->argv[i], err);
		if (r == 0)
			strbuf_addf(out, "%s: good\n", in->argv[i]);
	}
	return r;
}

static int run_policy(struct invocation *in, struct err *err)
{
	const char *verb = in->argv[0];
	AUTO_STRBUF out = STRBUF_INIT;
	int r;

	if (strcmp(verb, "list") == 0 && in->argc == 1)
		r = policy_list_classes(&in->globals, &out, err);
	else if (strcmp(verb, "check") == 0)
		r = check(in, &out, err);
	else if (strcmp(verb, "show") == 0 && in->argc == 2)
		r = policy_show_class(&in->globals, in->argv[1], &out, err);
	else
		return err_set(
			err, -EINVAL,
			"policy: expected list, check CLASS|FILE... or show CLASS");
	return r < 0 ? r : print_out(&out, err);
}

const struct command cmd_policy = {
	.name = "policy",
	.operands = "list | check CLASS|FILE... | show CLASS",
	.summary = "the classes of this host",
	.min_operands = 1,
	.max_operands = -1,
	.run = run_policy,
};
