/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/probe/hostile.c - verbs that attack: only where the mark file of a test root is
 */
#include "probe.h"

#include <dirent.h>
#include <limits.h>
#include <signal.h>
#include <sys/mman.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <time.h>

/* fork-bomb N: as many processes as the limit gives, N at most; all pause, then all end */
static int hostile_fork_bomb(int argc, char **argv)
{
	long n = number(argv[1]), made = 0;
	int gate[2];

	(void)argc;
	if (pipe2(gate, O_CLOEXEC) < 0)
		return 1;
	fflush(stdout);
	while (made < n) {
		pid_t pid = fork();

		if (pid == 0) {
			char c;

			close(gate[1]);
			(void)!read(gate[0], &c, 1);
			_exit(0);
		}
		if (pid < 0)
			break;
		made++;
	}
	printf("forked=%ld %s\n", made, made < n ? errno_name(errno) : "all");
	close(gate[1]);
	while (wait(NULL) > 0)
		;
	return 0;
}

/* memory MIB: touches every page; a limit kills it */
static int hostile_memory(int argc, char **argv)
{
	long mib = number(argv[1]);

	(void)argc;
	for (long i = 0; i < mib; i++) {
		char *p = mmap(NULL, 1 << 20, PROT_READ | PROT_WRITE,
			       MAP_PRIVATE | MAP_ANONYMOUS, -1, 0);

		if (p == MAP_FAILED) {
			printf("memory=%ld %s\n", i, errno_name(errno));
			return 0;
		}
		memset(p, 1, 1 << 20);
	}
	printf("memory=%ld all\n", mib);
	return 0;
}

/* fill PATH MIB: writes a file of that size */
static int hostile_fill(int argc, char **argv)
{
	static char block[1 << 20];
	int fd = open(argv[1], O_WRONLY | O_CREAT | O_CLOEXEC, 0644);
	long n = number(argv[2]), i = 0;

	(void)argc;
	memset(block, 'x', sizeof(block));
	while (fd >= 0 && i < n &&
	       write(fd, block, sizeof(block)) == (ssize_t)sizeof(block))
		i++;
	printf("fill=%ld %s\n", i, i < n ? errno_name(errno) : "all");
	return 0;
}

/*
 * A descriptor that the container's own mounts do not explain is a leak. The probe knows
 * the inside by device number: whatever is on the device of a file of the host's root
 * (given by the test as DEV) and is not our own root is the host's.
 */
static void spy_on(const char *pid, const char *what, int writing)
{
	char path[PATH_MAX], target[PATH_MAX];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%s/%s", pid, what);
	n = readlink(path, target, sizeof(target) - 1);
	if (n < 0)
		return;
	target[n] = '\0';
	fd = open(path, (writing ? O_WRONLY : O_RDONLY) | O_NONBLOCK | O_CLOEXEC);
	if (fd < 0)
		return;
	printf("spied %s %s -> %s%s\n", pid, what, target, writing ? " for writing" : "");
	close(fd);
}

static void spy_descriptors(const char *pid)
{
	char path[PATH_MAX], name[300];
	struct dirent *e;
	DIR *d;

	snprintf(path, sizeof(path), "/proc/%s/fd", pid);
	d = opendir(path);
	while (d && (e = readdir(d))) {
		if (e->d_name[0] == '.')
			continue;
		snprintf(name, sizeof(name), "fd/%s", e->d_name);
		spy_on(pid, name, 0);
	}
	if (d)
		closedir(d);
}

static void spy_process(const char *pid)
{
	static const char *const handles[] = { "cwd", "root" };
	char path[PATH_MAX], exe[PATH_MAX];
	ssize_t n;
	int fd;

	snprintf(path, sizeof(path), "/proc/%s/exe", pid);
	n = readlink(path, exe, sizeof(exe) - 1);
	exe[n < 0 ? 0 : n] = '\0';
	/* The probe itself is the payload of every exec; anything else is the runtime. */
	if (n > 0 && strcmp(exe, "/probe") != 0) {
		printf("saw %s exe %s\n", pid, exe);
		spy_on(pid, "exe", 0);
		spy_on(pid, "exe", 1);
		for (size_t i = 0; i < N_ELEMENTS(handles); i++)
			spy_on(pid, handles[i], 0);
		snprintf(path, sizeof(path), "/proc/%s/mem", pid);
		fd = open(path, O_RDWR | O_CLOEXEC);
		if (fd >= 0)
			printf("spied %s mem\n", pid);
		if (fd >= 0)
			close(fd);
		spy_descriptors(pid);
	}
}

/* spy SECONDS: tries all of /proc/PID of every other process, as fast as it can */
static int hostile_spy(int argc, char **argv)
{
	struct timespec now, end;
	long rounds = 0;

	(void)argc;
	clock_gettime(CLOCK_MONOTONIC, &end);
	end.tv_sec += number(argv[1]);
	printf("ready\n");
	do {
		DIR *d = opendir("/proc");
		struct dirent *e;

		fflush(stdout);
		while (d && (e = readdir(d))) {
			long pid = strtol(e->d_name, NULL, 10);

			if (pid > 0 && pid != getpid())
				spy_process(e->d_name);
		}
		if (d)
			closedir(d);
		rounds++;
		clock_gettime(CLOCK_MONOTONIC, &now);
	} while (now.tv_sec < end.tv_sec && access("/stop-spy", F_OK) < 0);
	printf("rounds=%ld\n", rounds);
	return 0;
}

static const struct verb verbs[] = {
	{ "fork-bomb", hostile_fork_bomb, ACTS, 1 },
	{ "memory", hostile_memory, ACTS, 1 },
	{ "fill", hostile_fill, ACTS, 2 },
	{ "spy", hostile_spy, ACTS, 1 },
};

const struct verb_group hostile_verbs = { verbs, N_ELEMENTS(verbs) };
