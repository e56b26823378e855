/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sys/openat2.h - the one way to open a path below a root file system
 *
 * RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS by openat2(2); where that is missing or blocked
 * (ENOSYS, EPERM) a walker that opens one component at a time. CVE-2021-30465 and its kin
 * came from a second way.
 */
#ifndef AGENTRUN_SYS_OPENAT2_H
#define AGENTRUN_SYS_OPENAT2_H

#include <sys/types.h>

/* flags: O_PATH | O_CLOEXEC ...; O_CREAT is refused: see sys_mkfile_in_root. fd or
 * -errno. */
int sys_openat2_in_root(int root_dfd, const char *path, int flags);
/* the same, refusing to cross a mount or to follow any symlink (procfs, cgroupfs) */
int sys_openat2_beneath(int dfd, const char *path, int flags);
/*
 * make every missing directory of path below root, one component at a time, and give an
 * O_PATH descriptor of the last one. A dangling link is completed inside the root, as
 * engines expect (/etc/resolv.conf of common images is one).
 */
int sys_mkdir_in_root(int root_dfd, const char *path, mode_t mode, int *out_dfd);
/* the same for a regular file as last component: mknodat in the resolved parent */
int sys_mkfile_in_root(int root_dfd, const char *path, mode_t mode, int *out_fd);
/*
 * open the parent directory of path below root (made if missing) and give the last
 * component's name (points into path)
 */
int sys_open_parent_in_root(int root_dfd, const char *path, int *out_dfd,
			    const char **out_name);

/*
 * The two walkers by themselves. The functions above use them where openat2(2) does not
 * work; tests call them to hold them to the same results.
 */
int sys_walk_in_root(int root_dfd, const char *path, int flags);
int sys_walk_beneath(int dfd, const char *path, int flags);

#endif
