/* SPDX-License-Identifier: Apache-2.0 */
/*
 * systemd/main.c - agentrun-systemd: start, change and stop one unit of systemd
 *
 *     agentrun-systemd start|update|stop --system|--user  <  lines
 *
 * Runs:     as a child of the runtime, which waits for it
 * Should:   be done when systemd is: the job was removed with "done"
 * On error: one line on standard error, exit 1
 *
 * The lines are the runtime's own (apply/cgroup_systemd.c), each is checked all the same.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "base/err.h"
#include "base/str.h"
#include "systemd/bus.h"
#include "systemd/gvariant.h"
#include "systemd/limits.h"

#define LINES_MAX 4096
#define NO_SUCH	  "org.freedesktop.systemd1.NoSuchUnit"
#define EXISTS	  "org.freedesktop.systemd1.UnitExists"

struct request {
	const char *unit, *slice;
	uint32_t pid;
	char *text;
	struct {
		const char *key, *name, *value;
	} lines[LINES_MAX];
	size_t n;
};

static int read_all(struct request *q, struct err *err)
{
	size_t len = 0, cap = 1 << 20;

	q->text = malloc(cap);
	if (!q->text)
		return err_sys(err, -ENOMEM, "cannot read the request");
	len = fread(q->text, 1, cap - 1, stdin);
	if (!feof(stdin))
		return err_set(err, -E2BIG, "the request is too large");
	q->text[len] = '\0';
	return 0;
}

static int take_line(struct request *q, char *line, struct err *err)
{
	char *value = strchr(line, ' ');
	char *second;

	if (!value)
		return err_set(err, -EINVAL, "not a request: %s", str_quote(line));
	*value++ = '\0';
	if (!strcmp(line, "unit"))
		q->unit = value;
	else if (!strcmp(line, "slice"))
		q->slice = value;
	else if (!strcmp(line, "pid") && str_to_u32(value, &q->pid) == 0)
		return 0;
	else if (!strcmp(line, "write") || !strcmp(line, "property")) {
		second = strchr(value, ' ');
		if (!second || q->n == LINES_MAX)
			return err_set(err, -EINVAL, "not a request: %s",
				       str_quote(value));
		*second++ = '\0';
		q->lines[q->n].key = line;
		q->lines[q->n].name = value;
		q->lines[q->n++].value = second;
	} else {
		return err_set(err, -EINVAL, "not a request: %s", str_quote(line));
	}
	return 0;
}

static int read_request(struct request *q, struct err *err)
{
	char *save = NULL;
	int r = read_all(q, err);

	if (r < 0)
		return r;
	for (char *l = strtok_r(q->text, "\n", &save); l;
	     l = strtok_r(NULL, "\n", &save)) {
		r = take_line(q, l, err);
		if (r < 0)
			return r;
	}
	return q->unit ? 0 : err_set(err, -EINVAL, "no unit");
}

static int append_lines(struct bus *b, sd_bus_message *m, const struct request *q,
			struct err *err)
{
	int r = 0;

	for (size_t i = 0; r == 0 && i < q->n; i++)
		if (!strcmp(q->lines[i].key, "write"))
			r = limits_append(b, m, q->lines[i].name, q->lines[i].value, err);
		else
			r = gvariant_append(m, q->lines[i].name, q->lines[i].value, err);
	return r;
}

/* What kind of unit it is, whose it is, and that it is accounted for. */
static int append_nature(sd_bus_message *m, const struct request *q)
{
	static const char *const accounting[] = { "MemoryAccounting", "CPUAccounting",
						  "IOAccounting", "TasksAccounting" };
	bool slice = str_has_suffix(q->unit, ".slice");
	char text[300];
	int r;

	snprintf(text, sizeof(text), "agentrun container %s", q->unit);
	r = sd_bus_message_append(m, "(sv)", "Description", "s", text);
	if (r >= 0 && slice)
		r = sd_bus_message_append(m, "(sv)", "Wants", "as", 1, q->slice);
	if (r >= 0 && !slice)
		r = sd_bus_message_append(m, "(sv)(sv)(sv)", "Slice", "s", q->slice,
					  "Delegate", "b", 1, "CollectMode", "s",
					  "inactive-or-failed");
	if (r >= 0)
		r = sd_bus_message_append(m, "(sv)", "DefaultDependencies", "b", 0);
	for (size_t i = 0; r >= 0 && i < ARRAY_SIZE(accounting); i++)
		r = sd_bus_message_append(m, "(sv)", accounting[i], "b", 1);
	if (r >= 0 && !slice)
		r = sd_bus_message_append(m, "(sv)", "PIDs", "au", 1, q->pid);
	return r;
}

static int make_start(struct bus *b, const struct request *q, sd_bus_message **out,
		      struct err *err)
{
	int r = bus_call_new(b, "StartTransientUnit", out, err);

	if (r < 0)
		return r;
	r = sd_bus_message_append(*out, "ss", q->unit, "replace");
	if (r >= 0)
		r = sd_bus_message_open_container(*out, 'a', "(sv)");
	if (r >= 0)
		r = append_nature(*out, q);
	if (r < 0)
		return err_sys(err, r, "cannot describe unit %s", q->unit);
	r = append_lines(b, *out, q, err);
	if (r < 0)
		return r;
	r = sd_bus_message_close_container(*out);
	if (r >= 0)
		r = sd_bus_message_append(*out, "a(sa(sv))", 0);
	return r < 0 ? err_sys(err, r, "cannot describe unit %s", q->unit) : 0;
}

static void reset_failed(struct bus *b, const char *unit)
{
	sd_bus_message *m = NULL;
	struct err ignored = ERR_INIT;

	/* of a unit that did not fail, or is gone, it is refused: as good */
	if (bus_call_new(b, "ResetFailedUnit", &m, &ignored) == 0 &&
	    sd_bus_message_append(m, "s", unit) >= 0)
		(void)bus_call(b, m, &ignored);
	sd_bus_message_unref(m);
}

static int stop(struct bus *b, const struct request *q, struct err *err)
{
	sd_bus_message *m = NULL;
	int r = bus_call_new(b, "StopUnit", &m, err);

	if (r == 0 && sd_bus_message_append(m, "ss", q->unit, "replace") >= 0)
		r = bus_call_job(b, m, NO_SUCH, err);
	sd_bus_message_unref(m);
	reset_failed(b, q->unit);
	return r < 0 ? r : 0;
}

static int start(struct bus *b, const struct request *q, struct err *err)
{
	int r = 1;

	if (!q->slice || (!q->pid && !str_has_suffix(q->unit, ".slice")))
		return err_set(err, -EINVAL, "no slice, or no process");
	/* one that exists may be the failed rest of a create that crashed: once more */
	for (int turn = 0; turn < 2 && r == 1; turn++) {
		sd_bus_message *m = NULL;

		if (turn)
			reset_failed(b, q->unit);
		r = make_start(b, q, &m, err);
		if (r == 0)
			r = bus_call_job(b, m, turn ? NULL : EXISTS, err);
		sd_bus_message_unref(m);
	}
	/* a job that was taken on and did not end well: the unit is ours, and goes */
	if (r < 0 && b->job[0]) {
		struct err ignored = ERR_INIT;

		(void)stop(b, q, &ignored);
	}
	return r;
}

static int update(struct bus *b, const struct request *q, struct err *err)
{
	sd_bus_message *m = NULL;
	int r = bus_call_new(b, "SetUnitProperties", &m, err);

	if (r == 0) {
		r = sd_bus_message_append(m, "sb", q->unit, 1);
		if (r >= 0)
			r = sd_bus_message_open_container(m, 'a', "(sv)");
		r = r < 0 ? err_sys(err, r, "cannot describe unit %s", q->unit)
			  : append_lines(b, m, q, err);
		if (r == 0 && (r = sd_bus_message_close_container(m)) < 0)
			err_sys(err, r, "cannot describe unit %s", q->unit);
		if (r >= 0)
			r = bus_call(b, m, err);
	}
	sd_bus_message_unref(m);
	return r;
}

static int run(const char *verb, bool user, struct err *err)
{
	static struct request q;
	struct bus b;
	int r = read_request(&q, err);

	if (r < 0)
		return r;
	r = bus_open(&b, user, err);
	b.unit = q.unit;
	if (r == 0 && !strcmp(verb, "start"))
		r = start(&b, &q, err);
	else if (r == 0 && !strcmp(verb, "update"))
		r = update(&b, &q, err);
	else if (r == 0)
		r = stop(&b, &q, err);
	bus_close(&b);
	free(q.text);
	return r;
}

int main(int argc, char **argv)
{
	struct err err = ERR_INIT;

	if (argc != 3 ||
	    (strcmp(argv[1], "start") && strcmp(argv[1], "update") &&
	     strcmp(argv[1], "stop")) ||
	    (strcmp(argv[2], "--system") && strcmp(argv[2], "--user"))) {
		fprintf(stderr,
			"usage: agentrun-systemd start|update|stop --system|--user\n");
		return 2;
	}
	if (run(argv[1], !strcmp(argv[2], "--user"), &err) < 0) {
		fprintf(stderr, "%s\n", err.msg);
		return 1;
	}
	return 0;
}
