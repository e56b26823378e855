/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/unit/test-apply-process.c - what apply/ does to a real process
 *
 * Each case forks, applies, and looks at what the kernel says of itself in
 * /proc/self/status and the like. Needs root.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/capability.h>
#include <sched.h>
#include <signal.h>
#include <stdlib.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/resource.h>
#include <sys/socket.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "apply/process.h"
#include "base/arena.h"
#include "base/err.h"
#include "base/fd.h"
#include "base/str.h"
#include "plan/ns.h"
#include "plan/process.h"
#include "spec/spec.h"
#include "tap.h"

static uint64_t field(const char *name)
{
	static char buf[8192];
	AUTO_FD fd = open("/proc/self/status", O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : fd_read_some(fd, buf, sizeof(buf) - 1);
	const char *p;

	buf[n < 0 ? 0 : n] = '\0';
	p = strstr(buf, name);
	return p ? strtoull(p + strlen(name), NULL, 16) : UINT64_MAX;
}

/* Run a case in a child: it returns true when all is as it should be. */
static void in_child(bool (*fn)(void), const char *what)
{
	int status = -1;
	pid_t pid;

	fflush(stdout);
	pid = fork();
	if (pid == 0)
		_exit(fn() ? 0 : 1);
	waitpid(pid, &status, 0);
	ok(status == 0, "%s", what);
}

static bool failed(const struct err *err)
{
	/* A line of its own, unbuffered: the child leaves by _exit. */
	dprintf(1, "# %s\n", err->msg);
	return false;
}

static uint64_t own_bounding(void)
{
	return field("\nCapBnd:\t");
}

#define KILL (1ull << CAP_KILL)
#define RAW  (1ull << CAP_NET_RAW)

static bool root_caps(void)
{
	struct plan_process p = { .caps = { KILL | RAW, KILL, 0, KILL | RAW, 0 },
				  .umask = 027 };
	struct err err = ERR_INIT;

	if (apply_credentials(&p, &err) < 0)
		return failed(&err);
	return field("\nCapBnd:\t") == (KILL | RAW) && field("\nCapEff:\t") == KILL &&
	       field("\nCapPrm:\t") == (KILL | RAW) && field("\nCapInh:\t") == 0 &&
	       field("\nCapAmb:\t") == 0 && umask(0) == 027 && getgroups(0, NULL) == 0;
}

static bool user_caps(void)
{
	gid_t groups[] = { 5, 6 }, have[4];
	struct plan_process p = {
		.uid = 1000,
		.gid = 1001,
		.groups = groups,
		.n_groups = 2,
		.caps = { KILL, KILL, KILL, KILL, KILL },
	};
	struct err err = ERR_INIT;

	if (apply_credentials(&p, &err) < 0)
		return failed(&err);
	return field("\nCapEff:\t") == KILL && field("\nCapAmb:\t") == KILL &&
	       field("\nCapInh:\t") == KILL && field("\nCapBnd:\t") == KILL &&
	       getuid() == 1000 && getegid() == 1001 && getgroups(4, have) == 2 &&
	       have[1] == 6 && prctl(PR_GET_KEEPCAPS, 0, 0, 0, 0) == 0;
}

static bool no_caps(void)
{
	struct plan_process p = { .uid = 1000, .gid = 1000 };
	struct err err = ERR_INIT;

	if (apply_credentials(&p, &err) < 0)
		return failed(&err);
	return !field("\nCapEff:\t") && !field("\nCapPrm:\t") && !field("\nCapBnd:\t") &&
	       setuid(0) < 0;
}

static bool keeps_bounding(void)
{
	uint64_t before = own_bounding();
	struct plan_process p = { .caps = { before, 0, 0, 0, 0 } };
	struct err err = ERR_INIT;

	if (apply_credentials(&p, &err) < 0)
		return failed(&err);
	return own_bounding() == before && !field("\nCapEff:\t");
}

static bool new_privs(void)
{
	struct plan_process p = { .no_new_privs = true };
	struct err err = ERR_INIT;

	return apply_no_new_privs(&p, &err) == 0 &&
	       prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0) == 1;
}

static bool filters(void)
{
	struct arena a = ARENA_INIT;
	const char *first[] = { "mkdirat", "mkdir", NULL },
		   *second[] = { "getcwd", NULL };
	struct spec_seccomp_rule r[] = {
		{ { first, 2 }, "SCMP_ACT_ERRNO", { true, 38 } },
		{ { second, 1 }, "SCMP_ACT_ERRNO", { true, 99 } }
	};
	struct spec_seccomp s = { .default_action = "SCMP_ACT_ALLOW",
				  .rules = r,
				  .n_rules = 1 };
	struct plan_process p = { 0 };
	struct err err = ERR_INIT;
	char buf[256];
	int fd;

	if (plan_seccomp_build(&p.class_seccomp, &s, &a, &err) < 0)
		return failed(&err);
	s.rules = &r[1];
	if (plan_seccomp_build(&p.seccomp, &s, &a, &err) < 0)
		return failed(&err);
	if (apply_seccomp(&p, &fd, &err) < 0)
		return failed(&err);
	return fd == -1 && syscall(SYS_mkdirat, -1, NULL, 0) < 0 && errno == ENOSYS &&
	       syscall(SYS_getcwd, buf, sizeof(buf)) < 0 && errno == EADDRNOTAVAIL &&
	       field("\nSeccomp_filters:\t") == 2;
}

#if defined(__x86_64__)
/* i386's way into the same kernel: it counts as AUDIT_ARCH_I386. */
static long i386_call(long nr, long a)
{
	long r;

	__asm__ volatile("int $0x80" : "=a"(r) : "0"(nr), "b"(a) : "memory");
	return r;
}

static bool has_i386(void)
{
	int status = -1;
	pid_t pid = fork();

	if (pid == 0)
		_exit(i386_call(20, 0) == getpid() ? 0 : 1);
	waitpid(pid, &status, 0);
	return status == 0;
}

static bool load_for(const char **archs, size_t n)
{
	struct arena a = ARENA_INIT;
	const char *calls[] = { "mkdir", NULL };
	struct spec_seccomp_rule r = { { calls, 1 }, "SCMP_ACT_ERRNO", { true, 99 } };
	struct spec_seccomp s = { .default_action = "SCMP_ACT_ALLOW",
				  .architectures = { archs, n },
				  .rules = &r,
				  .n_rules = 1 };
	struct plan_process p = { 0 };
	struct err err = ERR_INIT;
	int fd;

	if (plan_seccomp_build(&p.seccomp, &s, &a, &err) < 0 ||
	    apply_seccomp(&p, &fd, &err) < 0)
		return failed(&err);
	return true;
}

static bool i386_listed(void)
{
	const char *archs[] = { "SCMP_ARCH_X86", NULL };

	return load_for(archs, 1) && i386_call(39, 0) == -99 &&
	       i386_call(20, 0) == getpid() && syscall(SYS_mkdir, NULL, 0) < 0 &&
	       errno == EADDRNOTAVAIL;
}

/* What was not listed kills; a child of the child, to see it die. */
static bool dies(long nr, bool i386)
{
	int status = 0;
	pid_t pid = fork();

	if (pid == 0) {
		if (!load_for(NULL, 0))
			_exit(1);
		if (i386)
			i386_call(nr, 0);
		else
			syscall(nr, 0);
		_exit(0);
	}
	waitpid(pid, &status, 0);
	return WIFSIGNALED(status) && WTERMSIG(status) == SIGSYS;
}

static bool i386_unlisted(void)
{
	return dies(20, true);
}

static bool x32_unlisted(void)
{
	return dies(0x40000000 | SYS_getpid, false);
}
#endif

static bool listener(void)
{
	struct arena a = ARENA_INIT;
	const char *names[] = { "mkdirat", NULL };
	struct spec_seccomp_rule r = { { names, 1 }, "SCMP_ACT_NOTIFY" };
	struct spec_seccomp s = { .default_action = "SCMP_ACT_ALLOW",
				  .listener_path = "/nowhere",
				  .rules = &r,
				  .n_rules = 1 };
	struct plan_process p = { 0 };
	struct err err = ERR_INIT;
	int fd;

	if (plan_seccomp_build(&p.seccomp, &s, &a, &err) < 0 ||
	    apply_seccomp(&p, &fd, &err) < 0)
		return failed(&err);
	return fd >= 0 && fcntl(fd, F_GETFD) == FD_CLOEXEC &&
	       apply_seccomp_send_listener(&p, fd, "{}", 1, &err) < 0 &&
	       strstr(err.msg, "/linux/seccomp/listenerPath: cannot open '/nowhere'");
}

static bool limits(void)
{
	struct plan_rlimit l = { RLIMIT_NOFILE, "RLIMIT_NOFILE", 100, 200 };
	struct plan_process p = { .rlimits = &l,
				  .n_rlimits = 1,
				  .has_oom_score_adj = true,
				  .oom_score_adj = 500 };
	struct err err = ERR_INIT;
	struct rlimit have;
	int old = -1;
	char buf[16];
	AUTO_FD fd = -1;

	if (apply_rlimits(&p, getpid(), &err) < 0 ||
	    apply_oom_score_adj(&p, &old, &err) < 0)
		return failed(&err);
	fd = open("/proc/self/oom_score_adj", O_RDONLY | O_CLOEXEC);
	return getrlimit(RLIMIT_NOFILE, &have) == 0 && have.rlim_cur == 100 &&
	       have.rlim_max == 200 && read(fd, buf, sizeof(buf)) == 4 &&
	       !memcmp(buf, "500\n", 4);
}

static bool scheduling(void)
{
	struct plan_process p = {
		.sched = { .set = true, .policy = SCHED_BATCH, .nice = 5 },
		.has_ioprio = true,
		.ioprio = 2 << 13 | 6,
		.has_personality = true,
		.personality = 8,
		.has_mempolicy = true,
		.mempolicy_mode = 1, /* MPOL_PREFERRED */
		.mempolicy_nodes = { 1 },
		.has_affinity_final = true,
		.affinity_final = { 1 },
	};
	struct err err = ERR_INIT;
	cpu_set_t cpus;
	int mode = -1;

	if (apply_sched(&p, &err) < 0)
		return failed(&err);
	sched_getaffinity(0, sizeof(cpus), &cpus);
	syscall(SYS_get_mempolicy, &mode, NULL, 0, NULL, 0);
	return sched_getscheduler(0) == SCHED_BATCH &&
	       getpriority(PRIO_PROCESS, 0) == 5 &&
	       syscall(SYS_ioprio_get, 1, 0) == (2 << 13 | 6) &&
	       syscall(SYS_personality, 0xffffffff) == 8 && mode == 1 &&
	       CPU_COUNT(&cpus) == 1 && CPU_ISSET(0, &cpus);
}

static bool widened(void)
{
	struct plan_process p = { 0 };
	struct err err = ERR_INIT;
	cpu_set_t before, one, after;

	sched_getaffinity(0, sizeof(before), &before);
	CPU_ZERO(&one);
	CPU_SET(0, &one);
	sched_setaffinity(0, sizeof(one), &one);
	apply_sched(&p, &err);
	sched_getaffinity(0, sizeof(after), &after);
	return CPU_COUNT(&after) >= CPU_COUNT(&before);
}

static bool names(void)
{
	struct plan_ns ns = { .hostname = "inside", .domainname = "example" };
	struct err err = ERR_INIT;
	char name[64];

	if (unshare(CLONE_NEWUTS | CLONE_NEWNET) < 0)
		return false;
	ns.has[NS_UTS] = true;
	if (apply_uts(&ns, &err) < 0 || apply_loopback(&err) < 0)
		return failed(&err);
	return gethostname(name, sizeof(name)) == 0 && !strcmp(name, "inside") &&
	       getdomainname(name, sizeof(name)) == 0 && !strcmp(name, "example");
}

static bool home_and_cwd(void)
{
	char *env[4] = { NULL }, buf[256], dir[] = "/tmp/test-apply.XXXXXX", path[64];
	struct plan_process p = { .env = env, .uid = 7, .cwd = "/sub" };
	struct err err = ERR_INIT;
	AUTO_FD outside = -1, fd = -1;
	bool good;

	outside = open("/tmp", O_RDONLY | O_DIRECTORY); /* leaked on purpose */
	if (!mkdtemp(dir) || chdir(dir) < 0 || mkdir("etc", 0755) < 0 ||
	    mkdir("sub", 0755) < 0)
		return false;
	fd = open("etc/passwd", O_CREAT | O_WRONLY | O_CLOEXEC, 0644);
	good = write(fd, "u:x:7:7::/h:\n", 13) == 13 && chroot(".") == 0 &&
	       chdir("/") == 0 && apply_home(&p, buf, sizeof(buf), &err) == 0 &&
	       !strcmp(env[0], "HOME=/h") && p.n_env == 1 && apply_cwd(&p, &err) == 0;
	/* CVE-2024-21626 with what a chroot has: a descriptor that points outside. */
	good = good && fchdir(outside) == 0;
	p.cwd = ".";
	good = good && apply_cwd(&p, &err) < 0 &&
	       strstr(err.msg, "outside of the container's root");
	memset(&err, 0, sizeof(err));
	p.cwd = "/gone";
	good = good && apply_cwd(&p, &err) < 0 &&
	       !strcmp(err.msg,
		       "chdir to cwd (\"/gone\") set in config.json failed: no such "
		       "file or directory");
	/* Out of the chroot by the leaked descriptor, to tidy up. */
	snprintf(path, sizeof(path), "%s", strrchr(dir, '/') + 1);
	if (fchdir(outside) == 0) {
		char sub[80];

		snprintf(sub, sizeof(sub), "%s/etc/passwd", path);
		unlink(sub);
		snprintf(sub, sizeof(sub), "%s/etc", path);
		rmdir(sub);
		snprintf(sub, sizeof(sub), "%s/sub", path);
		rmdir(sub);
		rmdir(path);
	}
	return good;
}

static void lookup(const char *arg0, const char *path_var, const char *want)
{
	char *argv[] = { (char *)(uintptr_t)arg0, NULL }, file[256] = "";
	struct plan_process p = { .argv = argv, .path_var = path_var };
	struct err err = ERR_INIT;
	int r = apply_exec_lookup(&p, file, sizeof(file), &err);

	ok(!strcmp(r == 0 ? file : err.msg, want), "lookup: %s", r == 0 ? file : err.msg);
}

static void test_lookup(void)
{
	char dir[] = "/tmp/test-lookup.XXXXXX", path[64], var[128], want[400];
	int fd;

	if (!mkdtemp(dir)) {
		ok(false, "mkdtemp");
		return;
	}
	chmod(dir, 0755);
	snprintf(path, sizeof(path), "%s/plain", dir);
	fd = open(path, O_CREAT | O_WRONLY | O_CLOEXEC, 0644);
	fd_close(&fd);
	snprintf(var, sizeof(var), "/nowhere:%s:/usr/bin", dir);
	lookup("env", var, "/usr/bin/env");
	lookup("/usr/bin/env", NULL, "/usr/bin/env");
	lookup("nothing-here", var,
	       "exec: \"nothing-here\": executable file not found in $PATH: no such file "
	       "or "
	       "directory");
	lookup("env", NULL,
	       "exec: \"env\": executable file not found in $PATH: no such file or "
	       "directory");
	lookup("", var,
	       "exec: \"\": executable file not found in $PATH: no such file or "
	       "directory");
	lookup("plain", var, "exec: \"plain\": permission denied");
	snprintf(want, sizeof(want), "exec: \"%s\": permission denied", path);
	lookup(path, NULL, want);
	snprintf(want, sizeof(want), "exec: \"%s\": is a directory", dir);
	lookup(dir, NULL, want);
	lookup("/no/such", NULL,
	       "exec: \"/no/such\": stat /no/such: no such file or directory");
	snprintf(var, sizeof(var), "%s/x", path);
	snprintf(want, sizeof(want), "exec: \"%s\": stat %s: not a directory", var, var);
	lookup(var, NULL, want);
	unlink(path);
	rmdir(dir);
}

static bool exec_closes(void)
{
	const char *argv[] = {
		"sh", "-c",
		"test -e /dev/fd/3 && test ! -e /dev/fd/4 && test ! -e /dev/fd/20", NULL
	};
	char *env[] = { NULL };
	struct plan_process p = { .argv = (char **)(uintptr_t)argv, .env = env };
	struct err err = ERR_INIT;
	int fd = open("/dev/null", O_RDONLY);

	if (dup3(fd, 20, 0) < 0 || dup3(20, 4, 0) < 0 || dup3(20, 3, O_CLOEXEC) < 0)
		return false;
	apply_exec(&p, "/bin/sh", 1, &err);
	return failed(&err);
}

int main(void)
{
	test_lookup();
	in_child(new_privs, "no_new_privs");
	in_child(exec_closes, "execve: only what is preserved stays open");
	in_child(widened, "a pinned caller does not narrow the payload");
	if (geteuid() != 0) {
		printf("ok %d - credentials and filters # SKIP needs root\n", ++tap_n);
		return done();
	}
	in_child(root_caps, "credentials: root with some capabilities");
	in_child(user_caps, "credentials: a user with ambient capabilities");
	in_child(no_caps, "credentials: a user with nothing");
	in_child(keeps_bounding, "credentials: a bounding set that stays");
	in_child(filters, "seccomp: the class's filter and the config's");
	in_child(listener, "seccomp: a listener");
#if defined(__x86_64__)
	in_child(x32_unlisted, "seccomp: x32 that is not listed kills");
	if (has_i386()) {
		in_child(i386_listed, "seccomp: i386 has rules of its own");
		in_child(i386_unlisted, "seccomp: i386 that is not listed kills");
	} else {
		printf("ok %d - seccomp: i386 # SKIP this kernel does not run it\n",
		       ++tap_n);
	}
#endif
	in_child(limits, "rlimits and the OOM score");
	in_child(scheduling,
		 "scheduler, io priority, personality, memory policy, affinity");
	in_child(names, "host name, domain name, loopback");
	in_child(home_and_cwd, "HOME, working directory, and one that is outside");
	return done();
}
