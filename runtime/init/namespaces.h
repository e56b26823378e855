/* SPDX-License-Identifier: Apache-2.0 */
/* init/namespaces.h - joining namespaces by path, in an order that works */
#ifndef AGENTRUN_INIT_NAMESPACES_H
#define AGENTRUN_INIT_NAMESPACES_H

#include <stdint.h>

struct err;
struct init;
struct plan_ns;

/*
 * Before the user namespace: whatever is owned by the one that we are in. A refusal
 * (EPERM) is no error yet: the namespace may belong to the user namespace.
 */
int namespaces_join_early(struct init *in, struct err *err);
int namespaces_join_user(struct init *in, struct err *err);
/* After it: the rest, the mount namespace last. Now a refusal is an error. */
int namespaces_join_late(struct init *in, struct err *err);
/* CLONE_NEW* of a type. */
uint64_t namespace_flag(unsigned type);
/* uid 0, gid 0, no groups, in the user namespace */
int init_become_root(const struct plan_ns *ns, struct err *err);

#endif
