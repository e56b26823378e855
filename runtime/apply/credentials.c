/* SPDX-License-Identifier: Apache-2.0 */
/*
 * apply/credentials.c - ids and the five capability sets, exactly
 *
 * Runs:     in the child, in its own root; before or after seccomp
 * Needs:    CAP_SETPCAP, CAP_SETUID, CAP_SETGID in the child's user namespace
 * Should:   leave exactly the planned ids and sets, keepcaps off
 * Mustn't:  allocate; make system calls that a profile cannot be expected to allow
 *           (prctl, setgroups, setresgid, setresuid, capset, umask)
 * On error: fatal; a bounding set that is larger than planned must never run
 */
#include <errno.h>
#include <grp.h>
#include <linux/capability.h>
#include <linux/prctl.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "apply/process.h"
#include "base/err.h"
#include "plan/process.h"

int apply_no_new_privs(const struct plan_process *p, struct err *err)
{
	if (!p->no_new_privs)
		return 0;
	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return err_sys(err, -errno, "/process/noNewPrivileges: cannot be set");
	return 0;
}

/*
 * Only what is not planned is dropped; most bits of most containers are. EINVAL is the
 * first number that the kernel does not know. A bit that we may not drop is no failure
 * when it is not there.
 */
static int drop_bounding(uint64_t keep, struct err *err)
{
	for (unsigned cap = 0; cap < 64; cap++) {
		if (keep & (1ull << cap))
			continue;
		if (prctl(PR_CAPBSET_DROP, cap, 0, 0, 0) == 0)
			continue;
		if (errno == EINVAL)
			return 0;
		if (prctl(PR_CAPBSET_READ, cap, 0, 0, 0) != 0)
			return err_sys(
				err, -EPERM,
				"/process/capabilities/bounding: cannot drop capability "
				"%u",
				cap);
	}
	return 0;
}

/*
 * The caller's groups never stay by accident. Where nobody may call setgroups (an
 * unprivileged user namespace) that is an error only if groups were asked for.
 */
static int set_groups(const struct plan_process *p, struct err *err)
{
	if (p->keep_groups)
		return 0;
	if (setgroups(p->n_groups, p->groups) == 0)
		return 0;
	if (errno == EPERM && p->n_groups == 0)
		return 0;
	return err_sys(err, -errno, "/process/user/additionalGids: cannot be set");
}

static int set_ids(const struct plan_process *p, struct err *err)
{
	int r;

	r = set_groups(p, err);
	if (r < 0)
		return r;
	if (setresgid(p->gid, p->gid, p->gid) < 0)
		return err_sys(err, -errno, "/process/user/gid: cannot become group %u",
			       p->gid);
	if (setresuid(p->uid, p->uid, p->uid) < 0)
		return err_sys(err, -errno, "/process/user/uid: cannot become user %u",
			       p->uid);
	return 0;
}

static int set_caps(const struct plan_caps *c, struct err *err)
{
	struct __user_cap_header_struct head = { _LINUX_CAPABILITY_VERSION_3, 0 };
	struct __user_cap_data_struct data[2] = {
		{ (uint32_t)c->effective, (uint32_t)c->permitted,
		  (uint32_t)c->inheritable },
		{ (uint32_t)(c->effective >> 32), (uint32_t)(c->permitted >> 32),
		  (uint32_t)(c->inheritable >> 32) },
	};

	if (syscall(SYS_capset, &head, data) < 0)
		return err_sys(err, -errno, "/process/capabilities: cannot set them");
	return 0;
}

/* What the plan let through can be refused by securebits only: peers warn, no more. */
static void set_ambient(uint64_t set)
{
	/* Old kernels have none: nothing to clear then. */
	(void)prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0);
	for (unsigned cap = 0; set; cap++, set >>= 1) {
		if (set & 1)
			(void)prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_RAISE, cap, 0, 0);
	}
}

int apply_credentials(const struct plan_process *p, struct err *err)
{
	int r;

	r = drop_bounding(p->caps.bounding, err);
	if (r < 0)
		return r;
	/* Leaving uid 0 would clear the permitted set. */
	if (p->uid != 0 && prctl(PR_SET_KEEPCAPS, 1, 0, 0, 0) < 0)
		return err_sys(err, -errno,
			       "cannot keep capabilities over the change of user");
	r = set_ids(p, err);
	if (r < 0)
		return r;
	if (p->uid != 0 && prctl(PR_SET_KEEPCAPS, 0, 0, 0, 0) < 0)
		return err_sys(err, -errno, "cannot stop keeping capabilities");
	r = set_caps(&p->caps, err);
	if (r < 0)
		return r;
	set_ambient(p->caps.ambient);
	umask(p->umask);
	return 0;
}
