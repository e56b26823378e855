/* SPDX-License-Identifier: Apache-2.0 */
/* sys/clone.h - new processes and their namespaces, thin */
#ifndef AGENTRUN_SYS_CLONE_H
#define AGENTRUN_SYS_CLONE_H

#include <stdint.h>
#include <sys/types.h>

/*
 * sys_clone: clone3(2) in the manner of fork: the pid in the parent, 0 in the child,
 * -errno. flags: CLONE_NEW*, CLONE_PARENT. cgroup_fd -1, or the cgroup2 directory to start
 * in (CLONE_INTO_CGROUP, 5.7). *out_pidfd may be NULL. Signal handlers are reset
 * (CLONE_CLEAR_SIGHAND). Where clone3 is missing or filtered (ENOSYS) clone(2) does what
 * it can: a cgroup_fd is then -ENOSYS.
 */
pid_t sys_clone(uint64_t flags, int cgroup_fd, int *out_pidfd);

/* sys_setns: setns(2) by a namespace descriptor or a pidfd. 0 or -errno. */
int sys_setns(int fd, int flags);
/* sys_unshare: unshare(2). 0 or -errno. */
int sys_unshare(uint64_t flags);

/*
 * sys_ns_open: open a namespace file and prove its type with NS_GET_NSTYPE.
 * fd, -EINVAL when it is another kind, -errno.
 */
int sys_ns_open(const char *path, int nstype);

#endif
