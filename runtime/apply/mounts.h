/* SPDX-License-Identifier: Apache-2.0 */
/*
 * apply/mounts.h - the container's file system, on descriptors alone
 *
 * Order (called by init/child.c): prepare (parent, before clone) -> enter -> mounts ->
 * devices -> console -> [hooks] -> pivot -> finish. Every function but prepare runs in
 * the child: no malloc, no stdio; path strings were prepared in the plan.
 */
#ifndef AGENTRUN_APPLY_MOUNTS_H
#define AGENTRUN_APPLY_MOUNTS_H

#include <stdbool.h>
#include <stddef.h>

struct err;
struct plan;
struct plan_mount;

/* Descriptors that the parent opens before clone; the child inherits them by number. */
struct mount_sources {
	/*
	 * one per plan mount: a detached clone for binds, -1 else (the child puts others
	 * there); behind them one more, for the root file system
	 */
	int *fd;
	size_t n;
	int null_fd;	  /* detached read-only clone of the host's /dev/null, verified */
	int host_dev_dfd; /* clone of the host's /dev, for device binds in a user
			     namespace */
	bool late_attr;	  /* no mount_setattr(2): attributes follow the attachment */
	int userns_fd;	  /* of the last id-mapped bind, for the next with equal maps */
	const struct plan_mount *userns_of;
};

/* State of the child while it builds. */
struct rootfs {
	const struct plan *plan;
	struct mount_sources *src;
	int root_dfd; /* O_PATH of the new root */
	int proc_fd;  /* private procfs of the container's pid namespace, or -1 */
	/* called once, just before the first cgroup mount: waits for the cgroup, unshares
	 */
	int (*before_cgroup)(void *arg, struct err *err);
	void *before_cgroup_arg;
	bool cgroup_done;
};

int apply_mounts_prepare(const struct plan *p, struct mount_sources *out,
			 struct err *err);
void mount_sources_release(struct mount_sources *s);

/* propagation of "/", rootfs bound on itself (or the class's overlay), root_dfd opened */
int apply_rootfs_enter(struct rootfs *r, struct err *err);
/* the mounts of the config, in the listed order */
int apply_mounts(struct rootfs *r, struct err *err);
/* /dev nodes and links (apply/devices.c) */
int apply_devices(struct rootfs *r, struct err *err);
/*
 * console (apply/console.c): opens a pty in the container's devpts, sets its size and
 * owner, binds it on /dev/console. *out_master is for the console socket or the caller;
 * *out_slave becomes stdio. Only when the plan has a terminal.
 */
int apply_console(struct rootfs *r, int *out_master, int *out_slave, struct err *err);
/* for `exec -t`: the process is already in the container: no /dev/console bind */
int apply_exec_console(const struct plan *p, int *out_master, int *out_slave,
		       struct err *err);
/* make the slave stdin, stdout, stderr and the controlling terminal (after setsid) */
int apply_console_stdio(int slave, struct err *err);
/* pivot_root (or MS_MOVE + chroot), old root detached */
int apply_rootfs_pivot(struct rootfs *r, struct err *err);
/*
 * the rest, in the new root: sysctl, read-only remounts, root.readonly, readonly paths,
 * masks, root propagation, stdio that is the host's null device replaced, cwd made
 */
int apply_rootfs_finish(struct rootfs *r, struct err *err);

#endif
