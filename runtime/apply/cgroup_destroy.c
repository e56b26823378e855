/* SPDX-License-Identifier: Apache-2.0 */
/*
 * apply/cgroup_destroy.c - nothing left of the container's cgroup
 *
 * Should:   kill, wait by event until empty, remove children first
 * Mustn't:  trust what is inside: any depth, any number, any name
 *
 * cgroup2 tells by cgroup.events when the last process is gone, on hybrid hosts as well.
 * v1 has no such event, but its processes have: a pidfd becomes readable at the end.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "apply/cgroup.h"
#include "apply/cgroup_dir.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/fd.h"
#include "base/str.h"
#include "sys/pidfd.h"

static int ms_until(uint64_t end)
{
	uint64_t now = clock_boot_ns();

	return now >= end ? 0 : (int)((end - now) / NS_PER_MS) + 1;
}

static int wait_populated(int dfd, uint64_t end)
{
	AUTO_FD fd = openat(dfd, "cgroup.events", O_RDONLY | O_CLOEXEC);

	if (fd < 0)
		return errno == ENOENT || errno == ENODEV ? 0 : -errno;
	for (;;) {
		struct pollfd p = { .fd = fd, .events = POLLPRI };
		int ms = ms_until(end);
		char buf[256];
		ssize_t n = pread(fd, buf, sizeof(buf) - 1, 0);

		if (n < 0)
			return errno == ENODEV ? 0 : -errno;
		buf[n] = '\0';
		if (strstr(buf, "populated 0"))
			return 0;
		if (!ms)
			return -ETIMEDOUT;
		(void)poll(&p, 1, ms);
	}
}

/* Wait for the processes that are there now; more may have been born: ask again. */
static int wait_pids(const struct cgroup *c, uint64_t end, struct err *err)
{
	AUTO_ARENA a = ARENA_INIT;
	pid_t *v;
	size_t n;
	int r = cgroup_pids(c, &a, &v, &n, err);

	for (size_t k = 0; r == 0 && k < n; k++) {
		AUTO_FD fd = sys_pidfd_open(v[k]);

		if (fd >= 0)
			r = sys_pidfd_wait(fd, ms_until(end));
	}
	return r;
}

static int wait_empty(const struct cgroup *c, uint64_t end, struct err *err)
{
	int i = cg_v2(c);
	int r = 0;

	while (cgroup_is_empty(c) == 0) {
		r = cgroup_signal(c, SIGKILL, err);
		if (r == 0 && i >= 0)
			r = wait_populated(c->dfd[i], end);
		if (r == 0 && c->mode != CGROUP_V2)
			r = wait_pids(c, end, err);
		if (r == 0 && !ms_until(end) && cgroup_is_empty(c) == 0)
			r = -ETIMEDOUT;
		if (r < 0)
			return err_sys(err, r, "cgroup %s still has processes",
				       str_quote(c->path));
	}
	return 0;
}

/*
 * A task that has ended leaves its cgroup a moment after its parent hears of it: the only
 * place where we sleep, and by microseconds.
 */
static int remove_one(const struct host_hierarchy *h, const char *path, uint64_t end)
{
	AUTO_FD mount = cg_mount(h);
	struct timespec t = { .tv_nsec = 20000 };
	int r;

	if (mount < 0)
		return mount;
	while ((r = cg_rmdir_tree(mount, path)) == -EBUSY && ms_until(end)) {
		nanosleep(&t, NULL);
		if (t.tv_nsec < 5000000)
			t.tv_nsec *= 2;
	}
	return r;
}

static int remove_all(struct cgroup *c, uint64_t end, struct err *err)
{
	int ret = 0;

	for (size_t i = 0; i < c->host->n_hierarchies; i++) {
		const struct host_hierarchy *h = &c->host->hierarchies[i];
		int r;

		if (c->mode == CGROUP_V2 && !h->v2)
			continue;
		r = remove_one(h, c->path, c->dfd[i] >= 0 ? end : 0);
		/* one that we never had is tried as well: opening it may have failed */
		if (r < 0 && ret == 0 && c->dfd[i] >= 0)
			ret = err_sys(err, r, "cannot remove cgroup %s in %s",
				      str_quote(c->path), str_quote(h->mountpoint));
	}
	return ret;
}

int cgroup_destroy(struct cgroup *c, uint64_t timeout_ns, struct err *err)
{
	uint64_t end = clock_boot_ns() + timeout_ns;
	int r = 0;

	if (!c->path[0] || !c->host)
		return 0;
	/* v1: a frozen group keeps its processes, however often they are killed */
	if (cg_tree(c) >= 0)
		r = wait_empty(c, end, err);
	if (c->manager == CGROUP_MANAGER_SYSTEMD && c->scope[0]) {
		int r2 = cg_systemd_stop(c, err);

		r = r < 0 ? r : r2;
	}
	if (r == 0)
		r = remove_all(c, end, err);
	cgroup_close(c);
	return r;
}
