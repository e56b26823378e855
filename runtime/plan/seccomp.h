/* SPDX-License-Identifier: Apache-2.0 */
/* plan/seccomp.h - a seccomp section to BPF, without libseccomp on the start path */
#ifndef AGENTRUN_PLAN_SECCOMP_H
#define AGENTRUN_PLAN_SECCOMP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct err;
struct sock_filter;
struct spec_seccomp;

struct plan_seccomp {
	bool set;
	struct sock_filter *filter;
	size_t n_filter;
	unsigned flags; /* SECCOMP_FILTER_FLAG_* */
	bool has_notify;
	const char *listener_path;
	const char *listener_metadata;
};

/* plan_seccomp_build: compile. Equal to libseccomp's filter by differential test. */
int plan_seccomp_build(struct plan_seccomp *out, const struct spec_seccomp *s,
		       struct arena *a, struct err *err);

/* For `features`: names, NULL-terminated. */
const char *const *plan_seccomp_actions(void);
const char *const *plan_seccomp_operators(void);
const char *const *plan_seccomp_archs(void);
const char *const *plan_seccomp_flags(void);

#endif
