/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/test-cli.c - names of signals, options of update, the table of ps */
#include <signal.h>
#include <string.h>
#include <sys/types.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "cli/ps_filter.h"
#include "cli/resources.h"
#include "cli/signals.h"
#include "tap.h"

static struct arena arena = ARENA_INIT;

static void test_signals(void)
{
	static const struct {
		const char *s;
		int sig; /* 0: refused */
	} v[] = {
		{ "TERM", SIGTERM },
		{ "SIGTERM", SIGTERM },
		{ "sigterm", SIGTERM },
		{ "Kill", SIGKILL },
		{ "sigKILL", SIGKILL },
		{ "9", 9 },
		{ "1", 1 },
		{ "64", 64 },
		{ "09", 0 },
		{ "0", 0 },
		{ "65", 0 },
		{ "-9", 0 },
		{ "9x", 0 },
		{ "", 0 },
		{ "SIG", 0 },
		{ "SIGSIGTERM", 0 },
		{ "TERMX", 0 },
		{ "4294967305", 0 },
		{ "CLD", SIGCHLD },
		{ "POLL", SIGPOLL },
		{ "WINCH", SIGWINCH },
		{ "RTMIN", 34 },
		{ "SIGRTMIN", 34 },
		{ "rtmin+3", 37 },
		{ "SIGRTMIN+30", 64 },
		{ "RTMIN+31", 0 },
		{ "RTMIN-1", 0 },
		{ "RTMIN+", 0 },
		{ "RTMAX", 64 },
		{ "RTMAX-4", 60 },
		{ "SIGRTMAX-30", 34 },
		{ "RTMAX-31", 0 },
		{ "RTMAX+1", 0 },
		{ "RTMINX", 0 },
	};

	for (size_t i = 0; i < ARRAY_SIZE(v); i++) {
		int sig = 0, r = signal_parse(v[i].s, &sig);

		ok(v[i].sig ? r == 0 && sig == v[i].sig : r < 0 && sig == 0,
		   "signal \"%s\" is %d", v[i].s, v[i].sig);
	}
}

static void one_resource(enum resource which, const char *value, const char *want)
{
	const char *v[RES_COUNT] = { NULL };
	AUTO_STRBUF b = STRBUF_INIT;
	struct err err = ERR_INIT;
	size_t n = 0;
	int r;

	v[which] = value;
	r = resources_build(&arena, v, &b, &n, &err);
	if (want)
		ok(r == 0 && n == 1 && str_eq(b.s, want), "update: %s", want);
	else
		ok(r < 0 && strstr(err.msg, "option \"--"),
		   "update: \"%s\" of %u is refused", value, which);
	if (want && !str_eq(b.s, want))
		printf("# have: %s %s\n", strbuf_str(&b), err.msg);
}

static void test_resources(void)
{
	const char *v[RES_COUNT] = { [RES_CPU_QUOTA] = "50000",
				     [RES_CPU_PERIOD] = "100000",
				     [RES_MEMORY] = "1048576",
				     [RES_MEMORY_SWAP] = "-1",
				     [RES_CPUSET_CPUS] = "0-1" };
	const char *none[RES_COUNT] = { NULL };
	AUTO_STRBUF b = STRBUF_INIT;
	AUTO_STRBUF empty = STRBUF_INIT;
	struct err err = ERR_INIT;
	size_t n;

	one_resource(RES_BLKIO_WEIGHT, "500", "{\"blockIO\":{\"weight\":500}}");
	one_resource(RES_CPU_BURST, "1", "{\"cpu\":{\"burst\":1}}");
	one_resource(RES_CPU_SHARE, "1024", "{\"cpu\":{\"shares\":1024}}");
	one_resource(RES_CPU_RT_PERIOD, "7", "{\"cpu\":{\"realtimePeriod\":7}}");
	one_resource(RES_CPU_RT_RUNTIME, "-1", "{\"cpu\":{\"realtimeRuntime\":-1}}");
	one_resource(RES_CPU_IDLE, "1", "{\"cpu\":{\"idle\":1}}");
	one_resource(RES_CPUSET_MEMS, "0", "{\"cpu\":{\"mems\":\"0\"}}");
	one_resource(RES_MEMORY, "-1", "{\"memory\":{\"limit\":-1}}");
	one_resource(RES_MEMORY, "64MiB", "{\"memory\":{\"limit\":67108864}}");
	one_resource(RES_MEMORY_RESERVATION, "32m",
		     "{\"memory\":{\"reservation\":33554432}}");
	one_resource(RES_PIDS_LIMIT, "-1", "{\"pids\":{\"limit\":-1}}");
	one_resource(RES_PIDS_LIMIT, "20", "{\"pids\":{\"limit\":20}}");
	one_resource(RES_PIDS_LIMIT, "x", NULL);
	one_resource(RES_CPU_QUOTA, "1.5", NULL);
	one_resource(RES_CPU_PERIOD, "-1", NULL);
	one_resource(RES_CPU_PERIOD, "", NULL);
	one_resource(RES_MEMORY, "-2", NULL);
	one_resource(RES_MEMORY, "1x", NULL);
	one_resource(RES_MEMORY, "99999999999999999999", NULL);
	one_resource(RES_KERNEL_MEMORY, "much", NULL);
	is_int(resources_build(&arena, v, &b, &n, &err), 0, "update: several at once");
	is_str(b.s,
	       "{\"cpu\":{\"period\":100000,\"quota\":50000,\"cpus\":\"0-1\"},"
	       "\"memory\":{\"limit\":1048576,\"swap\":-1}}",
	       "update: share their objects");
	is_int((int)n, 5, "update: five were given");
	is_int(resources_build(&arena, none, &empty, &n, &err), 0, "update: none at all");
	is_str(empty.s, "{}", "update: is an empty object");
}

static void test_ps(void)
{
	static const char text[] = "UID          PID    PPID  C CMD\n"
				   "root           1       0  0 init 77\n"
				   "root          77       1  0 sh\n"
				   "root         770       1  0 other\n"
				   "\n"
				   "root         778      77  0 sleep 9";
	static const pid_t pids[] = { 77, 778 };
	AUTO_STRBUF b = STRBUF_INIT;
	AUTO_STRBUF none = STRBUF_INIT;
	struct err err = ERR_INIT;

	is_int(ps_filter(text, pids, 2, &b, &err), 0, "ps: a table");
	is_str(b.s,
	       "UID          PID    PPID  C CMD\n"
	       "root          77       1  0 sh\n"
	       "root         778      77  0 sleep 9\n",
	       "ps: the header and our lines");
	ok(ps_filter("USER CMD\nroot sh\n", pids, 2, &none, &err) < 0 &&
		   strstr(err.msg, "PID"),
	   "ps: a table without a PID column is an error");
	err = ERR_INIT;
	ok(ps_filter("", pids, 2, &none, &err) < 0, "ps: an empty table is an error");
}

int main(void)
{
	test_signals();
	test_resources();
	test_ps();
	arena_release(&arena);
	return done();
}
