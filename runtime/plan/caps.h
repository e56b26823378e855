/* SPDX-License-Identifier: Apache-2.0 */
/* plan/caps.h - capability names to the five sets */
#ifndef AGENTRUN_PLAN_CAPS_H
#define AGENTRUN_PLAN_CAPS_H

#include <stdint.h>

struct err;
struct host;
struct spec_caps;

struct plan_caps {
	uint64_t bounding, effective, inheritable, permitted, ambient;
};

/* plan_caps_build: unknown or ungrantable names are warnings (spec 1.1), not errors. */
int plan_caps_build(struct plan_caps *out, const struct spec_caps *caps,
		    const struct host *host, struct err *err);
/* caps_name / caps_number: "CAP_CHOWN" <-> 0. NULL / -1 when unknown. */
const char *caps_name(unsigned cap);
int caps_number(const char *name);

#endif
