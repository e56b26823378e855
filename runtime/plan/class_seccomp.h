/* SPDX-License-Identifier: Apache-2.0 */
/* plan/class_seccomp.h - the system calls of every class */
#ifndef AGENTRUN_PLAN_CLASS_SECCOMP_H
#define AGENTRUN_PLAN_CLASS_SECCOMP_H

struct arena;
struct err;
struct plan_seccomp;

/* plan_class_seccomp: the filter of "seccomp": "default". Loaded beside the config's own. */
int plan_class_seccomp(struct plan_seccomp *out, struct arena *a, struct err *err);

#endif
