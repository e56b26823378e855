/* SPDX-License-Identifier: Apache-2.0 */
/* cli/events.c - events: statistics and out-of-memory kills, as JSON lines */
#include <errno.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/str.h"
#include "cli/command.h"

struct events_options {
	const char *interval;
	bool stats;
};

#define AT(field_) offsetof(struct events_options, field_)

static const struct option options[] = {
	{ "interval", 0, OPT_STRING, AT(interval), "DURATION",
	  "time between two statistics (default: 5s)" },
	{ "stats", 0, OPT_BOOL, AT(stats), NULL, "print the statistics once and exit" },
};

static int run_events(struct invocation *in, struct err *err)
{
	const struct events_options *o = in->options;
	uint64_t interval_ns = 5 * NS_PER_S;

	if (o->interval && str_to_duration(o->interval, &interval_ns) < 0)
		return err_set(
			err, -EINVAL,
			"option \"--interval\": %s is not a duration such as 5s or 1m30s",
			str_quote(o->interval));
	return events_container(&in->globals, in->argv[0], o->stats, interval_ns, err);
}

const struct command cmd_events = {
	.name = "events",
	.operands = "ID",
	.summary = "print statistics and out-of-memory kills of a container",
	.options = OPTION_TABLE(options),
	.options_size = sizeof(struct events_options),
	.min_operands = 1,
	.max_operands = 1,
	.run = run_events,
};
