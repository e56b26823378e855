/* SPDX-License-Identifier: Apache-2.0 */
/*
 * init/child.c - the container's init, from its first instruction to the last mount
 *
 * Runs:     in its new namespaces; the order is that of the spec checklist, section G
 * Needs:    a plan that was checked; descriptors by number from the parent
 * Should:   turn this process into what the plan says, then init_go_on
 * Mustn't:  allocate before the hooks; print; leave a step out
 * On error: send it and exit; the runtime takes a closed socket for failure
 */
#include <errno.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <unistd.h>

#include "apply/process.h"
#include "base/err.h"
#include "base/fd.h"
#include "base/str.h"
#include "init/hooks.h"
#include "init/init.h"
#include "init/namespaces.h"
#include "init/proto.h"
#include "plan/plan.h"
#include "sys/clone.h"

/* What the mounts' callback needs. */
struct barrier {
	struct init *in;
	bool done;
	pid_t host_pid;
};

_Noreturn void init_fail(struct init *in, const struct err *err)
{
	if (in->child_sock >= 0) {
		(void)msg_send(in->child_sock, MSG_ERROR, err, -1);
	} else if (in->started_fd >= 0) {
		char buf[1 + sizeof(*err)];

		/* Below PIPE_BUF, so it arrives in one piece. */
		_Static_assert(sizeof(buf) <= 4096,
			       "an error must fit an atomic pipe write");
		buf[0] = 'E';
		memcpy(buf + 1, err, sizeof(*err));
		(void)fd_write_all(in->started_fd, buf, sizeof(buf));
	}
	_exit(1);
}

#define KEEP_MAX 4096

/*
 * SECURITY: whatever the caller leaked, and whatever the runtime holds, ends here; only
 * the short list goes on (CVE-2024-21626: a leaked directory descriptor was the way out).
 */
void init_keep_fds(struct init *in)
{
	static int keep[KEEP_MAX + 32];
	struct err err = ERR_INIT;
	size_t n = 0;

	for (unsigned i = 0; i < in->plan->opt.preserve_fds + in->plan->opt.listen_fds &&
			     n < KEEP_MAX / 2;
	     i++)
		keep[n++] = 3 + (int)i;
	keep[n++] = in->child_sock;
	keep[n++] = in->gate_fd;
	keep[n++] = in->started_fd;
	keep[n++] = in->join_pidfd;
	keep[n++] = in->root_fd;
	for (int i = 0; i < INIT_SPLIT_FDS; i++)
		keep[n++] = in->split_fd[i];
	keep[n++] = in->src.null_fd;
	keep[n++] = in->src.host_dev_dfd;
	if (in->plan->spec->hooks[HOOK_CREATE_CONTAINER].n)
		keep[n++] = in->hooks_dfd;
	for (int t = 0; t < NS_TYPE_COUNT; t++)
		keep[n++] = in->ns_fd[t];
	for (size_t i = 0; i < in->src.n && n < KEEP_MAX; i++)
		keep[n++] = in->src.fd[i];
	if (fd_close_except(3, keep, n) < 0) {
		err_set(&err, -EIO, "cannot close what the container must not have");
		init_fail(in, &err);
	}
}

/* Wait until the parent has put us where the plan says, then take the cgroup view. */
static int pass_barrier(void *arg, struct err *err)
{
	struct barrier *b = arg;
	struct msg m;
	int r;

	if (b->done)
		return 0;
	r = msg_recv(b->in->child_sock, 0, &m, NULL);
	if (r == 0 && m.type != MSG_CGROUP_READY)
		r = -EPROTO;
	if (r < 0)
		return err_sys(err, r, "the runtime went away during set-up");
	b->host_pid = (pid_t)m.u.number;
	b->done = true;
	if (b->in->is_exec || !(b->in->plan->ns.create & CLONE_NEWCGROUP))
		return 0;
	r = sys_unshare(CLONE_NEWCGROUP);
	if (r < 0)
		return err_sys(err, r,
			       "/linux/namespaces: cannot make a cgroup namespace");
	return 0;
}

static int enter_namespaces(struct init *in, struct err *err)
{
	const struct plan_ns *ns = &in->plan->ns;
	int r;

	if (init_needs_stage_one(in))
		return 0; /* done there */
	r = namespaces_join_late(in, err);
	if (r < 0)
		return r;
	if (ns->create & CLONE_NEWUSER) {
		r = msg_expect(in->child_sock, MSG_MAPS_DONE, err);
		if (r == 0)
			r = init_become_root(ns, err);
	}
	return r;
}

static int run_hooks(struct init *in, const struct barrier *b, struct err *err)
{
	const struct spec *spec = in->plan->spec;
	int r;

	if (spec->hooks[HOOK_PRESTART].n || spec->hooks[HOOK_CREATE_RUNTIME].n) {
		r = msg_send(in->child_sock, MSG_MOUNTED, NULL, -1);
		if (r == 0)
			r = msg_expect(in->child_sock, MSG_HOOKS_DONE, err);
		if (r < 0)
			return r;
	}
	if (spec->hooks[HOOK_CREATE_CONTAINER].n) {
		AUTO_STRBUF state = STRBUF_INIT;

		init_state_json(in, "creating", b->host_pid, &state);
		r = hooks_run(spec, HOOK_CREATE_CONTAINER, state.s, in->hooks_dfd, err);
		fd_close(&in->hooks_dfd);
		if (r < 0)
			return r;
	}
	return 0;
}

/*
 * A class without network: engines give a namespace its links by a hook (Docker does). What
 * they made stays with the namespace that is left here.
 */
static int renew_network(const struct plan *p, struct err *err)
{
	int r;

	if (!p->ns.renew_network)
		return 0;
	r = sys_unshare(CLONE_NEWNET);
	if (r < 0)
		return err_sys(err, r, "cannot make another network namespace");
	return apply_loopback(err);
}

static int give_console(struct init *in, int *master, struct err *err)
{
	int r;

	r = msg_send(in->child_sock, MSG_CONSOLE, NULL, *master);
	if (r < 0)
		return err_sys(err, r, "cannot hand over the terminal");
	/* SECURITY: the master leaves by the socket alone. */
	fd_close(master);
	return 0;
}

static int build_rootfs(struct init *in, struct barrier *b, struct rootfs *rootfs,
			int *out_slave, struct err *err)
{
	AUTO_FD master = -1;
	int r;

	r = apply_rootfs_enter(rootfs, err);
	if (r == 0)
		r = apply_mounts(rootfs, err);
	if (r == 0)
		r = apply_devices(rootfs, err);
	if (r == 0)
		r = apply_console(rootfs, &master, out_slave, err);
	if (r == 0 && master >= 0)
		r = give_console(in, &master, err);
	if (r == 0)
		r = pass_barrier(b, err);
	if (r == 0)
		r = run_hooks(in, b, err);
	if (r == 0)
		r = renew_network(in->plan, err);
	if (r == 0)
		r = apply_rootfs_pivot(rootfs, err);
	if (r == 0)
		r = apply_rootfs_finish(rootfs, err);
	return r;
}

static int set_up_container(struct init *in, struct rootfs *rootfs, int *out_slave,
			    struct err *err)
{
	const struct plan *p = in->plan;
	struct barrier b = { .in = in };
	int r;

	r = enter_namespaces(in, err);
	if (r < 0)
		return r;
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0)
		return err_sys(err, -errno, "cannot become undumpable");
	if (!in->split)
		(void)setsid(); /* the lifeline leaves this to the payload */
	r = apply_keyring(&p->process, err);
	if (r == 0 && p->ns.loopback_up)
		r = apply_loopback(err);
	if (r == 0)
		r = apply_uts(&p->ns, err);
	rootfs->before_cgroup = pass_barrier;
	rootfs->before_cgroup_arg = &b;
	if (r == 0)
		r = build_rootfs(in, &b, rootfs, out_slave, err);
	return r;
}

static int set_up_exec(struct init *in, int *out_slave, struct err *err)
{
	struct barrier b = { .in = in };
	AUTO_FD master = -1;
	int r;

	(void)setsid();
	if (in->no_pivot && (fchdir(in->root_fd) < 0 || chroot(".") < 0))
		return err_sys(err, -errno, "cannot enter the container's root");
	fd_close(&in->root_fd);
	fd_close(&in->join_pidfd);
	r = apply_keyring(&in->plan->process, err);
	if (r == 0)
		r = apply_affinity_initial(&in->plan->process, err);
	if (r == 0 && in->plan->process.terminal)
		r = apply_exec_console(in->plan, &master, out_slave, err);
	if (r == 0 && master >= 0)
		r = give_console(in, &master, err);
	if (r == 0)
		r = pass_barrier(&b, err);
	return r;
}

/*
 * Handlers are gone with clone; what engines ignore (conmon: SIGPIPE) and what a
 * foreground run blocks must not reach the payload.
 */
static void reset_signals(const struct host *host)
{
	sigset_t none;

	for (int sig = 1; sig <= 64; sig++)
		if (host->sig_ign & (1ull << (sig - 1)))
			(void)signal(sig, SIG_DFL);
	(void)signal(SIGPIPE, SIG_DFL);
	sigemptyset(&none);
	(void)sigprocmask(SIG_SETMASK, &none, NULL);
}

_Noreturn void init_child(struct init *in)
{
	struct err err = ERR_INIT;
	struct rootfs rootfs = {
		.plan = in->plan, .src = &in->src, .root_dfd = -1, .proc_fd = -1
	};
	int slave = -1;
	int r;

	init_keep_fds(in);
	reset_signals(in->plan->host);
	if (in->is_exec)
		r = set_up_exec(in, &slave, &err);
	else
		r = set_up_container(in, &rootfs, &slave, &err);
	if (r == 0 && in->split && !in->is_exec)
		r = in->split(in, in->split_arg, &err);
	(void)setsid(); /* again in a payload behind a lifeline; else it is one already */
	if (r == 0 && slave >= 0)
		r = apply_console_stdio(slave, &err);
	if (r == 0)
		r = apply_sched(&in->plan->process, &err);
	if (r < 0) {
		err_sys(&err, r, "cannot set up the container");
		init_fail(in, &err);
	}
	init_go_on(in, rootfs.proc_fd);
}
