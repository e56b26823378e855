/* SPDX-License-Identifier: Apache-2.0 */
/* cli/spec_template.h - the config.json that `spec` writes */
#ifndef AGENTRUN_CLI_SPEC_TEMPLATE_H
#define AGENTRUN_CLI_SPEC_TEMPLATE_H

#include <stdbool.h>
#include <stdint.h>

struct arena;
struct json;

/* spec_template: for root, or for a user with his own ids alone (rootless). */
struct json *spec_template(struct arena *a, bool rootless, uint32_t uid, uint32_t gid);

#endif
