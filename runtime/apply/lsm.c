/* SPDX-License-Identifier: Apache-2.0 */
/*
 * apply/lsm.c - the labels that execve takes on
 *
 * Runs:     in the child, after the last mount
 * Should:   leave the profile or label set for the next execve
 * Mustn't:  write through the container's own /proc (CVE-2019-16884, CVE-2025-52881)
 * On error: fatal: a payload without its label is a payload without its cage
 */
#include "apply/lsm.h"

#include <errno.h>
#include <stdio.h>
#include <string.h>

#include "apply/process.h"
#include "base/err.h"
#include "base/fd.h"
#include "base/str.h"
#include "plan/process.h"
#include "sys/proc.h"

#define APPARMOR_EXEC "self/attr/apparmor/exec"
#define SHARED_EXEC   "self/attr/exec"

static int set_apparmor(int proc_fd, const char *profile, struct err *err)
{
	const char *path = APPARMOR_EXEC;
	char text[512];
	int n, r;

	n = snprintf(text, sizeof(text), "exec %s", profile);
	if (n < 0 || (size_t)n >= sizeof(text))
		return err_set(err, -ENAMETOOLONG,
			       "/process/apparmorProfile: %s is too long a name for "
			       "/proc/" APPARMOR_EXEC,
			       str_quote(profile));
	r = sys_proc_write(proc_fd, path, text, (size_t)n);
	if (r == -ENOENT) { /* KERNEL 5.8: before it there is the shared file alone */
		path = SHARED_EXEC;
		r = sys_proc_write(proc_fd, path, text, (size_t)n);
	}
	if (r < 0)
		return err_sys(err, r,
			       "/process/apparmorProfile: cannot write %s to /proc/%s",
			       str_quote(profile), path);
	return 0;
}

int apply_lsm(const struct plan_process *p, int proc_fd, struct err *err)
{
	AUTO_FD own = -1;
	int r = 0;

	if (!p->apparmor_profile && !p->selinux_label)
		return 0;
	if (proc_fd < 0) {
		own = sys_proc_open();
		if (own < 0) {
			r = own;
			own = -1;
			return err_sys(err, r,
				       "cannot open a procfs for /proc/" SHARED_EXEC);
		}
		proc_fd = own;
	}
	if (p->apparmor_profile)
		r = set_apparmor(proc_fd, p->apparmor_profile, err);
	if (r == 0 && p->selinux_label)
		r = lsm_selinux_exec(proc_fd, p->selinux_label, err);
	return r;
}
