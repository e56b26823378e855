/* SPDX-License-Identifier: Apache-2.0 */
/*
 * lifecycle/policy_file.c - the operator's files: found, trusted, read
 *
 * SECURITY: a policy that others than the operator could have written is no policy. Every
 * directory on the way and the file itself are opened without following links, and owner
 * and mode are checked on what was opened.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/fd.h"
#include "base/path.h"
#include "base/str.h"
#include "lifecycle/class.h"
#include "lifecycle/lifecycle.h"

#define SETTINGS_FILE AGENTRUN_SYSCONFDIR "/agentrun.json"
#define OPERATOR_DIR  AGENTRUN_SYSCONFDIR "/policies"
#define SHIPPED_DIR   AGENTRUN_DATADIR "/policies"
#define OVERFLOW_UID  65534u

/* Does this process see the ids of the host as they are? */
static bool has_all_ids(void)
{
	AUTO_ARENA a = ARENA_INIT;
	unsigned long first = 1, host = 1, count = 0;
	char *buf;
	size_t len;

	if (fd_read_at(AT_FDCWD, "/proc/self/uid_map", 65536, &a, &buf, &len) < 0)
		return true;
	return sscanf(buf, "%lu %lu %lu", &first, &host, &count) == 3 &&
	       count == 4294967295ul;
}

/*
 * The operator: root, or without privilege the user. In a user namespace root of the host
 * shows as the overflow id, as every other stranger does; what keeps strangers out there
 * is that every directory above is checked too.
 */
static bool is_operator(uid_t uid)
{
	return uid == 0 || uid == geteuid() || (uid == OVERFLOW_UID && !has_all_ids());
}

static int check_trust(int fd, const char *path, struct err *err)
{
	struct stat st;
	bool sticky_dir;

	if (fstat(fd, &st) < 0)
		return err_sys(err, -errno, "cannot examine %s", str_quote(path));
	if (!is_operator(st.st_uid))
		return err_set(err, -EPERM,
			       "%s belongs to uid %u, not to the operator: refused",
			       str_quote(path), st.st_uid);
	/* In /tmp and its like nobody can replace what is another's. */
	sticky_dir = S_ISDIR(st.st_mode) && (st.st_mode & S_ISVTX);
	if ((st.st_mode & (S_IWGRP | S_IWOTH)) && !sticky_dir)
		return err_set(err, -EPERM,
			       "%s can be written by others (mode %04o): refused",
			       str_quote(path), st.st_mode & 07777);
	return 0;
}

/* One component at a time, each checked. -ENOENT says nothing: the caller may go on. */
static int open_trusted(const char *path, struct err *err)
{
	AUTO_ARENA a = ARENA_INIT;
	char *clean = path_clean(&a, path), *name, *save = NULL;
	AUTO_FD fd = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	AUTO_STRBUF so_far = STRBUF_INIT;
	int r;

	if (fd < 0)
		return err_sys(err, -errno, "cannot open '/'");
	for (name = strtok_r(clean, "/", &save); name;) {
		char *next_name = strtok_r(NULL, "/", &save);
		int flags = next_name ? O_PATH | O_DIRECTORY
				      : O_RDONLY | O_NONBLOCK | O_NOCTTY;
		int next = openat(fd, name, flags | O_NOFOLLOW | O_CLOEXEC);

		strbuf_addf(&so_far, "/%s", name);
		if (next < 0 && errno == ENOENT)
			return -ENOENT;
		if (next < 0) {
			r = errno == ELOOP || errno == ENOTDIR ? -ELOOP : -errno;
			if (r == -ELOOP)
				return err_set(err, r, "%s is a symbolic link: refused",
					       str_quote(so_far.s));
			return err_sys(err, r, "cannot open %s", str_quote(so_far.s));
		}
		fd_close(&fd);
		fd = next;
		r = check_trust(fd, so_far.s, err);
		if (r < 0)
			return r;
		name = next_name;
	}
	return take_fd(&fd);
}

static int read_trusted(const char *path, size_t max, struct arena *a, char **out,
			size_t *out_len, struct err *err)
{
	AUTO_FD fd = open_trusted(path, err);
	struct stat st;
	int r;

	if (fd < 0)
		return fd;
	if (fstat(fd, &st) == 0 && !S_ISREG(st.st_mode))
		return err_set(err, -EINVAL, "%s is not a plain file", str_quote(path));
	r = fd_read_file(fd, max, a, out, out_len);
	if (r == -EFBIG)
		return err_set(err, r, "%s is larger than %zu bytes", str_quote(path),
			       max);
	return r < 0 ? err_sys(err, r, "cannot read %s", str_quote(path)) : 0;
}

int class_settings(const struct globals *g, struct arena *a, struct policy_settings *out,
		   struct err *err)
{
	const char *file = g->config_file ? g->config_file : SETTINGS_FILE;
	char *buf;
	size_t len;
	int r;

	*out = (struct policy_settings){ 0 };
	r = read_trusted(file, POLICY_MAX_BYTES, a, &buf, &len, err);
	if (r == -ENOENT && !g->config_file)
		return 0;
	if (r < 0)
		return err_sys(err, r, "cannot read %s", str_quote(file));
	return policy_settings_parse(a, file, buf, len, out, err);
}

void class_policy_dirs(const struct policy_settings *s, const char *out[3])
{
	out[0] = s->policy_dir ? s->policy_dir : OPERATOR_DIR;
	out[1] = SHIPPED_DIR;
	out[2] = NULL;
}

int class_load(const struct policy_settings *s, const char *name, struct arena *a,
	       struct policy *out, struct err *err)
{
	const char *dirs[3];
	char *buf;
	size_t len;
	int r;

	if (!path_is_id(name) || strcmp(name, "none") == 0)
		return err_set(err, -EINVAL, "%s is not the name of a class",
			       str_quote(name));
	class_policy_dirs(s, dirs);
	for (size_t i = 0; dirs[i]; i++) {
		const char *path = arena_printf(a, "%s/%s.json", dirs[i], name);

		r = read_trusted(path, POLICY_MAX_BYTES, a, &buf, &len, err);
		if (r == -ENOENT)
			continue;
		if (r == 0)
			r = policy_parse(a, path, buf, len, out, err);
		return r < 0 ? r : policy_check(out, name, err);
	}
	err_set(err, -ENOENT, "unknown class %s: there is no %s.json in %s or %s",
		str_quote(name), name, dirs[0], dirs[1]);
	err_hint(err, "`agentrun policy list` shows the classes of this host");
	return -ENOENT;
}
