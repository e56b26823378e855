/* SPDX-License-Identifier: Apache-2.0 */
/*
 * contrib/gen-syscalls.c - write the table of system call names, at build time
 *
 * libseccomp knows the names of each architecture; asking it once here keeps it out of
 * every container's start. System calls that are newer than the libseccomp of the build
 * machine are added: since 5.1 a number is the same on all the architectures below.
 */
#include <linux/audit.h>
#include <seccomp.h>
#include <stdbool.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#define MAX_NR	  640 /* SECCOMP_MAX_NR of plan/seccomp_parts.h */
#define MAX_NAMES 2048
#define X32_BIT	  0x40000000

struct arch {
	const char *name;
	const char *audit;
	uint32_t token;
	bool is_64;
	bool is_x32;
};

static const struct arch archs[] = {
#if defined(__x86_64__)
	{ "SCMP_ARCH_X86_64", "AUDIT_ARCH_X86_64", SCMP_ARCH_X86_64, true, false },
	{ "SCMP_ARCH_X86", "AUDIT_ARCH_I386", SCMP_ARCH_X86, false, false },
	{ "SCMP_ARCH_X32", "AUDIT_ARCH_X86_64", SCMP_ARCH_X32, false, true },
#elif defined(__i386__)
	{ "SCMP_ARCH_X86", "AUDIT_ARCH_I386", SCMP_ARCH_X86, false, false },
#elif defined(__aarch64__)
	{ "SCMP_ARCH_AARCH64", "AUDIT_ARCH_AARCH64", SCMP_ARCH_AARCH64, true, false },
	{ "SCMP_ARCH_ARM", "AUDIT_ARCH_ARM", SCMP_ARCH_ARM, false, false },
#elif defined(__arm__)
	{ "SCMP_ARCH_ARM", "AUDIT_ARCH_ARM", SCMP_ARCH_ARM, false, false },
#elif defined(__riscv) && __riscv_xlen == 64
	{ "SCMP_ARCH_RISCV64", "AUDIT_ARCH_RISCV64", SCMP_ARCH_RISCV64, true, false },
#elif defined(__powerpc64__) && __BYTE_ORDER__ == __ORDER_LITTLE_ENDIAN__
	{ "SCMP_ARCH_PPC64LE", "AUDIT_ARCH_PPC64LE", SCMP_ARCH_PPC64LE, true, false },
#elif defined(__s390x__)
	{ "SCMP_ARCH_S390X", "AUDIT_ARCH_S390X", SCMP_ARCH_S390X, true, false },
	{ "SCMP_ARCH_S390", "AUDIT_ARCH_S390", SCMP_ARCH_S390, false, false },
#else
#error "no seccomp table for this architecture"
#endif
};
#define N_ARCHS (sizeof(archs) / sizeof(archs[0]))

static const struct {
	const char *name;
	int nr;
} newer[] = {
	{ "close_range", 436 },
	{ "openat2", 437 },
	{ "pidfd_getfd", 438 },
	{ "faccessat2", 439 },
	{ "process_madvise", 440 },
	{ "epoll_pwait2", 441 },
	{ "mount_setattr", 442 },
	{ "quotactl_fd", 443 },
	{ "landlock_create_ruleset", 444 },
	{ "landlock_add_rule", 445 },
	{ "landlock_restrict_self", 446 },
	{ "process_mrelease", 448 },
	{ "futex_waitv", 449 },
	{ "set_mempolicy_home_node", 450 },
	{ "cachestat", 451 },
	{ "fchmodat2", 452 },
	{ "map_shadow_stack", 453 },
	{ "futex_wake", 454 },
	{ "futex_wait", 455 },
	{ "futex_requeue", 456 },
	{ "statmount", 457 },
	{ "listmount", 458 },
	{ "lsm_get_self_attr", 459 },
	{ "lsm_set_self_attr", 460 },
	{ "lsm_list_modules", 461 },
	{ "mseal", 462 },
	{ "setxattrat", 463 },
	{ "getxattrat", 464 },
	{ "listxattrat", 465 },
	{ "removexattrat", 466 },
	{ "open_tree_attr", 467 },
	{ "file_getattr", 468 },
	{ "file_setattr", 469 },
	{ "listns", 470 },
};

/* Calls that travel in the first argument of another one: linux/net.h, linux/ipc.h. */
static const char *const socket_calls[] = {
	[1] = "socket",	   [2] = "bind",	[3] = "connect",     [4] = "listen",
	[5] = "accept",	   [6] = "getsockname", [7] = "getpeername", [8] = "socketpair",
	[9] = "send",	   [10] = "recv",	[11] = "sendto",     [12] = "recvfrom",
	[13] = "shutdown", [14] = "setsockopt", [15] = "getsockopt", [16] = "sendmsg",
	[17] = "recvmsg",  [18] = "accept4",	[19] = "recvmmsg",   [20] = "sendmmsg",
};

static const char *const ipc_calls[] = {
	[1] = "semop",	 [2] = "semget",  [3] = "semctl",  [4] = "semtimedop",
	[11] = "msgsnd", [12] = "msgrcv", [13] = "msgget", [14] = "msgctl",
	[21] = "shmat",	 [22] = "shmdt",  [23] = "shmget", [24] = "shmctl",
};

#define TEXT_SIZE 32 /* as in the table: no pointers there, so nothing to relocate */

struct name {
	char text[TEXT_SIZE];
	int nr[N_ARCHS];
};

static struct name names[MAX_NAMES];
static size_t n_names;

static void set(const char *text, size_t arch, int nr)
{
	size_t i;

	for (i = 0; i < n_names && strcmp(names[i].text, text); i++)
		;
	if (i == MAX_NAMES || strlen(text) >= sizeof(names[i].text)) {
		fprintf(stderr, "gen-syscalls: no room for %s\n", text);
		exit(1);
	}
	if (i == n_names) {
		snprintf(names[i].text, sizeof(names[i].text), "%s", text);
		for (size_t j = 0; j < N_ARCHS; j++)
			names[i].nr[j] = -1;
		n_names++;
	}
	if (names[i].nr[arch] < 0)
		names[i].nr[arch] = nr;
}

static void collect(size_t arch)
{
	bool known[MAX_NR] = { false };

	for (int nr = 0; nr < MAX_NR; nr++) {
		int number = archs[arch].is_x32 ? nr | X32_BIT : nr;
		char *text = seccomp_syscall_resolve_num_arch(archs[arch].token, number);

		known[nr] = text != NULL;
		if (text)
			set(text, arch, nr);
		free(text);
	}
	for (size_t i = 0; i < sizeof(newer) / sizeof(newer[0]); i++) {
		if (!known[newer[i].nr] &&
		    !(archs[arch].is_x32 && !strcmp(newer[i].name, "map_shadow_stack")))
			set(newer[i].name, arch, newer[i].nr);
	}
	if (archs[arch].token == SCMP_ARCH_X86_64) {
		set("uretprobe", arch, 335);
		set("uprobe", arch, 336);
	}
}

/* send and recv have no number of their own anywhere in some families: rows all the same.
 */
static void collect_carried(const char *const *calls, size_t n)
{
	for (size_t i = 0; i < n; i++) {
		if (calls[i])
			set(calls[i], 0, -1);
	}
}

static int compare(const void *a, const void *b)
{
	return strcmp(((const struct name *)a)->text, ((const struct name *)b)->text);
}

static int call_of(const char *const *calls, size_t n, const char *text)
{
	for (size_t i = 0; i < n; i++) {
		if (calls[i] && !strcmp(calls[i], text))
			return (int)i;
	}
	return 0;
}

static void print_name(const struct name *n)
{
	int socket = call_of(socket_calls, sizeof(socket_calls) / sizeof(socket_calls[0]),
			     n->text);
	int ipc = call_of(ipc_calls, sizeof(ipc_calls) / sizeof(ipc_calls[0]), n->text);

	printf("\t{ \"%s\", { ", n->text);
	for (size_t j = 0; j < N_ARCHS; j++)
		printf("%s%d", j ? ", " : "", n->nr[j]);
	printf(" }, %s, %d },\n",
	       socket ? "VIA_SOCKETCALL"
	       : ipc  ? "VIA_IPC"
		      : "VIA_NOTHING",
	       socket + ipc);
}

int main(void)
{
	for (size_t i = 0; i < N_ARCHS; i++)
		collect(i);
	collect_carried(socket_calls, sizeof(socket_calls) / sizeof(socket_calls[0]));
	collect_carried(ipc_calls, sizeof(ipc_calls) / sizeof(ipc_calls[0]));
	qsort(names, n_names, sizeof(names[0]), compare);

	printf("/* Made by contrib/gen-syscalls.c; do not edit. */\n");
	printf("const struct seccomp_arch seccomp_archs[] = {\n");
	for (size_t i = 0; i < N_ARCHS; i++)
		printf("\t{ \"%s\", %s, %s, %s },\n", archs[i].name, archs[i].audit,
		       archs[i].is_64 ? "true" : "false",
		       archs[i].is_x32 ? "true" : "false");
	printf("};\n\n#define N_ARCHS %zu\n\n", N_ARCHS);
	printf("static const struct seccomp_name names[] = {\n");
	for (size_t i = 0; i < n_names; i++)
		print_name(&names[i]);
	printf("};\n");
	return ferror(stdout) || fflush(stdout) ? 1 : 0;
}
