/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cli/options.h - command-line options as tables
 *
 * One table drives parsing, --help, the completions and the check of the man page. The
 * rules (CLI contract 1): one dash or two, `--name VALUE` or `--name=VALUE`, the last
 * scalar wins, lists accumulate, parsing stops at the first operand or behind `--`.
 */
#ifndef AGENTRUN_CLI_OPTIONS_H
#define AGENTRUN_CLI_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

struct arena;
struct err;
struct strbuf;

/* What an option stores at its offset. */
enum option_kind {
	OPT_BOOL = 0, /* bool */
	OPT_SWITCH,   /* struct option_switch: a bool that knows whether it was given */
	OPT_STRING,   /* const char * */
	OPT_CHOICE,   /* const char *, one of option.choices */
	OPT_MAYBE, /* const char *, one of option.choices; bare is the same as "true" */
	OPT_COUNT, /* unsigned, 0 ... OPTION_COUNT_MAX */
	OPT_LIST,  /* struct option_list */
	OPT_KIND_COUNT
};

#define OPTION_COUNT_MAX 65536u
#define OPTION_LIST_MAX	 65536u
/* An option that engines pass and that has nothing to do here stores nothing. */
#define OPT_NOWHERE ((size_t)-1)

struct option_switch {
	bool set, on;
};

struct option_list {
	const char **v;
	size_t n;
};

struct option {
	const char *name; /* without dashes */
	char letter;	  /* 0: none */
	enum option_kind kind;
	size_t offset;	     /* into the struct that options_parse fills */
	const char *arg;     /* name of the value in help texts */
	const char *help;    /* one line; NULL: not shown */
	const char *choices; /* of OPT_CHOICE and OPT_MAYBE, separated by '|' */
};

struct option_table {
	const struct option *v;
	size_t n;
};

#define OPTION_TABLE(v_)                           \
	{                                          \
		(v_), sizeof(v_) / sizeof((v_)[0]) \
	}

/* Answers of options_parse. */
enum { OPTIONS_HELP = 1 };

/* How far to read. */
enum options_order {
	OPTIONS_FIRST = 0, /* up to the first operand: what follows may not be ours */
	OPTIONS_ANYWHERE,  /* operands and options in any order; operands are moved ahead
			    */
};

struct option_args {
	enum options_order order;
	int argc; /* arguments alone, without the name of a program */
	char **argv;
	int used; /* filled: how many stand in front of the operands */
};

/*
 * options_parse: with OPTIONS_ANYWHERE the operands of args->argv are moved behind the
 * options. OPTIONS_HELP: --help was seen, nothing behind it was looked at.
 */
int options_parse(struct arena *a, const struct option_table *t, struct option_args *args,
		  void *into, struct err *err);

/* options_help: the lines of a table, for --help. */
void options_help(const struct option_table *t, struct strbuf *out);

/* options_dump: "COMMAND<tab>NAME<tab>LETTER<tab>ARG<tab>CHOICES<tab>HELP" a line. */
void options_dump(const struct option_table *t, const char *command, struct strbuf *out);

/* option_is_hidden: not for people, so neither in help nor in the man page. */
bool option_is_hidden(const struct option *o);

#endif
