/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/fuzz/fuzz-cli.c - a command line, one argument a line: every table, the numbers of
 * update, names of signals, the output of ps; what is refused says why, on one line
 */
#include <stdint.h>
#include <stdlib.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "cli/command.h"
#include "cli/globals.h"
#include "cli/ps_filter.h"
#include "cli/resources.h"
#include "cli/signals.h"

#define MAX_ARGS 32

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);

static void must(int ok)
{
	if (!ok)
		abort();
}

static void explained(int r, const struct err *err)
{
	must(r >= 0 || (err->code && err->msg[0] && !strpbrk(err->msg, "\n\r\033")));
}

static void parse(struct arena *a, const struct option_table *t, char **v, int n,
		  enum options_order order, size_t into_size)
{
	struct option_args args = { .order = order, .argc = n };
	struct err err = ERR_INIT;
	int r;

	args.argv = ARENA_ARRAY(a, (size_t)n + 1, char *);
	for (int i = 0; i < n; i++)
		args.argv[i] = v[i];
	r = options_parse(a, t, &args, arena_alloc(a, into_size ? into_size : 1), &err);
	explained(r, &err);
	must(r != 0 || (args.used >= 0 && args.used <= n));
	for (int i = 0; i < n; i++)
		must(args.argv[i] != NULL); /* moved, never lost */
}

static void single_values(struct arena *a, char **v, int n)
{
	static const pid_t pids[] = { 1, 77 };
	const char *values[RES_COUNT] = { NULL };
	AUTO_STRBUF json = STRBUF_INIT;
	AUTO_STRBUF table = STRBUF_INIT;
	struct err err = ERR_INIT;
	size_t n_given;
	int sig = 0;

	for (int i = 0; i < n && i < RES_COUNT; i++)
		values[i] = v[i];
	explained(resources_build(a, values, &json, &n_given, &err), &err);
	must(n == 0 || signal_parse(v[0], &sig) < 0 || (sig >= 1 && sig <= 64));
	err = ERR_INIT;
	if (n)
		explained(ps_filter(v[0], pids, 2, &table, &err), &err);
}

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size)
{
	AUTO_ARENA a = ARENA_INIT;
	char *text = arena_strndup(&a, (const char *)data, size);
	char *v[MAX_ARGS], *line;
	const struct command *c;
	int n = 0;

	while (n < MAX_ARGS && (line = strsep(&text, "\n")))
		v[n++] = line;
	parse(&a, &global_options, v, n, OPTIONS_FIRST, sizeof(struct global_options));
	for (size_t i = 0; (c = command_at(i)); i++)
		parse(&a, &c->options, v, n,
		      c->flags & COMMAND_ANY_ORDER ? OPTIONS_ANYWHERE : OPTIONS_FIRST,
		      c->options_size);
	single_values(&a, v, n);
	return 0;
}
