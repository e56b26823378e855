/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/probe/try.c - verbs that attempt one system call and say how it went
 */
#include "probe.h"

#include <grp.h>
#include <sched.h>
#include <signal.h>
#include <sys/mount.h>
#include <sys/mman.h>
#include <sys/ptrace.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>

static int open_flags(const char *text)
{
	static const struct {
		const char *name;
		int flag;
	} table[] = {
		{ "r", O_RDONLY },	    { "w", O_WRONLY },
		{ "rw", O_RDWR },	    { "creat", O_CREAT },
		{ "trunc", O_TRUNC },	    { "append", O_APPEND },
		{ "dir", O_DIRECTORY },	    { "path", O_PATH },
		{ "nofollow", O_NOFOLLOW }, { "excl", O_EXCL },
		{ "nonblock", O_NONBLOCK }, { "tmpfile", O_TMPFILE },
	};
	char copy[128], *save = NULL;
	int flags = O_CLOEXEC | O_NOCTTY;

	snprintf(copy, sizeof(copy), "%s", text);
	for (char *w = strtok_r(copy, ",", &save); w; w = strtok_r(NULL, ",", &save)) {
		size_t i;

		for (i = 0; i < N_ELEMENTS(table) && strcmp(w, table[i].name) != 0; i++)
			;
		if (i == N_ELEMENTS(table))
			exit(EXIT_USAGE);
		flags |= table[i].flag;
	}
	return flags;
}

/* open PATH FLAGS: flags are words joined by commas, e.g. rw,creat */
static int try_open(int argc, char **argv)
{
	int fd = open(argv[1], open_flags(argc > 2 ? argv[2] : "r"), 0644);

	answer("open", fd);
	if (fd >= 0)
		close(fd);
	return 0;
}

static int try_write(int argc, char **argv)
{
	const char *text = argc > 2 ? argv[2] : "x";
	int fd = open(argv[1], O_WRONLY | O_CREAT | O_CLOEXEC, 0644);

	answer("write", fd < 0 ? -1 : write(fd, text, strlen(text)));
	if (fd >= 0)
		close(fd);
	return 0;
}

/* write-file: no O_CREAT, for files of procfs, sysfs and cgroupfs */
static int try_write_file(int argc, char **argv)
{
	const char *text = argc > 2 ? argv[2] : "x";
	int fd = open(argv[1], O_WRONLY | O_CLOEXEC);

	answer("write-file", fd < 0 ? -1 : write(fd, text, strlen(text)));
	if (fd >= 0)
		close(fd);
	return 0;
}

static int try_read(int argc, char **argv)
{
	char buf[64];
	int fd = open(argv[1], O_RDONLY | O_CLOEXEC);
	ssize_t n = fd < 0 ? -1 : read(fd, buf, sizeof(buf));

	(void)argc;
	answer("read", n);
	printf("bytes=%zd\n", n);
	return 0;
}

static int try_mkdir(int argc, char **argv)
{
	(void)argc;
	answer("mkdir", mkdir(argv[1], 0755));
	return 0;
}

static int try_unlink(int argc, char **argv)
{
	(void)argc;
	answer("unlink", unlink(argv[1]));
	return 0;
}

static int try_rename(int argc, char **argv)
{
	(void)argc;
	answer("rename", rename(argv[1], argv[2]));
	return 0;
}

static int try_symlink(int argc, char **argv)
{
	(void)argc;
	answer("symlink", symlink(argv[1], argv[2]));
	return 0;
}

static int try_chown(int argc, char **argv)
{
	(void)argc;
	answer("chown", chown(argv[1], (uid_t)number(argv[2]), (gid_t)number(argv[3])));
	return 0;
}

static int try_chmod(int argc, char **argv)
{
	(void)argc;
	answer("chmod", chmod(argv[1], (mode_t)strtoul(argv[2], NULL, 8)));
	return 0;
}

static int try_chdir(int argc, char **argv)
{
	(void)argc;
	answer("chdir", chdir(argv[1]));
	return 0;
}

/* mknod PATH c|b|p MAJOR MINOR */
static int try_mknod(int argc, char **argv)
{
	mode_t type = argv[2][0] == 'b' ? S_IFBLK : argv[2][0] == 'p' ? S_IFIFO : S_IFCHR;
	dev_t dev = makedev(argc > 3 ? (unsigned)number(argv[3]) : 0,
			    argc > 4 ? (unsigned)number(argv[4]) : 0);

	answer("mknod", mknod(argv[1], type | 0666, dev));
	return 0;
}

/* mount SOURCE TARGET TYPE [DATA]; type "bind" and "remount-rw" are flags */
static int try_mount(int argc, char **argv)
{
	unsigned long flags = 0;
	const char *type = argv[3];

	if (strcmp(type, "bind") == 0)
		flags = MS_BIND;
	if (strcmp(type, "remount-rw") == 0)
		flags = MS_REMOUNT | MS_BIND;
	answer("mount", mount(argv[1], argv[2], type, flags, argc > 4 ? argv[4] : NULL));
	return 0;
}

static int try_umount(int argc, char **argv)
{
	(void)argc;
	answer("umount", umount2(argv[1], MNT_DETACH));
	return 0;
}

/* exec PATH [ARG...]: reports whether the program could be started, and its status */
static int try_exec(int argc, char **argv)
{
	int err[2], status, e = 0;
	pid_t pid;

	(void)argc;
	if (pipe2(err, O_CLOEXEC) < 0)
		return 1;
	pid = fork();
	if (pid == 0) {
		execv(argv[1], argv + 1);
		e = errno;
		(void)!write(err[1], &e, sizeof(e));
		_exit(127);
	}
	close(err[1]);
	if (read(err[0], &e, sizeof(e)) == (ssize_t)sizeof(e))
		errno = e;
	waitpid(pid, &status, 0);
	answer("exec", e ? -1 : 0);
	if (!e && WIFSIGNALED(status))
		printf("exec_signal=%d\n", WTERMSIG(status));
	else if (!e)
		printf("exec_status=%d\n", WEXITSTATUS(status));
	return 0;
}

/*
 * syscall NR [ARG...]: arguments default to a bad pointer, so EFAULT (or any error but
 * the filter's) says that the call reached the kernel. In a child: the filter may kill.
 */
static int try_syscall(int argc, char **argv)
{
	long a[6] = { 0 };
	int status;
	pid_t pid;

	for (int i = 0; i < 6; i++)
		a[i] = argc > i + 2 ? (long)strtoul(argv[i + 2], NULL, 0) : -1L;
	fflush(stdout);
	pid = fork();
	if (pid == 0) {
		answer("syscall",
		       syscall(number(argv[1]), a[0], a[1], a[2], a[3], a[4], a[5]));
		_exit(0);
	}
	waitpid(pid, &status, 0);
	if (WIFSIGNALED(status))
		printf("syscall=signal %d\n", WTERMSIG(status));
	return 0;
}

static int try_unshare(int argc, char **argv)
{
	static const struct {
		const char *name;
		int flag;
	} table[] = {
		{ "user", CLONE_NEWUSER },     { "mnt", CLONE_NEWNS },
		{ "net", CLONE_NEWNET },       { "pid", CLONE_NEWPID },
		{ "uts", CLONE_NEWUTS },       { "ipc", CLONE_NEWIPC },
		{ "cgroup", CLONE_NEWCGROUP },
	};

	(void)argc;
	for (size_t i = 0; i < N_ELEMENTS(table); i++)
		if (strcmp(argv[1], table[i].name) == 0) {
			answer("unshare", unshare(table[i].flag));
			return 0;
		}
	return EXIT_USAGE;
}

static int try_setuid(int argc, char **argv)
{
	(void)argc;
	answer("setuid", setuid((uid_t)number(argv[1])));
	return 0;
}

static int try_setgroups(int argc, char **argv)
{
	gid_t g = (gid_t)number(argv[1]);

	(void)argc;
	answer("setgroups", setgroups(1, &g));
	return 0;
}

static int try_kill(int argc, char **argv)
{
	(void)argc;
	answer("kill", kill((pid_t)number(argv[1]), (int)number(argv[2])));
	return 0;
}

static int try_ptrace(int argc, char **argv)
{
	(void)argc;
	answer("ptrace", ptrace(PTRACE_ATTACH, (pid_t)number(argv[1]), NULL, NULL));
	return 0;
}

static int try_sethostname(int argc, char **argv)
{
	(void)argc;
	answer("sethostname", sethostname(argv[1], strlen(argv[1])));
	return 0;
}

static int try_memfd_exec(int argc, char **argv)
{
	int fd = memfd_create("x", MFD_CLOEXEC);

	(void)argc;
	(void)argv;
	answer("memfd", fd);
	if (fd < 0)
		return 0;
	answer("memfd-exec", syscall(SYS_execveat, fd, "", NULL, NULL, AT_EMPTY_PATH));
	return 0;
}

static const struct verb verbs[] = {
	{ "open", try_open, ACTS, 1 },
	{ "write", try_write, ACTS, 1 },
	{ "write-file", try_write_file, ACTS, 1 },
	{ "read", try_read, 0, 1 },
	{ "mkdir", try_mkdir, ACTS, 1 },
	{ "unlink", try_unlink, ACTS, 1 },
	{ "rename", try_rename, ACTS, 2 },
	{ "symlink", try_symlink, ACTS, 2 },
	{ "chown", try_chown, ACTS, 3 },
	{ "chmod", try_chmod, ACTS, 2 },
	{ "chdir", try_chdir, 0, 1 },
	{ "mknod", try_mknod, ACTS, 2 },
	{ "mount", try_mount, ACTS, 3 },
	{ "umount", try_umount, ACTS, 1 },
	{ "exec", try_exec, ACTS, 1 },
	{ "syscall", try_syscall, ACTS, 1 },
	{ "unshare", try_unshare, ACTS, 1 },
	{ "setuid", try_setuid, ACTS, 1 },
	{ "setgroups", try_setgroups, ACTS, 1 },
	{ "kill", try_kill, ACTS, 2 },
	{ "ptrace", try_ptrace, ACTS, 1 },
	{ "sethostname", try_sethostname, ACTS, 1 },
	{ "memfd-exec", try_memfd_exec, ACTS, 0 },
};

const struct verb_group try_verbs = { verbs, N_ELEMENTS(verbs) };
