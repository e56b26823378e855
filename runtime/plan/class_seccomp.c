/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan/class_seccomp.c - the system calls of every class
 *
 * A list of what may be called; all else is denied: what is known to be dangerous with
 * EPERM, so that a program says what it was refused, and what nobody has heard of with
 * ENOSYS, so that a C library falls back. It is what engines allow by default, without:
 *
 *   io_uring: its operations pass every filter (sockets, opens)
 *
 *   namespaces: a user namespace makes the payload root over its own mounts and
 *   network; clone3 hides its flags behind a pointer, so it is ENOSYS
 *
 *   sockets but unix, inet, inet6 and routing netlink: AF_VSOCK reaches the
 *   hypervisor, AF_PACKET goes around filters, in AF_ALG and the exotic ones live
 *   kernel bugs
 *
 *   ptrace and its kin, keyrings, bpf, perf, userfaultfd, mounts, kexec
 *
 *   TIOCSTI, TIOCLINUX, which type into the terminal of whoever started us. Compared
 *   on 32 bits, as the kernel does: a filter that compares 64 lets TIOCSTI + 2^32
 *   through (CVE-2019-7303)
 */
#include "plan/class_seccomp.h"

#include <asm/ioctls.h>
#include <errno.h>
#include <linux/audit.h>
#include <linux/filter.h>
#include <linux/netlink.h>
#include <linux/seccomp.h>
#include <sched.h>
#include <stddef.h>
#include <string.h>
#include <sys/personality.h>
#include <sys/socket.h>
#include <sys/syscall.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "plan/seccomp.h"
#include "spec/spec.h"

#if defined(__x86_64__)
#define NATIVE_ARCH "SCMP_ARCH_X86_64"
#elif defined(__aarch64__)
#define NATIVE_ARCH "SCMP_ARCH_AARCH64"
#else
#error "name the seccomp architecture of this machine here"
#endif

#define NS_FLAGS                                                                       \
	(CLONE_NEWNS | CLONE_NEWCGROUP | CLONE_NEWUTS | CLONE_NEWIPC | CLONE_NEWUSER | \
	 CLONE_NEWPID | CLONE_NEWNET)

/* clang-format off */
static const char *allowed[] = {
	"accept", "accept4", "access", "adjtimex", "alarm", "arch_prctl", "bind", "brk",
	"cachestat", "capget", "capset", "chdir", "chmod", "chown", "clock_getres",
	"clock_gettime", "clock_nanosleep", "clone", "close", "close_range", "connect",
	"copy_file_range", "creat", "dup", "dup2", "dup3", "epoll_create",
	"epoll_create1", "epoll_ctl", "epoll_pwait", "epoll_pwait2", "epoll_wait",
	"eventfd", "eventfd2", "execve", "execveat", "exit", "exit_group", "faccessat",
	"faccessat2", "fadvise64", "fallocate", "fchdir", "fchmod", "fchmodat",
	"fchmodat2", "fchown", "fchownat", "fcntl", "fdatasync", "fgetxattr",
	"flistxattr", "flock", "fork", "fremovexattr", "fsetxattr", "fstat", "fstatfs",
	"fsync", "ftruncate", "futex", "futex_requeue", "futex_wait", "futex_waitv",
	"futex_wake", "futimesat", "get_robust_list", "get_thread_area", "getcpu",
	"getcwd", "getdents", "getdents64", "getegid", "geteuid", "getgid", "getgroups",
	"getitimer", "getpeername", "getpgid", "getpgrp", "getpid", "getppid",
	"getpriority", "getrandom", "getresgid", "getresuid", "getrlimit", "getrusage",
	"getsid", "getsockname", "getsockopt", "gettid", "gettimeofday", "getuid",
	"getxattr", "getxattrat", "inotify_add_watch", "inotify_init", "inotify_init1",
	"inotify_rm_watch", "io_cancel", "io_destroy", "io_getevents", "io_pgetevents",
	"io_setup", "io_submit", "ioctl", "ioprio_get", "ioprio_set", "kill",
	"landlock_add_rule", "landlock_create_ruleset", "landlock_restrict_self",
	"lchown", "lgetxattr", "link", "linkat", "listen", "listxattr", "listxattrat",
	"llistxattr", "lremovexattr", "lseek", "lsetxattr", "lstat", "madvise",
	"map_shadow_stack", "membarrier", "memfd_create", "mincore", "mkdir", "mkdirat",
	"mknod", "mknodat", "mlock", "mlock2", "mlockall", "mmap", "mprotect",
	"mq_getsetattr", "mq_notify", "mq_open", "mq_timedreceive", "mq_timedsend",
	"mq_unlink", "mremap", "mseal", "msgctl", "msgget", "msgrcv", "msgsnd", "msync",
	"munlock", "munlockall", "munmap", "nanosleep", "newfstatat", "open", "openat",
	"openat2", "pause", "personality", "pidfd_open", "pidfd_send_signal", "pipe", "pipe2",
	"pkey_alloc", "pkey_free", "pkey_mprotect", "poll", "ppoll", "prctl", "pread64",
	"preadv", "preadv2", "prlimit64", "process_mrelease", "pselect6", "pwrite64",
	"pwritev", "pwritev2", "read", "readahead", "readlink", "readlinkat", "readv",
	"recvfrom", "recvmmsg", "recvmsg", "remap_file_pages", "removexattr", "removexattrat", "rename",
	"renameat", "renameat2", "restart_syscall", "riscv_flush_icache", "rmdir",
	"rseq", "rt_sigaction", "rt_sigpending", "rt_sigprocmask", "rt_sigqueueinfo",
	"rt_sigreturn", "rt_sigsuspend", "rt_sigtimedwait", "rt_tgsigqueueinfo",
	"sched_get_priority_max", "sched_get_priority_min", "sched_getaffinity",
	"sched_getattr", "sched_getparam", "sched_getscheduler",
	"sched_rr_get_interval", "sched_setaffinity", "sched_setattr", "sched_setparam",
	"sched_setscheduler", "sched_yield", "seccomp", "select", "semctl", "semget",
	"semop", "semtimedop", "sendfile", "sendmmsg", "sendmsg", "sendto",
	"set_robust_list", "set_thread_area", "set_tid_address", "setfsgid", "setfsuid",
	"setgid", "setgroups", "setitimer", "setpgid", "setpriority", "setregid",
	"setresgid", "setresuid", "setreuid", "setrlimit", "setsid", "setsockopt",
	"setuid", "setxattr", "setxattrat", "shmat", "shmctl", "shmdt", "shmget",
	"shutdown", "sigaltstack", "signalfd", "signalfd4", "socket", "socketpair", "splice", "stat", "statfs",
	"statx", "symlink", "symlinkat", "sync", "sync_file_range", "syncfs", "sysinfo",
	"tee", "tgkill", "time", "timer_create", "timer_delete", "timer_getoverrun",
	"timer_gettime", "timer_settime", "timerfd_create", "timerfd_gettime",
	"timerfd_settime", "times", "tkill", "truncate", "umask", "uname", "unlink",
	"unlinkat", "uretprobe", "utime", "utimensat", "utimes", "vfork", "vmsplice",
	"wait4", "waitid", "write", "writev",
};

static const char *denied[] = {
	"_sysctl", "acct", "add_key", "bpf", "chroot", "clock_adjtime", "clock_settime",
	"create_module", "delete_module", "fanotify_init", "fanotify_mark",
	"finit_module", "fsconfig", "fsmount", "fsopen", "fspick", "get_kernel_syms",
	"get_mempolicy", "init_module", "io_uring_enter", "io_uring_register",
	"io_uring_setup", "ioperm", "iopl", "kcmp", "kexec_file_load", "kexec_load",
	"keyctl", "lookup_dcookie", "lsm_get_self_attr",
	"lsm_list_modules", "lsm_set_self_attr", "mbind", "memfd_secret",
	"migrate_pages", "modify_ldt", "mount", "mount_setattr", "move_mount",
	"move_pages", "name_to_handle_at", "nfsservctl", "open_by_handle_at",
	"open_tree", "open_tree_attr", "perf_event_open", "pidfd_getfd", "pivot_root",
	"process_madvise", "process_vm_readv", "process_vm_writev", "ptrace",
	"query_module", "quotactl", "quotactl_fd", "reboot", "request_key",
	"set_mempolicy", "set_mempolicy_home_node", "setdomainname", "sethostname",
	"setns", "settimeofday", "stime", "swapoff", "swapon", "sysfs",
	"syslog", "umount", "umount2", "unshare", "uselib", "userfaultfd", "ustat",
	"vhangup", "vm86", "vm86old",
};

/* clang-format on */
static const char *clone3_name[] = { "clone3" };

#define NAMES(array)                     \
	{                                \
		array, ARRAY_SIZE(array) \
	}
#define ACT_ALLOW "SCMP_ACT_ALLOW"
#define ACT_ERRNO "SCMP_ACT_ERRNO"

static struct spec_seccomp_rule rules[] = {
	{ NAMES(allowed), ACT_ALLOW, { 0 }, NULL, 0 },
	{ NAMES(denied), ACT_ERRNO, { true, EPERM }, NULL, 0 },
	{ NAMES(clone3_name), ACT_ERRNO, { true, ENOSYS }, NULL, 0 },
};

/*
 * What depends on arguments goes in front of the compiled list. The format of the config
 * can say neither "all but these, on 32 bits" (it compares 64, the kernel's ints are 32)
 * nor which errno a call gets whose arguments match no rule. Each guard answers, or jumps
 * to its end: what comes behind it looks at the call afresh.
 */
#define LOAD_NR BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, nr))
/* little endian: the lower half comes first */
#define LOAD_ARG(i) \
	BPF_STMT(BPF_LD | BPF_W | BPF_ABS, offsetof(struct seccomp_data, args[i]))
#define IF_EQ(value, yes, no) BPF_JUMP(BPF_JMP | BPF_JEQ | BPF_K, value, yes, no)
#define IF_ANY(bits, yes, no) BPF_JUMP(BPF_JMP | BPF_JSET | BPF_K, bits, yes, no)
#define RETURN_ERRNO(e)	      BPF_STMT(BPF_RET | BPF_K, SECCOMP_RET_ERRNO | (e))

static const struct sock_filter guards[] = {
	/* ioctl: all but two */
	LOAD_NR,
	IF_EQ(SYS_ioctl, 0, 4),
	LOAD_ARG(1),
	IF_EQ(TIOCSTI, 1, 0),
	IF_EQ(TIOCLINUX, 0, 1),
	RETURN_ERRNO(EPERM),

	/* clone: no new namespace */
	LOAD_NR,
	IF_EQ(SYS_clone, 0, 3),
	LOAD_ARG(0),
	IF_ANY(NS_FLAGS, 0, 1),
	RETURN_ERRNO(EPERM),

	/* socket, socketpair: four families, and of netlink only routing */
	LOAD_NR,
	IF_EQ(SYS_socket, 1, 0),
	IF_EQ(SYS_socketpair, 0, 9),
	LOAD_ARG(0),
	IF_EQ(AF_UNIX, 7, 0),
	IF_EQ(AF_INET, 6, 0),
	IF_EQ(AF_INET6, 5, 0),
	IF_EQ(AF_NETLINK, 1, 0),
	RETURN_ERRNO(EAFNOSUPPORT),
	LOAD_ARG(2),
	IF_EQ(NETLINK_ROUTE, 1, 0),
	RETURN_ERRNO(EAFNOSUPPORT),

	/* personality: Linux as it is, and asking; others change what addresses mean */
	LOAD_NR,
	IF_EQ(SYS_personality, 0, 4),
	LOAD_ARG(0),
	IF_EQ(PER_LINUX, 2, 0),
	IF_EQ(0xffffffff, 1, 0),
	RETURN_ERRNO(EPERM),
};

static int add_guards(struct plan_seccomp *s, struct arena *a, struct err *err)
{
	size_t n = ARRAY_SIZE(guards);
	struct sock_filter *f;

	if (s->n_filter + n > BPF_MAXINSNS)
		return err_set(err, -E2BIG, "the filter of the class is too long");
	f = ARENA_ARRAY(a, s->n_filter + n, struct sock_filter);
	memcpy(f, guards, sizeof(guards));
	memcpy(f + n, s->filter, s->n_filter * sizeof(*f));
	s->filter = f;
	s->n_filter += n;
	return 0;
}

int plan_class_seccomp(struct plan_seccomp *out, struct arena *a, struct err *err)
{
	static const char *archs[] = { NATIVE_ARCH };
	/* no flags: without has_flags a compiler may add what specification and kernel
	 * like */
	struct spec_seccomp s = {
		.set = true,
		.default_action = ACT_ERRNO,
		.default_errno_ret = { true, ENOSYS },
		.architectures = NAMES(archs),
		.has_flags = true,
		.rules = rules,
		.n_rules = ARRAY_SIZE(rules),
	};
	int r;

	r = plan_seccomp_build(out, &s, a, err);
	return r < 0 ? r : add_guards(out, a, err);
}
