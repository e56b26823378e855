/* SPDX-License-Identifier: Apache-2.0 */
/*
 * apply/process.h - make the calling process the one that the plan describes
 *
 * All run in the child unless said otherwise; no allocation. Files: apply/credentials.c
 * seccomp.c lsm.c rlimits.c sched.c keyring.c uts.c net.c exec.c netdev.c rdt.c
 */
#ifndef AGENTRUN_APPLY_PROCESS_H
#define AGENTRUN_APPLY_PROCESS_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct err;
struct plan;
struct plan_process;
struct plan_ns;
struct spec;

/* Parent side, on a child that has run no user code. */
int apply_rlimits(const struct plan_process *p, pid_t pid, struct err *err);
/* around clone: the child inherits it; *out_old is for the undo */
int apply_oom_score_adj(const struct plan_process *p, int *out_old, struct err *err);
void undo_oom_score_adj(const struct plan_process *p, int old);
/* moves host network devices into the child's namespace (apply/netdev.c) */
int apply_net_devices(const struct spec *s, pid_t pid, struct err *err);
/* intelRdt group (apply/rdt.c); undo_rdt removes the one that is ours */
int apply_rdt(const struct spec *s, const char *id, pid_t pid, struct err *err);
/* update_rdt: new schemas for the group of a running container */
int update_rdt(const struct spec *s, const char *id, struct err *err);
int undo_rdt(const struct spec *s, const char *id, struct err *err);

/* Child side, in this order. */
int apply_keyring(const struct plan_process *p, struct err *err);
int apply_loopback(struct err *err);
int apply_uts(const struct plan_ns *ns, struct err *err);
/* scheduler, io priority, personality, memory policy, affinity "final" */
int apply_sched(const struct plan_process *p, struct err *err);
/* affinity "initial": before the cgroup is joined (exec) */
int apply_affinity_initial(const struct plan_process *p, struct err *err);
/* AppArmor and SELinux exec labels, through a verified procfs; proc_fd may be -1 */
int apply_lsm(const struct plan_process *p, int proc_fd, struct err *err);
/* pipes as standard streams become the user's, so that /dev/stdout can be opened */
int apply_stdio_owner(const struct plan_process *p, struct err *err);
int apply_no_new_privs(const struct plan_process *p, struct err *err);
/* bounding set, keepcaps, groups, gid, uid, the five sets, ambient */
int apply_credentials(const struct plan_process *p, struct err *err);
/*
 * seccomp: loads class_seccomp and seccomp. With a notify listener *out_listener_fd is
 * its descriptor, else -1.
 */
int apply_seccomp(const struct plan_process *p, int *out_listener_fd, struct err *err);
/* parent: connect to listenerPath, send fd and ContainerProcessState */
int apply_seccomp_send_listener(const struct plan_process *p, int listener_fd,
				const char *state_json, pid_t pid, struct err *err);
/* chdir to cwd, then prove that it is inside (CVE-2024-21626) */
int apply_cwd(const struct plan_process *p, struct err *err);
/* HOME from /etc/passwd of the container when env lacks it; writes into buf */
int apply_home(struct plan_process *p, char *buf, size_t len, struct err *err);
/*
 * apply_exec_lookup: the file that execve will get, as engines expect its errors (CLI
 * contract 6). path is "NAME" searched in PATH of env, or as is when it has a slash.
 */
int apply_exec_lookup(const struct plan_process *p, char *buf, size_t len,
		      struct err *err);
/* close-on-exec from 3 + preserved, then execve(file). Returns only on failure. */
int apply_exec(const struct plan_process *p, const char *file, unsigned preserve_fds,
	       struct err *err);

#endif
