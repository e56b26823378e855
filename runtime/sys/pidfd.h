/* SPDX-License-Identifier: Apache-2.0 */
/* sys/pidfd.h - processes by descriptor, so that a reused pid is never hit */
#ifndef AGENTRUN_SYS_PIDFD_H
#define AGENTRUN_SYS_PIDFD_H

#include <stdint.h>
#include <sys/types.h>

int sys_pidfd_open(pid_t pid);
int sys_pidfd_send_signal(int pidfd, int sig);
int sys_pidfd_getfd(int pidfd, int fd);
/* wait until the process has ended: 0; timeout_ms -1 for ever; -ETIMEDOUT */
int sys_pidfd_wait(int pidfd, int timeout_ms);

#endif
