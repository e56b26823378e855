/* SPDX-License-Identifier: Apache-2.0 */
/*
 * init/parent.c - the runtime's side of the handshake
 *
 * The child may die at any message: each receive notices (the socket closes), and every
 * failure ends the child before the function returns.
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <string.h>
#include <sys/socket.h>
#include <sys/wait.h>
#include <unistd.h>

#include "apply/process.h"
#include "base/err.h"
#include "base/fd.h"
#include "base/str.h"
#include "init/hooks.h"
#include "init/init.h"
#include "init/proto.h"
#include "plan/plan.h"
#include "sys/clone.h"
#include "sys/pidfd.h"

enum { FROM_CHILD = 1 };

void init_init(struct init *in, const struct plan *plan)
{
	*in = (struct init){
		.plan = plan,
		.pid_fd = -1,
		.sock = -1,
		.child_sock = -1,
		.gate_fd = -1,
		.started_fd = -1,
		.hooks_dfd = -1,
		.join_pidfd = -1,
		.root_fd = -1,
		.src = { .null_fd = -1, .host_dev_dfd = -1 },
		.console_master = -1,
	};
	for (int t = 0; t < NS_TYPE_COUNT; t++)
		in->ns_fd[t] = -1;
	for (int i = 0; i < INIT_SPLIT_FDS; i++)
		in->split_fd[i] = -1; /* borrowed: whoever sets them closes them */
}

void init_release(struct init *in)
{
	fd_close(&in->pid_fd);
	fd_close(&in->sock);
	fd_close(&in->child_sock);
	fd_close(&in->gate_fd);
	fd_close(&in->started_fd);
	fd_close(&in->hooks_dfd);
	fd_close(&in->join_pidfd);
	fd_close(&in->root_fd);
	fd_close(&in->console_master);
	for (int t = 0; t < NS_TYPE_COUNT; t++)
		fd_close(&in->ns_fd[t]);
	mount_sources_release(&in->src);
}

void init_state_json(const struct init *in, const char *status, pid_t pid,
		     struct strbuf *out)
{
	strbuf_add(out, in->state_head);
	strbuf_add(out, status);
	strbuf_add(out, in->state_middle);
	strbuf_addf(out, "%d", (int)pid);
	strbuf_add(out, in->state_tail);
}

void init_kill(struct init *in)
{
	if (in->pid <= 0)
		return;
	/* Ours and not yet waited for: the number cannot have changed hands. */
	kill(in->pid, SIGKILL);
	while (waitpid(in->pid, NULL, 0) < 0 && errno == EINTR)
		;
	in->pid = 0;
}

static int recv_msg(struct init *in, struct msg *m, int *out_fd, struct err *err)
{
	int r;

	r = msg_recv(in->sock, FROM_CHILD, m, out_fd);
	if (r == -EPIPE)
		return err_set(err, r, "the container's init died during set-up");
	if (r < 0)
		return err_sys(err, r, "cannot read from the container's init");
	if (m->type == MSG_ERROR) {
		*err = m->u.err;
		return err->code ? -err->code : -EIO;
	}
	return 0;
}

static int write_maps(struct init *in, pid_t pid, struct err *err)
{
	int r;

	r = init_write_maps(in->plan, pid, err);
	if (r == 0)
		r = msg_send(in->sock, MSG_MAPS_DONE, NULL, -1);
	if (r < 0)
		return err_sys(err, r, "cannot answer the container's init");
	return 0;
}

/* Serve stage one until it has told the pid of init and is gone. */
static int serve_stage_one(struct init *in, pid_t stage_one, struct err *err)
{
	struct msg m;
	int r;

	for (;;) {
		r = recv_msg(in, &m, NULL, err);
		if (r == 0 && m.type == MSG_NEED_MAPS)
			r = write_maps(in, stage_one, err);
		else if (r == 0 && m.type != MSG_PID)
			r = err_sys(err, -EPROTO, "unexpected message from stage one");
		if (r < 0 || m.type == MSG_PID)
			break;
	}
	if (r < 0)
		kill(stage_one, SIGKILL);
	else
		in->pid = (pid_t)m.u.number;
	while (waitpid(stage_one, NULL, 0) < 0 && errno == EINTR)
		;
	if (r < 0)
		return r;
	in->pid_fd = sys_pidfd_open(in->pid);
	if (in->pid_fd < 0)
		return err_sys(err, in->pid_fd, "cannot open a pidfd of init");
	return 0;
}

/* Without CLONE_INTO_CGROUP, or from outside, init is moved by init_settle. */
static pid_t clone_child(struct init *in, uint64_t flags)
{
	int fd = in->cgroup ? cgroup_target_fd(in->cgroup) : -1;
	pid_t pid;

	if (in->stay_outside || (in->is_exec && in->plan->process.has_affinity_initial))
		fd = -1;
	else if (in->cgroup)
		cgroup_prepare_enter(in->cgroup);
	pid = sys_clone(flags, fd, &in->pid_fd);
	if (pid > 0 && fd >= 0)
		in->cgroup->born_inside = true;
	if (pid < 0 && fd >= 0)
		pid = sys_clone(flags, -1, &in->pid_fd);
	if (pid && in->cgroup)
		cgroup_end_enter(in->cgroup, pid > 0);
	if (pid == 0 && in->cgroup) {
		struct err err = ERR_INIT;

		if (cgroup_enter(in->cgroup, &err) < 0)
			init_fail(in, &err);
	}
	return pid;
}

static int make_socket(struct init *in, struct err *err)
{
	int sv[2];

	if (socketpair(AF_UNIX, SOCK_SEQPACKET | SOCK_CLOEXEC, 0, sv) < 0)
		return err_sys(err, -errno, "cannot make the handshake socket");
	in->sock = sv[0];
	in->child_sock = sv[1];
	return 0;
}

static int spawn_direct(struct init *in, struct err *err)
{
	const uint64_t later = CLONE_NEWCGROUP | CLONE_NEWTIME;

	in->pid = clone_child(in, in->plan->ns.create & ~later);
	if (in->pid < 0) {
		int r = in->pid;

		in->pid = 0;
		return err_sys(err, r, "cannot clone the container's init");
	}
	if (in->pid == 0)
		init_child(in);
	fd_close(&in->child_sock);
	if (in->plan->ns.create & CLONE_NEWUSER)
		return write_maps(in, in->pid, err);
	return 0;
}

static int spawn_by_stage_one(struct init *in, struct err *err)
{
	pid_t pid;

	pid = clone_child(in, 0);
	if (pid < 0)
		return err_sys(err, pid, "cannot clone stage one");
	if (pid == 0)
		init_stage_one(in);
	fd_close(&in->child_sock);
	fd_close(&in->pid_fd);
	return serve_stage_one(in, pid, err);
}

/*
 * The quick way into the cgroup may be closed, and then it is made again from outside:
 * stage one is inside already, which makes two processes where a pids limit may have room
 * for one. KERNEL: and if the caller's own cgroup was ever cgroup.kill'ed, the kernel
 * kills what is cloned from there into another one, before its first instruction.
 */
static bool may_start_over(const struct init *in)
{
	return in->cgroup && (in->cgroup->born_inside || in->cgroup->entered) &&
	       !in->stay_outside && !in->heard;
}

static void forget_child(struct init *in, struct err *err)
{
	init_kill(in);
	fd_close(&in->pid_fd);
	fd_close(&in->sock);
	fd_close(&in->child_sock);
	in->stay_outside = true;
	in->cgroup->born_inside = in->cgroup->entered = false;
	*err = ERR_INIT;
}

static int spawn(struct init *in, struct err *err)
{
	if (init_needs_stage_one(in))
		return spawn_by_stage_one(in, err);
	return spawn_direct(in, err);
}

int init_spawn(struct init *in, struct err *err)
{
	const struct plan_process *process = &in->plan->process;
	int score = 0, r;

	r = make_socket(in, err);
	if (r == 0)
		r = apply_oom_score_adj(process, &score, err);
	if (r == 0) {
		r = spawn(in, err);
		if (r < 0 && may_start_over(in)) {
			forget_child(in, err);
			r = make_socket(in, err);
			r = r < 0 ? r : spawn(in, err);
		}
		undo_oom_score_adj(process, score);
	}
	if (r == 0 && in->on_cloned)
		r = in->on_cloned(in, in->on_cloned_arg, err);
	if (r < 0)
		init_kill(in);
	return r;
}

static int settle(struct init *in, struct err *err)
{
	const struct plan *p = in->plan;
	int64_t number = in->pid;
	int r;

	r = apply_rlimits(&p->process, in->pid, err);
	if (r == 0 && in->cgroup)
		r = cgroup_attach(in->cgroup, in->pid, err);
	if (r == 0 && !in->is_exec)
		r = apply_rdt(p->spec, p->opt.id, in->pid, err);
	if (r == 0 && !in->is_exec && p->spec->n_net_devices)
		r = apply_net_devices(p->spec, in->pid, err);
	if (r < 0)
		return r;
	r = msg_send(in->sock, MSG_CGROUP_READY, &number, -1);
	/* A child that has failed by now has said why: let that be read. */
	return r == -EPIPE ? 0 : r;
}

/* A child that died before it said a word: once more. Not exec, that has stage one. */
static int start_over(struct init *in, struct err *err)
{
	int r;

	forget_child(in, err);
	r = init_spawn(in, err);
	return r < 0 ? r : settle(in, err);
}

int init_settle(struct init *in, struct err *err)
{
	int r;

	r = settle(in, err);
	if (r < 0 && !in->is_exec && may_start_over(in))
		r = start_over(in, err);
	if (r < 0) {
		err_sys(err, r, "cannot set up the container's init");
		init_kill(in);
	}
	return r;
}

static int run_host_hooks(struct init *in, struct err *err)
{
	AUTO_STRBUF state = STRBUF_INIT;
	int r;

	init_state_json(in, "creating", in->pid, &state);
	r = hooks_run(in->plan->spec, HOOK_PRESTART, state.s, in->hooks_dfd, err);
	if (r == 0)
		r = hooks_run(in->plan->spec, HOOK_CREATE_RUNTIME, state.s, in->hooks_dfd,
			      err);
	if (r == 0)
		r = msg_send(in->sock, MSG_HOOKS_DONE, NULL, -1);
	return r;
}

/* hardening 35: the listener is fetched, not sent: the filter may forbid sendmsg. */
static int take_listener(struct init *in, int number, struct err *err)
{
	AUTO_STRBUF state = STRBUF_INIT;
	AUTO_FD fd = -1;
	int r;

	fd = sys_pidfd_getfd(in->pid_fd, number);
	if (fd < 0)
		return err_sys(err, fd, "cannot take the seccomp listener");
	/* The state is the container's, also where the process is one more. */
	if (in->is_exec)
		init_state_json(in, "running", in->join_pid, &state);
	else
		init_state_json(in, "creating", in->pid, &state);
	r = apply_seccomp_send_listener(&in->plan->process, fd, state.s, in->pid, err);
	if (r == 0)
		r = msg_send(in->sock, MSG_LISTENER_DONE, NULL, -1);
	return r;
}

static int serve(struct init *in, struct err *err)
{
	struct msg m;
	int fd, r;

	for (;;) {
		fd = -1;
		r = recv_msg(in, &m, &fd, err);
		if (r < 0)
			return r;
		in->heard = true;
		switch ((enum msg_type)m.type) {
		case MSG_MOUNTED:
			r = run_host_hooks(in, err);
			break;
		case MSG_CONSOLE:
			fd_close(&in->console_master);
			in->console_master = fd;
			break;
		case MSG_LISTENER:
			r = take_listener(in, (int)m.u.number, err);
			break;
		case MSG_READY:
			return 0;
		case MSG_NONE:
		case MSG_NEED_MAPS:
		case MSG_MAPS_DONE:
		case MSG_PID:
		case MSG_CGROUP_READY:
		case MSG_HOOKS_DONE:
		case MSG_LISTENER_DONE:
		case MSG_GO:
		case MSG_EXEC:
		case MSG_ERROR:
		case MSG_TYPE_COUNT:
		default:
			fd_close(&fd);
			return err_sys(err, -EPROTO, "unexpected message from init");
		}
		if (r < 0)
			return err_sys(err, r, "cannot answer the container's init");
	}
}

int init_wait_ready(struct init *in, struct err *err)
{
	int r;

	r = serve(in, err);
	if (r == -EPIPE && !in->is_exec && may_start_over(in)) {
		r = start_over(in, err);
		r = r < 0 ? r : serve(in, err);
	}
	if (r < 0)
		init_kill(in);
	return r;
}

int init_go(struct init *in, struct err *err)
{
	struct msg m;
	int r;

	r = msg_send(in->sock, MSG_GO, NULL, -1);
	if (r == 0)
		r = recv_msg(in, &m, NULL, err);
	if (r == 0 && m.type != MSG_EXEC)
		r = -EPROTO;
	if (r == 0) {
		/* End of file: execve closed the socket. An error otherwise. */
		r = msg_recv(in->sock, FROM_CHILD, &m, NULL);
		if (r == -EPIPE) {
			fd_close(&in->sock);
			return 0;
		}
		if (r == 0 && m.type == MSG_ERROR) {
			*err = m.u.err;
			r = err->code ? -err->code : -EIO;
		}
	}
	if (r >= 0)
		r = -EPROTO;
	err_sys(err, r, "cannot start the process");
	init_kill(in);
	return r;
}
