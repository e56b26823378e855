/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/fuzz/standalone.c - the fuzz targets without libFuzzer
 *
 * usage: fuzz-NAME [-max_total_time=SECONDS] [-seed=N] [-artifact_prefix=DIR/]
 * [FILE|DIR]...
 *
 * Runs every input once, then mutations of them until the time is over. The same seed
 * makes the same mutations. An input that ends the process is left in crash-NAME. Options
 * are spelt as libFuzzer's, so that both kinds of binaries are called alike.
 */
#include <dirent.h>
#include <fcntl.h>
#include <signal.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#define MAX_BYTES	      (1u << 16)
#define MAX_SECONDS_PER_INPUT 10

int LLVMFuzzerTestOneInput(const uint8_t *data, size_t size);
void __sanitizer_set_death_callback(void (*callback)(void)) __attribute__((weak));

struct input {
	uint8_t *data;
	size_t size;
};

static struct input *corpus;
static size_t n_corpus;
static uint64_t rng = 88172645463325252ull;
static char crash_path[4096];
static uint8_t current[MAX_BYTES];
static size_t current_size;

/* Called with everything broken: only plain system calls. */
static void save_current(void)
{
	int fd = open(crash_path, O_WRONLY | O_CREAT | O_TRUNC | O_CLOEXEC, 0644);

	if (fd >= 0) {
		(void)!write(fd, current, current_size);
		close(fd);
	}
	(void)!write(2, "input saved in ", 15);
	(void)!write(2, crash_path, strlen(crash_path));
	(void)!write(2, "\n", 1);
}

static void on_signal(int sig)
{
	save_current();
	(void)signal(sig, SIG_DFL);
	(void)raise(sig);
}

static uint64_t next_random(void)
{
	rng ^= rng << 13;
	rng ^= rng >> 7;
	rng ^= rng << 17;
	return rng;
}

static size_t below(size_t n)
{
	return n ? (size_t)(next_random() % n) : 0;
}

static void run_current(void)
{
	uint8_t *copy = malloc(current_size ? current_size : 1);

	/* A block of exactly this size: a sanitizer sees the first byte behind it. */
	if (!copy)
		abort();
	memcpy(copy, current, current_size);
	alarm(MAX_SECONDS_PER_INPUT);
	(void)LLVMFuzzerTestOneInput(copy, current_size);
	alarm(0);
	free(copy);
}

static void add_file(const char *path)
{
	struct input in = { NULL, 0 };
	FILE *f = fopen(path, "re");

	if (!f) {
		perror(path);
		exit(1);
	}
	in.data = malloc(MAX_BYTES);
	if (!in.data)
		abort();
	in.size = fread(in.data, 1, MAX_BYTES, f);
	fclose(f);
	corpus = realloc(corpus, (n_corpus + 1) * sizeof(*corpus));
	if (!corpus)
		abort();
	corpus[n_corpus++] = in;
}

static void add_path(const char *path)
{
	struct dirent **list;
	struct stat st;
	int n;

	if (stat(path, &st) < 0) {
		perror(path);
		exit(1);
	}
	if (!S_ISDIR(st.st_mode)) {
		add_file(path);
		return;
	}
	/* sorted: the order decides the mutations */
	n = scandir(path, &list, NULL, alphasort);
	for (int i = 0; i < n; i++) {
		char file[4096];

		snprintf(file, sizeof(file), "%s/%s", path, list[i]->d_name);
		if (list[i]->d_name[0] != '.')
			add_file(file);
		free(list[i]);
	}
	free(list);
}

/* Replace old bytes at at by the n at s, as far as there is room. */
static void replace(size_t at, size_t old, const void *s, size_t n)
{
	if (current_size - old + n > MAX_BYTES)
		return;
	memmove(current + at + n, current + at + old, current_size - at - old);
	memcpy(current + at, s, n);
	current_size = current_size - old + n;
}

static void mutate_once(void)
{
	static const char *const words[] = {
		"null",
		"true",
		"-1",
		"0",
		"4294967295",
		"4294967296",
		"\"\"",
		"[]",
		"{}",
		"\"a\"",
		"9223372036854775808",
		"18446744073709551615",
		"\\u0000",
		"\\ud800",
		"1e9",
		"../",
		"/",
		",",
		":",
		"\n",
		"=",
		"\xff",
		"-9223372036854775809",
	};
	const size_t at = below(current_size);
	size_t n = below(current_size - at < 64 ? current_size - at : 64);
	const struct input *other;
	const char *word;
	uint8_t chunk[64], c;

	switch (below(7)) {
	case 0:
		if (current_size)
			current[at] ^= (uint8_t)(1u << below(8));
		break;
	case 1:
		c = (uint8_t)next_random();
		replace(at, current_size ? below(2) : 0, &c, 1);
		break;
	case 2:
		replace(at, n, "", 0);
		break;
	case 3:
		memcpy(chunk, current + at, n);
		replace(below(current_size), 0, chunk, n);
		break;
	case 4:
		word = words[below(sizeof(words) / sizeof(words[0]))];
		replace(at, below(2) ? n : 0, word, strlen(word));
		break;
	case 5:
		/* a whole number or word goes, another comes */
		for (n = 0; at + n < current_size && current[at + n] > ' ' &&
			    !strchr(",]}:", current[at + n]);)
			n++;
		word = words[below(sizeof(words) / sizeof(words[0]))];
		replace(at, n, word, strlen(word));
		break;
	default:
		if (!n_corpus)
			break;
		other = &corpus[below(n_corpus)];
		if (other->size) {
			size_t from = below(other->size), len = below(other->size - from);

			replace(at, 0, other->data + from, len < 4096 ? len : 4096);
		}
	}
}

static void mutate(void)
{
	static const struct input empty;
	const struct input *in = n_corpus ? &corpus[below(n_corpus)] : &empty;

	current_size = in->size;
	if (in->size)
		memcpy(current, in->data, in->size);
	for (size_t i = 0, n = 1 + below(8); i < n; i++)
		mutate_once();
}

static double now(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (double)t.tv_sec + (double)t.tv_nsec / 1e9;
}

int main(int argc, char **argv)
{
	const char *name = strrchr(argv[0], '/') ? strrchr(argv[0], '/') + 1 : argv[0];
	const char *prefix = "";
	unsigned long n = 0;
	double seconds = 0, end;

	for (int i = 1; i < argc; i++) {
		if (strncmp(argv[i], "-max_total_time=", 16) == 0)
			seconds = strtod(argv[i] + 16, NULL);
		else if (strncmp(argv[i], "-seed=", 6) == 0)
			rng ^= strtoull(argv[i] + 6, NULL, 10) * 0x9e3779b97f4a7c15ull;
		else if (strncmp(argv[i], "-artifact_prefix=", 17) == 0)
			prefix = argv[i] + 17;
		else if (argv[i][0] != '-')
			add_path(argv[i]);
	}
	snprintf(crash_path, sizeof(crash_path), "%scrash-%s", prefix, name);
	if (__sanitizer_set_death_callback)
		__sanitizer_set_death_callback(save_current);
	else
		(void)signal(SIGSEGV, on_signal);
	(void)signal(SIGABRT, on_signal);
	(void)signal(SIGALRM, on_signal);

	for (size_t i = 0; i < n_corpus; i++, n++) {
		memcpy(current, corpus[i].data, corpus[i].size);
		current_size = corpus[i].size;
		run_current();
	}
	for (end = now() + seconds; now() < end; n++) {
		mutate();
		run_current();
	}
	printf("%s: %lu inputs, %zu of them from the corpus\n", name, n, n_corpus);
	for (size_t i = 0; i < n_corpus; i++)
		free(corpus[i].data);
	free(corpus);
	return 0;
}
