/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/unit/test-openat2.c - the kernel's resolver and the walker give the same answers,
 * and neither leaves the root while its tree is being turned over
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/str.h"
#include "sys/openat2.h"
#include "tap.h"

#define ROUNDS 3000

static char top[] = "/tmp/agentrun-openat2-XXXXXX";

static int sh(const char *script)
{
	int status;
	pid_t pid = fork();

	if (pid == 0) {
		if (chdir(top) == 0)
			execl("/bin/sh", "sh", "-c", script, (char *)NULL);
		_exit(127);
	}
	waitpid(pid, &status, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : -1;
}

static const char *const paths[] = {
	"/",
	"",
	".",
	"..",
	"../..",
	"/dir",
	"dir/",
	"/dir/file",
	"/dir/file/",
	"/dir/file/x",
	"/none",
	"/none/x",
	"/abs",
	"/abs/file",
	"/up",
	"/up/dir",
	"/loop",
	"/self",
	"/chain",
	"/chain/file",
	"/dangling",
	"/dir/../dir",
	"//dir//file",
	"/dir/./file",
	"/abs/../dir/file",
	"/fifo",
	"/proc-exe",
	"/dir/sub/../../dir/file",
	"/outside",
};

/* What a descriptor is on: the same inode, or the same failure. */
static bool is_same(int a, int b)
{
	struct stat sa, sb;

	if (a < 0 || b < 0)
		return a == b;
	return fstat(a, &sa) == 0 && fstat(b, &sb) == 0 && sa.st_dev == sb.st_dev &&
	       sa.st_ino == sb.st_ino;
}

static void test_same(int root, int flags, const char *what)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(paths); i++) {
		AUTO_FD kernel = sys_openat2_in_root(root, paths[i], flags);
		AUTO_FD walker = sys_walk_in_root(root, paths[i], flags);

		/* openat2 refuses an empty path; for the walker it is the root */
		if (!paths[i][0] && kernel == -ENOENT)
			continue;
		ok(is_same(kernel, walker), "%s '%s': kernel %d, walker %d", what,
		   paths[i], kernel, walker);
	}
}

/* Paths put together by chance: the two must still agree on each. */
static void test_random(int root)
{
	static const char *const parts[] = {
		"dir", "sub", "file", "abs",   "up",   "..",	   "loop", "self",
		".",   "",    "none", "chain", "flip", "dangling", "fifo"
	};
	static const int flags[] = { O_PATH, O_PATH | O_NOFOLLOW, O_PATH | O_DIRECTORY,
				     O_RDONLY | O_NONBLOCK };
	int differ = 0;

	srandom(20261124);
	for (int i = 0; i < 8000; i++) {
		char path[256] = "";
		size_t n = 0;

		for (long k = random() % 7; k >= 0; k--)
			n += (size_t)snprintf(
				path + n, sizeof(path) - n, "%s%s",
				random() % 8 ? "/" : "",
				parts[(size_t)random() % ARRAY_SIZE(parts)]);
		if (!path[0])
			continue;
		int f = flags[random() % 4];
		AUTO_FD kernel = sys_openat2_in_root(root, path, f);
		AUTO_FD walker = sys_walk_in_root(root, path, f);

		if (!is_same(kernel, walker) && differ++ < 5)
			printf("# '%s' %#x: kernel %d, walker %d\n", path, f, kernel,
			       walker);
	}
	ok(differ == 0, "8000 random paths: %d differ", differ);
}

static bool is_below(int fd, const char *dir)
{
	char link[64], path[4096];
	ssize_t n;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", fd);
	n = readlink(link, path, sizeof(path) - 1);
	if (n < 0)
		return false;
	path[n] = '\0';
	return !strncmp(path, dir, strlen(dir)) &&
	       (path[strlen(dir)] == '/' || !path[strlen(dir)]);
}

/* Exchange root/flip (a directory) and root/link (to the canary), until killed. */
static pid_t start_flipper(int root)
{
	pid_t pid = fork();

	if (pid == 0) {
		for (;;)
			(void)renameat2(root, "flip", root, "link", RENAME_EXCHANGE);
	}
	return pid;
}

static void test_race(int root, const char *rootpath, const char *canary)
{
	pid_t pid = start_flipper(root);
	int i, escaped = 0, opened = 0;

	for (i = 0; i < ROUNDS; i++) {
		AUTO_FD made = -1;
		AUTO_FD a = sys_openat2_in_root(root, "/flip/x", O_PATH);
		AUTO_FD b = sys_walk_in_root(root, "/flip/x", O_PATH);
		char name[64];

		snprintf(name, sizeof(name), "/flip/new%d/y", i % 50);
		if (i % 2)
			(void)sys_mkdir_in_root(root, name, 0755, &made);
		else
			(void)sys_mkfile_in_root(root, name, 0644, &made);
		opened += (a >= 0) + (b >= 0) + (made >= 0);
		escaped += (a >= 0 && !is_below(a, rootpath)) +
			   (b >= 0 && !is_below(b, rootpath)) +
			   (made >= 0 && !is_below(made, rootpath));
	}
	kill(pid, SIGKILL);
	waitpid(pid, NULL, 0);
	ok(escaped == 0 && opened > 0, "race: %d opened, %d outside", opened, escaped);
	ok(sh("test \"$(ls -A canary)\" = x") == 0, "race: nothing new in %s", canary);
}

static void test_make(int root)
{
	AUTO_FD a = -1;
	AUTO_FD b = -1;
	AUTO_FD c = -1;
	AUTO_FD d = -1;
	const char *name;

	ok(sys_mkdir_in_root(root, "/new/a/b", 0755, &a) == 0 &&
		   sh("test -d root/new/a/b") == 0,
	   "mkdir makes every part");
	ok(sys_mkfile_in_root(root, "/dangling", 0644, &b) == 0 &&
		   sh("test -f root/not/here -a -L root/dangling") == 0,
	   "a dangling link is completed inside the root");
	ok(sys_mkfile_in_root(root, "/outside/evil", 0644, &c) == 0 &&
		   sh("test ! -e canary/evil") == 0,
	   "an absolute link is taken below the root");
	ok(sys_mkdir_in_root(root, "/dir/file/x", 0755, &d) == -ENOTDIR,
	   "a file in the way is refused");
	ok(sys_open_parent_in_root(root, "/p/q/name", &d, &name) == 0 &&
		   str_eq(name, "name") && sh("test -d root/p/q") == 0,
	   "the parent is made, the name is given");
	ok(sys_open_parent_in_root(root, "/p/..", &d, &name) == -EINVAL &&
		   sys_open_parent_in_root(root, "/p/", &d, &name) == -EINVAL,
	   "a name that is none is refused");
	ok(sys_openat2_in_root(root, "/x", O_CREAT | O_WRONLY) == -EINVAL,
	   "O_CREAT along a path is refused");
}

static void test_beneath(int root)
{
	static const char *const bad[] = { "abs/file", "up", "../root/dir", "/dir",
					   "dir/../dir" };
	AUTO_FD proc = open("/proc", O_PATH | O_DIRECTORY | O_CLOEXEC);
	AUTO_FD good = sys_walk_beneath(root, "dir/file", O_PATH);
	size_t i;

	ok(good >= 0, "beneath: an ordinary path");
	for (i = 0; i < ARRAY_SIZE(bad); i++) {
		AUTO_FD a = sys_openat2_beneath(root, bad[i], O_RDONLY);
		AUTO_FD b = sys_walk_beneath(root, bad[i], O_RDONLY);

		/* the kernel allows ".." that stays inside; the walker does not */
		ok(b < 0 && (a < 0 || i == 4), "beneath: '%s' is refused (%d, %d)",
		   bad[i], a, b);
	}
	if (proc >= 0) {
		AUTO_FD a = sys_walk_beneath(proc, "self/status", O_RDONLY);
		AUTO_FD b = sys_walk_beneath(proc, "1/status", O_RDONLY);

		ok(a < 0 && b >= 0, "beneath: no link of procfs is followed");
	}
}

int main(void)
{
	char rootpath[128], canary[128], script[1024];
	AUTO_FD root = -1;

	if (geteuid() != 0) {
		printf("1..0 # SKIP needs root\n");
		return 77;
	}
	if (!mkdtemp(top))
		return 1;
	snprintf(rootpath, sizeof(rootpath), "%s/root", top);
	snprintf(canary, sizeof(canary), "%s/canary", top);
	snprintf(
		script, sizeof(script),
		"mkdir -p root/dir/sub canary root/flip && touch root/dir/file canary/x "
		"root/flip/x && cd root && ln -s /dir abs && ln -s ../../.. up && ln -s "
		"loop2 "
		"loop && ln -s loop loop2 && ln -s self self && ln -s abs chain && ln -s "
		"/not/here dangling && mkfifo fifo && ln -s /proc/self/exe proc-exe && "
		"ln -s %s outside && ln -s %s link",
		canary, canary);
	if (sh(script) != 0)
		return 1;
	root = open(rootpath, O_PATH | O_DIRECTORY | O_CLOEXEC);
	test_same(root, O_PATH, "O_PATH");
	test_same(root, O_PATH | O_NOFOLLOW, "O_NOFOLLOW");
	test_same(root, O_RDONLY | O_NONBLOCK, "O_RDONLY");
	test_same(root, O_PATH | O_DIRECTORY, "O_DIRECTORY");
	test_random(root);
	test_make(root);
	test_beneath(root);
	test_race(root, rootpath, canary);
	fd_close(&root);
	snprintf(script, sizeof(script), "rm -rf %s", top);
	return sh(script) ? 1 : done();
}
