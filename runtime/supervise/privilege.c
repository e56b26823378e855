/* SPDX-License-Identifier: Apache-2.0 */
/*
 * supervise/privilege.c - capabilities and system calls that are given up
 *
 * These filters are a few lines over a list of numbers and need no compiler: the lifeline
 * makes its own after the last moment at which it may allocate.
 */
#include "supervise/privilege.h"

#include <errno.h>
#include <linux/audit.h>
#include <linux/capability.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <unistd.h>

#if defined(__x86_64__)
#define NATIVE_ARCH AUDIT_ARCH_X86_64
#elif defined(__aarch64__)
#define NATIVE_ARCH AUDIT_ARCH_AARCH64
#else
#error "name the audit architecture of this machine here"
#endif

#define MAX_CALLS 64

static int drop_capabilities(uint64_t caps)
{
	struct __user_cap_header_struct head = { .version = _LINUX_CAPABILITY_VERSION_3 };
	struct __user_cap_data_struct data[2] = { { 0 }, { 0 } };

	if (syscall(SYS_capget, &head, data) < 0)
		return -errno;
	for (size_t i = 0; i < 2; i++) {
		/* Whoever started us may not have had it. */
		data[i].permitted &= (uint32_t)(caps >> (32 * i));
		data[i].effective = data[i].permitted;
		data[i].inheritable = 0;
	}
	if (prctl(PR_CAP_AMBIENT, PR_CAP_AMBIENT_CLEAR_ALL, 0, 0, 0) < 0 &&
	    errno != EINVAL)
		return -errno;
	return syscall(SYS_capset, &head, data) < 0 ? -errno : 0;
}

int privilege_keep(uint64_t caps)
{
	int r;

	if (prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0) < 0)
		return -errno;
	r = drop_capabilities(caps);
	if (r < 0)
		return r;
	/*
	 * SECURITY: after the last change of credentials, which would set it again. From
	 * here on ptrace, /proc/PID/mem and pidfd_getfd want CAP_SYS_PTRACE over the user
	 * namespace in which agentrun was started.
	 */
	return prctl(PR_SET_DUMPABLE, 0, 0, 0, 0) < 0 ? -errno : 0;
}

/* Two instructions a call: equal gives the answer, else on to the next. */
static int load_list(const int *calls, size_t n, uint32_t on_list, uint32_t otherwise)
{
	struct sock_filter code[2 * MAX_CALLS + 5] = {
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, arch)),
		BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, NATIVE_ARCH, 1, 0),
		BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_KILL_PROCESS),
		BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr)),
	};
	struct sock_fprog prog = { .filter = code, .len = 4 };

	if (n > MAX_CALLS)
		return -E2BIG;
	for (size_t i = 0; i < n; i++) {
		code[prog.len++] = (struct sock_filter)BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K,
								(uint32_t)calls[i], 0, 1);
		code[prog.len++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, on_list);
	}
	code[prog.len++] = (struct sock_filter)BPF_STMT(BPF_RET | BPF_K, otherwise);
	return syscall(SYS_seccomp, SECCOMP_SET_MODE_FILTER, 0, &prog) < 0 ? -errno : 0;
}

int privilege_only(const int *calls, size_t n)
{
	return load_list(calls, n, SECCOMP_RET_ALLOW, SECCOMP_RET_ERRNO | EPERM);
}

int privilege_without(const int *calls, size_t n)
{
	return load_list(calls, n, SECCOMP_RET_ERRNO | EPERM, SECCOMP_RET_ALLOW);
}
