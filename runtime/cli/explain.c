/* SPDX-License-Identifier: Apache-2.0 */
/* cli/explain.c - explain: what a class or a bundle would be allowed, and why */
#include <stddef.h>

#include "base/str.h"
#include "cli/command.h"
#include "lifecycle/operator.h"

struct explain_options {
	const char *bundle;
	const char *class_name;
	bool json;
};

#define AT(field_) offsetof(struct explain_options, field_)
static const struct option options[] = {
	{ "class", 0, OPT_STRING, AT(class_name), "NAME", "the class to explain" },
	{ "bundle", 'b', OPT_STRING, AT(bundle), "DIR",
	  "a bundle: with its annotations, and with what would be changed in its "
	  "config" },
	{ "json", 0, OPT_BOOL, AT(json), NULL, "print JSON" },
};

static int run_explain(struct invocation *in, struct err *err)
{
	const struct explain_options *o = in->options;
	struct globals g = in->globals;
	AUTO_STRBUF out = STRBUF_INIT;
	int r;

	if (o->class_name)
		g.class_pinned = o->class_name;
	r = explain_class(&g, o->bundle, o->json, &out, err);
	return r < 0 ? r : print_out(&out, err);
}

const struct command cmd_explain = {
	.name = "explain",
	.operands = "",
	.summary = "show what would be allowed, and the line that allows it",
	.options = OPTION_TABLE(options),
	.options_size = sizeof(struct explain_options),
	.run = run_explain,
};
