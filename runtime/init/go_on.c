/* SPDX-License-Identifier: Apache-2.0 */
/*
 * init/go_on.c - credentials, filters, the gate, execve
 *
 * Runs:     in the container, for init and for exec alike
 * Needs:    mounts final, terminal in place, cgroup joined
 * Should:   report READY only when nothing but execve is left to fail
 * Mustn't:  use a path of the host; make a system call after the filter that is not
 *           among read, write, close, fcntl, the handshake's and execve
 * On error: send it and exit, never execve
 */
#include <errno.h>
#include <limits.h>
#include <unistd.h>

#include "apply/process.h"
#include "base/err.h"
#include "base/fd.h"
#include "base/str.h"
#include "init/hooks.h"
#include "init/init.h"
#include "init/proto.h"
#include "plan/plan.h"

static int load_seccomp(struct init *in, struct err *err)
{
	int listener = -1;
	int64_t number;
	int r;

	r = apply_seccomp(&in->plan->process, &listener, err);
	if (r < 0 || listener < 0)
		return r;
	number = listener;
	r = msg_send(in->child_sock, MSG_LISTENER, &number, -1);
	if (r == 0)
		r = msg_expect(in->child_sock, MSG_LISTENER_DONE, err);
	fd_close(&listener);
	return r;
}

/*
 * Without no_new_privs a filter needs CAP_SYS_ADMIN, so it goes in before the credentials
 * change; with it, as late as possible.
 */
static int become_payload(struct init *in, struct plan_process *p, int proc_fd,
			  char *file, struct err *err)
{
	static char home[PATH_MAX + 8];
	bool at_cwd;
	int r;

	r = apply_home(p, home, sizeof(home), err);
	/*
	 * The directory may be closed to the payload's user, or open to nobody else (FUSE,
	 * NFS): it is tried with the rights of before, then with those of after.
	 */
	at_cwd = apply_cwd(p, NULL) == 0;
	if (r == 0)
		r = apply_stdio_owner(p, err);
	if (r == 0)
		r = apply_no_new_privs(p, err);
	if (r == 0)
		r = apply_lsm(p, proc_fd, err);
	if (r == 0 && !p->no_new_privs)
		r = load_seccomp(in, err);
	if (r == 0)
		r = apply_credentials(p, err);
	if (r == 0 && !at_cwd)
		r = apply_cwd(p, err);
	if (r == 0)
		r = apply_exec_lookup(p, file, PATH_MAX, err);
	fd_close(&proc_fd);
	if (r == 0 && p->no_new_privs)
		r = load_seccomp(in, err);
	return r;
}

int init_report_exec(struct init *in)
{
	char started = 'S';

	if (in->child_sock >= 0)
		return msg_send(in->child_sock, MSG_EXEC, NULL, -1);
	return fd_write_all(in->started_fd, &started, 1);
}

/* Wait for `start`, or for the runtime's word. The payload does nothing before. */
static int wait_at_gate(struct init *in, struct err *err)
{
	char go;
	ssize_t n;

	if (in->gate_fd < 0)
		return msg_expect(in->child_sock, MSG_GO, err);
	/* `create` leaves now; from here on errors go to `start`. */
	fd_close(&in->child_sock);
	do
		n = read(in->gate_fd, &go, 1);
	while (n < 0 && errno == EINTR);
	fd_close(&in->gate_fd);
	return n == 1 ? 0 : err_sys(err, n < 0 ? -errno : -EPIPE, "the start gate broke");
}

static int run_start_hooks(struct init *in, struct err *err)
{
	AUTO_STRBUF state = STRBUF_INIT;

	if (in->is_exec || !in->plan->spec->hooks[HOOK_START_CONTAINER].n)
		return 0;
	/* The pid as seen in the container: what a program in there can use. */
	init_state_json(in, "created", getpid(), &state);
	return hooks_run(in->plan->spec, HOOK_START_CONTAINER, state.s, -1, err);
}

_Noreturn void init_go_on(struct init *in, int proc_fd)
{
	static char file[PATH_MAX];
	struct plan_process *p = (struct plan_process *)(uintptr_t)&in->plan->process;
	struct err err = ERR_INIT;
	int r = 0;

	mount_sources_release(&in->src);
	if (!p->path_absent)
		r = become_payload(in, p, proc_fd, file, &err);
	if (r == 0)
		r = msg_send(in->child_sock, MSG_READY, NULL, -1);
	if (r == 0)
		r = wait_at_gate(in, &err);
	if (r == 0 && p->path_absent)
		r = err_set(&err, -EINVAL,
			    "/process: is missing, so nothing can be started");
	if (r == 0)
		r = run_start_hooks(in, &err);
	if (r == 0)
		r = init_report_exec(in);
	if (r == 0 && in->starting)
		in->starting(in->split_arg, 0);
	if (r == 0)
		r = apply_exec(p, file,
			       in->plan->opt.preserve_fds + in->plan->opt.listen_fds,
			       &err);
	if (in->starting && r < 0)
		in->starting(in->split_arg, r);
	err_sys(&err, r < 0 ? r : -EIO, "cannot start the process");
	init_fail(in, &err);
}
