/* SPDX-License-Identifier: Apache-2.0 */
/* plan/mounts.h - root file system and mounts as a list of decided operations */
#ifndef AGENTRUN_PLAN_MOUNTS_H
#define AGENTRUN_PLAN_MOUNTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "spec/spec.h"

struct arena;
struct err;
struct host;
struct plan;

enum mount_kind {
	MOUNT_BIND = 0, /* source tree of the host, opened by the parent */
	MOUNT_FS,	/* a new file system of type fstype */
	MOUNT_PROC,
	MOUNT_SYSFS,
	MOUNT_MQUEUE,
	MOUNT_CGROUP, /* what /sys/fs/cgroup is, by version and namespace */
	MOUNT_TMPFS,
	MOUNT_DEVPTS,
	MOUNT_REMOUNT, /* option remount on what is there */
	MOUNT_SELF, /* a directory of the root onto itself: stays writable when the root
		       closes */
};

struct plan_mount {
	enum mount_kind kind;
	size_t index;		 /* in spec mounts[], for messages; SIZE_MAX: ours */
	const char *destination; /* cleaned, absolute in the container */
	const char *source;	 /* absolute for binds */
	const char *fstype;
	const char *data;	/* comma separated file-system options, or NULL */
	struct spec_kvs params; /* the same, one by one; value NULL: a flag */
	uint64_t attr_set;	/* MOUNT_ATTR_* */
	uint64_t attr_clr;
	uint64_t rec_set; /* recursive ones (rro ...) */
	uint64_t rec_clr;
	unsigned long sb_flags; /* MS_SYNCHRONOUS, MS_MANDLOCK, MS_LAZYTIME ... */
	bool sb_ro;		/* ro on the superblock of a new file system too */
	bool late_ro;		/* read-only only once everything is in place (tmpfs) */
	bool recursive;		/* rbind */
	bool tmpcopyup;
	unsigned long *propagation; /* MS_SHARED ... | MS_REC, in order */
	size_t n_propagation;
	bool idmap;
	bool idmap_recursive;
	struct spec_id_maps
		uid_maps; /* empty with idmap: those of the container's userns */
	struct spec_id_maps gid_maps;
	const char *label; /* SELinux context for a new file system, or NULL */
};

struct plan_mounts {
	const char *rootfs; /* absolute, on the host */
	bool root_readonly;
	unsigned long root_propagation; /* MS_SHARED ...; 0: default */
	bool no_pivot;
	struct plan_mount *v;
	size_t n;
	struct spec_strings masked_paths;
	struct spec_strings readonly_paths;
	struct spec_kvs sysctl; /* key: path below /proc/sys */
	const char *mount_label;
	const char *cwd; /* made if missing */
};

int plan_mounts_build(struct plan *p, struct err *err);
/*
 * plan_mount_parse_options: the options of one mount into m. where: JSON path of the
 * mount, for messages. *out_bind, *out_remount: these options were among them.
 */
struct mount_words {
	bool bind;
	bool remount;
};
int plan_mount_parse_options(struct plan_mount *m, const struct spec_strings *options,
			     const char *where, struct arena *a,
			     struct mount_words *out_words, struct err *err);
/* plan_mount_is_allowed_in_proc: may something be mounted on that path inside /proc? */
bool plan_mount_is_allowed_in_proc(const char *destination);
/* plan_sysctls_build (plan/sysctl.c): only what a namespace of the container owns. */
int plan_sysctls_build(struct plan *p, struct err *err);
/* plan_mount_options: every option name that is accepted, sorted, for `features`. */
size_t plan_mount_options(const char *const **out);

#endif
