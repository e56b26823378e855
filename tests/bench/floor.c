/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/bench/floor.c - the bare kernel calls of a plain container, and nothing else
 *
 *   floor BUNDLE     runs BUNDLE/rootfs with /bin/true in it
 *
 * No configuration, no checks, no error texts: what a runtime could cost at the least on
 * this kernel. The same namespaces, mounts, devices, masks and cgroup directories as the
 * benchmark's config.json asks for.
 */
#define _GNU_SOURCE
#include <fcntl.h>
#include <linux/sched.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <sys/sysmacros.h>
#include <sys/wait.h>
#include <unistd.h>

static const char *const controllers[] = { "cpu",     "cpuacct", "cpuset", "memory",
					   "devices", "freezer", "blkio",  "pids" };
#define N_CONTROLLERS (sizeof(controllers) / sizeof(controllers[0]))

static void put(const char *path, const char *text)
{
	int fd = open(path, O_WRONLY | O_CLOEXEC);

	if (fd < 0 || write(fd, text, strlen(text)) < 0)
		_exit(11);
	close(fd);
}

static void cgroup(pid_t pid, int make)
{
	char path[128], text[16];

	snprintf(text, sizeof(text), "%d", (int)pid);
	for (size_t i = 0; i < N_CONTROLLERS; i++) {
		snprintf(path, sizeof(path), "/sys/fs/cgroup/%s/agentrun-floor",
			 controllers[i]);
		if (!make) {
			rmdir(path);
			continue;
		}
		mkdir(path, 0755);
		if (!strcmp(controllers[i], "cpuset")) {
			put("/sys/fs/cgroup/cpuset/agentrun-floor/cpuset.cpus", "0");
			put("/sys/fs/cgroup/cpuset/agentrun-floor/cpuset.mems", "0");
		}
		strcat(path, "/cgroup.procs");
		put(path, text);
	}
}

static void mnt(const char *src, const char *dst, const char *type, unsigned long flags,
		const char *data)
{
	if (mount(src, dst, type, flags, data) < 0) {
		perror(dst);
		_exit(12);
	}
}

static void mounts(void)
{
	const unsigned long f = MS_NOSUID | MS_NODEV | MS_NOEXEC;
	static const char *const masked[] = { "proc/acpi", "proc/kcore", "proc/keys",
					      "proc/timer_list", "proc/scsi" };
	static const char *const readonly[] = { "proc/bus", "proc/fs", "proc/irq",
						"proc/sys", "proc/sysrq-trigger" };
	static const struct {
		const char *name;
		unsigned minor;
	} nodes[] = { { "dev/null", 3 },
		      { "dev/zero", 5 },
		      { "dev/full", 7 },
		      { "dev/random", 8 },
		      { "dev/urandom", 9 } };

	mnt("proc", "proc", "proc", f, NULL);
	mnt("tmpfs", "dev", "tmpfs", MS_NOSUID | MS_STRICTATIME, "mode=755,size=65536k");
	mkdir("dev/pts", 0755);
	mkdir("dev/shm", 0755);
	mkdir("dev/mqueue", 0755);
	mnt("devpts", "dev/pts", "devpts", MS_NOSUID | MS_NOEXEC,
	    "newinstance,ptmxmode=0666,mode=0620,gid=5");
	mnt("shm", "dev/shm", "tmpfs", f, "mode=1777,size=65536k");
	mnt("mqueue", "dev/mqueue", "mqueue", f, NULL);
	mnt("sysfs", "sys", "sysfs", f | MS_RDONLY, NULL);
	umask(0);
	for (size_t i = 0; i < sizeof(nodes) / sizeof(nodes[0]); i++)
		if (mknod(nodes[i].name, S_IFCHR | 0666, makedev(1, nodes[i].minor)) < 0)
			_exit(13);
	mknod("dev/tty", S_IFCHR | 0666, makedev(5, 0));
	(void)!symlink("/proc/self/fd", "dev/fd");
	(void)!symlink("pts/ptmx", "dev/ptmx");
	for (size_t i = 0; i < sizeof(masked) / sizeof(masked[0]); i++)
		(void)mount("dev/null", masked[i], NULL, MS_BIND, NULL);
	for (size_t i = 0; i < sizeof(readonly) / sizeof(readonly[0]); i++)
		if (mount(readonly[i], readonly[i], NULL, MS_BIND | MS_REC, NULL) == 0)
			(void)mount(NULL, readonly[i], NULL,
				    MS_REMOUNT | MS_BIND | MS_RDONLY | f, NULL);
}

static int child(const char *bundle, int ready)
{
	char rootfs[4096], c;

	snprintf(rootfs, sizeof(rootfs), "%s/rootfs", bundle);
	mnt(NULL, "/", NULL, MS_SLAVE | MS_REC, NULL);
	mnt(rootfs, rootfs, NULL, MS_BIND | MS_REC, NULL);
	if (chdir(rootfs) < 0)
		return 14;
	mounts();
	if (syscall(SYS_pivot_root, ".", ".") < 0 || umount2(".", MNT_DETACH) < 0 ||
	    chdir("/") < 0)
		return 15;
	(void)sethostname("floor", 5);
	for (int i = 0; i < 41; i++)
		(void)prctl(PR_CAPBSET_DROP, i);
	(void)prctl(PR_SET_NO_NEW_PRIVS, 1, 0, 0, 0);
	if (read(ready, &c, 1) != 1)
		return 16;
	execl("/bin/true", "/bin/true", (char *)NULL);
	return 17;
}

int main(int argc, char **argv)
{
	struct clone_args args = {
		.flags = CLONE_NEWNS | CLONE_NEWPID | CLONE_NEWUTS | CLONE_NEWIPC |
			 CLONE_NEWNET,
		.exit_signal = SIGCHLD,
	};
	int p[2], status;
	pid_t pid;

	if (argc != 2 || pipe2(p, O_CLOEXEC) < 0)
		return 1;
	pid = (pid_t)syscall(SYS_clone3, &args, sizeof(args));
	if (pid < 0)
		return 2;
	if (pid == 0)
		_exit(child(argv[1], p[0]));
	cgroup(pid, 1);
	if (write(p[1], "x", 1) != 1)
		return 3;
	waitpid(pid, &status, 0);
	cgroup(0, 0);
	return WIFEXITED(status) ? WEXITSTATUS(status) : 128;
}
