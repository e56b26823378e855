/* SPDX-License-Identifier: Apache-2.0 */
/* plan/devices.h - the nodes and links that /dev gets */
#ifndef AGENTRUN_PLAN_DEVICES_H
#define AGENTRUN_PLAN_DEVICES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

struct err;
struct plan;

struct plan_device {
	const char *path; /* absolute in the container */
	mode_t mode;	  /* S_IFCHR | 0666 ... */
	unsigned major;
	unsigned minor;
	uint32_t uid;
	uint32_t gid;
	bool is_default; /* one of the six that every container gets */
};

struct plan_devices {
	struct plan_device *v;
	size_t n;
	bool bind; /* user namespace: bind the host's nodes instead of mknod */
};

int plan_devices_build(struct plan *p, struct err *err);

#endif
