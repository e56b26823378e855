/* SPDX-License-Identifier: Apache-2.0 */
/*
 * apply/exec.c - working directory, HOME, the file to run, execve
 *
 * Runs:     in the child, in the container's root
 * Should:   say exactly what engines look for when it fails (CLI contract 6)
 * Mustn't:  allocate; use NSS (it would load code of the image)
 */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include <linux/capability.h>

#include "apply/passwd.h"
#include "apply/process.h"
#include "base/err.h"
#include "base/fd.h"
#include "base/str.h"
#include "plan/process.h"

#define NAME_MAX_SHOWN 256

/* A name from outside, cut, and without anything that breaks a line. One buffer. */
static const char *plain(const char *name)
{
	static char buf[NAME_MAX_SHOWN + 4];
	size_t n = 0;

	for (; *name && n < NAME_MAX_SHOWN; name++) {
		unsigned char c = (unsigned char)*name;

		buf[n++] = c < 0x20 || c == 0x7f ? '?' : (char)c;
	}
	memcpy(buf + n, *name ? "..." : "", *name ? 4 : 1);
	return buf;
}

int apply_cwd(const struct plan_process *p, struct err *err)
{
	static char cwd[PATH_MAX];
	long n;

	if (chdir(p->cwd) < 0)
		return err_set(err, -errno,
			       "chdir to cwd (\"%s\") set in config.json failed: %s",
			       plain(p->cwd), err_text(errno));
	/*
	 * SECURITY: CVE-2024-21626: a cwd through a descriptor of a host directory is not
	 * below our root. The system call says "(unreachable)" then; a C library may not.
	 */
	n = syscall(SYS_getcwd, cwd, sizeof(cwd));
	if (n < 0 || cwd[0] != '/')
		return err_set(err, n < 0 ? -errno : -EPERM,
			       "chdir to cwd (\"%s\") set in config.json failed: it is "
			       "outside of "
			       "the container's root",
			       plain(p->cwd));
	return 0;
}

int apply_home(struct plan_process *p, char *buf, size_t len, struct err *err)
{
	static const char name[] = "HOME=";
	int r;

	if (p->has_home)
		return 0;
	if (len < sizeof(name) + 1)
		return err_set(err, -ENAMETOOLONG, "no room for HOME");
	memcpy(buf, name, sizeof(name));
	r = passwd_home(p->uid, buf + strlen(name), len - strlen(name));
	/* No such user, no such file, or one that cannot be trusted: as the peers do. */
	if (r < 0 || !buf[strlen(name)])
		memcpy(buf, "HOME=/", sizeof("HOME=/"));
	p->env[p->n_env++] = buf;
	p->env[p->n_env] = NULL;
	p->has_home = true;
	return 0;
}

/* Could execve take it? 0 or -errno. */
static int check_file(const struct plan_process *p, const char *path)
{
	const uint64_t override = 1ull << CAP_DAC_OVERRIDE | 1ull << CAP_DAC_READ_SEARCH;
	struct stat st;

	if (stat(path, &st) < 0)
		return -errno;
	if (S_ISDIR(st.st_mode))
		return -EISDIR;
	if (!S_ISREG(st.st_mode) || !(st.st_mode & 0111))
		return -EACCES;
	/* access(2) looks at the real uid and forgets capabilities that it has. */
	if (access(path, X_OK) < 0 && !(p->caps.effective & override))
		return -errno;
	return 0;
}

static int lookup_path(const struct plan_process *p, const char *path, char *buf,
		       size_t len, struct err *err)
{
	int r;

	if (strlen(path) >= len)
		return err_set(err, -ENAMETOOLONG, "exec: \"%s\": file name too long",
			       plain(path));
	r = check_file(p, path);
	if (r == -EISDIR || r == -EACCES)
		return err_set(err, r, "exec: \"%s\": %s", plain(path), err_text(r));
	if (r < 0)
		return err_set(err, r, "exec: \"%s\": stat %s: %s", plain(path),
			       plain(path), err_text(r));
	memcpy(buf, path, strlen(path) + 1);
	return 0;
}

/* One element of PATH: "" is the working directory. */
static int join(const char *dir, size_t dir_len, const char *name, char *buf, size_t len)
{
	int n;

	if (dir_len == 0)
		n = snprintf(buf, len, "./%s", name);
	else
		n = snprintf(buf, len, "%.*s/%s", (int)dir_len, dir, name);
	return n < 0 || (size_t)n >= len ? -ENAMETOOLONG : 0;
}

static int lookup_name(const struct plan_process *p, const char *name, char *buf,
		       size_t len, struct err *err)
{
	const char *dir = p->path_var;
	bool denied = false;

	while (*name && dir) {
		size_t n = strcspn(dir, ":");
		int r = n < INT_MAX ? join(dir, n, name, buf, len) : -ENAMETOOLONG;

		if (r == 0)
			r = check_file(p, buf);
		if (r == 0)
			return 0;
		denied = denied || r == -EACCES;
		dir = dir[n] ? dir + n + 1 : NULL;
	}
	if (denied)
		return err_set(err, -EACCES, "exec: \"%s\": permission denied",
			       plain(name));
	return err_set(
		err, -ENOENT,
		"exec: \"%s\": executable file not found in $PATH: no such file or "
		"directory",
		plain(name));
}

int apply_exec_lookup(const struct plan_process *p, char *buf, size_t len,
		      struct err *err)
{
	const char *name = p->argv[0];

	if (strchr(name, '/'))
		return lookup_path(p, name, buf, len, err);
	return lookup_name(p, name, buf, len, err);
}

int apply_exec(const struct plan_process *p, const char *file, unsigned preserve_fds,
	       struct err *err)
{
	int r;

	/* All of them were close-on-exec at birth; the preserved ones are meant to stay.
	 */
	for (unsigned i = 0; i < preserve_fds; i++) {
		r = fd_set_cloexec(3 + (int)i, false);
		if (r < 0)
			return err_sys(err, r, "cannot preserve descriptor %u", 3 + i);
	}
	r = fd_cloexec_from(3 + (int)preserve_fds);
	if (r < 0)
		return err_sys(err, r, "cannot close descriptors before execve");
	execve(file, p->argv, p->env);
	r = -errno;
	return err_set(err, r, "exec: \"%s\": %s", plain(file), err_text(r));
}
