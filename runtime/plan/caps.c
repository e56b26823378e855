/* SPDX-License-Identifier: Apache-2.0 */
/* plan/caps.c - capability names to the five sets */
#include "plan/caps.h"

#include <errno.h>
#include <linux/capability.h>
#include <stddef.h>
#include <strings.h>

#include "base/err.h"
#include "base/str.h"
#include "plan/host.h"
#include "spec/spec.h"

static const char *const names[] = {
	[CAP_CHOWN] = "CAP_CHOWN",
	[CAP_DAC_OVERRIDE] = "CAP_DAC_OVERRIDE",
	[CAP_DAC_READ_SEARCH] = "CAP_DAC_READ_SEARCH",
	[CAP_FOWNER] = "CAP_FOWNER",
	[CAP_FSETID] = "CAP_FSETID",
	[CAP_KILL] = "CAP_KILL",
	[CAP_SETGID] = "CAP_SETGID",
	[CAP_SETUID] = "CAP_SETUID",
	[CAP_SETPCAP] = "CAP_SETPCAP",
	[CAP_LINUX_IMMUTABLE] = "CAP_LINUX_IMMUTABLE",
	[CAP_NET_BIND_SERVICE] = "CAP_NET_BIND_SERVICE",
	[CAP_NET_BROADCAST] = "CAP_NET_BROADCAST",
	[CAP_NET_ADMIN] = "CAP_NET_ADMIN",
	[CAP_NET_RAW] = "CAP_NET_RAW",
	[CAP_IPC_LOCK] = "CAP_IPC_LOCK",
	[CAP_IPC_OWNER] = "CAP_IPC_OWNER",
	[CAP_SYS_MODULE] = "CAP_SYS_MODULE",
	[CAP_SYS_RAWIO] = "CAP_SYS_RAWIO",
	[CAP_SYS_CHROOT] = "CAP_SYS_CHROOT",
	[CAP_SYS_PTRACE] = "CAP_SYS_PTRACE",
	[CAP_SYS_PACCT] = "CAP_SYS_PACCT",
	[CAP_SYS_ADMIN] = "CAP_SYS_ADMIN",
	[CAP_SYS_BOOT] = "CAP_SYS_BOOT",
	[CAP_SYS_NICE] = "CAP_SYS_NICE",
	[CAP_SYS_RESOURCE] = "CAP_SYS_RESOURCE",
	[CAP_SYS_TIME] = "CAP_SYS_TIME",
	[CAP_SYS_TTY_CONFIG] = "CAP_SYS_TTY_CONFIG",
	[CAP_MKNOD] = "CAP_MKNOD",
	[CAP_LEASE] = "CAP_LEASE",
	[CAP_AUDIT_WRITE] = "CAP_AUDIT_WRITE",
	[CAP_AUDIT_CONTROL] = "CAP_AUDIT_CONTROL",
	[CAP_SETFCAP] = "CAP_SETFCAP",
	[CAP_MAC_OVERRIDE] = "CAP_MAC_OVERRIDE",
	[CAP_MAC_ADMIN] = "CAP_MAC_ADMIN",
	[CAP_SYSLOG] = "CAP_SYSLOG",
	[CAP_WAKE_ALARM] = "CAP_WAKE_ALARM",
	[CAP_BLOCK_SUSPEND] = "CAP_BLOCK_SUSPEND",
	[CAP_AUDIT_READ] = "CAP_AUDIT_READ",
	/* By number: the headers of an old kernel lack the names. */
	[38] = "CAP_PERFMON",
	[39] = "CAP_BPF",
	[40] = "CAP_CHECKPOINT_RESTORE",
};

const char *caps_name(unsigned cap)
{
	return cap < ARRAY_SIZE(names) ? names[cap] : NULL;
}

int caps_number(const char *name)
{
	for (unsigned i = 0; i < ARRAY_SIZE(names); i++) {
		if (!strcasecmp(names[i], name))
			return (int)i;
	}
	return -1;
}

static uint64_t read_set(struct plan_caps *out, const struct spec_strings *list)
{
	uint64_t set = 0;

	for (size_t i = 0; i < list->n; i++) {
		int n = caps_number(list->v[i]);

		if (n >= 0)
			set |= 1ull << n;
		else
			out->unknown = list->v[i];
	}
	return set;
}

static const char *first_name(uint64_t set)
{
	for (unsigned i = 0; i < ARRAY_SIZE(names); i++) {
		if (set & (1ull << i))
			return names[i];
	}
	return "";
}

/*
 * What no process of ours can be given. A bounding set can only shrink, and without a
 * user namespace of its own the payload starts from what the runtime itself has.
 */
static uint64_t grantable(const struct host *host, bool own_userns, uint64_t limit)
{
	uint64_t known = host->last_cap < 63 ? (1ull << (host->last_cap + 1)) - 1 : ~0ull;

	return own_userns ? known : known & limit;
}

int plan_caps_build(struct plan_caps *out, const struct spec_caps *caps,
		    const struct host *host, bool own_userns, struct err *err)
{
	struct plan_caps c = { 0 };
	uint64_t bound = grantable(host, own_userns, host->bounding);
	uint64_t have = grantable(host, own_userns, host->bounding & host->caps);
	uint64_t all;

	/* An absent object is five empty sets: a zeroed plan is the strictest one. */
	c.bounding = read_set(&c, &caps->bounding);
	c.effective = read_set(&c, &caps->effective);
	c.inheritable = read_set(&c, &caps->inheritable);
	c.permitted = read_set(&c, &caps->permitted);
	c.ambient = read_set(&c, &caps->ambient);
	if (c.effective & ~c.permitted)
		return err_set(err, -EINVAL,
			       "/process/capabilities/effective: %s is not in permitted",
			       first_name(c.effective & ~c.permitted));

	all = c.effective | c.inheritable | c.permitted | c.ambient;
	c.ungrantable = (c.bounding & ~bound) | (all & ~have);
	c.bounding &= bound;
	c.permitted &= have;
	c.effective &= have;
	/* capset(2) wants inheritable inside the bounding set as it is by then. */
	c.inheritable &= have & c.bounding;
	/* KERNEL: ambient is kept inside permitted and inheritable; peers warn only. */
	c.ungrantable |= c.ambient & ~(c.permitted & c.inheritable);
	c.ambient &= c.permitted & c.inheritable;
	*out = c;
	return 0;
}

void plan_caps_left_out(const struct plan_caps *c, struct strbuf *out)
{
	for (unsigned i = 0; i < ARRAY_SIZE(names); i++) {
		if (c->ungrantable & (1ull << i))
			strbuf_addf(out, "%s%s", out->len ? " " : "", names[i]);
	}
	if (c->unknown)
		strbuf_addf(out, "%s%s", out->len ? " " : "", str_quote(c->unknown));
}
