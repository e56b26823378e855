/* SPDX-License-Identifier: Apache-2.0 */
/* init/namespaces.c - see namespaces.h */
#include "init/namespaces.h"

#include <errno.h>
#include <sched.h>

#include "base/err.h"
#include "base/fd.h"
#include "base/str.h"
#include "init/init.h"
#include "plan/plan.h"
#include "sys/clone.h"

#ifndef CLONE_NEWTIME
#define CLONE_NEWTIME 0x80
#endif

static const uint64_t flags[NS_TYPE_COUNT] = {
	[NS_PID] = CLONE_NEWPID,       [NS_NETWORK] = CLONE_NEWNET,
	[NS_MOUNT] = CLONE_NEWNS,      [NS_IPC] = CLONE_NEWIPC,
	[NS_UTS] = CLONE_NEWUTS,       [NS_USER] = CLONE_NEWUSER,
	[NS_CGROUP] = CLONE_NEWCGROUP, [NS_TIME] = CLONE_NEWTIME,
};

/* The mount namespace is last: behind it paths mean something else. */
static const enum spec_ns_type order[] = { NS_PID, NS_TIME,   NS_NETWORK, NS_IPC,
					   NS_UTS, NS_CGROUP, NS_MOUNT };

uint64_t namespace_flag(unsigned type)
{
	return flags[type];
}

int init_open_namespaces(struct init *in, struct err *err)
{
	for (unsigned t = 0; t < NS_TYPE_COUNT; t++) {
		const char *path = in->plan->ns.join[t];
		int fd;

		if (!path)
			continue;
		fd = sys_ns_open(path, (int)flags[t]);
		if (fd == -EINVAL)
			return err_set(err, fd,
				       "/linux/namespaces: %s is not a %s namespace",
				       str_quote(path), spec_ns_name(t));
		if (fd < 0)
			return err_sys(err, fd, "/linux/namespaces: cannot open %s",
				       str_quote(path));
		in->ns_fd[t] = fd;
	}
	return 0;
}

static int join_one(struct init *in, enum spec_ns_type t, struct err *err)
{
	int r;

	r = sys_setns(in->ns_fd[t], (int)flags[t]);
	if (r < 0)
		return err_sys(err, r,
			       "/linux/namespaces: cannot join the %s namespace %s",
			       spec_ns_name(t), str_quote(in->plan->ns.join[t]));
	fd_close(&in->ns_fd[t]);
	return 0;
}

int namespaces_join_early(struct init *in, struct err *err)
{
	for (size_t i = 0; i < ARRAY_SIZE(order); i++) {
		struct err e = ERR_INIT;
		int r;

		if (in->ns_fd[order[i]] < 0)
			continue;
		/* With a user namespace to come the mount namespace must wait for it. */
		if (order[i] == NS_MOUNT && in->plan->ns.has[NS_USER])
			continue;
		r = join_one(in, order[i], &e);
		if (r == -EPERM && in->plan->ns.has[NS_USER])
			continue;
		if (r < 0) {
			*err = e;
			return r;
		}
	}
	return 0;
}

int namespaces_join_user(struct init *in, struct err *err)
{
	return join_one(in, NS_USER, err);
}

int namespaces_join_late(struct init *in, struct err *err)
{
	for (size_t i = 0; i < ARRAY_SIZE(order); i++) {
		int r;

		if (in->ns_fd[order[i]] < 0)
			continue;
		r = join_one(in, order[i], err);
		if (r < 0)
			return r;
	}
	return 0;
}
