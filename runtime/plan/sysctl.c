/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan/sysctl.c - sysctls: only those that a namespace of the container owns
 *
 * SECURITY: anything else would be the host's (CVE-2022-0532), and a key is a path, so
 * it is checked like one (CVE-2022-0811).
 */
#include <errno.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "plan/mounts.h"
#include "plan/plan.h"

#define MAX_KEY	  256
#define MAX_VALUE 4096 /* proc takes a page */

static const char *const ipc_names[] = {
	"kernel/msgmax", "kernel/msgmnb", "kernel/msgmni", "kernel/sem",
	"kernel/shmall", "kernel/shmmax", "kernel/shmmni", "kernel/shm_rmid_forced",
};

/*
 * sysctl(8)'s rule: the first separator decides. "net.ipv4.conf.eth0/1.x" has a dot in
 * the interface's name, written as a slash; "net/ipv4/conf/eth0.1/x" is a path as it is.
 */
static char *key_to_path(struct arena *a, const char *key)
{
	char *path = arena_strdup(a, key), *s;
	const char *sep = strpbrk(key, "./");

	if (!sep || *sep == '/')
		return path;
	for (s = path; *s; s++)
		*s = *s == '.' ? '/' : *s == '/' ? '.' : *s;
	return path;
}

static bool path_is_sane(const char *path)
{
	size_t n;

	if (!*path || strlen(path) > MAX_KEY)
		return false;
	if (path[strspn(path, "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ"
			      "0123456789_.-/")])
		return false;
	for (;; path += n + 1) {
		n = strcspn(path, "/");
		if (n == 0 || (path[0] == '.' && (n == 1 || (n == 2 && path[1] == '.'))))
			return false;
		if (!path[n])
			return true;
	}
}

static bool value_is_sane(const char *value)
{
	size_t i;

	for (i = 0; value[i]; i++)
		if (((unsigned char)value[i] < 0x20 && value[i] != '\t') ||
		    i >= MAX_VALUE)
			return false;
	return true;
}

/* The namespace that owns it, or -1: the host. */
static int owner(const char *path)
{
	size_t i;

	for (i = 0; i < ARRAY_SIZE(ipc_names); i++)
		if (str_eq(path, ipc_names[i]))
			return NS_IPC;
	if (str_has_prefix(path, "fs/mqueue/"))
		return NS_IPC;
	if (str_has_prefix(path, "net/"))
		return NS_NETWORK;
	if (str_has_prefix(path, "user/"))
		return NS_USER;
	if (str_eq(path, "kernel/domainname"))
		return NS_UTS;
	return -1;
}

static int check_sysctl(const struct plan *p, const char *key, const char *path,
			struct err *err)
{
	int ns = owner(path);

	if (str_eq(path, "kernel/hostname"))
		return err_set(err, -EINVAL,
			       "/linux/sysctl/kernel.hostname: use /hostname instead");
	if (ns < 0)
		return err_set(err, -EINVAL,
			       "/linux/sysctl: %s belongs to no namespace: it would "
			       "change the host",
			       str_quote(key));
	if (!p->ns.has[ns])
		return err_set(err, -EINVAL,
			       "/linux/sysctl: %s needs an own %s namespace: it would "
			       "change the host",
			       str_quote(key), spec_ns_name((enum spec_ns_type)ns));
	if (ns == NS_UTS && p->ns.domainname)
		return err_set(
			err, -EINVAL,
			"/linux/sysctl/kernel.domainname: contradicts /domainname");
	return 0;
}

int plan_sysctls_build(struct plan *p, struct err *err)
{
	const struct spec_kvs *in = &p->spec->sysctl;
	struct spec_kv *v;
	size_t i;
	int r;

	v = in->n ? ARENA_ARRAY(p->arena, in->n, struct spec_kv) : NULL;
	for (i = 0; i < in->n; i++) {
		const char *key = in->v[i].key;
		char *path = key_to_path(p->arena, key);

		if (!path_is_sane(path))
			return err_set(err, -EINVAL,
				       "/linux/sysctl: %s is no sysctl name",
				       str_quote(key));
		if (!in->v[i].value || !value_is_sane(in->v[i].value))
			return err_set(
				err, -EINVAL,
				"/linux/sysctl/%s: the value has control characters "
				"or is longer than %d bytes",
				key, MAX_VALUE);
		r = check_sysctl(p, key, path, err);
		if (r < 0)
			return r;
		v[i].key = path;
		v[i].value = in->v[i].value;
	}
	p->mounts.sysctl.v = v;
	p->mounts.sysctl.n = in->n;
	return 0;
}
