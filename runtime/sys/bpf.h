/* SPDX-License-Identifier: Apache-2.0 */
/* sys/bpf.h - bpf(2), as far as programs of cgroups need it; each gives -errno */
#ifndef AGENTRUN_SYS_BPF_H
#define AGENTRUN_SYS_BPF_H

#include <stddef.h>
#include <stdint.h>

struct bpf_insn;

/* load a program of a type; log may be NULL. fd or -errno */
int sys_bpf_load(unsigned type, const struct bpf_insn *insns, size_t n, char *log,
		 size_t log_len);
/* attach to a cgroup: flags BPF_F_ALLOW_MULTI, BPF_F_REPLACE (of replace_fd) */
int sys_bpf_attach(int cgroup_fd, int prog_fd, unsigned type, unsigned flags,
		   int replace_fd);
int sys_bpf_detach(int cgroup_fd, int prog_fd, unsigned type);
/* ids of the programs that the cgroup itself has; *n: room, then count */
int sys_bpf_query(int cgroup_fd, unsigned type, uint32_t *ids, uint32_t *n);
int sys_bpf_open_id(uint32_t id);

#endif
