/* SPDX-License-Identifier: Apache-2.0 */
/*
 * systemd/gvariant.h - the text form of GVariant, as far as unit properties need it
 *
 * true, false, 'text', "text", 5, uint64 5, 2.5, ['a', 'b'], @as []. Nothing else: what
 * is not understood to its last character is refused.
 */
#ifndef AGENTRUN_SYSTEMD_GVARIANT_H
#define AGENTRUN_SYSTEMD_GVARIANT_H

#include <systemd/sd-bus.h>

struct err;

/*
 * gvariant_append: (NAME, variant of text). "TimeoutStopSec" takes seconds, and becomes
 * "TimeoutStopUSec" in microseconds.
 */
int gvariant_append(sd_bus_message *m, const char *name, const char *text,
		    struct err *err);

#endif
