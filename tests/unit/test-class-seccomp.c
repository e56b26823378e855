/* SPDX-License-Identifier: Apache-2.0 */
/* tests/unit/test-class-seccomp.c - the filter of a class, call by call */
#include <asm/ioctls.h>
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <signal.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "bpf-run.h"
#include "plan/class_seccomp.h"
#include "plan/seccomp.h"
#include "tap.h"

#if defined(__x86_64__)
#define NATIVE	AUDIT_ARCH_X86_64
#define FOREIGN AUDIT_ARCH_I386
#else
#define NATIVE	AUDIT_ARCH_AARCH64
#define FOREIGN AUDIT_ARCH_ARM
#endif

#define ALLOWED	  SECCOMP_RET_ALLOW
#define ERRNO(e)  (SECCOMP_RET_ERRNO | (e))
#define HIGH_BITS 0x100000000ull

static const struct {
	const char *name;
	int nr;
	uint64_t arg[3];
	uint32_t want;
} cases[] = {
	{ "read", SYS_read, { 0 }, ALLOWED },
	{ "execve", SYS_execve, { 0 }, ALLOWED },
	{ "openat2", SYS_openat2, { 0 }, ALLOWED },
	{ "futex", SYS_futex, { 0 }, ALLOWED },
	{ "mount", SYS_mount, { 0 }, ERRNO(EPERM) },
	{ "ptrace", SYS_ptrace, { 0 }, ERRNO(EPERM) },
	{ "bpf", SYS_bpf, { 0 }, ERRNO(EPERM) },
	{ "keyctl", SYS_keyctl, { 0 }, ERRNO(EPERM) },
	{ "io_uring_setup", SYS_io_uring_setup, { 0 }, ERRNO(EPERM) },
	{ "userfaultfd", SYS_userfaultfd, { 0 }, ERRNO(EPERM) },
	{ "pidfd_getfd", SYS_pidfd_getfd, { 0 }, ERRNO(EPERM) },
	{ "unshare", SYS_unshare, { CLONE_NEWUSER }, ERRNO(EPERM) },
	{ "setns", SYS_setns, { 0 }, ERRNO(EPERM) },
	{ "clone3", SYS_clone3, { 0 }, ERRNO(ENOSYS) },
	{ "a call of the future", 9999, { 0 }, ERRNO(ENOSYS) },
	{ "clone of a thread",
	  SYS_clone,
	  { CLONE_VM | CLONE_THREAD | CLONE_SIGHAND },
	  ALLOWED },
	{ "clone of a process", SYS_clone, { SIGCHLD }, ALLOWED },
	{ "clone, new user", SYS_clone, { CLONE_NEWUSER | SIGCHLD }, ERRNO(EPERM) },
	{ "clone, new net", SYS_clone, { CLONE_NEWNET }, ERRNO(EPERM) },
	{ "clone, new mnt", SYS_clone, { CLONE_NEWNS }, ERRNO(EPERM) },
	{ "clone, bits above 32", SYS_clone, { CLONE_NEWPID | HIGH_BITS }, ERRNO(EPERM) },
	{ "ioctl TIOCGWINSZ", SYS_ioctl, { 0, TIOCGWINSZ }, ALLOWED },
	{ "ioctl TIOCSTI", SYS_ioctl, { 0, TIOCSTI }, ERRNO(EPERM) },
	{ "ioctl TIOCSTI + 2^32", SYS_ioctl, { 0, TIOCSTI | HIGH_BITS }, ERRNO(EPERM) },
	{ "ioctl TIOCLINUX", SYS_ioctl, { 0, TIOCLINUX }, ERRNO(EPERM) },
	{ "socket unix", SYS_socket, { AF_UNIX }, ALLOWED },
	{ "socket inet", SYS_socket, { AF_INET }, ALLOWED },
	{ "socket inet6", SYS_socket, { AF_INET6 }, ALLOWED },
	{ "socket route", SYS_socket, { AF_NETLINK, 3, 0 }, ALLOWED },
	{ "socket audit", SYS_socket, { AF_NETLINK, 3, 9 }, ERRNO(EAFNOSUPPORT) },
	{ "socket packet", SYS_socket, { AF_PACKET }, ERRNO(EAFNOSUPPORT) },
	{ "socket vsock", SYS_socket, { AF_VSOCK }, ERRNO(EAFNOSUPPORT) },
	{ "socket alg", SYS_socket, { AF_ALG }, ERRNO(EAFNOSUPPORT) },
	{ "socket vsock + 2^32",
	  SYS_socket,
	  { AF_VSOCK | HIGH_BITS },
	  ERRNO(EAFNOSUPPORT) },
	{ "socketpair unix", SYS_socketpair, { AF_UNIX }, ALLOWED },
	{ "socketpair alg", SYS_socketpair, { AF_ALG }, ERRNO(EAFNOSUPPORT) },
	{ "personality 0", SYS_personality, { 0 }, ALLOWED },
	{ "personality query", SYS_personality, { 0xffffffff }, ALLOWED },
	{ "personality no randomization", SYS_personality, { 0x40000 }, ERRNO(EPERM) },
};

int main(void)
{
	AUTO_ARENA a = ARENA_INIT;
	struct plan_seccomp s = { 0 };
	struct err err = ERR_INIT;

	if (!ok(plan_class_seccomp(&s, &a, &err) == 0, "it compiles"))
		printf("# %s\n", err.msg);
	ok(bpf_valid(s.filter, s.n_filter), "the kernel would take it (%zu instructions)",
	   s.n_filter);
	for (size_t i = 0; i < ARRAY_SIZE(cases); i++) {
		struct seccomp_data d = { .nr = cases[i].nr, .arch = NATIVE };

		memcpy(d.args, cases[i].arg, sizeof(cases[i].arg));
		is_int(bpf_run(s.filter, s.n_filter, &d, NULL), cases[i].want,
		       cases[i].name);
	}
	/* Another ABI has other numbers: each of them ends the process. */
	for (int nr = 0; nr < 500; nr++) {
		struct seccomp_data d = { .nr = nr, .arch = FOREIGN };
		uint32_t r = bpf_run(s.filter, s.n_filter, &d, NULL);

		if (r == ALLOWED)
			ok(false, "call %d of a foreign ABI is allowed", nr);
	}
#if defined(__x86_64__)
	for (int nr = 0; nr < 600; nr++) {
		struct seccomp_data d = { .nr = nr | 0x40000000, .arch = NATIVE };

		if (bpf_run(s.filter, s.n_filter, &d, NULL) == ALLOWED)
			ok(false, "call %d of x32 is allowed", nr);
	}
#endif
	ok(true, "no call of a foreign ABI is allowed");
	return done();
}
