/* SPDX-License-Identifier: Apache-2.0 */
/*
 * init/stage_one.c - the process between the runtime and init, where one is needed
 *
 * Runs:     in the host's pid namespace, unseen by the container
 * Should:   shed descriptors, join and make namespaces, clone init as its sibling
 * Mustn't:  allocate; touch a path after a mount namespace was joined
 * On error: send it and exit; the runtime takes a closed socket for failure
 */
#include <errno.h>
#include <grp.h>
#include <sched.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"
#include "init/init.h"
#include "init/namespaces.h"
#include "init/proto.h"
#include "plan/plan.h"
#include "sys/clone.h"
#include "sys/proc.h"

bool init_needs_stage_one(const struct init *in)
{
	const struct plan_ns *ns = &in->plan->ns;
	bool joins = false;

	if (in->is_exec)
		return true;
	for (int t = 0; t < NS_TYPE_COUNT; t++)
		joins |= in->ns_fd[t] >= 0;
	/* A namespace of the host can only be joined before the user namespace is made. */
	return in->ns_fd[NS_PID] >= 0 || in->ns_fd[NS_USER] >= 0 ||
	       in->ns_fd[NS_TIME] >= 0 || (ns->create & CLONE_NEWTIME) ||
	       (joins && (ns->create & CLONE_NEWUSER));
}

int init_become_root(const struct plan_ns *ns, struct err *err)
{
	/* Raw calls: this process has one thread, and glibc's would look for others. */
	if (!ns->deny_setgroups && syscall(SYS_setgroups, 0, NULL) < 0 && errno != EPERM)
		return err_sys(err, -errno, "cannot drop supplementary groups");
	if (syscall(SYS_setresgid, 0, 0, 0) < 0)
		return err_sys(err, -errno, "cannot become gid 0 of the user namespace");
	if (syscall(SYS_setresuid, 0, 0, 0) < 0)
		return err_sys(err, -errno, "cannot become uid 0 of the user namespace");
	return 0;
}

static int make_user_ns(struct init *in, struct err *err)
{
	int r;

	r = sys_unshare(CLONE_NEWUSER);
	if (r < 0)
		return err_sys(err, r, "/linux/namespaces: cannot make a user namespace");
	r = msg_send(in->child_sock, MSG_NEED_MAPS, NULL, -1);
	if (r < 0)
		return err_sys(err, r, "cannot ask for id mappings");
	return msg_expect(in->child_sock, MSG_MAPS_DONE, err);
}

static int make_time_ns(struct init *in, struct err *err)
{
	const char *offsets = in->plan->ns.timens_offsets;
	AUTO_FD proc = -1;
	int r;

	r = sys_unshare(CLONE_NEWTIME);
	if (r < 0)
		return err_sys(err, r, "/linux/namespaces: cannot make a time namespace");
	if (!offsets)
		return 0;
	/* Credentials changed above make this undumpable, and the file root's. */
	if (prctl(PR_SET_DUMPABLE, 1, 0, 0, 0) < 0)
		return err_sys(err, -errno, "cannot become dumpable");
	proc = sys_proc_open();
	r = proc < 0 ? proc
		     : sys_proc_write(proc, "self/timens_offsets", offsets,
				      strlen(offsets));
	if (r < 0)
		return err_sys(err, r, "/linux/timeOffsets: cannot write timens_offsets");
	return 0;
}

static int enter(struct init *in, struct err *err)
{
	const struct plan_ns *ns = &in->plan->ns;
	int r;

	if (in->is_exec) {
		r = sys_setns(in->join_pidfd, in->join_flags);
		if (r < 0)
			return err_sys(err, r, "cannot join the container's namespaces");
	} else {
		r = namespaces_join_early(in, err);
		if (r == 0 && (ns->create & CLONE_NEWUSER))
			r = make_user_ns(in, err);
		if (r == 0 && in->ns_fd[NS_USER] >= 0)
			r = namespaces_join_user(in, err);
		if (r < 0)
			return r;
	}
	if (ns->has[NS_USER]) {
		r = init_become_root(ns, err);
		if (r < 0)
			return r;
	}
	if (in->is_exec)
		return 0;
	r = namespaces_join_late(in, err);
	if (r == 0 && (ns->create & CLONE_NEWTIME))
		r = make_time_ns(in, err);
	return r;
}

_Noreturn void init_stage_one(struct init *in)
{
	const uint64_t here = CLONE_NEWUSER | CLONE_NEWTIME | CLONE_NEWCGROUP;
	struct err err = ERR_INIT;
	int64_t number;
	uint64_t flags;
	pid_t pid;
	int r;

	init_keep_fds(in);
	r = enter(in, &err);
	if (r < 0)
		init_fail(in, &err);
	/* SECURITY: init appears in a pid namespace of others: nothing of it may be opened. */
	if (prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0) {
		err_sys(&err, -errno, "cannot become undumpable");
		init_fail(in, &err);
	}
	flags = (in->is_exec ? 0 : in->plan->ns.create & ~here) | CLONE_PARENT;
	pid = sys_clone(flags, -1, NULL);
	if (pid < 0) {
		err_sys(&err, pid, "cannot clone the container's init");
		init_fail(in, &err);
	}
	if (pid == 0)
		init_child(in);
	number = pid;
	r = msg_send(in->child_sock, MSG_PID, &number, -1);
	_exit(r < 0 ? 1 : 0);
}
