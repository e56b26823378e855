/* SPDX-License-Identifier: Apache-2.0 */
/* cli/signals.c - see signals.h */
#include "cli/signals.h"

#include <errno.h>
#include <signal.h>
#include <string.h>
#include <strings.h>

#include "base/str.h"

/*
 * The C libraries and Go keep 32 and 33 for themselves, so that RTMIN of every program
 * that engines start is 34, whatever SIGRTMIN is at run time.
 */
#define RT_MIN 34
#define RT_MAX 64

static const struct {
	const char *name;
	int sig;
} names[] = {
	{ "HUP", SIGHUP },	 { "INT", SIGINT },	  { "QUIT", SIGQUIT },
	{ "ILL", SIGILL },	 { "TRAP", SIGTRAP },	  { "ABRT", SIGABRT },
	{ "IOT", SIGIOT },	 { "BUS", SIGBUS },	  { "FPE", SIGFPE },
	{ "KILL", SIGKILL },	 { "USR1", SIGUSR1 },	  { "SEGV", SIGSEGV },
	{ "USR2", SIGUSR2 },	 { "PIPE", SIGPIPE },	  { "ALRM", SIGALRM },
	{ "TERM", SIGTERM },	 { "STKFLT", SIGSTKFLT }, { "CHLD", SIGCHLD },
	{ "CLD", SIGCHLD },	 { "CONT", SIGCONT },	  { "STOP", SIGSTOP },
	{ "TSTP", SIGTSTP },	 { "TTIN", SIGTTIN },	  { "TTOU", SIGTTOU },
	{ "URG", SIGURG },	 { "XCPU", SIGXCPU },	  { "XFSZ", SIGXFSZ },
	{ "VTALRM", SIGVTALRM }, { "PROF", SIGPROF },	  { "WINCH", SIGWINCH },
	{ "IO", SIGIO },	 { "POLL", SIGIO },	  { "PWR", SIGPWR },
	{ "SYS", SIGSYS },
};

/* What follows RTMIN or RTMAX: nothing, or the sign and a number. */
static int real_time(const char *rest, char sign, int base, int *out)
{
	uint64_t n = 0;

	if (*rest) {
		if (*rest != sign || str_to_u64(rest + 1, RT_MAX - RT_MIN, &n) < 0)
			return -EINVAL;
	}
	*out = sign == '+' ? base + (int)n : base - (int)n;
	return 0;
}

int signal_parse(const char *s, int *out)
{
	uint64_t n;

	if (str_to_u64(s, RT_MAX, &n) == 0) {
		if (n < 1)
			return -EINVAL;
		*out = (int)n;
		return 0;
	}
	if (!strncasecmp(s, "SIG", 3))
		s += 3;
	if (!strncasecmp(s, "RTMIN", 5))
		return real_time(s + 5, '+', RT_MIN, out);
	if (!strncasecmp(s, "RTMAX", 5))
		return real_time(s + 5, '-', RT_MAX, out);
	for (size_t i = 0; i < ARRAY_SIZE(names); i++) {
		if (!strcasecmp(s, names[i].name)) {
			*out = names[i].sig;
			return 0;
		}
	}
	return -EINVAL;
}
