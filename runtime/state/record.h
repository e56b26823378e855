/* SPDX-License-Identifier: Apache-2.0 */
/* state/record.h - reading a record; used inside state/ */
#ifndef AGENTRUN_STATE_RECORD_H
#define AGENTRUN_STATE_RECORD_H

struct json;
struct record;

/* record_parse: fill from the JSON object; strings point into its arena. -EINVAL. */
int record_parse(const struct json *obj, struct record *out);

#endif
