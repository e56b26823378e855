/* SPDX-License-Identifier: Apache-2.0 */
/* apply/mount_ops.h - the pieces that apply/mounts.c is made of; not for other folders */
#ifndef AGENTRUN_APPLY_MOUNT_OPS_H
#define AGENTRUN_APPLY_MOUNT_OPS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct err;
struct mount_sources;
struct plan;
struct plan_mount;
struct rootfs;
struct spec_id_maps;
struct sys_mount_attr;

/*
 * mount_open_target: an O_PATH descriptor of what the destination is in the new root,
 * made (a directory, or an empty file) if it is missing.
 */
int mount_open_target(struct rootfs *r, const struct plan_mount *m, bool is_dir,
		      int *out_fd, struct err *err);
/* mount_attach: the tree of tree_fd onto the destination. Re-roots after a mount on "/".
 */
int mount_attach(struct rootfs *r, const struct plan_mount *m, int tree_fd, bool is_dir,
		 struct err *err);
/*
 * mount_make_fs: a new, detached file system of m's type with m's options. 1: this kernel
 * or container does not let us; the caller may use mount(2) (mount_fs_old).
 */
int mount_make_fs(const struct plan_mount *m, const char *fstype, uint64_t attr,
		  int *out_fd, struct err *err);
int mount_fs(struct rootfs *r, struct plan_mount *m, int *out_fd, struct err *err);
/* mount_attach_to: the same onto a target that is open already */
int mount_attach_to(struct rootfs *r, const struct plan_mount *m, int tree_fd,
		    int target_fd, struct err *err);
int mount_proc(struct rootfs *r, struct plan_mount *m, struct err *err);
int mount_sysfs(struct rootfs *r, struct plan_mount *m, struct err *err);
/* apply/mount_cgroup.c */
int mount_cgroup(struct rootfs *r, struct plan_mount *m, struct err *err);
/* apply/tmpcopyup.c: the tree of from_fd into the directory to_fd; links are copied. */
int tmpcopyup(int from_fd, int to_fd);
/* apply/mount_bind.c */
int mount_bind_open(const struct plan *p, const struct plan_mount *m,
		    struct mount_sources *s, int *out_fd, struct err *err);
int mount_bind(struct rootfs *r, struct plan_mount *m, int *tree_fd, struct err *err);
/* mount_clone_readonly: for fallbacks: a host path, recursively, as a read-only tree */
int mount_clone_readonly(int dfd, const char *path, int *out_fd);

/*
 * mount_change: attributes of what fd is open on. On kernels before 5.12 it must be
 * attached; recursive ones are refused there.
 */
int mount_change(int proc_fd, int fd, const struct sys_mount_attr *a);
/* mount_propagate: the propagation options of m, in order */
int mount_propagate(int proc_fd, int fd, const struct plan_mount *m, struct err *err);

/*
 * apply/mount_idmap.c: a user namespace with m's maps, kept alive by its descriptor, which
 * s owns: binds with equal maps share one
 */
int mount_idmap_open(const struct plan *p, const struct plan_mount *m,
		     struct mount_sources *s, struct err *err);

/* apply/rootfs_move.c: MS_MOVE and chroot, for --no-pivot; cwd is the new root */
int rootfs_move(struct rootfs *r, struct err *err);
/*
 * apply/rootfs_overlay.c: the class's ephemeral root: an overlay on lower_fd with its
 * upper layer in memory, attached onto lower_fd
 */
int rootfs_overlay(struct rootfs *r, int lower_fd, int *out_root_fd, struct err *err);

/* apply/masks.c */
int apply_readonly_paths(struct rootfs *r, struct err *err);
int apply_masks(struct rootfs *r, struct err *err);
/* apply/sysctl.c */
int apply_sysctls(struct rootfs *r, struct err *err);
/* apply/devices.c: char 1:3? */
bool fd_is_null_device(int fd);

#endif
