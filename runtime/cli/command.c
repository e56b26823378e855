/* SPDX-License-Identifier: Apache-2.0 */
/* cli/command.c - see command.h */
#include "cli/command.h"

#include <errno.h>
#include <string.h>

#include "base/err.h"
#include "base/fd.h"
#include "base/str.h"
#include "lifecycle/selfexe.h"

static const struct command *const commands[] = {
#define COMMAND(name_) &cmd_##name_,
#include "cli/commands.def"
#undef COMMAND
};

const struct command *command_at(size_t i)
{
	return i < ARRAY_SIZE(commands) ? commands[i] : NULL;
}

const struct command *command_find(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		if (!strcmp(commands[i]->name, name))
			return commands[i];
	return NULL;
}

int print_out(const struct strbuf *text, struct err *err)
{
	int r = fd_write_all(1, strbuf_str(text), text->len);

	return r < 0 ? err_sys(err, r, "cannot write to standard output") : 0;
}

static int print_help(const struct command *c, struct err *err)
{
	AUTO_STRBUF help = STRBUF_INIT;

	command_help(c, &help);
	return print_out(&help, err);
}

static int check_operands(const struct command *c, int n, char **v, struct err *err)
{
	if (n < c->min_operands)
		return err_set(err, -EINVAL, "%s: usage: agentrun %s [OPTION...]%s%s",
			       c->name, c->name, *c->operands ? " " : "", c->operands);
	if (c->max_operands >= 0 && n > c->max_operands)
		return err_set(err, -EINVAL, "%s: unexpected argument %s", c->name,
			       str_quote(v[c->max_operands]));
	return 0;
}

int command_run(const struct command *c, struct invocation *in, int argc, char **argv,
		struct err *err)
{
	struct option_args o = {
		.order = c->flags & COMMAND_ANY_ORDER ? OPTIONS_ANYWHERE : OPTIONS_FIRST,
		.argc = argc,
	};
	void *options = arena_alloc(&in->arena, c->options_size ? c->options_size : 1);
	int r;

	/*
	 * The options are read before the program may execute itself again: that needs
	 * the command line as it came, so they are read from a copy of the pointers.
	 */
	o.argv = ARENA_ARRAY(&in->arena, (size_t)argc + 1, char *);
	if (argc)
		memcpy(o.argv, argv, (size_t)argc * sizeof(*argv));
	r = options_parse(&in->arena, &c->options, &o, options, err);
	if (r == OPTIONS_HELP)
		return print_help(c, err);
	if (r < 0) {
		err_add(err, "%s", c->name);
		return r;
	}
	in->options = options;
	in->argc = argc - o.used;
	in->argv = o.argv + o.used;
	r = check_operands(c, in->argc, in->argv, err);
	if (r < 0)
		return r;
	if (c->flags & COMMAND_ENTERS)
		r = self_exe_protect(in->command_line, err);
	else
		r = fd_cloexec_from(3);
	return r < 0 ? r : c->run(in, err);
}

void command_help(const struct command *c, struct strbuf *out)
{
	strbuf_addf(out, "Usage: agentrun [GLOBAL OPTION...] %s [OPTION...]%s%s\n\n%s\n",
		    c->name, *c->operands ? " " : "", c->operands, c->summary);
	if (c->more)
		strbuf_addf(out, "\n%s", c->more);
	strbuf_add(out, "\nOptions:\n");
	options_help(&c->options, out);
}

void commands_help(const struct option_table *globals, struct strbuf *out)
{
	strbuf_add(
		out,
		"Usage: agentrun [GLOBAL OPTION...] COMMAND [OPTION...] [OPERAND...]\n\n"
		"An OCI runtime that holds every container to its risk class.\n\n"
		"Commands:\n");
	for (size_t i = 0; i < ARRAY_SIZE(commands); i++)
		if (!(commands[i]->flags & COMMAND_HIDDEN))
			strbuf_addf(out, "  %-12s %s\n", commands[i]->name,
				    commands[i]->summary);
	strbuf_add(out, "\nGlobal options:\n");
	options_help(globals, out);
	strbuf_add(out, "\n`agentrun COMMAND --help` shows the options of a command.\n");
}
