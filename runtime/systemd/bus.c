/* SPDX-License-Identifier: Apache-2.0 */
/* systemd/bus.c - see bus.h */
#include "systemd/bus.h"

#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>
#include <unistd.h>

#include "base/err.h"
#include "base/str.h"

#define MANAGER	       "org.freedesktop.systemd1"
#define OBJECT	       "/org/freedesktop/systemd1"
#define INTERFACE      "org.freedesktop.systemd1.Manager"
#define JOB_TIMEOUT_US (JOB_TIMEOUT_S * 1000000ull)

static uint64_t now_us(void)
{
	struct timespec t;

	clock_gettime(CLOCK_MONOTONIC, &t);
	return (uint64_t)t.tv_sec * 1000000 + (uint64_t)t.tv_nsec / 1000;
}

static int on_job_removed(sd_bus_message *m, void *arg, sd_bus_error *error)
{
	struct bus *b = arg;
	const char *job, *unit, *result;
	uint32_t id;

	(void)error;
	if (sd_bus_message_read(m, "uoss", &id, &job, &unit, &result) < 0)
		return 0;
	if (!b->unit || strcmp(unit, b->unit) != 0)
		return 0;
	if (b->job[0] && !strcmp(job, b->job)) {
		snprintf(b->result, sizeof(b->result), "%s", result);
	} else if (b->n_early < ARRAY_SIZE(b->early)) {
		/* a job may be over before the answer that names it has arrived */
		snprintf(b->early[b->n_early][0], sizeof(b->early[0][0]), "%s", job);
		snprintf(b->early[b->n_early++][1], sizeof(b->early[0][1]), "%s", result);
	}
	return 0;
}

/* Root reaches the manager itself: that works without a message bus, and sooner. */
static int open_private(sd_bus **out)
{
	sd_bus *bus = NULL;
	int r = sd_bus_new(&bus);

	if (r >= 0)
		r = sd_bus_set_address(bus, "unix:path=/run/systemd/private");
	if (r >= 0)
		r = sd_bus_start(bus);
	if (r < 0) {
		sd_bus_unref(bus);
		return r;
	}
	*out = bus;
	return 0;
}

int bus_open(struct bus *b, bool user, struct err *err)
{
	bool private = false;
	int r;

	memset(b, 0, sizeof(*b));
	if (user) {
		r = sd_bus_open_user(&b->bus);
	} else {
		r = geteuid() == 0 ? open_private(&b->bus) : -EPERM;
		private = r >= 0;
		if (r < 0)
			r = sd_bus_open_system(&b->bus);
	}
	if (r < 0) {
		err_sys(err, r, "cannot reach systemd on the %s bus",
			user ? "user" : "system");
		err_hint(err, "is systemd running here?");
		return r;
	}
	r = sd_bus_match_signal(b->bus, &b->slot, private ? NULL : MANAGER, OBJECT,
				INTERFACE, "JobRemoved", on_job_removed, b);
	if (r >= 0 && !private)
		r = sd_bus_call_method(b->bus, MANAGER, OBJECT, INTERFACE, "Subscribe",
				       NULL, NULL, "");
	if (r < 0)
		return err_sys(err, r, "cannot listen to systemd's jobs");
	return 0;
}

void bus_close(struct bus *b)
{
	sd_bus_slot_unref(b->slot);
	b->slot = NULL;
	b->bus = sd_bus_flush_close_unref(b->bus);
}

unsigned bus_systemd_version(struct bus *b)
{
	char *text = NULL;

	if (b->version)
		return b->version;
	if (sd_bus_get_property_string(b->bus, MANAGER, OBJECT, INTERFACE, "Version",
				       NULL, &text) >= 0)
		/* "252.38-1~deb12u1", "v255" */
		b->version = (unsigned)strtoul(text + (text[0] == 'v'), NULL, 10);
	free(text);
	return b->version;
}

int bus_call_new(struct bus *b, const char *method, sd_bus_message **out, struct err *err)
{
	int r = sd_bus_message_new_method_call(b->bus, out, MANAGER, OBJECT, INTERFACE,
					       method);

	return r < 0 ? err_sys(err, r, "cannot make a call to systemd") : 0;
}

static int failed(sd_bus_error *e, int r, struct err *err)
{
	if (e->message)
		err_set(err, r, "%s", e->message);
	else
		err_sys(err, r, "no answer from systemd");
	sd_bus_error_free(e);
	return r < 0 ? r : -EIO;
}

static int wait_job(struct bus *b, struct err *err)
{
	uint64_t end = now_us() + JOB_TIMEOUT_US;

	for (unsigned i = 0; i < b->n_early; i++)
		if (!strcmp(b->early[i][0], b->job))
			snprintf(b->result, sizeof(b->result), "%.63s", b->early[i][1]);
	while (!b->result[0]) {
		uint64_t now = now_us();
		int r;

		if (now >= end)
			return err_set(err, -ETIMEDOUT,
				       "job of unit %s is not done after %d s", b->unit,
				       JOB_TIMEOUT_S);
		r = sd_bus_process(b->bus, NULL);
		if (r == 0)
			r = sd_bus_wait(b->bus, end - now);
		if (r < 0 && r != -EINTR)
			return err_sys(err, r, "the connection to systemd broke");
	}
	if (strcmp(b->result, "done") != 0)
		return err_set(err, -EIO, "job of unit %s: %s", b->unit, b->result);
	return 0;
}

int bus_call_job(struct bus *b, sd_bus_message *m, const char *ignore, struct err *err)
{
	sd_bus_error e = SD_BUS_ERROR_NULL;
	sd_bus_message *answer = NULL;
	const char *job;
	int r;

	b->job[0] = b->result[0] = '\0';
	b->n_early = 0;
	r = sd_bus_call(b->bus, m, JOB_TIMEOUT_US, &e, &answer);
	if (r < 0 && ignore && sd_bus_error_has_name(&e, ignore)) {
		sd_bus_error_free(&e);
		return 1;
	}
	if (r < 0)
		return failed(&e, r, err);
	r = sd_bus_message_read(answer, "o", &job);
	if (r >= 0)
		snprintf(b->job, sizeof(b->job), "%s", job);
	sd_bus_message_unref(answer);
	return r < 0 ? err_sys(err, r, "systemd's answer names no job")
		     : wait_job(b, err);
}

int bus_call(struct bus *b, sd_bus_message *m, struct err *err)
{
	sd_bus_error e = SD_BUS_ERROR_NULL;
	int r = sd_bus_call(b->bus, m, JOB_TIMEOUT_US, &e, NULL);

	return r < 0 ? failed(&e, r, err) : 0;
}

uint64_t bus_get_u64(struct bus *b, const char *property, uint64_t fallback)
{
	uint64_t v = fallback;
	char *path = NULL;

	if (sd_bus_path_encode("/org/freedesktop/systemd1/unit", b->unit, &path) >= 0)
		(void)sd_bus_get_property_trivial(b->bus, MANAGER, path,
						  "org.freedesktop.systemd1.Scope",
						  property, NULL, 't', &v);
	free(path);
	return v;
}
