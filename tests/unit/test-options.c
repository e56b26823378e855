/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/test-options.c - every parsing rule of the command line, P1 to P12 */
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "cli/command.h"
#include "cli/globals.h"
#include "cli/options.h"
#include "tap.h"

struct opts {
	bool debug;
	struct option_switch tty;
	const char *root;
	const char *format;
	const char *rootless;
	unsigned fds;
	struct option_list env;
};

#define AT(field_) offsetof(struct opts, field_)

static const struct option rows[] = {
	{ "debug", 'd', OPT_BOOL, AT(debug), NULL, "say more" },
	{ "tty", 't', OPT_SWITCH, AT(tty), NULL, "terminal" },
	{ "root", 'r', OPT_STRING, AT(root), "DIR", "where" },
	{ "format", 0, OPT_CHOICE, AT(format), NULL, "form", "table|json" },
	{ "rootless", 0, OPT_MAYBE, AT(rootless), NULL, "ids", "auto|true|false" },
	{ "preserve-fds", 0, OPT_COUNT, AT(fds), "N", "descriptors" },
	{ "env", 'e', OPT_LIST, AT(env), "K=V", "environment" },
	{ "accepted", 0, OPT_STRING, OPT_NOWHERE, "X", "nothing" },
	{ "hidden", 0, OPT_BOOL, OPT_NOWHERE, NULL, NULL },
};
static const struct option_table table = OPTION_TABLE(rows);

static struct arena arena = ARENA_INIT;
static struct opts o;
static struct err err;
static int used;
static char *args[16];
static int n_args;

static int parse_args(enum options_order order)
{
	struct option_args a = { .order = order, .argc = n_args, .argv = args };
	int r = options_parse(&arena, &table, &a, &o, &err);

	used = a.used;
	return r;
}

/* Split at blanks and parse. */
static int parse_order(const char *line, enum options_order order)
{
	char *copy = arena_strdup(&arena, line);

	n_args = 0;
	for (char *p = strtok(copy, " "); p; p = strtok(NULL, " "))
		args[n_args++] = p;
	args[n_args] = NULL;
	o = (struct opts){ 0 };
	err = ERR_INIT;
	return parse_args(order);
}

static int parse(const char *line)
{
	return parse_order(line, OPTIONS_FIRST);
}

static void test_order(void)
{
	is_int(parse("--debug ID ls -l --root x"), 0, "P1: operands end the options");
	is_int(used, 1, "P1: one argument was an option");
	ok(o.debug && !o.root, "P1: what follows the ID is not read");
	is_int(parse("-- --debug"), 0, "P1: -- ends the options");
	is_int(used, 1, "P1: -- is used up");
	ok(!o.debug, "P1: an option behind -- is an operand");
	is_int(parse("ID -ef"), 0, "P1: ps ID -ef");
	is_int(used, 0, "P1: nothing was used");
	is_int(parse("-"), 0, "P1: a lone dash is an operand");
	is_int(used, 0, "P1: and not used");
	is_int(parse_order("ID --debug --root x more", OPTIONS_ANYWHERE), 0,
	       "update: options behind the ID");
	ok(o.debug && str_eq(o.root, "x"), "update: are read");
	is_int(used, 3, "update: three arguments were options");
	ok(!strcmp(args[3], "ID") && !strcmp(args[4], "more"),
	   "update: operands keep order");
	is_int(parse_order("a -d b -- --debug c", OPTIONS_ANYWHERE), 0,
	       "update: with --");
	ok(used == 2 && !strcmp(args[2], "a") && !strcmp(args[3], "b") &&
		   !strcmp(args[4], "--debug") && !strcmp(args[5], "c"),
	   "update: -- ends them there as well");
}

static void test_forms(void)
{
	is_int(parse("--root /a"), 0, "P2: a space");
	is_str(o.root, "/a", "P2: gives the value");
	is_int(parse("--root=/b=c"), 0, "P2: an equals sign");
	is_str(o.root, "/b=c", "P2: the first one counts");
	is_int(parse("--root="), 0, "P2: an empty value");
	is_str(o.root, "", "P2: is a value");
	is_int(parse("--root --debug"), 0, "P2: a value may look like an option");
	is_str(o.root, "--debug", "P2: and is taken");
	is_int(parse("-root /c -debug"), 0, "P3: one dash");
	ok(o.debug && str_eq(o.root, "/c"), "P3: is as good as two");
	is_int(parse("-root=/c"), 0, "P3: with =");
	is_int(parse("-r /d"), 0, "letters");
	is_str(o.root, "/d", "a letter gives the value");
	is_int(parse("-r=/d"), 0, "letters with =");
	ok(parse("--r /d") < 0, "two dashes and a letter is no option");
	ok(parse("-dt") < 0, "letters are not joined");
}

static void test_booleans(void)
{
	is_int(parse("--debug=true"), 0, "P4: =true");
	ok(o.debug, "P4: is true");
	is_int(parse("--debug=1"), 0, "P4: =1");
	ok(o.debug, "P4: is true");
	is_int(parse("--debug --debug=false"), 0, "P4: =false");
	ok(!o.debug, "P4: is false");
	is_int(parse("--debug=0"), 0, "P4: =0");
	ok(!o.debug, "P4: is false");
	ok(parse("--debug=yes") < 0, "P4: anything else is an error");
	ok(parse("--debug=") < 0, "P4: nothing is an error");
	is_int(parse("--debug false"), 0, "P4: a boolean takes no argument");
	ok(o.debug && used == 1, "P4: what follows is an operand");
	is_int(parse("--tty=false"), 0, "a switch");
	ok(o.tty.set && !o.tty.on, "knows that it was given");
	is_int(parse("--rootless"), 0, "rootless: bare");
	is_str(o.rootless, "true", "rootless: is true");
	is_int(parse("--rootless auto ID"), 0, "rootless: with a value");
	ok(str_eq(o.rootless, "auto") && used == 2, "rootless: takes it");
	is_int(parse("--rootless create"), 0, "rootless: in front of a command");
	ok(str_eq(o.rootless, "true") && used == 1, "rootless: leaves the command alone");
	is_int(parse("--rootless=false"), 0, "rootless: with =");
	ok(parse("--rootless=maybe") < 0, "rootless: another value is an error");
}

static void test_repeats(void)
{
	is_int(parse("--root /a --root /b"), 0, "P5: a scalar twice");
	is_str(o.root, "/b", "P5: the last one wins");
	is_int(parse("-e A=1 --env=B=2 -env C=3 -e D=4 -e E=5"), 0, "P5: a list");
	ok(o.env.n == 5 && str_eq(o.env.v[0], "A=1") && str_eq(o.env.v[1], "B=2") &&
		   str_eq(o.env.v[4], "E=5"),
	   "P5: accumulates in order");
}

static void test_errors(void)
{
	ok(parse("--root") < 0, "P7: a missing argument is an error");
	ok(strstr(err.msg, "requires an argument") && strstr(err.msg, "--root"),
	   "P7: with the text that Podman looks for");
	ok(parse("-e") < 0 && strstr(err.msg, "requires an argument"), "P7: of a letter");
	is_int(parse("--help"), OPTIONS_HELP, "P8: --help");
	is_int(parse("--debug -h"), OPTIONS_HELP, "P8: -h");
	is_int(parse("--help --nonsense"), OPTIONS_HELP, "P8: the rest is not looked at");
	is_int(parse("ID --help"), 0, "P8: of a payload, --help is not ours");
	ok(parse("--nonsense") < 0, "P9: an unknown option is an error");
	is_str(err.msg, "unknown option '--nonsense'", "P9: on one line");
	ok(parse("--roo /a") < 0, "P9: no abbreviations");
	ok(parse("--roots /a") < 0, "P9: no longer names");
	ok(parse("--format xml") < 0 && strstr(err.msg, "table|json"),
	   "a choice is checked");
	ok(parse("--format table|json") < 0, "a choice is one");
	ok(parse("--format=") < 0, "a choice is not empty");
	is_int(parse("--format json"), 0, "a choice is accepted");
	is_int(parse("--accepted x ID"), 0, "accepted without effect");
	is_int(used, 2, "with its argument");
}

static void test_numbers(void)
{
	static const char *const bad[] = { "x",	  "-1",	 "+1",	  "1x",
					   "0x1", "1.0", "65537", "99999999999999999999",
					   "1e3" };

	for (size_t i = 0; i < ARRAY_SIZE(bad); i++)
		ok(parse(arena_printf(&arena, "--preserve-fds %s", bad[i])) < 0 &&
			   strstr(err.msg, "--preserve-fds"),
		   "P10: %s is refused", bad[i]);
	ok(parse("--preserve-fds=") < 0, "P10: an empty number is refused");
	is_int(parse("--preserve-fds 12"), 0, "P10: 12");
	is_int((int)o.fds, 12, "P10: is 12");
	is_int(parse("--preserve-fds 0"), 0, "P10: 0");
}

static void test_help(void)
{
	AUTO_STRBUF b = STRBUF_INIT;

	options_help(&table, &b);
	is_str(b.s,
	       "  -d, --debug                     say more\n"
	       "  -t, --tty                       terminal\n"
	       "  -r, --root DIR                  where\n"
	       "      --format table|json         form\n"
	       "      --rootless[=auto|true|false]\n"
	       "                                  ids\n"
	       "      --preserve-fds N            descriptors\n"
	       "  -e, --env K=V                   environment\n"
	       "      --accepted X                nothing\n"
	       "  -h, --help                      show this text\n",
	       "P8: the help text of a table");
}

/* Rules for all tables: no name or letter twice, none that --help would hide. */
static bool table_is_sound(const struct option_table *t)
{
	for (size_t i = 0; i < t->n; i++) {
		const struct option *a = &t->v[i];

		if (a->letter == 'h' || str_eq(a->name, "help"))
			return false;
		if ((a->kind == OPT_CHOICE || a->kind == OPT_MAYBE) && !a->choices)
			return false;
		for (size_t j = i + 1; j < t->n; j++)
			if (str_eq(a->name, t->v[j].name) ||
			    (a->letter && a->letter == t->v[j].letter))
				return false;
	}
	return true;
}

int main(void)
{
	const struct command *c;

	test_order();
	test_forms();
	test_booleans();
	test_repeats();
	test_errors();
	test_numbers();
	test_help();
	ok(table_is_sound(&table), "the table of this test is sound");
	ok(table_is_sound(&global_options), "the global table is sound");
	for (size_t i = 0; (c = command_at(i)); i++) {
		ok(table_is_sound(&c->options), "the table of %s is sound", c->name);
		ok(command_find(c->name) == c, "%s is found by its name", c->name);
	}
	ok(!command_find("nosuch"), "P9: an unknown command is not found");
	arena_release(&arena);
	return done();
}
