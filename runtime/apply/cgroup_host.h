/* SPDX-License-Identifier: Apache-2.0 */
/* apply/cgroup_host.h - the two files of /proc that say where cgroups are */
#ifndef AGENTRUN_APPLY_CGROUP_HOST_H
#define AGENTRUN_APPLY_CGROUP_HOST_H

#include <stddef.h>

struct host;

/*
 * cgroup_host_mount: one line of mountinfo, without its newline; it is written to. A
 * hierarchy that is mounted twice is known by the mount below /sys/fs/cgroup.
 */
void cgroup_host_mount(struct host *h, char *line);
/* cgroup_host_self: one line of /proc/PID/cgroup: our own path in a known hierarchy. */
void cgroup_host_self(struct host *h, const char *line);
/* cgroup_host_mode: v1, hybrid or v2, from the hierarchies that were found. */
void cgroup_host_mode(struct host *h);

#endif
