/* SPDX-License-Identifier: Apache-2.0 */
/* policy/check.c - what no field can say about itself alone */
#include "policy/policy.h"

#include <errno.h>
#include <string.h>

#include "base/err.h"
#include "base/path.h"
#include "base/str.h"
#include "policy/fields.h"

static const char *where(const struct policy *p, enum policy_key k)
{
	return p->from[k] ? p->from[k] : policy_fields[k].key;
}

static bool same_entries(const struct policy_list *a, const struct policy_list *b)
{
	for (size_t i = 0; i < a->n; i++) {
		if (!policy_list_has(b, a->v[i]))
			return false;
	}
	for (size_t i = 0; i < b->n; i++) {
		if (!policy_list_has(a, b->v[i]))
			return false;
	}
	return true;
}

/* Mounts hold these limits so far, and a mount is writable or it is not. */
static int check_lists(const struct policy *p, struct err *err)
{
	if (!policy_list_has(&p->filesystem.read, "/"))
		return err_set(err, -EOPNOTSUPP,
			       "%s: not supported by this version of agentrun: expected "
			       "[\"/\"]",
			       where(p, PK_READ));
	if (!same_entries(&p->filesystem.create, &p->filesystem.modify) ||
	    !same_entries(&p->filesystem.create, &p->filesystem.remove))
		return err_set(err, -EOPNOTSUPP,
			       "%s: not supported by this version of agentrun: create, "
			       "modify and remove must name the same directories",
			       where(p, PK_CREATE));
	for (size_t i = 0; i < p->filesystem.create.n; i++) {
		const char *s = p->filesystem.create.v[i];

		if (path_is_below(s, "/proc") || path_is_below(s, "/sys") ||
		    path_is_below(s, "/dev"))
			return err_set(err, -EINVAL, "%s: %s belongs to the kernel",
				       where(p, PK_CREATE), str_quote(s));
	}
	return 0;
}

static int check_filesystem(const struct policy *p, struct err *err)
{
	bool ephemeral = p->filesystem.rootfs.v == POLICY_ROOTFS_EPHEMERAL;
	bool workspace = p->filesystem.workspace_path.set &&
			 p->filesystem.workspace_mode.v == POLICY_WORKSPACE_EPHEMERAL;

	if (!p->filesystem.read.n)
		return err_set(err, -EINVAL,
			       "%s: nothing may be read, so no program can run",
			       where(p, PK_READ));
	if (p->filesystem.workspace_mode.set && !p->filesystem.workspace_path.set)
		return err_set(err, -EINVAL, "%s: a mode, and no workspace.path",
			       where(p, PK_WORKSPACE_MODE));
	if (p->filesystem.workspace_path.set &&
	    strcmp(p->filesystem.workspace_path.v, "/") == 0)
		return err_set(err, -EINVAL, "%s: '/' is the root file system",
			       where(p, PK_WORKSPACE_PATH));
	/* What is written lives in memory; without a size it would be all of it. */
	if (ephemeral && !p->budget.disk.set)
		return err_set(err, -EINVAL,
			       "%s: an ephemeral root needs a size: set budget.disk",
			       where(p, PK_ROOTFS));
	if (workspace && !p->filesystem.workspace_size.set && !p->budget.disk.set)
		return err_set(err, -EINVAL, "%s: an ephemeral workspace needs a size",
			       where(p, PK_WORKSPACE_PATH));
	if (p->budget.disk.set && p->filesystem.rootfs.v == POLICY_ROOTFS_AS_GIVEN)
		return err_set(err, -EOPNOTSUPP,
			       "%s: cannot be held on a root file system 'as-given'",
			       where(p, PK_DISK));
	return check_lists(p, err);
}

int policy_check(const struct policy *p, const char *class_name, struct err *err)
{
	if (!p->name.set)
		return err_set(err, -EINVAL, "class '%s': the policy has no 'name'",
			       class_name);
	if (strcmp(p->name.v, class_name) != 0)
		return err_set(err, -EINVAL, "%s: %s is not the class '%s' of the file",
			       where(p, PK_NAME), str_quote(p->name.v), class_name);
	if (strcmp(p->name.v, "none") == 0)
		return err_set(err, -EINVAL, "%s: 'none' cannot name a class",
			       where(p, PK_NAME));
	if (!p->time.limit.set)
		return err_set(err, -EINVAL, "class '%s': the policy has no 'time.limit'",
			       class_name);
	if (!p->tools.exec.n)
		return err_set(err, -EINVAL, "%s: class '%s' allows no program to run",
			       where(p, PK_EXEC), class_name);
	return check_filesystem(p, err);
}
