/* SPDX-License-Identifier: Apache-2.0 */
/* supervise/privilege.h - what the processes of this folder give up (PRIVSEP.md) */
#ifndef AGENTRUN_SUPERVISE_PRIVILEGE_H
#define AGENTRUN_SUPERVISE_PRIVILEGE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

/* privilege_keep: these capabilities at most, no_new_privs, undumpable. 0 or -errno. */
int privilege_keep(uint64_t caps);
/* privilege_only: these system calls; others are EPERM. */
int privilege_only(const int *calls, size_t n);
/* privilege_without: all but these, which are EPERM. */
int privilege_without(const int *calls, size_t n);

#endif
