/* SPDX-License-Identifier: Apache-2.0 */
/* init/hooks.h - the six kinds of OCI hooks (spec checklist M) */
#ifndef AGENTRUN_INIT_HOOKS_H
#define AGENTRUN_INIT_HOOKS_H

#include "spec/spec.h"

struct err;

/*
 * hooks_run: every hook of that kind, in order, with the state on its standard input, its
 * own environment exactly, cwd_dfd as working directory (-1: "/"). The first that fails
 * ends it: -errno and a message with the end of its output. Reference: runtime-spec
 * "POSIX-platform Hooks"; CVE-2025-23266 (nothing of the container reaches a hook).
 */
int hooks_run(const struct spec *spec, enum spec_hook_kind kind, const char *state_json,
	      int cwd_dfd, struct err *err);

#endif
