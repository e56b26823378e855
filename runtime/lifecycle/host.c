/* SPDX-License-Identifier: Apache-2.0 */
/* lifecycle/host.c - facts about this host for the planner, gathered once */
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <linux/landlock.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"
#include "base/str.h"
#include "lifecycle/container.h"
#include "sys/seccomp_flags.h"

#define SELINUX_MAGIC 0xf97cff8c

static ssize_t read_small(const char *path, char *buf, size_t len)
{
	AUTO_FD fd = open(path, O_RDONLY | O_CLOEXEC);
	ssize_t n;

	if (fd < 0)
		return -errno;
	n = fd_read_some(fd, buf, len - 1);
	buf[n < 0 ? 0 : n] = '\0';
	return n;
}

static uint64_t hex_field(const char *text, const char *name)
{
	const char *p = strstr(text, name);

	return p ? strtoull(p + strlen(name), NULL, 16) : 0;
}

static int read_caps(struct host *h, struct err *err)
{
	char buf[8192];

	if (read_small("/proc/self/status", buf, sizeof(buf)) <= 0)
		return err_set(err, -EIO, "cannot read /proc/self/status");
	h->caps = hex_field(buf, "\nCapEff:");
	h->bounding = hex_field(buf, "\nCapBnd:");
	h->sig_ign = hex_field(buf, "\nSigIgn:");
	h->last_cap = 40; /* KERNEL 5.9: CAP_CHECKPOINT_RESTORE; asked for above it */
	while (h->last_cap < 63 && prctl(PR_CAPBSET_READ, h->last_cap + 1, 0, 0, 0) >= 0)
		h->last_cap++;
	return 0;
}

static void read_userns(struct host *h)
{
	char map[128];
	unsigned inside, outside, count;

	if (read_small("/proc/self/uid_map", map, sizeof(map)) <= 0)
		return;
	h->in_userns = sscanf(map, "%u %u %u", &inside, &outside, &count) != 3 ||
		       inside != 0 || outside != 0 || count != UINT32_MAX;
	if (h->in_userns && read_small("/proc/self/setgroups", map, sizeof(map)) > 0)
		h->userns_setgroups_denied = str_has_prefix(map, "deny");
}

static void read_lsms(struct host *h)
{
	struct statfs fs;
	char buf[8];
	long abi;

	h->selinux = statfs("/sys/fs/selinux", &fs) == 0 &&
		     (unsigned long)fs.f_type == SELINUX_MAGIC;
	h->apparmor = read_small("/sys/module/apparmor/parameters/enabled", buf,
				 sizeof(buf)) > 0 &&
		      buf[0] == 'Y';
	abi = syscall(SYS_landlock_create_ruleset, NULL, 0,
		      LANDLOCK_CREATE_RULESET_VERSION);
	h->landlock_abi = abi > 0 ? (int)abi : 0;
}

int host_read(struct host *h, struct err *err)
{
	int r;

	memset(h, 0, sizeof(*h));
	h->euid = geteuid();
	h->egid = getegid();
	r = read_caps(h, err);
	if (r < 0)
		return r;
	read_userns(h);
	read_lsms(h);
	h->rootless = h->euid != 0 || h->in_userns;
	return host_read_cgroups(h, err);
}

bool host_has_seccomp_flag(const char *name)
{
	return sys_seccomp_has_flag(name);
}
