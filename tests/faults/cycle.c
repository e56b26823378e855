/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/faults/cycle.c - a container's life, over and over, with murders
 *
 *   cycle RUNTIME BUNDLE ROOT CYCLES KILLS SECONDS [OPTION...]
 *
 * Each cycle is create, start, exec, kill, delete. In KILLS of the CYCLES, spread evenly,
 * the runtime is killed by SIGKILL at a random moment of a random step, and the cycle is
 * left as it is, or is cleaned up by "delete --force", each half of the time. As an engine's
 * monitor does, the driver is a subreaper and waits for what the runtime leaves.
 *
 * Prints what happened; fails if an undisturbed step failed or the time was too short.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <spawn.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/wait.h>
#include <time.h>
#include <unistd.h>

#define MAX_ARGS    32
#define MAX_OPTIONS 16
#define SLOW_US	    2000000L

enum step { CREATE, START, EXEC, KILL, DELETE, N_STEPS };

/* What follows --root and comes before and after the container's id. */
static const char *const step_words[N_STEPS][4] = {
	[CREATE] = { "create", "--bundle" },
	[START] = { "start" },
	[EXEC] = { "exec" },
	[KILL] = { "kill" },
	[DELETE] = { "delete", "--force" },
};
static const char *const step_tail[N_STEPS][2] = {
	[EXEC] = { "/probe", "true" },
	[KILL] = { "KILL" },
};

struct driver {
	const char *runtime, *bundle, *root;
	char **options;
	int n_options;
	/* containers outlive the driver, and must not keep the test's pipe open */
	posix_spawn_file_actions_t stdio;
	/* the longest undisturbed run of each step so far: the window for a murder */
	long longest_us[N_STEPS];
	long killed[N_STEPS], failed[N_STEPS];
};

static long now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return t.tv_sec * 1000000L + t.tv_nsec / 1000;
}

static void fill_args(const struct driver *d, enum step step, const char *id,
		      const char **out)
{
	int n = 0;

	out[n++] = d->runtime;
	for (int i = 0; i < d->n_options; i++)
		out[n++] = d->options[i];
	out[n++] = "--root";
	out[n++] = d->root;
	for (int i = 0; i < 4 && step_words[step][i]; i++)
		out[n++] = step_words[step][i];
	if (step == CREATE)
		out[n++] = d->bundle;
	out[n++] = id;
	for (int i = 0; i < 2 && step_tail[step][i]; i++)
		out[n++] = step_tail[step][i];
	out[n] = NULL;
}

/* Runs one step; with kill_after_us >= 0 it is killed then. Answers the exit status, or -1. */
static int run_step(struct driver *d, enum step step, const char *id, long kill_after_us)
{
	const char *args[MAX_ARGS];
	long start = now_us(), took;
	int status;
	pid_t pid, ended;

	fill_args(d, step, id, args);
	if (posix_spawn(&pid, d->runtime, &d->stdio, NULL, (char **)(void *)args,
			environ) != 0)
		return -1;
	if (kill_after_us >= 0) {
		usleep((useconds_t)kill_after_us);
		kill(pid, SIGKILL);
	}
	/*
	 * Orphans are reaped meanwhile, as an engine's monitor does: a pid namespace does not
	 * end before its last zombie is gone, and the delete that we wait for waits for that.
	 */
	while ((ended = waitpid(-1, &status, 0)) != pid)
		if (ended < 0 && errno != EINTR)
			return -1;
	took = now_us() - start;
	if (took > SLOW_US)
		fprintf(stderr, "cycle: %s of %s took %ld ms\n", step_words[step][0], id,
			took / 1000);
	if (kill_after_us < 0 && took > d->longest_us[step])
		d->longest_us[step] = took;
	if (WIFSIGNALED(status))
		return 128 + WTERMSIG(status);
	return WEXITSTATUS(status);
}

static void reap(void)
{
	while (waitpid(-1, NULL, WNOHANG) > 0)
		;
}

static void cycle_plain(struct driver *d, const char *id)
{
	for (int s = CREATE; s < N_STEPS; s++) {
		int r = run_step(d, (enum step)s, id, -1);

		reap();
		if (r != 0) {
			fprintf(stderr, "cycle: step %d of %s: status %d\n", s, id, r);
			d->failed[s]++;
			run_step(d, DELETE, id, -1);
			return;
		}
	}
}

static void cycle_murdered(struct driver *d, const char *id)
{
	/* create does most, so it dies most often */
	enum step victim = random() % 2 ? CREATE : (enum step)(random() % N_STEPS);

	for (int s = CREATE; s < (int)victim; s++)
		run_step(d, (enum step)s, id, -1);
	run_step(d, victim, id, random() % (d->longest_us[victim] + 1));
	d->killed[victim]++;
	reap();
	if (random() % 2)
		run_step(d, DELETE, id, -1);
	reap();
}

static int report(const struct driver *d, long done, long wanted)
{
	long bad = 0;

	printf("cycles=%ld\n", done);
	for (int s = 0; s < N_STEPS; s++) {
		printf("%s: longest %ld us, killed %ld, failed %ld\n", step_words[s][0],
		       d->longest_us[s], d->killed[s], d->failed[s]);
		bad += d->failed[s];
	}
	return bad || done < wanted;
}

int main(int argc, char **argv)
{
	struct driver d = { 0 };
	long cycles, kills, deadline, i;
	char id[64];

	if (argc < 7 || argc - 7 > MAX_OPTIONS) {
		fprintf(stderr, "usage: cycle RUNTIME BUNDLE ROOT CYCLES KILLS SECONDS "
				"[OPTION...]\n");
		return 64;
	}
	d.runtime = argv[1];
	d.bundle = argv[2];
	d.root = argv[3];
	cycles = strtol(argv[4], NULL, 10);
	kills = strtol(argv[5], NULL, 10);
	deadline = now_us() + strtol(argv[6], NULL, 10) * 1000000L;
	d.options = argv + 7;
	d.n_options = argc - 7;
	srandom((unsigned)now_us());
	posix_spawn_file_actions_init(&d.stdio);
	for (i = 0; i < 3; i++)
		posix_spawn_file_actions_addopen(&d.stdio, (int)i, "/dev/null", O_RDWR,
						 0);
	prctl(PR_SET_CHILD_SUBREAPER, 1, 0, 0, 0);
	for (i = 0; i < cycles && now_us() < deadline; i++) {
		snprintf(id, sizeof(id), "cycle-%d-%ld", (int)getpid(), i);
		/* the first ones are undisturbed: they measure the window */
		if (i >= 10 && (i + 1) * kills / cycles > i * kills / cycles)
			cycle_murdered(&d, id);
		else
			cycle_plain(&d, id);
	}
	return report(&d, i, cycles);
}
