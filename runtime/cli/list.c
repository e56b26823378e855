/* SPDX-License-Identifier: Apache-2.0 */
/* cli/list.c - list: all containers of the state root, as a table, JSON or IDs */
#include <stdio.h>
#include <string.h>

#include "base/str.h"
#include "cli/command.h"

struct list_options {
	const char *format;
	bool quiet;
};

#define AT(field_) offsetof(struct list_options, field_)

static const struct option options[] = {
	{ "format", 'f', OPT_CHOICE, AT(format), NULL, "form of the output",
	  "table|json" },
	{ "quiet", 'q', OPT_BOOL, AT(quiet), NULL, "print IDs only" },
};

enum { COLUMNS = 6 };

struct row {
	const char *cell[COLUMNS];
};

static struct row row_of(struct arena *a, const struct container_info *c)
{
	return (struct row){ { c->id, arena_printf(a, "%d", (int)c->pid), c->status,
			       c->bundle, c->created, c->owner } };
}

static void print_table(struct arena *a, const struct container_info *v, size_t n,
			struct strbuf *out)
{
	struct row *rows = ARENA_ARRAY(a, n + 1, struct row);
	int width[COLUMNS] = { 0 };

	rows[0] = (struct row){ { "ID", "PID", "STATUS", "BUNDLE", "CREATED", "OWNER" } };
	for (size_t i = 0; i < n; i++)
		rows[i + 1] = row_of(a, &v[i]);
	for (size_t i = 0; i <= n; i++)
		for (size_t k = 0; k < COLUMNS; k++)
			if ((int)strlen(rows[i].cell[k]) > width[k])
				width[k] = (int)strlen(rows[i].cell[k]);
	for (size_t i = 0; i <= n; i++) {
		for (size_t k = 0; k + 1 < COLUMNS; k++)
			strbuf_addf(out, "%-*s  ", width[k], rows[i].cell[k]);
		strbuf_addf(out, "%s\n", rows[i].cell[COLUMNS - 1]);
	}
}

static void print_json(const struct container_info *v, size_t n, struct strbuf *out)
{
	strbuf_addc(out, '[');
	for (size_t i = 0; i < n; i++)
		strbuf_addf(out, "%s%s", i ? "," : "", v[i].json);
	strbuf_add(out, "]\n");
}

static int run_list(struct invocation *in, struct err *err)
{
	const struct list_options *o = in->options;
	AUTO_STRBUF out = STRBUF_INIT;
	struct container_info *v;
	size_t n;
	int r;

	r = list_containers(&in->globals, &in->arena, &v, &n, err);
	if (r < 0)
		return r;
	if (o->quiet)
		for (size_t i = 0; i < n; i++)
			strbuf_addf(&out, "%s\n", v[i].id);
	else if (str_eq(o->format, "json"))
		print_json(v, n, &out);
	else
		print_table(&in->arena, v, n, &out);
	return print_out(&out, err);
}

const struct command cmd_list = {
	.name = "list",
	.operands = "",
	.summary = "list containers",
	.options = OPTION_TABLE(options),
	.options_size = sizeof(struct list_options),
	.run = run_list,
};
