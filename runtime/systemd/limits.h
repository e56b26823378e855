/* SPDX-License-Identifier: Apache-2.0 */
/* systemd/limits.h - limits as cgroup files have them, to properties of a unit */
#ifndef AGENTRUN_SYSTEMD_LIMITS_H
#define AGENTRUN_SYSTEMD_LIMITS_H

#include <systemd/sd-bus.h>

struct bus;
struct err;

/*
 * limits_append: the property that is the same limit as file = value; none where systemd
 * has no such property: the file itself is written by the runtime, in any case.
 */
int limits_append(struct bus *b, sd_bus_message *m, const char *file, const char *value,
		  struct err *err);
/* limits_mask: "0-3,8" to a bit mask, lowest byte first. Bytes used, or -errno. */
int limits_mask(const char *list, unsigned char *mask, size_t len);

#endif
