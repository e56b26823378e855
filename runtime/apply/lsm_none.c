/* SPDX-License-Identifier: Apache-2.0 */
/* apply/lsm_none.c - a build without SELinux refuses its labels */
#include <errno.h>

#include "apply/lsm.h"
#include "base/err.h"
#include "base/str.h"

static int refuse(const char *path, const char *label, struct err *err)
{
	return err_set(
		err, -ENOTSUP,
		"/process/selinuxLabel: cannot write %s to %s: built without SELinux",
		str_quote(label), path);
}

int lsm_selinux_exec(int proc_fd, const char *label, struct err *err)
{
	(void)proc_fd; /* nothing is written */
	return refuse("/proc/self/attr/exec", label, err);
}

int lsm_selinux_keycreate(int proc_fd, const char *label, struct err *err)
{
	(void)proc_fd; /* nothing is written */
	return refuse("/proc/self/attr/keycreate", label, err);
}
