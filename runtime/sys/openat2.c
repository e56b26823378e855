/* SPDX-License-Identifier: Apache-2.0 */
/*
 * sys/openat2.c - paths below a hostile root, by openat2(2) or by a walker
 *
 * The walker never hands the kernel more than one component, never a symlink to follow
 * and never a "..": links are expanded here, ".." pops a stack of descriptors whose
 * bottom is the root. So nothing that changes meanwhile can lead it out: what it stands
 * on was reached from the root by names alone.
 */
#include "sys/openat2.h"

#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <linux/magic.h>
#include <linux/openat2.h>
#include <stdbool.h>
#include <stddef.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/fd.h"
#include "sys/mountapi.h"

/* A rename anywhere on the host can make openat2 say EAGAIN; a hostile one, for ever. */
#define MAX_AGAIN 128
#define MAX_LINKS 40
#define MAX_DEPTH 256

enum walk_last { LAST_OPEN, LAST_MKDIR, LAST_MKFILE };

struct walk {
	int dfd[MAX_DEPTH]; /* [0] is the root, borrowed */
	unsigned depth;	    /* entries in use, at least 1 */
	unsigned links;
	char rest[PATH_MAX];
	enum walk_last last;
	mode_t mode;
	int flags;
};

static int call_openat2(int dfd, const char *path, int flags, uint64_t resolve)
{
	struct open_how how = { .flags = (uint64_t)(unsigned)flags, .resolve = resolve };
	int i, r = -EAGAIN;

	for (i = 0; i < MAX_AGAIN && (r == -EAGAIN || r == -EINTR); i++) {
		r = (int)syscall(SYS_openat2, dfd, path, &how, sizeof(how));
		if (r < 0)
			r = -errno;
	}
	return r;
}

/* Missing, or blocked by the seccomp filter of a container that we run in. */
static bool openat2_is_absent(int r)
{
	return r == -ENOSYS || r == -EPERM;
}

static int open_one(int dfd, const char *name, int flags)
{
	int fd = openat(dfd, name, flags | O_NOFOLLOW | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

static void walk_pop_to(struct walk *w, unsigned depth)
{
	while (w->depth > depth)
		fd_close(&w->dfd[--w->depth]);
}

/* Take the first component off rest. *out_is_last: nothing but slashes follows it. */
static int next_component(struct walk *w, char *name, bool *out_is_last)
{
	const char *s = w->rest + strspn(w->rest, "/");
	size_t n = strcspn(s, "/"), skip;

	if (n > NAME_MAX)
		return -ENAMETOOLONG;
	memcpy(name, s, n);
	name[n] = '\0';
	skip = (size_t)(s - w->rest) + n;
	skip += strspn(w->rest + skip, "/");
	*out_is_last = w->rest[skip] == '\0';
	/* "file/" is an error, "link/" is what it leads to */
	if (*out_is_last && n && s[n])
		w->flags = (w->flags | O_DIRECTORY) & ~O_NOFOLLOW;
	memmove(w->rest, w->rest + skip, strlen(w->rest + skip) + 1);
	return 0;
}

/*
 * A link: put its text in front of what is left. Links of procfs that name an absolute
 * path are magic ones (exe, cwd, root, fd): followed by text they would mean another
 * file, followed by the kernel they would leave the root.
 */
static int expand_link(struct walk *w, int link_fd)
{
	char text[PATH_MAX];
	struct statfs sfs;
	ssize_t n;
	size_t rest = strlen(w->rest);

	if (++w->links > MAX_LINKS)
		return -ELOOP;
	n = readlinkat(link_fd, "", text, sizeof(text));
	if (n < 0)
		return -errno;
	if (n == 0)
		return -ENOENT;
	if ((size_t)n + 1 + rest >= sizeof(w->rest))
		return -ENAMETOOLONG;
	if (text[0] == '/') {
		if (fstatfs(link_fd, &sfs) < 0)
			return -errno;
		if (sfs.f_type == PROC_SUPER_MAGIC)
			return -ELOOP;
		walk_pop_to(w, 1);
	}
	memmove(w->rest + n + 1, w->rest, rest + 1);
	memcpy(w->rest, text, (size_t)n);
	w->rest[n] = '/';
	if (!rest)
		w->rest[n] = '\0';
	return 0;
}

/* The component is not there: make it, if that was asked for. */
static int make_component(const struct walk *w, int dfd, const char *name, bool is_last)
{
	int r;

	if (w->last == LAST_OPEN)
		return -ENOENT;
	if (is_last && w->last == LAST_MKFILE)
		r = mknodat(dfd, name, S_IFREG | (w->mode & 07777), 0);
	else
		r = mkdirat(dfd, name, w->last == LAST_MKDIR ? w->mode : 0755);
	/* somebody else made it meanwhile: what it is, the open that follows tells */
	if (r < 0 && errno != EEXIST)
		return -errno;
	return 0;
}

/* The O_PATH descriptor of the last component is what was asked for, or leads to it. */
static int finish_open(const struct walk *w, int dfd, const char *name, int *path_fd,
		       mode_t type)
{
	if (w->flags & O_DIRECTORY && !S_ISDIR(type))
		return -ENOTDIR;
	if (w->flags & O_PATH)
		return take_fd(path_fd);
	/* exchanged for a link in between: O_NOFOLLOW makes that ELOOP, not an escape */
	return open_one(dfd, name, w->flags);
}

/* One component. 0: go on; 1: *out_fd is the result. */
static int walk_step(struct walk *w, const char *name, bool is_last, int *out_fd)
{
	int dfd = w->dfd[w->depth - 1];
	AUTO_FD fd = -1;
	struct stat st;
	int r;

	fd = open_one(dfd, name, O_PATH);
	if (fd == -ENOENT) {
		r = make_component(w, dfd, name, is_last);
		if (r < 0) {
			fd = -1;
			return r;
		}
		fd = open_one(dfd, name, O_PATH);
	}
	if (fd < 0) {
		r = fd;
		fd = -1;
		return r;
	}
	if (fstat(fd, &st) < 0)
		return -errno;
	if (S_ISLNK(st.st_mode) && !(is_last && w->flags & O_NOFOLLOW))
		return expand_link(w, fd);
	if (is_last) {
		r = finish_open(w, dfd, name, &fd, st.st_mode);
		if (r < 0)
			return r;
		*out_fd = r;
		return 1;
	}
	if (!S_ISDIR(st.st_mode))
		return -ENOTDIR;
	if (w->depth == MAX_DEPTH)
		return -ENAMETOOLONG;
	w->dfd[w->depth++] = take_fd(&fd);
	return 0;
}

/* The path ended on a directory that the stack holds: the root, or after "..". */
static int finish_on_stack(const struct walk *w)
{
	if (w->last == LAST_MKFILE)
		return -EISDIR;
	return open_one(w->dfd[w->depth - 1], ".", w->flags);
}

static int walk_run(struct walk *w, int root_dfd, const char *path)
{
	char name[NAME_MAX + 1];
	int r = 0, fd = -1;
	bool is_last;

	if (strlen(path) >= sizeof(w->rest))
		return -ENAMETOOLONG;
	memcpy(w->rest, path, strlen(path) + 1);
	w->dfd[0] = root_dfd;
	w->depth = 1;
	w->links = 0;
	while (r == 0) {
		r = next_component(w, name, &is_last);
		if (r < 0)
			break;
		if (!strcmp(name, "..") && w->depth > 1)
			walk_pop_to(w, w->depth - 1);
		if (!name[0] || !strcmp(name, ".") || !strcmp(name, "..")) {
			if (!is_last)
				continue;
			fd = finish_on_stack(w);
			r = fd < 0 ? fd : 1;
			break;
		}
		r = walk_step(w, name, is_last, &fd);
	}
	walk_pop_to(w, 1);
	return r < 0 ? r : fd;
}

int sys_walk_in_root(int root_dfd, const char *path, int flags)
{
	struct walk w = { .last = LAST_OPEN, .flags = flags };

	if (flags & O_CREAT)
		return -EINVAL;
	return walk_run(&w, root_dfd, path);
}

int sys_openat2_in_root(int root_dfd, const char *path, int flags)
{
	int r;

	if (flags & O_CREAT)
		return -EINVAL;
	r = call_openat2(root_dfd, path, flags | O_CLOEXEC,
			 RESOLVE_IN_ROOT | RESOLVE_NO_MAGICLINKS);
	return openat2_is_absent(r) ? sys_walk_in_root(root_dfd, path, flags) : r;
}

int sys_walk_beneath(int dfd, const char *path, int flags)
{
	uint64_t want_id, id;
	char name[NAME_MAX + 1];
	AUTO_FD cur = -1;
	const char *s;
	size_t n;
	int r, fd;

	r = sys_mount_id(dfd, &want_id);
	if (r < 0)
		return r;
	if (path[0] == '/')
		return -EXDEV;
	for (s = path; *s; s += n, s += strspn(s, "/")) {
		n = strcspn(s, "/");
		if (n > NAME_MAX)
			return -ENAMETOOLONG;
		memcpy(name, s, n);
		name[n] = '\0';
		if (!strcmp(name, ".."))
			return -EXDEV;
		fd = open_one(cur < 0 ? dfd : cur, name,
			      s[n] ? O_PATH | O_DIRECTORY : flags);
		if (fd < 0)
			return fd == -ENOTDIR && !s[n] ? -ELOOP : fd;
		fd_close(&cur);
		cur = fd;
		r = sys_mount_id(cur, &id);
		if (r < 0)
			return r;
		if (id != want_id)
			return -EXDEV;
	}
	if (cur < 0)
		return open_one(dfd, ".", flags);
	return take_fd(&cur);
}

int sys_openat2_beneath(int dfd, const char *path, int flags)
{
	int r = call_openat2(dfd, path, flags | O_CLOEXEC,
			     RESOLVE_BENEATH | RESOLVE_NO_XDEV | RESOLVE_NO_MAGICLINKS |
				     RESOLVE_NO_SYMLINKS);

	return openat2_is_absent(r) ? sys_walk_beneath(dfd, path, flags) : r;
}

/*
 * Most often only the last component is missing, in a directory that is there: the name
 * is made in the resolved parent. Anything else (a link, a race, more missing) is
 * -EAGAIN: the walker takes it from the start.
 */
static int make_last(int root_dfd, const char *path, const struct walk *w)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;
	size_t n = (size_t)(name - path);
	AUTO_FD parent = -1;
	char dir[PATH_MAX];
	int r;

	if (!*name || !strcmp(name, ".") || !strcmp(name, "..") || n >= sizeof(dir))
		return -EAGAIN;
	memcpy(dir, path, n);
	dir[n] = '\0';
	r = sys_openat2_in_root(root_dfd, n ? dir : "/", O_PATH | O_DIRECTORY);
	if (r < 0)
		return -EAGAIN;
	parent = r;
	if (w->last == LAST_MKFILE)
		r = mknodat(parent, name, S_IFREG | (w->mode & 07777), 0);
	else
		r = mkdirat(parent, name, w->mode);
	if (r < 0)
		return errno == EEXIST ? -EAGAIN : -errno;
	r = open_one(parent, name, w->flags);
	return r < 0 ? -EAGAIN : r;
}

static int make_in_root(int root_dfd, const char *path, struct walk *w, int *out_fd)
{
	int r = sys_openat2_in_root(root_dfd, path, w->flags);

	if (r == -ENOENT) {
		r = make_last(root_dfd, path, w);
		if (r == -EAGAIN)
			r = walk_run(w, root_dfd, path);
	}
	if (r < 0)
		return r;
	*out_fd = r;
	return 0;
}

int sys_mkdir_in_root(int root_dfd, const char *path, mode_t mode, int *out_dfd)
{
	struct walk w = { .last = LAST_MKDIR,
			  .mode = mode,
			  .flags = O_PATH | O_DIRECTORY | O_CLOEXEC };

	return make_in_root(root_dfd, path, &w, out_dfd);
}

int sys_mkfile_in_root(int root_dfd, const char *path, mode_t mode, int *out_fd)
{
	struct walk w = { .last = LAST_MKFILE,
			  .mode = mode,
			  .flags = O_PATH | O_CLOEXEC };

	return make_in_root(root_dfd, path, &w, out_fd);
}

int sys_open_parent_in_root(int root_dfd, const char *path, int *out_dfd,
			    const char **out_name)
{
	const char *slash = strrchr(path, '/');
	const char *name = slash ? slash + 1 : path;
	char dir[PATH_MAX];
	size_t n = (size_t)(name - path);

	if (!*name || !strcmp(name, ".") || !strcmp(name, ".."))
		return -EINVAL;
	if (n >= sizeof(dir))
		return -ENAMETOOLONG;
	if (n == 0) {
		n = 1;
		dir[0] = '/';
	} else {
		memcpy(dir, path, n);
	}
	dir[n] = '\0';
	*out_name = name;
	return sys_mkdir_in_root(root_dfd, dir, 0755, out_dfd);
}
