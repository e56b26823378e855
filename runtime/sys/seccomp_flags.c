/* SPDX-License-Identifier: Apache-2.0 */
/* sys/seccomp_flags.c - see seccomp_flags.h */
#include "sys/seccomp_flags.h"

#include <errno.h>
#include <linux/seccomp.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

#ifndef SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV
#define SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV (1UL << 5)
#endif

static const struct {
	const char *name;
	unsigned long flag;
} flags[] = {
	{ "SECCOMP_FILTER_FLAG_TSYNC", SECCOMP_FILTER_FLAG_TSYNC },
	{ "SECCOMP_FILTER_FLAG_LOG", SECCOMP_FILTER_FLAG_LOG },
	{ "SECCOMP_FILTER_FLAG_SPEC_ALLOW", SECCOMP_FILTER_FLAG_SPEC_ALLOW },
	/* only valid beside a listener */
	{ "SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV",
	  SECCOMP_FILTER_FLAG_WAIT_KILLABLE_RECV | SECCOMP_FILTER_FLAG_NEW_LISTENER },
};

bool sys_seccomp_has_flag(const char *name)
{
	for (size_t i = 0; i < sizeof(flags) / sizeof(flags[0]); i++) {
		if (strcmp(flags[i].name, name) != 0)
			continue;
		/*
		 * Flags are looked at before the filter: EFAULT means that the kernel
		 * takes them, EINVAL that it does not. Nothing is installed.
		 */
		return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, flags[i].flag,
			       NULL) < 0 &&
		       errno == EFAULT;
	}
	return false;
}
