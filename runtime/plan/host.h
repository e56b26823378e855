/* SPDX-License-Identifier: Apache-2.0 */
/* plan/host.h - facts about this host, gathered once, so that planning stays pure */
#ifndef AGENTRUN_PLAN_HOST_H
#define AGENTRUN_PLAN_HOST_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum cgroup_mode {
	CGROUP_NONE = 0,
	CGROUP_V1, /* v1 hierarchies only */
	CGROUP_HYBRID, /* v1 hierarchies, and a cgroup2 mount without what we need: used as v1 */
	CGROUP_V2,
};

#define HOST_MAX_HIERARCHIES 32

/* One mounted hierarchy: "/sys/fs/cgroup/cpu,cpuacct" with controllers "cpu,cpuacct". */
struct host_hierarchy {
	char mountpoint[128];
	char controllers[64]; /* comma separated; "name=systemd"; "" for cgroup2 */
	char self[512];	      /* our own path in it, from /proc/self/cgroup */
	char root[256]; /* field 4 of mountinfo: what of the hierarchy is mounted there */
	bool v2;
};

struct host {
	uint32_t euid;
	uint32_t egid;
	bool in_userns;	   /* not in the initial user namespace */
	bool rootless;	   /* euid != 0, or in_userns */
	uint64_t caps;	   /* effective capabilities */
	uint64_t bounding; /* bounding set: no one can be given more */
	unsigned last_cap;
	uint64_t
		sig_ign; /* signals that this process was started with ignored; bit n-1 */
	bool userns_setgroups_denied;
	enum cgroup_mode cgroup_mode;
	struct host_hierarchy hierarchies[HOST_MAX_HIERARCHIES];
	size_t n_hierarchies;
	char cgroup2_controllers[256]; /* of the cgroup2 mount, blank separated */
	bool selinux;
	bool apparmor;
	int landlock_abi; /* 0: none */
	bool cgroup_kill; /* known only for v2 */
};

#endif
