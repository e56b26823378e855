/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/bench/bench.c - time runtimes against each other on one bundle
 *
 *   bench RUNS BUNDLE NAME=COMMAND [NAME=COMMAND ...]
 *
 * COMMAND is a program with its global options, split at blanks. The runtimes take turns
 * within each round, so that the drift of a noisy machine hits all of them; the medians of
 * wall time, CPU time and peak memory are printed as Markdown, with the ratio to the
 * runtime named "crun". A floor program takes the bundle and has only the row `run`.
 */
#define _GNU_SOURCE
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <spawn.h>
#include <stdbool.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/resource.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MAX_RUNTIMES 8
#define MAX_ARGS     32

enum row { ROW_RUN, ROW_CYCLE, ROW_EXEC, ROW_STATE, ROW_COUNT };
static const char *const row_names[ROW_COUNT] = { "run", "create+start+delete", "exec",
						  "state" };

struct sample {
	double wall_ms, cpu_ms, rss_kib;
};

struct runtime {
	const char *name;
	char *argv[MAX_ARGS];
	int n_argv;
	bool floor;
	struct sample *samples[ROW_COUNT];
	int n[ROW_COUNT];
};

static double now_ms(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec * 1e3 + (double)t.tv_nsec / 1e6;
}

static void die(const char *what)
{
	fprintf(stderr, "bench: %s: %s\n", what, strerror(errno));
	exit(1);
}

/* Run it to its end and add what it took to s. */
static void measure(struct runtime *r, const char *const *args, struct sample *s)
{
	const char *argv[MAX_ARGS + 16];
	posix_spawn_file_actions_t quiet;
	struct rusage u;
	double start;
	int n = 0, status;
	pid_t pid;

	for (int i = 0; i < r->n_argv; i++)
		argv[n++] = r->argv[i];
	for (int i = 0; args[i]; i++)
		argv[n++] = args[i];
	argv[n] = NULL;
	posix_spawn_file_actions_init(&quiet);
	posix_spawn_file_actions_addopen(&quiet, 1, "/dev/null", O_WRONLY, 0);
	start = now_ms();
	errno = posix_spawnp(&pid, argv[0], &quiet, NULL, (char *const *)argv, environ);
	if (errno)
		die(argv[0]);
	if (wait4(pid, &status, 0, &u) < 0)
		die("wait4");
	posix_spawn_file_actions_destroy(&quiet);
	s->wall_ms += now_ms() - start;
	s->cpu_ms += (double)(u.ru_utime.tv_sec + u.ru_stime.tv_sec) * 1e3 +
		     (double)(u.ru_utime.tv_usec + u.ru_stime.tv_usec) / 1e3;
	if ((double)u.ru_maxrss > s->rss_kib)
		s->rss_kib = (double)u.ru_maxrss;
	if (status) {
		fprintf(stderr, "bench: %s %s failed with status 0x%x\n", r->name,
			args[0], status);
		exit(1);
	}
}

static void add(struct runtime *r, enum row row, struct sample s)
{
	r->samples[row][r->n[row]++] = s;
}

static void wait_pid_file(const char *path)
{
	char buf[32] = "";
	int fd = open(path, O_RDONLY | O_CLOEXEC);
	struct pollfd p = { .events = POLLIN };

	if (fd < 0 || read(fd, buf, sizeof(buf) - 1) <= 0)
		die(path);
	close(fd);
	p.fd = (int)syscall(SYS_pidfd_open, atoi(buf), 0);
	/* ESRCH: it has ended and was reaped */
	if (p.fd >= 0 && poll(&p, 1, 10000) >= 0)
		close(p.fd);
}

static void one_round(struct runtime *r, const char *bundle)
{
	const char *pid_file = "/tmp/agentrun-bench.pid";
	struct sample s = { 0 };

	if (r->floor) {
		measure(r, (const char *const[]){ bundle, NULL }, &s);
		add(r, ROW_RUN, s);
		return;
	}
	measure(r, (const char *const[]){ "run", "--bundle", bundle, "bench-run", NULL },
		&s);
	add(r, ROW_RUN, s);
	memset(&s, 0, sizeof(s));
	measure(r,
		(const char *const[]){ "create", "--bundle", bundle, "--pid-file",
				       pid_file, "bench-cycle", NULL },
		&s);
	measure(r, (const char *const[]){ "start", "bench-cycle", NULL }, &s);
	wait_pid_file(pid_file);
	measure(r, (const char *const[]){ "delete", "bench-cycle", NULL }, &s);
	add(r, ROW_CYCLE, s);
	memset(&s, 0, sizeof(s));
	measure(r, (const char *const[]){ "exec", "bench-live", "/bin/true", NULL }, &s);
	add(r, ROW_EXEC, s);
	memset(&s, 0, sizeof(s));
	measure(r, (const char *const[]){ "state", "bench-live", NULL }, &s);
	add(r, ROW_STATE, s);
}

static int by_value(const void *a, const void *b)
{
	double x = *(const double *)a, y = *(const double *)b;

	return x < y ? -1 : x > y;
}

static double value(const struct sample *s, int k)
{
	return k == 0 ? s->wall_ms : k == 1 ? s->cpu_ms : s->rss_kib;
}

static struct sample median(const struct runtime *r, enum row row)
{
	struct sample m = { 0 };
	double *v = calloc((size_t)r->n[row] + 1, sizeof(*v));
	double *out[3] = { &m.wall_ms, &m.cpu_ms, &m.rss_kib };

	for (int k = 0; k < 3 && r->n[row]; k++) {
		for (int i = 0; i < r->n[row]; i++)
			v[i] = value(&r->samples[row][i], k);
		qsort(v, (size_t)r->n[row], sizeof(*v), by_value);
		*out[k] = v[r->n[row] / 2];
	}
	free(v);
	return m;
}

static void print_table(struct runtime *rs, int n)
{
	struct runtime *base = &rs[0];

	for (int i = 0; i < n; i++)
		if (!strcmp(rs[i].name, "crun"))
			base = &rs[i];
	printf("| command | runtime | wall ms | to %s | CPU ms | to %s | peak KiB |\n",
	       base->name, base->name);
	printf("| --- | --- | ---: | ---: | ---: | ---: | ---: |\n");
	for (int row = 0; row < ROW_COUNT; row++) {
		struct sample b = median(base, (enum row)row);

		for (int i = 0; i < n; i++) {
			struct sample m = median(&rs[i], (enum row)row);

			if (!rs[i].n[row])
				continue;
			printf("| %s | %s | %.2f | %.2f | %.2f | %.2f | %.0f |\n",
			       row_names[row], rs[i].name, m.wall_ms,
			       m.wall_ms / b.wall_ms, m.cpu_ms, m.cpu_ms / b.cpu_ms,
			       m.rss_kib);
		}
	}
}

static void parse_runtime(struct runtime *r, char *arg, int runs)
{
	char *eq = strchr(arg, '='), *save = NULL;

	if (!eq) {
		fprintf(stderr, "bench: %s: expected NAME=COMMAND\n", arg);
		exit(1);
	}
	*eq = '\0';
	r->name = arg;
	r->floor = !strcmp(arg, "floor");
	for (char *t = strtok_r(eq + 1, " ", &save); t && r->n_argv < MAX_ARGS;
	     t = strtok_r(NULL, " ", &save))
		r->argv[r->n_argv++] = t;
	for (int row = 0; row < ROW_COUNT; row++)
		r->samples[row] = calloc((size_t)runs, sizeof(struct sample));
}

int main(int argc, char **argv)
{
	static struct runtime rs[MAX_RUNTIMES];
	int n = 0, runs = argc > 1 ? atoi(argv[1]) : 0;

	if (argc < 4 || runs < 1 || argc - 3 > MAX_RUNTIMES) {
		fprintf(stderr, "usage: bench RUNS BUNDLE NAME=COMMAND ...\n");
		return 1;
	}
	for (int i = 3; i < argc; i++)
		parse_runtime(&rs[n++], argv[i], runs + 2);
	for (int round = 0; round < runs + 2; round++) {
		for (int i = 0; i < n; i++)
			one_round(&rs[i], argv[2]);
		if (round == 1) /* two rounds warm the caches and do not count */
			for (int i = 0; i < n; i++)
				memset(rs[i].n, 0, sizeof(rs[i].n));
	}
	print_table(rs, n);
	return 0;
}
