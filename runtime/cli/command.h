/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cli/command.h - what a command is; one file each, one line in commands.def
 *
 * To add a command NAME: write cli/NAME.c with `const struct command cmd_NAME`, and put
 * COMMAND(NAME) into commands.def. Help, completions and the check of the man page
 * follow from the table.
 */
#ifndef AGENTRUN_CLI_COMMAND_H
#define AGENTRUN_CLI_COMMAND_H

#include <stddef.h>

#include "base/arena.h"
#include "cli/options.h"
#include "lifecycle/lifecycle.h"

struct err;
struct strbuf;

/* Exit codes of this program. What a payload exits with is passed on as it is. */
enum exit_code {
	EXIT_CODE_OK = 0,
	EXIT_CODE_FAILURE = 1, /* any failure, and wrong usage */
	EXIT_CODE_EXEC = 255,  /* foreground exec: failed before the process ran */
	EXIT_CODE_SIGNAL = 128 /* payload ended by signal N: 128 + N */
};

enum command_flags {
	/* Puts a process of this program into a container: must run from a read-only
	   view. */
	COMMAND_ENTERS = 1 << 0,
	/* Options may follow the operands, as peers have it for this command. */
	COMMAND_ANY_ORDER = 1 << 2,
	COMMAND_HIDDEN = 1 << 3,
};

/* One invocation. */
struct invocation {
	char *const *command_line; /* whole, to execute this program again */
	struct globals globals;
	struct arena arena;
	const void *options; /* the command's own struct, filled */
	int argc;	     /* operands */
	char **argv;	     /* NULL-terminated */
	int exit_code;	     /* of a success; a failure exits by err */
};

struct command {
	const char *name;
	const char *operands; /* "ID [SIGNAL]", for help */
	const char *summary;
	const char *more; /* more lines for --help, or NULL */
	struct option_table options;
	size_t options_size; /* of the struct that the table fills; zeroed first */
	int min_operands;
	int max_operands; /* -1: any number */
	unsigned flags;	  /* enum command_flags */
	int (*run)(struct invocation *in, struct err *err);
};

#define COMMAND(name_) extern const struct command cmd_##name_;
#include "cli/commands.def"
#undef COMMAND

/* command_find: by name, or NULL. */
const struct command *command_find(const char *name);
/* command_at: the commands in their order; NULL behind the last. */
const struct command *command_at(size_t i);

/* command_run: parse what follows the command's name, and run it. */
int command_run(const struct command *c, struct invocation *in, int argc, char **argv,
		struct err *err);

/* command_help / commands_help: the text of --help. */
void command_help(const struct command *c, struct strbuf *out);
void commands_help(const struct option_table *globals, struct strbuf *out);

/* print_out: text to fd 1; a short write is an error. */
int print_out(const struct strbuf *text, struct err *err);

#endif
