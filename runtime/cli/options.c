/* SPDX-License-Identifier: Apache-2.0 */
/* cli/options.c - see options.h */
#include "cli/options.h"

#include <errno.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

struct parser {
	struct arena *arena;
	const struct option_table *table;
	void *into;
	struct err *err;
};

bool option_is_hidden(const struct option *o)
{
	return !o->help;
}

static bool takes_value(const struct option *o)
{
	return o->kind != OPT_BOOL && o->kind != OPT_SWITCH && o->kind != OPT_MAYBE;
}

/*
 * One dash or two: engines pass `-no-subreaper`, because the parsers of Go treat them
 * alike. A single letter after one dash is a letter.
 */
static const struct option *find(const struct option_table *t, const char *arg,
				 size_t len)
{
	bool two = arg[0] == '-' && arg[1] == '-';
	const char *name = arg + (two ? 2 : 1);

	len -= two ? 2 : 1;
	for (size_t i = 0; i < t->n; i++) {
		const struct option *o = &t->v[i];

		if (strlen(o->name) == len && !memcmp(o->name, name, len))
			return o;
		if (!two && len == 1 && o->letter == name[0])
			return o;
	}
	return NULL;
}

static bool is_choice(const char *choices, const char *value)
{
	size_t len = strlen(value);

	if (!len || strchr(value, '|'))
		return false;
	for (const char *p = choices; p; p = strchr(p, '|')) {
		p += *p == '|';
		if (!strncmp(p, value, len) && (p[len] == '|' || !p[len]))
			return true;
	}
	return false;
}

static int to_bool(const struct parser *p, const struct option *o, const char *value,
		   bool *out)
{
	if (!value || !strcmp(value, "true") || !strcmp(value, "1"))
		*out = true;
	else if (!strcmp(value, "false") || !strcmp(value, "0"))
		*out = false;
	else
		return err_set(p->err, -EINVAL,
			       "option \"--%s\": %s is neither true nor false", o->name,
			       str_quote(value));
	return 0;
}

static int add_to_list(const struct parser *p, const struct option *o,
		       struct option_list *l, const char *value)
{
	/* Grown by doubling whenever n is a power of two. */
	if (l->n >= OPTION_LIST_MAX)
		return err_set(p->err, -E2BIG,
			       "option \"--%s\": given more than %u times", o->name,
			       OPTION_LIST_MAX);
	if (!(l->n & (l->n - 1))) {
		const char **v = ARENA_ARRAY(p->arena, l->n ? 2 * l->n : 1, const char *);

		if (l->n)
			memcpy(v, l->v, l->n * sizeof(*v));
		l->v = v;
	}
	l->v[l->n++] = value;
	return 0;
}

static int to_count(const struct parser *p, const struct option *o, const char *value,
		    unsigned *out)
{
	uint64_t v;

	if (str_to_u64(value, OPTION_COUNT_MAX, &v) < 0)
		return err_set(p->err, -EINVAL,
			       "option \"--%s\": %s is not a number from 0 to %u",
			       o->name, str_quote(value), OPTION_COUNT_MAX);
	*out = (unsigned)v;
	return 0;
}

static int to_choice(const struct parser *p, const struct option *o, const char *value,
		     const char **out)
{
	if (!value)
		value = "true";
	if (!is_choice(o->choices, value))
		return err_set(p->err, -EINVAL, "option \"--%s\": %s is not one of %s",
			       o->name, str_quote(value), o->choices);
	*out = value;
	return 0;
}

static int store(const struct parser *p, const struct option *o, const char *value)
{
	union { /* where a value goes that is checked but not needed */
		bool b;
		struct option_switch s;
		const char *str;
		unsigned count;
		struct option_list list;
	} nowhere = { .list = { NULL, 0 } };
	void *at =
		o->offset == OPT_NOWHERE ? (void *)&nowhere : (char *)p->into + o->offset;

	switch (o->kind) {
	case OPT_BOOL:
		return to_bool(p, o, value, at);
	case OPT_SWITCH:
		((struct option_switch *)at)->set = true;
		return to_bool(p, o, value, &((struct option_switch *)at)->on);
	case OPT_STRING:
		*(const char **)at = value;
		return 0;
	case OPT_CHOICE:
	case OPT_MAYBE:
		return to_choice(p, o, value, at);
	case OPT_COUNT:
		return to_count(p, o, value, at);
	case OPT_LIST:
		return add_to_list(p, o, at, value);
	case OPT_KIND_COUNT:
	default:
		return err_set(p->err, -EINVAL, "option \"--%s\" has no kind", o->name);
	}
}

static bool is_help(const char *arg)
{
	return !strcmp(arg, "--help") || !strcmp(arg, "-help") || !strcmp(arg, "-h");
}

/* One option and its value. Gives the number of arguments used, or -errno. */
static int parse_one(const struct parser *p, int argc, char **argv)
{
	const char *equals = strchr(argv[0], '=');
	size_t len = equals ? (size_t)(equals - argv[0]) : strlen(argv[0]);
	const struct option *o = find(p->table, argv[0], len);
	const char *value = equals ? equals + 1 : NULL;
	int used = 1, r;

	if (!o)
		return err_set(p->err, -EINVAL, "unknown option %s", str_quote(argv[0]));
	if (!value && takes_value(o)) {
		/* Podman probes for an option by leaving its argument out: text is API.
		 */
		if (argc < 2)
			return err_set(p->err, -EINVAL,
				       "option \"--%s\" requires an argument", o->name);
		value = argv[used++];
	}
	if (!value && o->kind == OPT_MAYBE && argc > 1 && is_choice(o->choices, argv[1]))
		value = argv[used++];
	r = store(p, o, value);
	return r < 0 ? r : used;
}

static bool is_option(const char *arg)
{
	return arg[0] == '-' && arg[1];
}

/* Turn "operands, options" into "options, operands"; the order of each is kept. */
static void rotate(char **v, int n_operands, int n_options)
{
	for (int i = 0; i < n_options; i++) {
		char *o = v[n_operands + i];

		memmove(v + i + 1, v + i, (size_t)n_operands * sizeof(*v));
		v[i] = o;
	}
}

int options_parse(struct arena *a, const struct option_table *t, struct option_args *args,
		  void *into, struct err *err)
{
	const struct parser p = { .arena = a, .table = t, .into = into, .err = err };
	char **argv = args->argv;
	int n_operands = 0; /* those in front of argv[i] that wait to be moved */
	int i = 0;

	while (i < args->argc) {
		int used;

		if (!strcmp(argv[i], "--")) {
			rotate(argv + i - n_operands, n_operands, 1);
			i++;
			break;
		}
		if (!is_option(argv[i])) {
			if (args->order == OPTIONS_FIRST)
				break;
			n_operands++;
			i++;
			continue;
		}
		if (is_help(argv[i]))
			return OPTIONS_HELP;
		used = parse_one(&p, args->argc - i, argv + i);
		if (used < 0)
			return used;
		rotate(argv + i - n_operands, n_operands, used);
		i += used;
	}
	args->used = i - n_operands;
	return 0;
}

#define HELP_COLUMN 34

/* To the column of the help texts, on a line of its own if this one is too long. */
static void pad(struct strbuf *out, size_t start)
{
	if (out->len + 2 > start + HELP_COLUMN) {
		strbuf_addc(out, '\n');
		start = out->len;
	}
	strbuf_addf(out, "%*s", (int)(HELP_COLUMN - (out->len - start)), "");
}

void options_help(const struct option_table *t, struct strbuf *out)
{
	for (size_t i = 0; i < t->n; i++) {
		const struct option *o = &t->v[i];
		size_t start = out->len;

		if (option_is_hidden(o))
			continue;
		if (o->letter)
			strbuf_addf(out, "  -%c, --%s", o->letter, o->name);
		else
			strbuf_addf(out, "      --%s", o->name);
		if (takes_value(o))
			strbuf_addf(out, " %s", o->arg ? o->arg : o->choices);
		else if (o->kind == OPT_MAYBE)
			strbuf_addf(out, "[=%s]", o->choices);
		pad(out, start);
		strbuf_addf(out, "%s\n", o->help);
	}
	strbuf_addf(out, "  -h, --help%*s%s\n", HELP_COLUMN - 12, "", "show this text");
}

void options_dump(const struct option_table *t, const char *command, struct strbuf *out)
{
	for (size_t i = 0; i < t->n; i++) {
		const struct option *o = &t->v[i];
		char letter[2] = { o->letter ? o->letter : '-', '\0' };

		if (option_is_hidden(o))
			continue;
		strbuf_addf(out, "%s\t%s\t%s\t%s\t%s\t%s\n", command, o->name, letter,
			    takes_value(o) ? (o->arg ? o->arg : o->choices) : "-",
			    o->choices ? o->choices : "-", o->help);
	}
}
