/* SPDX-License-Identifier: Apache-2.0 */
/* main.c - argv -> command table -> exit code; the only printer of errors */
#include <errno.h>
#include <sys/stat.h>

#include "base/err.h"
#include "base/fd.h"
#include "base/log.h"
#include "base/str.h"
#include "cli/command.h"
#include "cli/globals.h"

static int dump_options(struct err *err)
{
	AUTO_STRBUF out = STRBUF_INIT;
	const struct command *c;

	options_dump(&global_options, "-", &out);
	for (size_t i = 0; (c = command_at(i)); i++) {
		if (c->flags & COMMAND_HIDDEN)
			continue;
		strbuf_addf(&out, "%s\n", c->name);
		options_dump(&c->options, c->name, &out);
	}
	return print_out(&out, err);
}

static int print_help(struct err *err)
{
	AUTO_STRBUF out = STRBUF_INIT;

	commands_help(&global_options, &out);
	return print_out(&out, err);
}

static int print_version(struct err *err)
{
	AUTO_STRBUF out = STRBUF_INIT;

	version_text(&out);
	return print_out(&out, err);
}

static int run(struct invocation *in, int argc, char **argv, struct err *err)
{
	struct global_options g = { 0 };
	const struct command *c;
	struct option_args o = { .argc = argc - 1, .argv = argv + 1 };
	int r;

	in->command_line = argv;
	r = options_parse(&in->arena, &global_options, &o, &g, err);
	if (r == OPTIONS_HELP)
		return print_help(err);
	if (r < 0)
		return r;
	if (g.version)
		return print_version(err);
	if (g.dump_options)
		return dump_options(err);
	r = globals_apply(&g, &in->globals, err);
	if (r < 0)
		return r;
	argc -= 1 + o.used;
	argv += 1 + o.used;
	if (argc == 0)
		return err_set(err, -EINVAL,
			       "a command is needed (agentrun --help lists them)");
	c = command_find(argv[0]);
	if (!c)
		return err_set(err, -EINVAL, "unknown command %s", str_quote(argv[0]));
	log_debug("version %s, command %s", PACKAGE_VERSION, c->name);
	return command_run(c, in, argc - 1, argv + 1, err);
}

int main(int argc, char **argv)
{
	struct invocation in = { .arena = ARENA_INIT };
	struct err err = ERR_INIT;
	int r;

	/* KERNEL 5.18: before it execve accepts an empty argv */
	if (argc < 1 || fd_open_stdio() < 0)
		return EXIT_CODE_FAILURE;
	umask(022); /* every file has its mode from here, whatever the caller's was */
	r = run(&in, argc, argv, &err);
	if (r < 0)
		log_error(&err);
	arena_release(&in.arena);
	if (r < 0)
		return err.exit_code ? err.exit_code : EXIT_CODE_FAILURE;
	return in.exit_code;
}
