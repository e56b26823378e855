/* SPDX-License-Identifier: Apache-2.0 */
/* apply/cgroup_attach.c - processes into the container's cgroup */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "apply/cgroup.h"
#include "apply/cgroup_dir.h"
#include "base/err.h"
#include "base/fd.h"
#include "base/str.h"

static int open_procs(int dfd)
{
	int fd = openat(dfd, "cgroup.procs", O_WRONLY | O_CLOEXEC | O_NOFOLLOW);

	return fd < 0 ? -errno : fd;
}

static int write_pid(int fd, pid_t pid)
{
	char buf[16];
	int n = snprintf(buf, sizeof(buf), "%d", (int)pid);

	while (write(fd, buf, (size_t)n) < 0)
		if (errno != EINTR)
			return -errno;
	return 0;
}

static int why_not(const struct cgroup *c, size_t i, int r, pid_t pid, struct err *err)
{
	char type[64];

	if (r == -EOPNOTSUPP &&
	    cg_read(c->dfd[i], "cgroup.type", type, sizeof(type)) > 0 &&
	    strcmp(type, "domain") != 0)
		return err_set(err, r,
			       "cgroup %s is '%s': its parent is threaded, so it takes "
			       "no processes",
			       str_quote(c->path), type);
	return err_sys(err, r, "cannot move process %d into cgroup %s (%s)", (int)pid,
		       str_quote(c->path),
		       c->host->hierarchies[i].v2 ? "cgroup2"
						  : c->host->hierarchies[i].controllers);
}

/* The first cgroup below that has processes: there is room for one more. */
static int into_populated(int dfd, void *arg)
{
	const pid_t *pid = arg;
	char buf[16];
	AUTO_FD fd = -1;

	if (cg_read(dfd, "cgroup.procs", buf, sizeof(buf)) <= 0)
		return 0;
	fd = open_procs(dfd);
	return fd >= 0 && write_pid(fd, *pid) == 0 ? 1 : 0;
}

static int enter(const struct cgroup *c, size_t i, int fd, pid_t pid, struct err *err)
{
	int r = write_pid(fd, pid);

	if (r == -EBUSY && c->host->hierarchies[i].v2 &&
	    cg_walk(c->dfd[i], into_populated, &pid) == 1)
		return 0;
	return r < 0 ? why_not(c, i, r, pid, err) : 0;
}

int cgroup_attach(const struct cgroup *c, pid_t pid, struct err *err)
{
	int fds[HOST_MAX_HIERARCHIES];
	size_t n = c->host ? c->host->n_hierarchies : 0;
	int r = 0;

	for (size_t i = 0; i < n; i++) {
		fds[i] = -1;
		if (c->dfd[i] < 0 ||
		    (c->host->hierarchies[i].v2 ? c->born_inside : c->entered))
			continue;
		fds[i] = open_procs(c->dfd[i]);
		if (fds[i] < 0 && r == 0)
			r = why_not(c, i, fds[i], pid, err);
	}
	/*
	 * Back to back: the first write waits for an RCU grace period (the lock that
	 * keeps threads from being born), those that follow at once find it passed.
	 */
	for (size_t i = 0; i < n && r == 0; i++)
		if (fds[i] >= 0)
			r = enter(c, i, fds[i], pid, err);
	for (size_t i = 0; i < n; i++)
		fd_close(&fds[i]);
	return r;
}

void cgroup_prepare_enter(struct cgroup *c)
{
	for (size_t i = 0; c->host && i < c->host->n_hierarchies; i++)
		if (c->dfd[i] >= 0 && !c->host->hierarchies[i].v2)
			c->enter_fd[i] = openat(c->dfd[i], "tasks",
						O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
}

int cgroup_enter(const struct cgroup *c, struct err *err)
{
	for (size_t i = 0; c->host && i < c->host->n_hierarchies; i++) {
		int r = c->enter_fd[i] < 0 ? 0 : write_pid(c->enter_fd[i], 0);

		if (r < 0)
			return err_sys(err, r, "cannot enter cgroup %s (%s)",
				       str_quote(c->path),
				       c->host->hierarchies[i].controllers);
	}
	return 0;
}

void cgroup_end_enter(struct cgroup *c, bool cloned)
{
	bool all = cloned;

	/* one that could not be opened is left to cgroup_attach, which says why */
	for (size_t i = 0; c->host && i < c->host->n_hierarchies; i++) {
		if (c->dfd[i] >= 0 && !c->host->hierarchies[i].v2 && c->enter_fd[i] < 0)
			all = false;
		fd_close(&c->enter_fd[i]);
	}
	c->entered = all;
}

static bool is_chosen(const struct host_hierarchy *h, const char *controllers)
{
	if (!controllers || !controllers[0])
		return true;
	for (const char *s = controllers; *s;) {
		char name[64];
		size_t n = strcspn(s, ",");

		snprintf(name, sizeof(name), "%.*s", (int)n, s);
		if (!h->v2 && cg_has_word(h->controllers, name, ","))
			return true;
		s += n + (s[n] == ',');
	}
	return false;
}

int cgroup_attach_sub(const struct cgroup *c, const char *controllers, const char *sub,
		      pid_t pid, struct err *err)
{
	size_t joined = 0;

	for (size_t i = 0; c->host && i < c->host->n_hierarchies; i++) {
		AUTO_FD dfd = -1;
		AUTO_FD fd = -1;
		int r;

		if (c->dfd[i] < 0)
			continue;
		if (c->mode != CGROUP_V2 &&
		    !is_chosen(&c->host->hierarchies[i], controllers))
			continue;
		/* on a hybrid host the container has no way to make one in cgroup2 */
		r = dfd = cg_open(c->dfd[i], sub);
		if (r == -ENOENT && c->mode == CGROUP_HYBRID &&
		    c->host->hierarchies[i].v2)
			continue;
		if (r >= 0)
			r = fd = open_procs(dfd);
		if (r >= 0)
			r = write_pid(fd, pid);
		if (r < 0)
			return err_sys(err, r,
				       "cannot move process %d into cgroup %s of the "
				       "container",
				       (int)pid, str_quote(sub));
		joined++;
	}
	if (!joined)
		return err_set(err, -ENOENT, "the container has no cgroup of %s",
			       str_quote(controllers ? controllers : "its own"));
	return 0;
}
