/* SPDX-License-Identifier: Apache-2.0 */
/*
 * apply/rlimits.c - resource limits and the OOM score of a child
 *
 * Runs:     in the parent: limits on a child that has run no user code, the score on
 *           itself around clone
 * Should:   set them before the child's user namespace takes the right away
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <sys/resource.h>
#include <sys/statfs.h>
#include <unistd.h>

#include "apply/process.h"
#include "base/err.h"
#include "base/fd.h"
#include "plan/process.h"

int apply_rlimits(const struct plan_process *p, pid_t pid, struct err *err)
{
	for (size_t i = 0; i < p->n_rlimits; i++) {
		const struct plan_rlimit *l = &p->rlimits[i];
		struct rlimit lim = { l->soft, l->hard };

		if (prlimit(pid, (enum __rlimit_resource)l->resource, &lim, NULL) == 0)
			continue;
		err_sys(err, -errno, "/process/rlimits/%zu: cannot set %s to %llu:%llu",
			i, l->name, (unsigned long long)l->soft,
			(unsigned long long)l->hard);
		if (errno == EPERM)
			err_hint(
				err,
				"a hard limit above the caller's needs CAP_SYS_RESOURCE");
		return err ? -err->code : -errno;
	}
	return 0;
}

/*
 * A child that is undumpable, as ours are, has its file owned by root: an ordinary user
 * cannot write there. What the parent has, the child inherits.
 */
static int open_score(int flags)
{
	struct statfs fs;
	AUTO_FD fd = open("/proc/self/oom_score_adj", flags | O_CLOEXEC);

	if (fd < 0)
		return -errno;
	if (fstatfs(fd, &fs) < 0)
		return -errno;
	return fs.f_type == PROC_SUPER_MAGIC ? take_fd(&fd) : -EXDEV;
}

static int write_score(int score)
{
	AUTO_FD fd = -1;
	char text[16];
	int n, r;

	r = open_score(O_WRONLY);
	if (r < 0)
		return r;
	fd = r;
	n = snprintf(text, sizeof(text), "%d", score);
	return write(fd, text, (size_t)n) == n ? 0 : -errno;
}

static int read_score(int *out)
{
	AUTO_FD fd = -1;
	char text[16];
	ssize_t n;
	int r;

	r = open_score(O_RDONLY);
	if (r < 0)
		return r;
	fd = r;
	n = read(fd, text, sizeof(text) - 1);
	if (n <= 0)
		return n < 0 ? -errno : -EIO;
	text[n] = '\0';
	*out = (int)strtol(text, NULL, 10);
	return 0;
}

int apply_oom_score_adj(const struct plan_process *p, int *out_old, struct err *err)
{
	int r;

	if (!p->has_oom_score_adj)
		return 0;
	r = read_score(out_old);
	/* Without privilege a lower one cannot be written, but the same one stays. */
	if (r == 0 && *out_old != p->oom_score_adj)
		r = write_score(p->oom_score_adj);
	if (r < 0)
		return err_sys(err, r, "/process/oomScoreAdj: cannot set it to %d",
			       p->oom_score_adj);
	return 0;
}

void undo_oom_score_adj(const struct plan_process *p, int old)
{
	/* Back to what was allowed before; the runtime is short-lived where it fails. */
	if (p->has_oom_score_adj && old != p->oom_score_adj)
		(void)write_score(old);
}
