/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/probe/main.c - probe VERB [ARG...] [-- VERB [ARG...]]...
 *
 * Several verbs may be chained with "--"; the first that ends the process ends the chain.
 */
#include "probe.h"

#include <limits.h>

static const struct verb_group *const groups[] = {
	&look_verbs, &sched_verbs, &try_verbs, &net_verbs, &live_verbs, &hostile_verbs,
};

const char *errno_name(int e)
{
	const char *name = strerrorname_np(e);

	return name ? name : "EUNKNOWN";
}

void answer(const char *name, long r)
{
	if (r < 0)
		printf("%s=%s\n", name, errno_name(errno));
	else
		printf("%s=ok\n", name);
	fflush(stdout);
}

void show_line(const char *key, const char *value)
{
	printf("%s=%s\n", key, value);
}

void show_file(const char *prefix, const char *path)
{
	char *line = NULL;
	size_t cap = 0;
	FILE *f = fopen(path, "re");

	if (!f) {
		printf("%s%s\n", prefix, errno_name(errno));
		return;
	}
	while (getline(&line, &cap, f) > 0) {
		line[strcspn(line, "\n")] = '\0';
		printf("%s%s\n", prefix, line);
	}
	if (ferror(f))
		printf("%s%s\n", prefix, errno_name(errno));
	free(line);
	fclose(f);
}

long number(const char *s)
{
	char *end;
	long v;

	errno = 0;
	v = strtol(s, &end, 0);
	if (errno || end == s || *end) {
		fprintf(stderr, "probe: '%s' is not a number\n", s);
		exit(EXIT_USAGE);
	}
	return v;
}

static const struct verb *verb_find(const char *name)
{
	for (size_t g = 0; g < N_ELEMENTS(groups); g++)
		for (size_t i = 0; i < groups[g]->n_verbs; i++)
			if (strcmp(groups[g]->verbs[i].name, name) == 0)
				return &groups[g]->verbs[i];
	return NULL;
}

static int verb_run(int argc, char **argv)
{
	const struct verb *v = verb_find(argv[0]);
	int r;

	if (!v) {
		fprintf(stderr, "probe: no verb '%s'\n", argv[0]);
		return EXIT_USAGE;
	}
	if (argc - 1 < v->min_args) {
		fprintf(stderr, "probe: %s needs %d arguments\n", v->name, v->min_args);
		return EXIT_USAGE;
	}
	/* SECURITY: what acts must never act on the machine of a developer. */
	if ((v->flags & ACTS) && access(MARK_FILE, F_OK) < 0) {
		fprintf(stderr, "probe: no " MARK_FILE " here, '%s' refuses to run\n",
			v->name);
		return EXIT_USAGE;
	}
	r = v->run(argc, argv);
	fflush(stdout);
	return r;
}

int main(int argc, char **argv)
{
	int first = 1;

	if (argc < 2) {
		for (size_t g = 0; g < N_ELEMENTS(groups); g++)
			for (size_t i = 0; i < groups[g]->n_verbs; i++)
				printf("%s\n", groups[g]->verbs[i].name);
		return EXIT_USAGE;
	}
	while (first < argc) {
		int n = 0, r;

		while (first + n < argc && strcmp(argv[first + n], "--") != 0)
			n++;
		if (n > 0) {
			/* A verb may rely on argv[argc] being NULL, as exec does. */
			argv[first + n] = NULL;
			r = verb_run(n, argv + first);
			if (r != 0)
				return r;
		}
		first += n + 1;
	}
	return 0;
}
