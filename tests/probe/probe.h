/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/probe/probe.h - what the verbs of the probe share
 *
 * The probe is the only program in the test root file systems. Each verb looks at
 * one thing, or attempts one thing, and prints key=value lines. An attempt that the
 * kernel refused is an answer (verb=EPERM), not a failure of the probe.
 */
#pragma once

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#define MARK_FILE     "/.agentrun-test-rootfs"
#define EXIT_USAGE    64
#define N_ELEMENTS(a) (sizeof(a) / sizeof((a)[0]))

/* The verb may change something, so it runs only where the mark file is. */
#define ACTS 1

struct verb {
	const char *name;
	int (*run)(int argc, char **argv);
	unsigned flags;
	int min_args;
};

struct verb_group {
	const struct verb *verbs;
	size_t n_verbs;
};

extern const struct verb_group look_verbs, sched_verbs, try_verbs, net_verbs, live_verbs,
	hostile_verbs;

/* Print VERB=ok, or VERB=ENAME for the errno of a failed call. */
void answer(const char *name, long r);
const char *errno_name(int e);
/* The whole file on standard output, each line after PREFIX; an unreadable file is an answer. */
void show_file(const char *prefix, const char *path);
long number(const char *s);
void show_line(const char *key, const char *value);
