/* SPDX-License-Identifier: Apache-2.0 */
/*
 * apply/cgroup_freeze.c - stop, thaw and signal everything in the container's cgroup
 *
 * v2 says by an event when the cgroup is frozen. v1 has no event, and needs to be asked
 * again: reading freezer.state is what brings it from FREEZING to FROZEN.
 */
#include <errno.h>
#include <fcntl.h>
#include <poll.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
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

#define FREEZE_TIMEOUT_NS (10 * NS_PER_S)

/* The freezer in use: v1's where it is mounted, so that other tools see it too. */
static int freezer(const struct cgroup *c, bool *out_v2)
{
	int i = c->mode == CGROUP_V2 ? -1 : cg_index(c, "freezer");

	*out_v2 = i < 0;
	return i < 0 ? cg_v2(c) : i;
}

static int wait_frozen_v2(int dfd, bool frozen)
{
	AUTO_FD fd = openat(dfd, "cgroup.events", O_RDONLY | O_CLOEXEC);
	uint64_t end = clock_boot_ns() + FREEZE_TIMEOUT_NS;

	if (fd < 0)
		return -errno;
	for (;;) {
		struct pollfd p = { .fd = fd, .events = POLLPRI };
		uint64_t now = clock_boot_ns();
		char buf[256];
		ssize_t n;

		/* read first: that is what arms the next event */
		n = pread(fd, buf, sizeof(buf) - 1, 0);
		if (n < 0)
			return -errno;
		buf[n] = '\0';
		if (strstr(buf, frozen ? "frozen 1" : "frozen 0"))
			return 0;
		if (now >= end)
			return -ETIMEDOUT;
		(void)poll(&p, 1, (int)((end - now) / NS_PER_MS) + 1);
	}
}

static void nap(unsigned *us)
{
	struct timespec t = { .tv_nsec = (long)*us * 1000 };

	nanosleep(&t, NULL);
	if (*us < 10000)
		*us *= 2;
}

static int set_v1(int dfd, bool frozen)
{
	uint64_t end = clock_boot_ns() + FREEZE_TIMEOUT_NS;
	const char *want = frozen ? "FROZEN" : "THAWED";
	unsigned us = 50;
	unsigned turns = 0;

	for (;;) {
		char now[32];
		ssize_t n;
		int r = cg_write(dfd, "freezer.state", want);

		if (r < 0)
			return r;
		n = cg_read(dfd, "freezer.state", now, sizeof(now));
		if (n < 0 || !strcmp(now, want))
			return n < 0 ? (int)n : 0;
		if (clock_boot_ns() >= end) {
			if (frozen)
				(void)cg_write(dfd, "freezer.state", "THAWED");
			return -ETIMEDOUT;
		}
		/*
		 * KERNEL: a child that was forked meanwhile may be missed until the next
		 * write; now and then only a thaw gets out of FREEZING.
		 */
		if (frozen && ++turns % 50 == 0)
			(void)cg_write(dfd, "freezer.state", "THAWED");
		nap(&us);
	}
}

static int set_frozen(const struct cgroup *c, bool frozen)
{
	bool v2;
	int i = freezer(c, &v2);
	int r;

	if (i < 0)
		return -ENOTSUP;
	if (!v2)
		return set_v1(c->dfd[i], frozen);
	r = cg_write(c->dfd[i], "cgroup.freeze", frozen ? "1" : "0");
	return r < 0 ? r : wait_frozen_v2(c->dfd[i], frozen);
}

int cgroup_freeze(const struct cgroup *c, bool frozen, struct err *err)
{
	int r = set_frozen(c, frozen);

	if (r == -ENOTSUP)
		return err_set(err, r, "the container has no cgroup that can be frozen");
	if (r < 0)
		return err_sys(err, r, "cannot %s cgroup %s", frozen ? "freeze" : "thaw",
			       str_quote(c->path));
	return 0;
}

int cgroup_is_frozen(const struct cgroup *c)
{
	char now[32];
	bool v2;
	int i = freezer(c, &v2);
	ssize_t n;

	if (i < 0)
		return 0;
	n = cg_read(c->dfd[i], v2 ? "cgroup.freeze" : "freezer.state", now, sizeof(now));
	/* removed with the container: not frozen any more */
	if (n == -ENOENT || n == -ENODEV)
		return 0;
	if (n < 0)
		return (int)n;
	return v2 ? !strcmp(now, "1") : strcmp(now, "THAWED") != 0;
}

int cgroup_path_is_frozen(const struct host *h, const char *path)
{
	struct cgroup c;
	int r;

	cgroup_init(&c);
	c.mode = h->cgroup_mode;
	c.host = h;
	for (size_t i = 0; i < h->n_hierarchies; i++) {
		const struct host_hierarchy *y = &h->hierarchies[i];
		AUTO_FD mount = -1;

		if (!y->v2 &&
		    (c.mode == CGROUP_V2 || !cg_has_word(y->controllers, "freezer", ",")))
			continue;
		mount = cg_mount(y);
		if (mount >= 0)
			c.dfd[i] = cg_open(mount, path);
		if (c.dfd[i] < 0)
			c.dfd[i] = -1;
	}
	r = cgroup_is_frozen(&c);
	cgroup_close(&c);
	return r;
}

struct pids {
	struct arena *a;
	pid_t *v;
	size_t n, cap;
};

static void add_pid(struct pids *p, pid_t pid)
{
	if (p->n == p->cap) {
		pid_t *old = p->v;

		p->cap = p->cap ? 2 * p->cap : 64;
		p->v = ARENA_ARRAY(p->a, p->cap, pid_t);
		if (p->n)
			memcpy(p->v, old, p->n * sizeof(*old));
	}
	p->v[p->n++] = pid;
}

static int read_procs(int dfd, void *arg)
{
	AUTO_FD fd = openat(dfd, "cgroup.procs", O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	struct pids *p = arg;
	char buf[4096];
	pid_t pid = 0;
	ssize_t n;

	if (fd < 0)
		return errno == ENOENT || errno == ENODEV ? 0 : -errno;
	while ((n = read(fd, buf, sizeof(buf))) != 0) {
		if (n < 0 && errno == EINTR)
			continue;
		/* of a threaded cgroup: its domain lists them; or removed meanwhile */
		if (n < 0)
			return errno == EOPNOTSUPP || errno == ENODEV ? 0 : -errno;
		for (ssize_t i = 0; i < n; i++) {
			if (buf[i] >= '0' && buf[i] <= '9') {
				pid = pid * 10 + (buf[i] - '0');
				continue;
			}
			/* 0: a process of another pid namespace, out of our reach */
			if (pid > 0)
				add_pid(p, pid);
			pid = 0;
		}
	}
	return 0;
}

static int by_number(const void *x, const void *y)
{
	pid_t a = *(const pid_t *)x, b = *(const pid_t *)y;

	return (a > b) - (a < b);
}

/* Two hierarchies name most processes twice. */
static void sort_unique(struct pids *p)
{
	size_t n = 0;

	if (p->n)
		qsort(p->v, p->n, sizeof(*p->v), by_number);
	for (size_t i = 0; i < p->n; i++)
		if (n == 0 || p->v[n - 1] != p->v[i])
			p->v[n++] = p->v[i];
	p->n = n;
}

int cgroup_pids(const struct cgroup *c, struct arena *a, pid_t **out, size_t *out_n,
		struct err *err)
{
	struct pids p = { .a = a };
	int i = cg_tree(c), second = c->mode == CGROUP_V2 ? -1 : cg_index(c, "freezer");
	int r;

	r = i < 0 ? 0 : cg_walk(c->dfd[i], read_procs, &p);
	/* hybrid: one that was moved apart in either is still the container's */
	if (r == 0 && second >= 0 && second != i)
		r = cg_walk(c->dfd[second], read_procs, &p);
	if (r < 0 && r != -ENOENT && r != -ENODEV)
		return err_sys(err, r, "cannot list the processes of cgroup %s",
			       str_quote(c->path));
	sort_unique(&p);
	*out = p.v;
	*out_n = p.n;
	return 0;
}

static int has_procs(int dfd, void *arg)
{
	char buf[16];
	ssize_t n = cg_read(dfd, "cgroup.procs", buf, sizeof(buf));

	(void)arg;
	return n > 0;
}

int cgroup_is_empty(const struct cgroup *c)
{
	uint64_t populated;
	int i = cg_v2(c);
	int r;

	if (i >= 0) {
		r = cg_read_key(c->dfd[i], "cgroup.events", "populated", &populated);
		if (r == -ENOENT || r == -ENODEV)
			return 1;
		if (r < 0 || populated || c->mode == CGROUP_V2)
			return r < 0 ? r : !populated;
		/* hybrid: v1 is asked too, a process may have been moved apart */
		i = cg_index(c, "freezer");
	} else {
		i = cg_tree(c);
	}
	if (i < 0)
		return 1;
	r = cg_walk(c->dfd[i], has_procs, NULL);
	return r == -ENOENT || r == -ENODEV ? 1 : r < 0 ? r : !r;
}

static int signal_all(const struct cgroup *c, int sig, struct err *err)
{
	AUTO_ARENA a = ARENA_INIT;
	pid_t *v;
	size_t n;
	int r = cgroup_pids(c, &a, &v, &n, err);

	for (size_t k = 0; r == 0 && k < n; k++)
		if (kill(v[k], sig) < 0 && errno != ESRCH)
			r = err_sys(err, -errno, "cannot signal process %d", (int)v[k]);
	return r;
}

/*
 * Frozen, nobody can fork away between the listing and the signal, and no pid is used
 * again. A container that was paused stays so, except for SIGKILL: on v1 that waits for
 * the thaw.
 */
static int signal_frozen(const struct cgroup *c, int sig, struct err *err)
{
	bool was = cgroup_is_frozen(c) == 1;
	bool frozen = was || set_frozen(c, true) == 0;
	int r = signal_all(c, sig, err);

	if (frozen && (!was || sig == SIGKILL)) {
		int r2 = set_frozen(c, false);

		if (r == 0 && r2 < 0 && r2 != -ENODEV && r2 != -ENOENT)
			r = err_sys(err, r2, "cannot thaw cgroup %s", str_quote(c->path));
	}
	return r;
}

int cgroup_signal(const struct cgroup *c, int sig, struct err *err)
{
	int i = cg_v2(c);
	int r;

	if (sig == SIGKILL && i >= 0 && cg_write(c->dfd[i], "cgroup.kill", "1") == 0) {
		if (c->mode == CGROUP_V2)
			return 0;
		/* v1's freezer holds what cgroup2 has killed: let it go */
		if (cgroup_is_frozen(c) == 1)
			(void)set_frozen(c, false);
		return cgroup_is_empty(c) == 1 ? 0 : signal_all(c, sig, err);
	}
	if (cg_tree(c) < 0)
		return 0;
	r = signal_frozen(c, sig, err);
	return r;
}
