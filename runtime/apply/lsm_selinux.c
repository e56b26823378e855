/* SPDX-License-Identifier: Apache-2.0 */
/* apply/lsm_selinux.c - SELinux labels, written where the kernel takes them */
#include <string.h>

#include "apply/lsm.h"
#include "base/err.h"
#include "base/str.h"
#include "sys/proc.h"

static int set_label(int proc_fd, const char *path, const char *label, struct err *err)
{
	/* With its terminator: the kernel wants none, and strips it. */
	int r = sys_proc_write(proc_fd, path, label, strlen(label) + 1);

	if (r < 0)
		return err_sys(err, r,
			       "/process/selinuxLabel: cannot write %s to /proc/%s",
			       str_quote(label), path);
	return 0;
}

int lsm_selinux_exec(int proc_fd, const char *label, struct err *err)
{
	return set_label(proc_fd, "self/attr/exec", label, err);
}

int lsm_selinux_keycreate(int proc_fd, const char *label, struct err *err)
{
	return set_label(proc_fd, "self/attr/keycreate", label, err);
}
