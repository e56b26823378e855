/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sys/proc.h - a procfs that nobody else can put something over (CVE-2019-16884,
 * CVE-2025-52881)
 */
#ifndef AGENTRUN_SYS_PROC_H
#define AGENTRUN_SYS_PROC_H

#include <stdint.h>
#include <sys/types.h>

/*
 * a detached procfs of the current pid namespace: fsopen, else a clone of /proc, else
 * /proc itself; each verified (PROC_SUPER_MAGIC, root inode 1). fd or -errno
 */
int sys_proc_open(void);
/* open below it without crossing mounts or links, and verify that it is procfs */
int sys_proc_openat(int proc_fd, const char *path, int flags);
/* one write(2) of a whole value. 0 or -errno */
int sys_proc_write(int proc_fd, const char *path, const char *value, size_t len);
/* field 22 of /proc/PID/stat; -ESRCH when it is gone, *out_state 'Z' for a zombie */
int sys_proc_start_time(pid_t pid, uint64_t *out, char *out_state);

#endif
