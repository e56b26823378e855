/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/probe/look.c - verbs that report what the process is and sees
 */
#include "probe.h"

#include <dirent.h>
#include <grp.h>
#include <limits.h>
#include <sys/prctl.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/statvfs.h>
#include <sys/sysmacros.h>
#include <sys/utsname.h>

static void show_ids(void)
{
	gid_t groups[1024];
	uid_t r, e, s;
	gid_t rg, eg, sg;
	int n;

	getresuid(&r, &e, &s);
	getresgid(&rg, &eg, &sg);
	printf("uid=%u euid=%u suid=%u\ngid=%u egid=%u sgid=%u\n", r, e, s, rg, eg, sg);
	n = getgroups((int)N_ELEMENTS(groups), groups);
	printf("groups=");
	for (int i = 0; i < n; i++)
		printf("%s%u", i ? "," : "", groups[i]);
	printf("\n");
}

/* Lines of /proc/self/status that a test wants, by the name it uses for them. */
static const char *const status_keys[][2] = {
	{ "CapInh:", "cap_inh" },  { "CapPrm:", "cap_prm" },
	{ "CapEff:", "cap_eff" },  { "CapBnd:", "cap_bnd" },
	{ "CapAmb:", "cap_amb" },  { "NoNewPrivs:", "nnp" },
	{ "Seccomp:", "seccomp" }, { "Seccomp_filters:", "seccomp_filters" },
	{ "SigIgn:", "sig_ign" },  { "SigBlk:", "sig_blk" },
};

static int look_status(int argc, char **argv)
{
	char line[512];
	mode_t mask = umask(0);
	FILE *f;

	(void)argc;
	(void)argv;
	umask(mask);
	show_ids();
	printf("umask=%04o\n", (unsigned)mask);
	printf("pid=%d ppid=%d sid=%d pgid=%d\n", getpid(), getppid(), getsid(0),
	       getpgrp());
	f = fopen("/proc/self/status", "re");
	while (f && fgets(line, sizeof(line), f)) {
		for (size_t i = 0; i < N_ELEMENTS(status_keys); i++) {
			size_t n = strlen(status_keys[i][0]);

			if (strncmp(line, status_keys[i][0], n) == 0)
				printf("%s=%s", status_keys[i][1],
				       line + n + strspn(line + n, " \t"));
		}
	}
	if (f)
		fclose(f);
	else
		printf("nnp=%d\n", prctl(PR_GET_NO_NEW_PRIVS, 0, 0, 0, 0));
	return 0;
}

static int look_fds(int argc, char **argv)
{
	char path[64], target[PATH_MAX];

	(void)argc;
	(void)argv;
	/* By number, so that a container without /proc is covered, and no directory fd is added. */
	for (int fd = 0; fd < 4096; fd++) {
		int flags = fcntl(fd, F_GETFD);
		ssize_t n;

		if (flags < 0)
			continue;
		snprintf(path, sizeof(path), "/proc/self/fd/%d", fd);
		n = readlink(path, target, sizeof(target) - 1);
		target[n < 0 ? 0 : n] = '\0';
		printf("fd %d=%s%s\n", fd, target, flags & FD_CLOEXEC ? " cloexec" : "");
	}
	return 0;
}

/* mountinfo, one line a mount: mount=DEST fstype=T source=S opts=O super=O prop=P root=R */
static int look_mounts(int argc, char **argv)
{
	char *line = NULL;
	size_t cap = 0;
	FILE *f = fopen("/proc/self/mountinfo", "re");

	(void)argc;
	(void)argv;
	if (!f) {
		answer("mounts", -1);
		return 0;
	}
	while (getline(&line, &cap, f) > 0) {
		char *save = NULL, *col[6] = { NULL }, *word;
		char prop[256] = "private";
		size_t used = 0;

		for (int i = 0; i < 6; i++)
			col[i] = strtok_r(i ? NULL : line, " \n", &save);
		while ((word = strtok_r(NULL, " \n", &save)) && strcmp(word, "-") != 0)
			used += (size_t)snprintf(prop + used, sizeof(prop) - used, "%s%s",
						 used ? "," : "", word);
		printf("mount=%s root=%s opts=%s prop=%s ", col[4], col[3], col[5], prop);
		word = strtok_r(NULL, " \n", &save);
		printf("fstype=%s ", word);
		word = strtok_r(NULL, " \n", &save);
		printf("source=%s ", word);
		word = strtok_r(NULL, "\n", &save);
		printf("super=%s\n", word);
	}
	free(line);
	fclose(f);
	return 0;
}

static int look_env(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	for (char **e = environ; *e; e++)
		printf("env %s\n", *e);
	return 0;
}

static int look_args(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		printf("arg %d=%s\n", i, argv[i]);
	show_file("cmdline=", "/proc/self/cmdline");
	return 0;
}

static int look_cwd(int argc, char **argv)
{
	char buf[PATH_MAX];

	(void)argc;
	(void)argv;
	if (!getcwd(buf, sizeof(buf)))
		answer("cwd", -1);
	else
		show_line("cwd", buf);
	return 0;
}

static int look_ns(int argc, char **argv)
{
	static const char *const names[] = { "cgroup",
					     "ipc",
					     "mnt",
					     "net",
					     "pid",
					     "time",
					     "user",
					     "uts",
					     "pid_for_children",
					     "time_for_children" };
	char path[64], target[128];

	(void)argc;
	(void)argv;
	for (size_t i = 0; i < N_ELEMENTS(names); i++) {
		ssize_t n;

		snprintf(path, sizeof(path), "/proc/self/ns/%s", names[i]);
		n = readlink(path, target, sizeof(target) - 1);
		target[n < 0 ? 0 : n] = '\0';
		printf("ns_%s=%s\n", names[i], target);
	}
	return 0;
}

static int look_hostname(int argc, char **argv)
{
	struct utsname u;

	(void)argc;
	(void)argv;
	uname(&u);
	printf("hostname=%s\ndomainname=%s\nmachine=%s\n", u.nodename, u.domainname,
	       u.machine);
	return 0;
}

static int look_sysctl(int argc, char **argv)
{
	char path[PATH_MAX], prefix[PATH_MAX];

	for (int i = 1; i < argc; i++) {
		snprintf(path, sizeof(path), "/proc/sys/%s", argv[i]);
		for (char *p = path + 10; *p; p++)
			if (*p == '.')
				*p = '/';
		snprintf(prefix, sizeof(prefix), "sysctl %s=", argv[i]);
		show_file(prefix, path);
	}
	return 0;
}

static const char *file_type(mode_t m)
{
	return S_ISDIR(m)    ? "dir"
	       : S_ISREG(m)  ? "file"
	       : S_ISLNK(m)  ? "link"
	       : S_ISCHR(m)  ? "char"
	       : S_ISBLK(m)  ? "block"
	       : S_ISFIFO(m) ? "fifo"
	       : S_ISSOCK(m) ? "socket"
			     : "unknown";
}

static int look_stat(int argc, char **argv)
{
	char target[PATH_MAX];
	struct stat st;

	for (int i = 1; i < argc; i++) {
		if (lstat(argv[i], &st) < 0) {
			printf("stat %s=%s\n", argv[i], errno_name(errno));
			continue;
		}
		printf("stat %s=%s mode=%04o uid=%u gid=%u rdev=%u:%u size=%lld "
		       "dev=%u:%u ino=%llu",
		       argv[i], file_type(st.st_mode), st.st_mode & 07777U, st.st_uid,
		       st.st_gid, major(st.st_rdev), minor(st.st_rdev),
		       (long long)st.st_size, major(st.st_dev), minor(st.st_dev),
		       (unsigned long long)st.st_ino);
		if (S_ISLNK(st.st_mode)) {
			ssize_t n = readlink(argv[i], target, sizeof(target) - 1);

			target[n < 0 ? 0 : n] = '\0';
			printf(" target=%s", target);
		}
		printf("\n");
	}
	return 0;
}

static int look_statfs(int argc, char **argv)
{
	static const struct {
		unsigned long flag;
		const char *name;
	} flags[] = {
		{ ST_RDONLY, "ro" },	   { ST_NOSUID, "nosuid" },
		{ ST_NODEV, "nodev" },	   { ST_NOEXEC, "noexec" },
		{ ST_NOATIME, "noatime" }, { ST_RELATIME, "relatime" },
		{ 0x2000, "nosymfollow" },
	};
	struct statfs s;

	for (int i = 1; i < argc; i++) {
		if (statfs(argv[i], &s) < 0) {
			printf("statfs %s=%s\n", argv[i], errno_name(errno));
			continue;
		}
		printf("statfs %s=0x%lx size=%llu flags=", argv[i],
		       (unsigned long)s.f_type,
		       (unsigned long long)s.f_blocks * (unsigned long long)s.f_bsize);
		for (size_t k = 0; k < N_ELEMENTS(flags); k++)
			if ((unsigned long)s.f_flags & flags[k].flag)
				printf("%s,", flags[k].name);
		printf("\n");
	}
	return 0;
}

static int look_ls(int argc, char **argv)
{
	for (int i = 1; i < argc; i++) {
		DIR *d = opendir(argv[i]);
		struct dirent *e;

		if (!d) {
			printf("ls %s=%s\n", argv[i], errno_name(errno));
			continue;
		}
		while ((e = readdir(d)))
			if (strcmp(e->d_name, ".") != 0 && strcmp(e->d_name, "..") != 0)
				printf("entry %s\n", e->d_name);
		closedir(d);
	}
	return 0;
}

static int look_cat(int argc, char **argv)
{
	for (int i = 1; i < argc; i++)
		show_file("", argv[i]);
	return 0;
}

static int look_cgroup(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	show_file("cgroup ", "/proc/self/cgroup");
	return 0;
}

static int look_maps(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	show_file("uid_map ", "/proc/self/uid_map");
	show_file("gid_map ", "/proc/self/gid_map");
	show_file("setgroups=", "/proc/self/setgroups");
	return 0;
}

static int look_label(int argc, char **argv)
{
	(void)argc;
	(void)argv;
	show_file("label=", "/proc/self/attr/current");
	show_file("apparmor=", "/proc/self/attr/apparmor/current");
	return 0;
}

static int look_pids(int argc, char **argv)
{
	DIR *d = opendir("/proc");
	struct dirent *e;

	(void)argc;
	(void)argv;
	while (d && (e = readdir(d)))
		if (e->d_name[0] >= '1' && e->d_name[0] <= '9')
			printf("process %s\n", e->d_name);
	if (d)
		closedir(d);
	return 0;
}

static int look_exe(int argc, char **argv)
{
	char target[PATH_MAX];
	ssize_t n = readlink("/proc/self/exe", target, sizeof(target) - 1);

	(void)argc;
	(void)argv;
	target[n < 0 ? 0 : n] = '\0';
	show_line("exe", target);
	return 0;
}

static const struct verb verbs[] = {
	{ "status", look_status, 0, 0 }, { "fds", look_fds, 0, 0 },
	{ "mounts", look_mounts, 0, 0 }, { "env", look_env, 0, 0 },
	{ "args", look_args, 0, 0 },	 { "cwd", look_cwd, 0, 0 },
	{ "ns", look_ns, 0, 0 },	 { "hostname", look_hostname, 0, 0 },
	{ "sysctl", look_sysctl, 0, 1 }, { "stat", look_stat, 0, 1 },
	{ "statfs", look_statfs, 0, 1 }, { "ls", look_ls, 0, 1 },
	{ "cat", look_cat, 0, 1 },	 { "cgroup", look_cgroup, 0, 0 },
	{ "maps", look_maps, 0, 0 },	 { "label", look_label, 0, 0 },
	{ "pids", look_pids, 0, 0 },	 { "exe", look_exe, 0, 0 },
};

const struct verb_group look_verbs = { verbs, N_ELEMENTS(verbs) };
