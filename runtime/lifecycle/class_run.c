/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lifecycle/class_run.c - audit, lifeline and monitor of a container that has a class
 *
 * Whatever happens between run.declared and the monitor's readiness ends with a sealed
 * record that says so: class_abort. From then on the records are the monitor's;
 * class_finish writes the last ones only where the monitor was killed.
 */
#include <errno.h>
#include <fcntl.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <sys/sysmacros.h>
#include <time.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/fd.h"
#include "base/json.h"
#include "base/log.h"
#include "base/str.h"
#include "lifecycle/class.h"
#include "lifecycle/container.h"
#include "supervise/monitor.h"
#include "sys/pidfd.h"
#include "sys/proc.h"

#define MONITOR_TIMEOUT_NS (15 * NS_PER_S)
#define MAX_AUDIT_BYTES	   (1u << 30)

/* The program that called us: "conmon", "containerd-shim". */
static const char *engine_name(struct container *c)
{
	char path[64], *buf;
	size_t len;

	snprintf(path, sizeof(path), "/proc/%d/comm", (int)getppid());
	if (fd_read_at(AT_FDCWD, path, 64, &c->arena, &buf, &len) < 0 || !len)
		return NULL;
	buf[strcspn(buf, "\n")] = '\0';
	return buf;
}

static int split(struct init *in, void *arg, struct err *err)
{
	struct container *c = arg;

	return lifeline_split(&c->run.lifeline, &in->plan->process, err);
}

static void starting(void *arg, int error)
{
	struct container *c = arg;

	if (error)
		lifeline_exec_failed(&c->run.lifeline, -error);
	else
		lifeline_starting(&c->run.lifeline);
}

int class_open(struct container *c, struct err *err)
{
	struct class_run *run = &c->run;
	int r;

	if (!run->set)
		return 0;
	r = audit_open(run->audit_dir, NULL, &run->audit, err);
	if (r < 0)
		return r;
	run->audit.engine = engine_name(c);
	run->audit.class_name = c->plan->limits.class_name;
	run->audit.task = c->plan->limits.task;
	run->audit.trace = c->plan->limits.trace;
	r = lifeline_prepare(&c->plan->limits, &run->lifeline, err);
	if (r < 0)
		return r;
	c->record.class_name = c->plan->limits.class_name;
	c->record.policy_json = c->plan->limits.policy_json;
	c->record.run_id = run->audit.run;
	c->record.audit_dir = run->audit_dir;
	c->record.deadline_ns = run->lifeline.deadline_boot_ns;
	c->init.split = split;
	c->init.split_arg = c;
	c->init.starting = starting;
	c->init.split_fd[0] = run->lifeline.timer_fd;
	c->init.split_fd[1] = run->lifeline.watch_fd;
	c->init.split_fd[2] = run->lifeline.status_fd;
	return 0;
}

static void add_status(struct arena *a, struct json *o, const struct policy *p)
{
	struct json *limits = json_add_object(a, o, "limits");
	bool budget = p->budget.memory.set || p->budget.cpu.set ||
		      p->budget.processes.set || p->budget.disk.set;

	json_add_str(a, limits, "filesystem", "enforced");
	json_add_str(a, limits, "network", "enforced");
	json_add_str(a, limits, "secrets", "enforced");
	json_add_str(a, limits, "tools", "enforced");
	json_add_str(a, limits, "time", "enforced");
	json_add_str(a, limits, "budget", budget ? "enforced" : "not-requested");
}

int class_begin(struct container *c, struct err *err)
{
	const struct plan_limits *l = &c->plan->limits;
	struct arena *a = &c->arena;
	struct json *o, *policy = NULL, *changes;
	uint64_t deadline = clock_wall_ns() + l->deadline_ns;
	char text[64];
	int r;

	if (!c->run.set)
		return 0;
	c->run.audit.container = c->state.id;
	o = json_new(a, JSON_OBJECT);
	clock_rfc3339(deadline, text, sizeof(text));
	json_add_str(a, o, "deadline", arena_strdup(a, text));
	json_add_u64(a, o, "deadline_wall_ns", deadline + l->grace_ns);
	json_add_str(a, o, "bundle", c->record.bundle);
	json_add_str(a, o, "policy_sha256", l->policy_hash);
	r = json_parse(a, "policy", l->policy_json, strlen(l->policy_json), JSON_STRICT,
		       &policy, err);
	if (r < 0)
		return r;
	json_add(a, o, "policy", policy);
	add_status(a, o, c->policy);
	changes = json_add_array(a, o, "changes");
	for (size_t i = 0; i < l->n_changes; i++)
		json_append_str(a, changes, l->changes[i]);
	r = audit_write(&c->run.audit, AUDIT_RUN_DECLARED, o, false, err);
	if (r == 0) {
		c->run.declared = true;
	} else if (!l->audit_required) {
		log_warning("%s", err->msg);
		*err = ERR_INIT;
		r = 0;
	}
	return r;
}

static int is_own(int fd, const char *name, struct err *err)
{
	struct stat joined, own;
	char path[64];

	snprintf(path, sizeof(path), "/proc/self/ns/%s", name);
	if (fstat(fd, &joined) < 0 || stat(path, &own) < 0)
		return err_sys(err, -errno, "cannot examine a namespace");
	return joined.st_dev == own.st_dev && joined.st_ino == own.st_ino;
}

/* A path can lead back to the host: what was opened is what counts. */
static int check_namespaces(struct container *c, struct err *err)
{
	static const char *const names[NS_TYPE_COUNT] = {
		[NS_PID] = "pid",	[NS_NETWORK] = "net", [NS_MOUNT] = "mnt",
		[NS_IPC] = "ipc",	[NS_UTS] = "uts",     [NS_USER] = "user",
		[NS_CGROUP] = "cgroup", [NS_TIME] = "time",
	};
	int r;

	for (int t = 0; t < NS_TYPE_COUNT; t++) {
		/* These two hide nothing when they are the host's. */
		if (c->init.ns_fd[t] < 0 || t == NS_CGROUP || t == NS_TIME)
			continue;
		r = is_own(c->init.ns_fd[t], names[t], err);
		if (r > 0)
			return err_set(
				err, -EPERM,
				"config.json:/linux/namespaces: the %s namespace is the "
				"host's, so not with class '%s'",
				names[t], c->plan->limits.class_name);
		if (r < 0)
			return r;
	}
	return 0;
}

static bool is_default_node(const struct stat *st)
{
	unsigned maj = major(st->st_rdev), min = minor(st->st_rdev);

	if (!S_ISCHR(st->st_mode))
		return false;
	return (maj == 1 && (min == 3 || min == 5 || min == 7 || min == 8 || min == 9)) ||
	       (maj == 5 && (min == 0 || min == 2));
}

/* What a bind's source turned out to be, behind all links. */
static int check_sources(struct container *c, struct err *err)
{
	const struct plan_mounts *m = &c->plan->mounts;

	for (size_t i = 0; i < m->n && i < c->init.src.n; i++) {
		struct stat st;

		if (m->v[i].kind != MOUNT_BIND || c->init.src.fd[i] < 0)
			continue;
		if (fstat(c->init.src.fd[i], &st) < 0)
			return err_sys(err, -errno, "cannot examine the source of %s",
				       str_quote(m->v[i].destination));
		if (S_ISREG(st.st_mode) || S_ISDIR(st.st_mode) || is_default_node(&st))
			continue;
		return err_set(
			err, -EPERM,
			"config.json:/mounts/%zu: %s is neither a file nor a directory, "
			"so not with class '%s'",
			m->v[i].index, str_quote(m->v[i].source),
			c->plan->limits.class_name);
	}
	return 0;
}

int class_check(struct container *c, struct err *err)
{
	int r;

	if (!c->run.set)
		return 0;
	r = check_namespaces(c, err);
	return r < 0 ? r : check_sources(c, err);
}

int class_watch(struct container *c, struct err *err)
{
	struct monitor m = {
		.plan = c->plan,
		.lifeline = &c->run.lifeline,
		.audit = &c->run.audit,
		.cgroup = c->has_cgroup ? &c->cgroup : NULL,
		.init_pid = c->init.pid,
		.init_pidfd = c->init.pid_fd,
		.state_dfd = c->state.dfd,
	};
	char state;
	int r;

	if (!c->run.set)
		return 0;
	r = monitor_start(&m, &c->record.monitor_pid, err);
	if (r < 0)
		return r;
	c->run.declared = false;
	/* The last write end in this process: from here on only the monitor keeps it
	 * alive. */
	lifeline_release(&c->run.lifeline);
	r = sys_proc_start_time(c->record.monitor_pid, &c->record.monitor_start_time,
				&state);
	if (r < 0)
		return err_sys(err, r, "the monitor died at once");
	return state_write(&c->state, &c->record, err);
}

/* The records of a run that has no monitor to write them. */
static void write_end(struct audit *a, struct arena *arena, const char *why,
		      const char *error, bool clean)
{
	struct json *o = json_new(arena, JSON_OBJECT), *proof, *item;
	struct err err = ERR_INIT;

	json_add_str(arena, o, "why", why);
	if (error)
		json_add_str(arena, o, "error", error);
	if (audit_write(a, AUDIT_RUN_ENDED, o, false, &err) == 0) {
		o = json_new(arena, JSON_OBJECT);
		proof = json_add_object(arena, o, "proof");
		item = json_add_object(arena, proof, "processes");
		json_add_bool(arena, item, "gone", clean);
		item = json_add_object(arena, proof, "cgroup");
		json_add_bool(arena, item, "gone", clean);
		json_add_bool(arena, o, "clean", clean);
		(void)audit_write(a, AUDIT_TEARDOWN, o, true, &err);
	}
	if (err.code)
		log_warning("%s", err.msg);
}

void class_abort(struct container *c, const struct err *why)
{
	lifeline_release(&c->run.lifeline);
	if (!c->run.declared)
		return;
	c->run.declared = false;
	write_end(&c->run.audit, &c->arena, "not started", why ? why->msg : NULL, true);
}

void class_release(struct container *c)
{
	lifeline_release(&c->run.lifeline);
	audit_close(&c->run.audit);
}

/* Does a monitor live? It holds its lock from before it is ready until its very end. */
static bool has_monitor(struct container *c)
{
	AUTO_FD fd = openat(c->state.dfd, MONITOR_LOCK, O_RDWR | O_CLOEXEC | O_NOFOLLOW);

	return fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) < 0;
}

/* By its pid where create came to note it: that wakes us at once. */
static void wait_pid(const struct record *rec)
{
	AUTO_FD fd = rec->monitor_pid > 0 ? sys_pidfd_open(rec->monitor_pid) : -1;
	uint64_t start;
	char state;

	if (fd < 0 || sys_proc_start_time(rec->monitor_pid, &start, &state) < 0 ||
	    start != rec->monitor_start_time)
		return;
	(void)sys_pidfd_wait(fd, (int)(MONITOR_TIMEOUT_NS / NS_PER_MS));
}

/* It ends by itself once the container is dead; it may already be gone. */
static void wait_monitor(struct container *c)
{
	const uint64_t end = clock_boot_ns() + MONITOR_TIMEOUT_NS;
	struct timespec pause = { .tv_nsec = 100000 };

	if (has_monitor(c))
		wait_pid(&c->record);
	while (has_monitor(c) && clock_boot_ns() < end) {
		nanosleep(&pause, NULL);
		if (pause.tv_nsec < 5000000)
			pause.tv_nsec *= 2;
	}
}

void class_wait(struct container *c)
{
	struct err ignored = ERR_INIT;

	if (!c->record.class_name || c->state.dfd < 0)
		return;
	/* On v1 the killed do not die before they thaw. */
	if (c->has_cgroup && cgroup_is_frozen(&c->cgroup) > 0)
		(void)cgroup_freeze(&c->cgroup, false, &ignored);
	wait_monitor(c);
}

static int next_seq(struct audit *a, struct arena *arena, bool *out_sealed)
{
	char *buf;
	size_t len;
	int r;

	if (lseek(a->fd, 0, SEEK_SET) < 0)
		return -errno;
	r = fd_read_file(a->fd, MAX_AUDIT_BYTES, arena, &buf, &len);
	if (r == 0)
		a->seq = audit_next_seq(buf, len, a->run, out_sealed);
	return r;
}

/* The run is complete: nobody needs to look again. */
static void leave_mark(struct container *c, const char *why)
{
	AUTO_FD fd = openat(c->state.dfd, MONITOR_SEALED, O_WRONLY | O_CREAT | O_CLOEXEC,
			    0600);

	if (fd >= 0)
		(void)fd_write_all(fd, why, strlen(why));
}

void class_finish(struct container *c)
{
	const struct record *rec = &c->record;
	struct audit a = AUDIT_INIT;
	struct err err = ERR_INIT;
	bool sealed = false;
	AUTO_ARENA arena = ARENA_INIT;
	int r;

	/* A create that is still there to say what went wrong says it by class_abort. */
	if (!rec->class_name || !rec->run_id || !rec->audit_dir || c->run.declared ||
	    c->state.dfd < 0)
		return;
	wait_monitor(c);
	if (faccessat(c->state.dfd, MONITOR_SEALED, F_OK, 0) == 0)
		return;
	r = audit_open(rec->audit_dir, rec->run_id, &a, &err);
	if (r == 0)
		r = next_seq(&a, &arena, &sealed);
	if (r == 0 && !sealed && a.seq > 0) {
		a.container = c->state.id;
		a.class_name = rec->class_name;
		write_end(&a, &arena, rec->monitor_pid ? "monitor lost" : "create lost",
			  NULL, !record_alive(rec));
	} else if (r < 0) {
		log_warning("the audit of run %s is not complete: %s", rec->run_id,
			    err.msg[0] ? err.msg : err_text(r));
	}
	if (r == 0)
		leave_mark(c, "monitor lost");
	audit_close(&a);
}

bool class_reap(struct container *c)
{
	struct err ignored = ERR_INIT;
	AUTO_FD fd = -1;

	if (!c->record.class_name || has_monitor(c) ||
	    faccessat(c->state.dfd, MONITOR_SEALED, F_OK, 0) == 0)
		return false;
	fd = record_pidfd(&c->record);
	if (fd >= 0) {
		(void)sys_pidfd_send_signal(fd, SIGKILL);
		if (container_cgroup(c, &ignored) == 0)
			(void)cgroup_destroy(&c->cgroup, 5 * NS_PER_S, &ignored);
		(void)sys_pidfd_wait(fd, (int)(MONITOR_TIMEOUT_NS / NS_PER_MS));
	}
	class_finish(c);
	return true;
}

const char *class_ended(struct container *c)
{
	char *buf;
	size_t len;

	if (!c->record.class_name || c->state.dfd < 0 ||
	    fd_read_at(c->state.dfd, MONITOR_SEALED, 64, &c->arena, &buf, &len) < 0 ||
	    !len)
		return NULL;
	return buf;
}
