/* SPDX-License-Identifier: Apache-2.0 */
/* apply/lsm.h - SELinux: lsm_selinux.c, or lsm_none.c in a build without it */
#ifndef AGENTRUN_APPLY_LSM_H
#define AGENTRUN_APPLY_LSM_H

struct err;

/* lsm_selinux_exec: the label that execve takes. proc_fd is a verified procfs. */
int lsm_selinux_exec(int proc_fd, const char *label, struct err *err);
/* lsm_selinux_keycreate: the label of keyrings made from now on. */
int lsm_selinux_keycreate(int proc_fd, const char *label, struct err *err);

#endif
