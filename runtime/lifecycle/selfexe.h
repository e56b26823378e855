/* SPDX-License-Identifier: Apache-2.0 */
/* lifecycle/selfexe.h - nobody in a container gets a writable handle on this program */
#ifndef AGENTRUN_LIFECYCLE_SELFEXE_H
#define AGENTRUN_LIFECYCLE_SELFEXE_H

struct err;

/*
 * self_exe_protect: for commands that put a process of this program into a container
 * (CVE-2019-5736): go on from a read-only view of the binary: a detached, read-only clone
 * of its mount, else a sealed copy in memory. Executes itself again and returns only where
 * that is not needed (0) or where it failed (-errno).
 */
int self_exe_protect(char *const *argv, struct err *err);

#endif
