/* SPDX-License-Identifier: Apache-2.0 */
/*
 * supervise/monitor.c - leaving create behind, and the life of the monitor
 *
 * Runs:     in a fork of create, two generations away, in a session of its own
 * Needs:    the container's init, waiting; the lifeline's descriptors; the open audit
 * Should:   hold only what it uses, then watch_loop and teardown_run
 * Mustn't:  keep a descriptor of the engine: an engine waits for its end of file
 */
#include "supervise/monitor.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <sys/prctl.h>
#include <sys/signalfd.h>
#include <sys/syscall.h>
#include <sys/timerfd.h>
#include <sys/wait.h>
#include <unistd.h>

#include "apply/cgroup.h"
#include "audit/audit.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/fd.h"
#include "base/str.h"
#include "plan/plan.h"
#include "supervise/lifeline.h"
#include "supervise/privilege.h"
#include "supervise/watch.h"
#include "sys/clone.h"

#define KEEP_MAX (HOST_MAX_HIERARCHIES + 16)

static int shed(const struct monitor *m, int lock_fd, int ready_fd)
{
	int keep[KEEP_MAX];
	size_t n = 0;
	int null;

	keep[n++] = m->lifeline->hold_fd;
	keep[n++] = m->lifeline->report_fd;
	keep[n++] = m->init_pidfd;
	keep[n++] = m->audit->fd;
	keep[n++] = m->state_dfd;
	keep[n++] = lock_fd;
	keep[n++] = ready_fd;
	for (size_t i = 0; m->cgroup && i < HOST_MAX_HIERARCHIES; i++)
		keep[n++] = m->cgroup->dfd[i];
	null = open("/dev/null", O_RDWR | O_CLOEXEC | O_NOCTTY);
	if (null < 0)
		return -errno;
	for (int fd = 0; fd < 3; fd++) {
		if (dup3(null, fd, 0) < 0 && null != fd)
			return -errno;
	}
	return fd_close_except(3, keep, n);
}

static int make_fds(struct watch *w)
{
	const struct monitor *m = w->m;
	struct itimerspec when = { 0 };
	sigset_t set;

	sigfillset(&set);
	if (sigprocmask(SIG_SETMASK, &set, NULL) < 0)
		return -errno;
	w->signal_fd = signalfd(-1, &set, SFD_CLOEXEC | SFD_NONBLOCK);
	if (w->signal_fd < 0)
		return -errno;
	w->timer_fd = timerfd_create(CLOCK_BOOTTIME, TFD_CLOEXEC | TFD_NONBLOCK);
	if (w->timer_fd < 0)
		return -errno;
	when.it_value.tv_sec = (time_t)(m->lifeline->deadline_boot_ns / NS_PER_S);
	when.it_value.tv_nsec = (long)(m->lifeline->deadline_boot_ns % NS_PER_S);
	if (timerfd_settime(w->timer_fd, TFD_TIMER_ABSTIME, &when, NULL) < 0)
		return -errno;
	return 0;
}

/* The lock of the state belongs to create's description of the directory; not to this. */
static int reopen_dir(int dfd)
{
	int fd = openat(dfd, ".", O_PATH | O_DIRECTORY | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

static int lock_state(int state_dfd)
{
	int fd = openat(state_dfd, MONITOR_LOCK,
			O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600);

	if (fd < 0)
		return -errno;
	if (flock(fd, LOCK_EX | LOCK_NB) < 0) {
		int r = -errno;

		fd_close(&fd);
		return r;
	}
	return fd;
}

/*
 * Killing and watching need CAP_KILL, a delegated cgroup's files CAP_DAC_OVERRIDE, the proof
 * CAP_SYS_PTRACE (namespaces of processes that are not ours). Nothing is started, mounted,
 * joined or connected to from here; only the systemd driver runs its helper at the end.
 */
static int confine(const struct monitor *m)
{
	static const int never[] = {
		SYS_mount,
		SYS_umount2,
		SYS_pivot_root,
		SYS_chroot,
		SYS_fsopen,
		SYS_fsmount,
		SYS_move_mount,
		SYS_open_tree,
		SYS_mount_setattr,
		SYS_setns,
		SYS_unshare,
		SYS_ptrace,
		SYS_process_vm_readv,
		SYS_process_vm_writev,
		SYS_pidfd_getfd,
		SYS_bpf,
		SYS_perf_event_open,
		SYS_keyctl,
		SYS_add_key,
		SYS_request_key,
		SYS_init_module,
		SYS_finit_module,
		SYS_delete_module,
		SYS_kexec_load,
		SYS_io_uring_setup,
		SYS_userfaultfd,
		SYS_setuid,
		SYS_setresuid,
		SYS_setgid,
		SYS_setresgid,
		SYS_setgroups,
		SYS_sethostname,
		SYS_reboot,
		SYS_mknodat,
		/* these last three are the helper's */
		SYS_socket,
		SYS_execve,
		SYS_execveat,
	};
	bool helper = m->cgroup && m->cgroup->manager == CGROUP_MANAGER_SYSTEMD;
	int r;

	r = privilege_keep(1ull << CAP_KILL | 1ull << CAP_DAC_OVERRIDE |
			   1ull << CAP_SYS_PTRACE);
	return r < 0 ? r : privilege_without(never, ARRAY_SIZE(never) - (helper ? 3 : 0));
}

static _Noreturn void monitor_main(const struct monitor *caller, int ready_fd)
{
	struct monitor m = *caller;
	struct watch w = { .m = &m, .exit_value = -1, .timer_fd = -1, .signal_fd = -1 };
	int32_t pid = (int32_t)getpid();
	char title[300];
	int r, lock_fd = -1;

	(void)setsid();
	/* The kernel keeps 15 characters of "agentrun-monitor". */
	(void)prctl(PR_SET_NAME, "agentrun-monitor", 0, 0, 0);
	snprintf(title, sizeof(title), "agentrun-monitor %s", m.plan->opt.id);
	lifeline_rename(m.lifeline, title);
	/* It must not hold a mount busy, nor be read by a container that shares its uid.
	 */
	(void)!chdir("/");
	r = m.state_dfd = reopen_dir(caller->state_dfd);
	if (r >= 0)
		r = lock_fd = lock_state(m.state_dfd);
	if (r >= 0)
		r = shed(&m, lock_fd, ready_fd);
	if (r == 0)
		r = make_fds(&w);
	w.began_ns = clock_boot_ns();
	proof_take(&w.proof, &m);
	if (r == 0)
		r = confine(&m);
	if (r < 0)
		pid = r;
	if (write(ready_fd, &pid, sizeof(pid)) != (ssize_t)sizeof(pid) || r < 0)
		_exit(1);
	fd_close(&ready_fd);
	watch_loop(&w);
	teardown_run(&w);
	_exit(0);
}

/* Wait for its one word: a pid, or a negative errno. */
static int wait_ready(int fd, pid_t *out_pid, struct err *err)
{
	int32_t word = 0;

	if (fd_read_some(fd, &word, sizeof(word)) != (ssize_t)sizeof(word))
		return err_set(err, -EIO, "the monitor died while it started");
	if (word <= 0)
		return err_sys(err, word ? word : -EIO, "the monitor cannot start");
	*out_pid = word;
	return 0;
}

int monitor_start(const struct monitor *m, pid_t *out_pid, struct err *err)
{
	int ready[2], r;
	pid_t pid;

	if (pipe2(ready, O_CLOEXEC) < 0)
		return err_sys(err, -errno, "cannot make a pipe for the monitor");
	pid = sys_clone(0, -1, NULL);
	if (pid == 0) {
		/* Twice, so that it is nobody's child here: the engine reaps it. */
		pid = sys_clone(0, -1, NULL);
		if (pid == 0)
			monitor_main(m, ready[1]);
		_exit(pid < 0 ? 1 : 0);
	}
	fd_close(&ready[1]);
	if (pid < 0) {
		r = err_sys(err, pid, "cannot start the monitor");
	} else {
		while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
			;
		r = wait_ready(ready[0], out_pid, err);
	}
	fd_close(&ready[0]);
	return r;
}
