/* SPDX-License-Identifier: Apache-2.0 */
/* plan/ns.h - which namespaces are made, which are joined, in which order */
#ifndef AGENTRUN_PLAN_NS_H
#define AGENTRUN_PLAN_NS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "spec/spec.h"

struct err;
struct host;

struct plan_ns {
	uint64_t create;		 /* CLONE_NEW* of the namespaces that are made */
	const char *join[NS_TYPE_COUNT]; /* path, or NULL */
	bool has[NS_TYPE_COUNT];	 /* made or joined: not the host's */
	struct spec_id_maps uid_maps;	 /* of a new user namespace */
	struct spec_id_maps gid_maps;
	bool deny_setgroups; /* unprivileged single gid map */
	bool use_newidmap;   /* maps need newuidmap / newgidmap */
	const char *hostname;
	const char *domainname;
	const char *timens_offsets; /* text for /proc/PID/timens_offsets, or NULL */
	bool loopback_up;
	/* a class: another network namespace once hooks have had the first one */
	bool renew_network;
};

/* plan_ns_build: needs spec and host. */
int plan_ns_build(struct plan_ns *out, const struct spec *spec, const struct host *host,
		  struct arena *a, struct err *err);

#endif
