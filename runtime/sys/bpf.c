/* SPDX-License-Identifier: Apache-2.0 */
/* sys/bpf.c - see bpf.h */
#include "sys/bpf.h"

#include <errno.h>
#include <linux/bpf.h>
#include <string.h>
#include <sys/syscall.h>
#include <unistd.h>

static int bpf(int cmd, union bpf_attr *attr)
{
	long r = syscall(SYS_bpf, cmd, attr, sizeof(*attr));

	return r < 0 ? -errno : (int)r;
}

int sys_bpf_load(unsigned type, const struct bpf_insn *insns, size_t n, char *log,
		 size_t log_len)
{
	static const char license[] = "Apache-2.0";
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.prog_type = type;
	attr.insns = (uint64_t)(uintptr_t)insns;
	attr.insn_cnt = (uint32_t)n;
	attr.license = (uint64_t)(uintptr_t)license;
	if (log) {
		attr.log_level = 1;
		attr.log_buf = (uint64_t)(uintptr_t)log;
		attr.log_size = (uint32_t)log_len;
	}
	memcpy(attr.prog_name, "agentrun_dev", sizeof("agentrun_dev"));
	return bpf(BPF_PROG_LOAD, &attr);
}

int sys_bpf_attach(int cgroup_fd, int prog_fd, unsigned type, unsigned flags,
		   int replace_fd)
{
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.target_fd = (uint32_t)cgroup_fd;
	attr.attach_bpf_fd = (uint32_t)prog_fd;
	attr.attach_type = type;
	attr.attach_flags = flags;
	if (flags & BPF_F_REPLACE)
		attr.replace_bpf_fd = (uint32_t)replace_fd;
	return bpf(BPF_PROG_ATTACH, &attr);
}

int sys_bpf_detach(int cgroup_fd, int prog_fd, unsigned type)
{
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.target_fd = (uint32_t)cgroup_fd;
	attr.attach_bpf_fd = (uint32_t)prog_fd;
	attr.attach_type = type;
	return bpf(BPF_PROG_DETACH, &attr);
}

int sys_bpf_query(int cgroup_fd, unsigned type, uint32_t *ids, uint32_t *n)
{
	union bpf_attr attr;
	int r;

	memset(&attr, 0, sizeof(attr));
	attr.query.target_fd = (uint32_t)cgroup_fd;
	attr.query.attach_type = type;
	attr.query.prog_ids = (uint64_t)(uintptr_t)ids;
	attr.query.prog_cnt = *n;
	r = bpf(BPF_PROG_QUERY, &attr);
	if (r < 0)
		return r;
	*n = attr.query.prog_cnt;
	return 0;
}

int sys_bpf_open_id(uint32_t id)
{
	union bpf_attr attr;

	memset(&attr, 0, sizeof(attr));
	attr.prog_id = id;
	return bpf(BPF_PROG_GET_FD_BY_ID, &attr);
}
