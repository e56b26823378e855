/* SPDX-License-Identifier: Apache-2.0 */
/*
 * apply/stdio.c - standard streams that the payload's user can open again
 *
 * Programs write their logs to /dev/stdout, which opens the pipe anew with the rights of
 * its inode. Engines make it as root, so it is given to the payload's user. Only pipes:
 * a file that the caller redirected to is the caller's, a device is the host's.
 */
#include <errno.h>
#include <sys/stat.h>
#include <unistd.h>

#include "apply/process.h"
#include "base/err.h"
#include "plan/plan.h"

int apply_stdio_owner(const struct plan_process *p, struct err *err)
{
	struct stat st;
	int i;

	if (p->terminal || !p->uid)
		return 0;
	for (i = 0; i < 3; i++) {
		if (fstat(i, &st) < 0 || !S_ISFIFO(st.st_mode) || st.st_uid == p->uid)
			continue;
		if (fchown(i, p->uid, (gid_t)-1) == 0)
			continue;
		/* a pipe of the host's root, seen from a user namespace: it stays as it is */
		if (errno != EPERM && errno != EINVAL && errno != EROFS)
			return err_sys(err, -errno,
				       "cannot give standard stream %d to its user", i);
	}
	return 0;
}
