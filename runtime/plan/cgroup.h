/* SPDX-License-Identifier: Apache-2.0 */
/* plan/cgroup.h - path, controllers, values, and the device program */
#ifndef AGENTRUN_PLAN_CGROUP_H
#define AGENTRUN_PLAN_CGROUP_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "plan/device_rules.h"
#include "plan/host.h"

struct arena;
struct err;
struct plan;
struct spec_kv;
struct spec_resources;
struct bpf_insn;

enum cgroup_manager {
	CGROUP_MANAGER_CGROUPFS = 0,
	CGROUP_MANAGER_SYSTEMD,
	CGROUP_MANAGER_DISABLED
};

enum cgroup_write_kind {
	CGROUP_WRITE_PLAIN = 0,
	/* value is the second word; the first one is kept as the kernel has it (cpu.max)
	 */
	CGROUP_WRITE_KEEP_FIRST,
	/* refuse when the present use is above the value (memory.checkBeforeUpdate) */
	CGROUP_WRITE_CHECK_USAGE,
};

/* One write: file below the container's cgroup (of a v1 controller, or of cgroup2). */
struct cgroup_write {
	const char *controller; /* "memory": picks the hierarchy; "" on v2 */
	const char *file;	/* "memory.limit_in_bytes" */
	const char *value;
	const char *json_path; /* "/linux/resources/memory/limit", for messages */
	const char *alt_file;  /* where `file` is missing; NULL: none */
	const char *alt_value;
	enum cgroup_write_kind kind;
	bool may_be_missing; /* a file that not every kernel has */
};

struct plan_cgroup {
	enum cgroup_mode mode;
	enum cgroup_manager manager;
	const char *path; /* below each hierarchy's mount, starts with '/' ; NULL: none */
	const char *slice;	    /* systemd: "machine.slice" */
	const char *scope;	    /* systemd: "PREFIX-NAME.scope" */
	struct spec_kv *properties; /* systemd: NAME, GVariant text: from annotations */
	size_t n_properties;
	struct cgroup_write *writes; /* in the order in which they must be made */
	size_t n_writes;
	struct bpf_insn
		*device_prog; /* v2; NULL: no device control possible (rootless) */
	size_t n_device_prog;
	struct device_v1 device_v1; /* v1: what devices.allow and devices.deny get */
	bool device_control;	    /* device_prog or device_v1 is to be applied */
	bool rootless; /* failures to create are tolerated where nothing was asked */
	bool resources_asked; /* an explicit limit: must be enforced */
	bool delegate;	      /* chown to the root of the container's user namespace */
	uint32_t delegate_uid;
	uint32_t delegate_gid;
};

int plan_cgroup_build(struct plan *p, struct err *err);

/*
 * plan_cgroup_resources: resources to an ordered list of writes for that mode. Used by
 * create and by update (update: absent fields are left alone). Conversions: spec
 * checklist H.
 */
int plan_cgroup_resources(struct arena *a, const struct spec_resources *r,
			  enum cgroup_mode mode, bool update, struct cgroup_write **out,
			  size_t *out_n, struct err *err);

#endif
