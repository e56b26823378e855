/* SPDX-License-Identifier: Apache-2.0 */
/*
 * apply/keyring.c - a session keyring of the container's own
 *
 * Runs:     in the child, before its label and ids change
 * Should:   end the possession of whatever keyring the caller had
 */
#include <errno.h>
#include <linux/keyctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "apply/lsm.h"
#include "apply/process.h"
#include "base/err.h"
#include "base/fd.h"
#include "base/str.h"
#include "plan/process.h"
#include "sys/proc.h"

/* Possessor: everything; user: view, read, search, link: as engines expect of runc. */
#define KEYRING_PERM 0x3f1b0000u

static int label_keyring(const char *label, struct err *err)
{
	AUTO_FD proc_fd = sys_proc_open();
	int r = proc_fd;

	if (proc_fd < 0) {
		proc_fd = -1;
		return err_sys(err, r,
			       "cannot open a procfs for /proc/self/attr/keycreate");
	}
	return lsm_selinux_keycreate(proc_fd, label, err);
}

int apply_keyring(const struct plan_process *p, struct err *err)
{
	int r;

	if (!p->keyring)
		return 0;
	if (p->selinux_label) {
		r = label_keyring(p->selinux_label, err);
		if (r < 0)
			return r;
	}
	if (syscall(SYS_keyctl, KEYCTL_JOIN_SESSION_KEYRING, p->keyring) < 0) {
		/* A kernel without keys, or an outer filter that hides them: none to
		 * leak. */
		if (errno == ENOSYS || errno == EPERM)
			return 0;
		r = err_sys(err, -errno, "cannot join session keyring %s",
			    str_quote(p->keyring));
		err_hint(err, "--no-new-keyring does without one");
		return r;
	}
	/* Only searching by others is lost where it fails. */
	(void)syscall(SYS_keyctl, KEYCTL_SETPERM, KEY_SPEC_SESSION_KEYRING, KEYRING_PERM);
	return 0;
}
