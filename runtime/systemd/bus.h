/* SPDX-License-Identifier: Apache-2.0 */
/* systemd/bus.h - the manager of systemd, one job at a time */
#ifndef AGENTRUN_SYSTEMD_BUS_H
#define AGENTRUN_SYSTEMD_BUS_H

#include <stdbool.h>
#include <stdint.h>
#include <systemd/sd-bus.h>

struct err;

#define JOB_TIMEOUT_S 30

struct bus {
	sd_bus *bus;
	sd_bus_slot *slot;
	unsigned version;      /* of systemd, 0: not asked yet */
	const char *unit;      /* whose jobs are watched */
	char job[256];	       /* object path of the job that was begun */
	char result[64];       /* of that job, once it was removed */
	char early[8][2][256]; /* jobs of the unit that ended before theirs was known */
	unsigned n_early;
};

int bus_open(struct bus *b, bool user, struct err *err);
void bus_close(struct bus *b);
unsigned bus_systemd_version(struct bus *b);
/* bus_call_new: a method call to the manager */
int bus_call_new(struct bus *b, const char *method, sd_bus_message **out,
		 struct err *err);
/*
 * bus_call_job: send m and wait until the job that it begins is done. With an answer that
 * is in `ignore` (an error name) nothing was to do: 1.
 */
int bus_call_job(struct bus *b, sd_bus_message *m, const char *ignore, struct err *err);
/* bus_call: send m and wait for the answer */
int bus_call(struct bus *b, sd_bus_message *m, struct err *err);
/* bus_get_u64: a property of the unit's scope, or fallback */
uint64_t bus_get_u64(struct bus *b, const char *property, uint64_t fallback);

#endif
