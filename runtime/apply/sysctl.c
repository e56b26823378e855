/* SPDX-License-Identifier: Apache-2.0 */
/*
 * apply/sysctl.c - sysctls of the container's namespaces
 *
 * SECURITY: through a procfs of our own, without following anything, so that nothing
 * that was mounted over /proc can turn the write elsewhere (CVE-2025-52881).
 */
#include <errno.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>

#include "apply/mount_ops.h"
#include "apply/mounts.h"
#include "base/err.h"
#include "plan/plan.h"
#include "sys/proc.h"

static int write_sysctl(int proc_fd, const struct spec_kv *kv)
{
	char path[PATH_MAX];
	int n = snprintf(path, sizeof(path), "sys/%s", kv->key);

	if (n < 0 || (size_t)n >= sizeof(path))
		return -ENAMETOOLONG;
	return sys_proc_write(proc_fd, path, kv->value, strlen(kv->value));
}

int apply_sysctls(struct rootfs *r, struct err *err)
{
	const struct spec_kvs *kvs = &r->plan->mounts.sysctl;
	size_t i;
	int rc;

	if (!kvs->n)
		return 0;
	if (r->proc_fd < 0) {
		rc = sys_proc_open();
		if (rc < 0)
			return err_sys(err, rc, "cannot open a proc file system");
		r->proc_fd = rc;
	}
	for (i = 0; i < kvs->n; i++) {
		rc = write_sysctl(r->proc_fd, &kvs->v[i]);
		if (rc < 0)
			return err_sys(err, rc, "cannot set the sysctl '%s'",
				       kvs->v[i].key);
	}
	return 0;
}
