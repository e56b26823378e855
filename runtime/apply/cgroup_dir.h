/* SPDX-License-Identifier: Apache-2.0 */
/* apply/cgroup_dir.h - directories and files of cgroupfs, for apply/cgroup_*.c alone */
#ifndef AGENTRUN_APPLY_CGROUP_DIR_H
#define AGENTRUN_APPLY_CGROUP_DIR_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "apply/cgroup.h"

/* cg_mount: the mount of a hierarchy, its magic number verified. fd or -errno. */
int cg_mount(const struct host_hierarchy *h);
/* cg_open: a directory below a mount (or any directory): no link, no mount, no "..". */
int cg_open(int dfd, const char *path);
/* cg_mkdir: path and what is missing above it. 0, 1 when it was there, or -errno. */
int cg_mkdir(int mount_dfd, const char *path);
/* Takes it away again; for a directory that cg_mkdir() has made and nobody entered. */
void cg_rmdir(int mount_dfd, const char *path);
/* cg_index: the hierarchy of a controller ("memory", "name=systemd"), or -1. */
int cg_index(const struct cgroup *c, const char *controller);
/* cg_v2: index of the cgroup2 hierarchy that we use, or -1. */
int cg_v2(const struct cgroup *c);
/*
 * cg_tree: index of the hierarchy that says which processes are ours: cgroup2, else the
 * freezer, else any. -1: the container has no cgroup.
 */
int cg_tree(const struct cgroup *c);
bool cg_has_word(const char *list, const char *word, const char *separators);

/* A file as text, NUL-terminated, its last newline cut. Length or -errno. */
ssize_t cg_read(int dfd, const char *file, char *buf, size_t len);
/* A file that holds one number. "max" is UINT64_MAX. 0 or -errno. */
int cg_read_u64(int dfd, const char *file, uint64_t *out);
/* The number behind a word at the start of a line: "populated 1". 0 or -errno. */
int cg_read_key(int dfd, const char *file, const char *key, uint64_t *out);
/* One write(2) of a whole value. 0 or -errno. */
int cg_write(int dfd, const char *file, const char *value);

/*
 * cg_walk: call fn for the directory and every one below it, parents first. The tree may
 * be hostile: it uses two descriptors whatever its depth. fn's first answer other than 0
 * ends the walk and is returned.
 */
int cg_walk(int dfd, int (*fn)(int dfd, void *arg), void *arg);
/* cg_rmdir_tree: remove path below the mount with all below it, children first. */
int cg_rmdir_tree(int mount_dfd, const char *path);

/* cgroup_write.c: limits, with as many passes as their order needs. */
int cg_apply_writes(const struct cgroup *c, const struct cgroup_write *w, size_t n,
		    struct err *err);
/* cgroup_devices.c */
int cg_apply_devices(const struct cgroup *c, const struct plan_cgroup *p,
		     struct err *err);
/* cgroup_controllers.c: v2's controllers from the top down; v1's empty cpusets. */
int cg_enable_controllers(const struct cgroup *c, int mount_dfd, struct err *err);
int cg_fill_cpusets(const struct cgroup *c, struct err *err);
/* cgroup_systemd.c */
int cg_systemd_start(const struct plan_cgroup *p, const struct host *h, pid_t pid,
		     struct err *err);
int cg_systemd_stop(const struct cgroup *c, struct err *err);
int cg_systemd_update(const struct cgroup *c, const struct cgroup_write *w, size_t n,
		      struct err *err);

#endif
