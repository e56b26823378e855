/* SPDX-License-Identifier: Apache-2.0 */
/* plan/caps.h - capability names to the five sets */
#ifndef AGENTRUN_PLAN_CAPS_H
#define AGENTRUN_PLAN_CAPS_H

#include <stdbool.h>
#include <stdint.h>

struct err;
struct host;
struct spec_caps;
struct strbuf;

struct plan_caps {
	uint64_t bounding, effective, inheritable, permitted, ambient;
	/* For a warning: asked for, but not ours to give; and a name nobody knows. */
	uint64_t ungrantable;
	const char *unknown;
};

/*
 * plan_caps_build: unknown or ungrantable names are warnings (spec 1.1), not errors. Out
 * of own_userns (the container has a user namespace of its own) every capability can be
 * granted: a new one starts with all.
 */
int plan_caps_build(struct plan_caps *out, const struct spec_caps *caps,
		    const struct host *host, bool own_userns, struct err *err);
/* plan_caps_left_out: what of the config is not in the plan, as words; "" if all of it is. */
void plan_caps_left_out(const struct plan_caps *c, struct strbuf *out);
/* caps_name / caps_number: "CAP_CHOWN" <-> 0. NULL / -1 when unknown. */
const char *caps_name(unsigned cap);
int caps_number(const char *name);

#endif
