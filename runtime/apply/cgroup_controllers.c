/* SPDX-License-Identifier: Apache-2.0 */
/*
 * apply/cgroup_controllers.c - what has to be done to the ancestors before limits work
 *
 * v2: each ancestor hands controllers down by name. v1: a new cpuset is empty, and takes
 * no process before it has CPUs and memory nodes.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "apply/cgroup_dir.h"
#include "base/err.h"
#include "base/fd.h"
#include "base/str.h"

#define LEVELS_MAX 64

/* All of them, whether a limit asks or not: engines read the statistics. */
static const char *const wanted[] = {
	"cpu", "cpuset", "io", "memory", "pids", "hugetlb", "rdma", "misc",
};

/* A cgroup with processes hands nothing down: is it only ourselves? */
static bool is_alone(int dfd)
{
	char procs[64], self[16];

	snprintf(self, sizeof(self), "%d", (int)getpid());
	return cg_read(dfd, "cgroup.procs", procs, sizeof(procs)) > 0 &&
	       !strcmp(procs, self);
}

/*
 * A container without systemd has its processes in the root of its cgroup namespace. We
 * move ourselves to a leaf, as everybody there has to, but nobody else.
 */
static int step_aside(int dfd)
{
	static const char leaf[] = "agentrun-leaf";
	AUTO_FD leaf_dfd = -1;
	char self[16];

	if (!is_alone(dfd))
		return -EBUSY;
	if (mkdirat(dfd, leaf, 0755) < 0 && errno != EEXIST)
		return -errno;
	leaf_dfd = cg_open(dfd, leaf);
	if (leaf_dfd < 0)
		return leaf_dfd;
	snprintf(self, sizeof(self), "%d", (int)getpid());
	return cg_write(leaf_dfd, "cgroup.procs", self);
}

static void hand_down(int dfd)
{
	static const char file[] = "cgroup.subtree_control";
	char have[256], down[256], all[256] = "";
	size_t len = 0;
	int r;

	if (cg_read(dfd, "cgroup.controllers", have, sizeof(have)) <= 0 ||
	    cg_read(dfd, file, down, sizeof(down)) < 0)
		return;
	for (size_t i = 0; i < ARRAY_SIZE(wanted); i++)
		if (cg_has_word(have, wanted[i], " ") &&
		    !cg_has_word(down, wanted[i], " "))
			len += (size_t)snprintf(all + len, sizeof(all) - len, "%s+%s",
						len ? " " : "", wanted[i]);
	if (!len)
		return;
	r = cg_write(dfd, file, all);
	if (r == -EBUSY && step_aside(dfd) == 0)
		r = cg_write(dfd, file, all);
	if (r == 0 || r == -EACCES || r == -EPERM || r == -EROFS)
		return;
	/* one of them cannot be had: each by itself (a threaded domain, cpu with RT
	 * tasks) */
	for (char *s = all, *save = NULL; (s = strtok_r(s, " ", &save)); s = NULL)
		(void)!cg_write(dfd, file, s);
}

static bool has_all(const struct cgroup *c, int i)
{
	const char *host = c->host->cgroup2_controllers;
	char have[256];

	if (!host[0])
		return true;
	if (cg_read(c->dfd[i], "cgroup.controllers", have, sizeof(have)) < 0)
		return false;
	for (size_t k = 0; k < ARRAY_SIZE(wanted); k++)
		if (cg_has_word(host, wanted[k], " ") &&
		    !cg_has_word(have, wanted[k], " "))
			return false;
	return true;
}

/*
 * What is missing in the end is no error here: a limit that needs it says so when it is
 * written, with its JSON path.
 */
int cg_enable_controllers(const struct cgroup *c, int mount_dfd, struct err *err)
{
	AUTO_FD dfd = -1;
	const char *path = c->path;
	int i = cg_v2(c);

	if (i < 0 || has_all(c, i))
		return 0;
	dfd = fcntl(mount_dfd, F_DUPFD_CLOEXEC, 3);
	while (dfd >= 0) {
		char name[256];
		size_t n;
		int next;

		hand_down(dfd);
		path += strspn(path, "/");
		n = strcspn(path, "/");
		if (!path[n])
			return 0; /* that is the container's own */
		snprintf(name, sizeof(name), "%.*s", (int)n, path);
		path += n;
		next = cg_open(dfd, name);
		fd_close(&dfd);
		dfd = next;
	}
	return err_sys(err, dfd < 0 ? dfd : -EBADF,
		       "cannot open the parents of cgroup %s", str_quote(c->path));
}

/* Copy file from the parent, which is filled first if it has to be. */
static int fill(int dfd, const char *file, unsigned level)
{
	AUTO_FD up = -1;
	char value[4096];
	ssize_t n;
	int r;

	n = cg_read(dfd, file, value, sizeof(value));
	if (n != 0)
		return n < 0 ? (int)n : 0;
	if (level >= LEVELS_MAX)
		return -ELOOP;
	up = openat(dfd, "..", O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (up < 0)
		return -errno;
	r = fill(up, file, level + 1);
	if (r < 0)
		return r;
	n = cg_read(up, file, value, sizeof(value));
	return n < 0 ? (int)n : cg_write(dfd, file, value);
}

int cg_fill_cpusets(const struct cgroup *c, struct err *err)
{
	static const char *const files[] = { "cpuset.cpus", "cpuset.mems" };
	int i = cg_index(c, "cpuset");

	for (size_t k = 0; i >= 0 && k < ARRAY_SIZE(files); k++) {
		int r = fill(c->dfd[i], files[k], 0);

		if (r < 0)
			return err_sys(err, r, "cannot fill %s of cgroup %s", files[k],
				       str_quote(c->path));
	}
	return 0;
}
