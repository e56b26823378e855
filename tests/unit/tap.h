/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/tap.h - TAP for unit tests: ok(), is_str(), is_int(), then return done() */
#ifndef AGENTRUN_TESTS_TAP_H
#define AGENTRUN_TESTS_TAP_H

#include <stdarg.h>
#include <stdbool.h>
#include <stdio.h>
#include <string.h>

static int tap_n, tap_failed;

__attribute__((format(printf, 2, 3), unused)) static bool ok(bool passed, const char *fmt,
							     ...)
{
	va_list ap;

	printf("%sok %d - ", passed ? "" : "not ", ++tap_n);
	va_start(ap, fmt);
	vprintf(fmt, ap);
	va_end(ap);
	printf("\n");
	tap_failed += !passed;
	return passed;
}

__attribute__((unused)) static bool is_str(const char *have, const char *want,
					   const char *name)
{
	bool same = have && want ? strcmp(have, want) == 0 : have == want;

	ok(same, "%s", name);
	if (!same)
		printf("# have: %s\n# want: %s\n", have ? have : "(null)",
		       want ? want : "(null)");
	return same;
}

__attribute__((unused)) static bool is_int(long long have, long long want,
					   const char *name)
{
	ok(have == want, "%s", name);
	if (have != want)
		printf("# have: %lld\n# want: %lld\n", have, want);
	return have == want;
}

__attribute__((unused)) static int done(void)
{
	printf("1..%d\n", tap_n);
	return tap_failed ? 1 : 0;
}

#endif
