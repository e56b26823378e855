/* SPDX-License-Identifier: Apache-2.0 */
/*
 * supervise/teardown.c - undo what the run left, look whether it is gone, write it down
 *
 * The proof looks again instead of trusting the calls that removed: processes by their
 * namespaces in /proc, the cgroup by its directories, mounts in the host's own table.
 */
#include <ctype.h>
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <time.h>
#include <unistd.h>

#include "apply/cgroup.h"
#include "audit/audit.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/fd.h"
#include "base/json.h"
#include "base/path.h"
#include "base/str.h"
#include "plan/plan.h"
#include "supervise/watch.h"
#include "sys/proc.h"

#define DESTROY_TIMEOUT_NS (5 * NS_PER_S)
#define MAX_MOUNTINFO	   (16u << 20)

/*
 * Enough to find anybody: PID for the payload and exec sessions, the others for whoever
 * joined one of them from outside. Each costs a look at every process of the host.
 */
static const struct {
	const char *file;
	uint64_t flag;
} ns_table[PROOF_NAMESPACES] = {
	{ "pid", CLONE_NEWPID },
	{ "mnt", CLONE_NEWNS },
	{ "net", CLONE_NEWNET },
};

/* Mounts of the host's own namespace at or below the root file system. */
static size_t count_mounts(const char *rootfs)
{
	AUTO_ARENA a = ARENA_INIT;
	char *buf = NULL, *line, *save = NULL;
	size_t len = 0, n = 0;

	if (fd_read_at(AT_FDCWD, "/proc/self/mountinfo", MAX_MOUNTINFO, &a, &buf, &len) <
	    0)
		return 0;
	for (line = strtok_r(buf, "\n", &save); line;
	     line = strtok_r(NULL, "\n", &save)) {
		char point[4096] = "";

		if (sscanf(line, "%*s %*s %*s %*s %4095s", point) == 1 &&
		    path_is_below(point, rootfs))
			n++;
	}
	return n;
}

void proof_take(struct proof *p, const struct monitor *m)
{
	for (size_t i = 0; i < PROOF_NAMESPACES; i++) {
		char path[64];
		struct stat st;

		/* One that was joined belongs to somebody else, and stays. */
		if (!(m->plan->ns.create & ns_table[i].flag))
			continue;
		snprintf(path, sizeof(path), "/proc/%d/ns/%s", (int)m->init_pid,
			 ns_table[i].file);
		if (stat(path, &st) == 0) {
			p->ns_dev[i] = st.st_dev;
			p->ns_ino[i] = st.st_ino;
		}
	}
	p->n_mounts = count_mounts(m->plan->mounts.rootfs);
}

/* Dead, but its parent (the engine) has not asked yet: nothing of it runs. */
static bool is_zombie(const char *pid)
{
	uint64_t start;
	uint32_t number;
	char state;

	if (str_to_u32(pid, &number) < 0)
		return false;
	return sys_proc_start_time((pid_t)number, &start, &state) < 0 || state == 'Z' ||
	       state == 'X';
}

/* Is the process PID in one of the run's namespaces? */
static bool is_inside(const struct proof *p, int proc_dfd, const char *pid)
{
	for (size_t i = 0; i < PROOF_NAMESPACES; i++) {
		char path[300];
		struct stat st;

		if (!p->ns_ino[i])
			continue;
		snprintf(path, sizeof(path), "%s/ns/%s", pid, ns_table[i].file);
		if (fstatat(proc_dfd, path, &st, 0) == 0 && st.st_ino == p->ns_ino[i] &&
		    st.st_dev == p->ns_dev[i])
			return !is_zombie(pid);
	}
	return false;
}

static size_t count_inside(const struct proof *p)
{
	DIR *dir = opendir("/proc");
	struct dirent *e;
	size_t n = 0;

	if (!dir)
		return 1; /* cannot prove it: not gone */
	while ((e = readdir(dir))) {
		if (isdigit((unsigned char)e->d_name[0]) &&
		    is_inside(p, dirfd(dir), e->d_name))
			n++;
	}
	closedir(dir);
	return n;
}

static int write_record(struct watch *w, enum audit_kind kind, const struct json *detail,
			bool sealed)
{
	struct err err = ERR_INIT;

	return audit_write(w->m->audit, kind, detail, sealed, &err);
}

static void write_ended(struct watch *w, struct arena *a)
{
	struct json *o = json_new(a, JSON_OBJECT);
	uint64_t ran = clock_boot_ns() - w->began_ns;

	json_add_str(a, o, "why", end_cause_name(w->cause));
	if (w->has_exit)
		json_add_i64(a, o, w->by_signal ? "signal" : "exit_code", w->exit_value);
	if (w->exec_failed)
		json_add_str(a, o, "error", err_text(w->exec_error));
	if (w->cause == END_DEADLINE) {
		AUTO_STRBUF s = STRBUF_INIT;

		str_duration(&s, w->m->plan->limits.deadline_ns);
		json_add_str(a, o, "limit", "time.limit");
		json_add_str(a, o, "value", arena_strdup(a, strbuf_str(&s)));
	}
	json_add_u64(a, o, "ran_ms", ran / NS_PER_MS);
	(void)write_record(w, AUDIT_RUN_ENDED, o, false);
}

/* One thing that had to go: whether it did, and when that was known. */
static void add_item(struct arena *a, struct json *items, const char *name, bool gone)
{
	struct json *o = json_add_object(a, items, name);
	char now[64];

	clock_rfc3339(clock_wall_ns(), now, sizeof(now));
	json_add_bool(a, o, "gone", gone);
	json_add_str(a, o, "time", arena_strdup(a, now));
}

/*
 * PID 1 is dead when this runs, and with it its namespace; its last members may still be
 * on their way out, so look for a while.
 */
static bool wait_processes(const struct proof *p)
{
	const struct timespec pause = { .tv_nsec = 5 * (long)NS_PER_MS };

	for (unsigned i = 0; i < 400; i++) {
		if (count_inside(p) == 0)
			return true;
		nanosleep(&pause, NULL);
	}
	return false;
}

static bool destroy_cgroup(struct cgroup *c)
{
	struct err ignored = ERR_INIT;

	return !c || cgroup_destroy(c, DESTROY_TIMEOUT_NS, &ignored) == 0;
}

void teardown_run(struct watch *w)
{
	const struct monitor *m = w->m;
	AUTO_ARENA a = ARENA_INIT;
	struct json *detail = json_new(&a, JSON_OBJECT), *items;
	uint64_t start = clock_boot_ns();
	bool cgroup, processes, mounts;

	write_ended(w, &a);
	cgroup = destroy_cgroup(m->cgroup);
	processes = wait_processes(&w->proof);
	mounts = count_mounts(m->plan->mounts.rootfs) <= w->proof.n_mounts;
	items = json_add_object(&a, detail, "proof");
	add_item(&a, items, "processes", processes);
	add_item(&a, items, "namespaces", processes);
	add_item(&a, items, "mounts", mounts);
	add_item(&a, items, "cgroup", cgroup);
	json_add_bool(&a, detail, "clean", cgroup && processes && mounts);
	json_add_u64(&a, detail, "took_ms", (clock_boot_ns() - start) / NS_PER_MS);
	if (write_record(w, AUDIT_TEARDOWN, detail, true) == 0 && m->state_dfd >= 0) {
		/* Gone already when the engine was faster: then nobody asks for the mark.
		 */
		AUTO_FD fd = openat(m->state_dfd, MONITOR_SEALED,
				    O_WRONLY | O_CREAT | O_CLOEXEC, 0600);
		const char *cause = end_cause_name(w->cause);

		if (fd >= 0)
			(void)fd_write_all(fd, cause, strlen(cause));
	}
}
