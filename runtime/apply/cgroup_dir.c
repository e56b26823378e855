/* SPDX-License-Identifier: Apache-2.0 */
/* apply/cgroup_dir.c - see cgroup_dir.h */
#include "apply/cgroup_dir.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/str.h"
#include "sys/openat2.h"

/* A tree deeper than this is not one that anybody works with; walking ends there. */
#define DEPTH_MAX 100000

int cg_mount(const struct host_hierarchy *h)
{
	AUTO_FD fd = open(h->mountpoint, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	struct statfs fs;

	if (fd < 0)
		return -errno;
	if (fstatfs(fd, &fs) < 0)
		return -errno;
	if ((unsigned long)fs.f_type !=
	    (unsigned long)(h->v2 ? CGROUP2_SUPER_MAGIC : CGROUP_SUPER_MAGIC))
		return -EXDEV;
	return take_fd(&fd);
}

static const char *below(const char *path)
{
	while (*path == '/')
		path++;
	return *path ? path : ".";
}

int cg_open(int dfd, const char *path)
{
	return sys_openat2_beneath(dfd, below(path), O_PATH | O_DIRECTORY | O_CLOEXEC);
}

/* mkdir -p, each step from the descriptor of the one before. */
static int mkdir_all(int mount_dfd, const char *path)
{
	AUTO_FD dfd = fcntl(mount_dfd, F_DUPFD_CLOEXEC, 3);
	char name[256];
	int r = 0;

	if (dfd < 0)
		return -errno;
	for (path = below(path); *path; path = below(path)) {
		size_t n = strcspn(path, "/");
		int next;

		if (n >= sizeof(name))
			return -ENAMETOOLONG;
		memcpy(name, path, n);
		name[n] = '\0';
		r = mkdirat(dfd, name, 0755) < 0 ? -errno : 0;
		if (r < 0 && r != -EEXIST)
			return r;
		path += n;
		if (!*path)
			break;
		next = cg_open(dfd, name);
		if (next < 0)
			return next;
		fd_close(&dfd);
		dfd = next;
	}
	return r == -EEXIST ? 1 : r;
}

int cg_mkdir(int mount_dfd, const char *path)
{
	/* the usual case in one call: paths have neither ".." nor, in cgroupfs, links */
	if (mkdirat(mount_dfd, below(path), 0755) == 0)
		return 0;
	if (errno == EEXIST)
		return 1;
	return errno == ENOENT ? mkdir_all(mount_dfd, path) : -errno;
}

void cg_rmdir(int mount_dfd, const char *path)
{
	/* a failure leaves an empty directory, and the caller's error is already the news */
	(void)unlinkat(mount_dfd, below(path), AT_REMOVEDIR);
}

bool cg_has_word(const char *list, const char *word, const char *separators)
{
	size_t len = strlen(word);

	while (*list) {
		size_t n = strcspn(list, separators);

		if (n == len && !strncmp(list, word, n))
			return true;
		list += n;
		list += *list != '\0';
	}
	return false;
}

int cg_v2(const struct cgroup *c)
{
	for (size_t i = 0; c->host && i < c->host->n_hierarchies; i++)
		if (c->host->hierarchies[i].v2 && c->dfd[i] >= 0)
			return (int)i;
	return -1;
}

int cg_index(const struct cgroup *c, const char *controller)
{
	if (c->mode == CGROUP_V2)
		return cg_v2(c);
	for (size_t i = 0; c->host && i < c->host->n_hierarchies; i++) {
		const struct host_hierarchy *h = &c->host->hierarchies[i];

		if (!h->v2 && c->dfd[i] >= 0 &&
		    cg_has_word(h->controllers, controller, ","))
			return (int)i;
	}
	return -1;
}

int cg_tree(const struct cgroup *c)
{
	int i = cg_v2(c);

	if (i < 0)
		i = cg_index(c, "freezer");
	for (size_t k = 0; i < 0 && c->host && k < c->host->n_hierarchies; k++)
		if (c->dfd[k] >= 0)
			i = (int)k;
	return i;
}

ssize_t cg_read(int dfd, const char *file, char *buf, size_t len)
{
	AUTO_FD fd = openat(dfd, file, O_RDONLY | O_CLOEXEC | O_NOFOLLOW);
	ssize_t n;

	if (fd < 0)
		return -errno;
	n = fd_read_some(fd, buf, len - 1);
	if (n < 0)
		return n;
	if (n > 0 && buf[n - 1] == '\n')
		n--;
	buf[n] = '\0';
	return n;
}

int cg_read_u64(int dfd, const char *file, uint64_t *out)
{
	char buf[64];
	ssize_t n = cg_read(dfd, file, buf, sizeof(buf));

	if (n < 0)
		return (int)n;
	if (!strcmp(buf, "max")) {
		*out = UINT64_MAX;
		return 0;
	}
	return str_to_u64(buf, UINT64_MAX, out);
}

int cg_read_key(int dfd, const char *file, const char *key, uint64_t *out)
{
	char buf[8192];
	size_t len = strlen(key);
	ssize_t n = cg_read(dfd, file, buf, sizeof(buf));

	if (n < 0)
		return (int)n;
	for (const char *line = buf; line; line = strchr(line, '\n')) {
		line += *line == '\n';
		if (!strncmp(line, key, len) && line[len] == ' ') {
			*out = strtoull(line + len, NULL, 10);
			return 0;
		}
	}
	return -ENODATA;
}

int cg_write(int dfd, const char *file, const char *value)
{
	AUTO_FD fd = openat(dfd, file, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
	size_t len = strlen(value);
	ssize_t n;

	if (fd < 0)
		return -errno;
	do
		n = write(fd, value, len);
	while (n < 0 && errno == EINTR);
	if (n < 0)
		return -errno;
	return (size_t)n == len ? 0 : -EIO;
}

struct dirent64_raw {
	uint64_t d_ino;
	int64_t d_off;
	unsigned short d_reclen;
	unsigned char d_type;
	char d_name[];
};

/* Call fn for the name of each child directory of fd, until it says stop (not 0). */
static int each_child(int fd, int (*fn)(void *arg, const char *name), void *arg)
{
	char buf[4096] __attribute__((aligned(8)));
	int r = 0;

	for (;;) {
		long n = syscall(SYS_getdents64, fd, buf, sizeof(buf));

		if (n <= 0)
			return n < 0 ? -errno : 0;
		for (long pos = 0; pos < n && r == 0;) {
			const struct dirent64_raw *d = (const void *)(buf + pos);

			pos += d->d_reclen;
			if (d->d_type == DT_DIR && strcmp(d->d_name, ".") != 0 &&
			    strcmp(d->d_name, "..") != 0)
				r = fn(arg, d->d_name);
		}
		if (r)
			return r;
	}
}

static int open_to_read(int dfd, const char *name)
{
	int fd = openat(dfd, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

	return fd < 0 ? -errno : fd;
}

/*
 * The names below one directory, read once, one after the other with their NULs. KERNEL:
 * not read by offsets: those of kernfs are hashes of the names, and who picks two names
 * of the same hash would keep us in that directory for ever.
 */
struct level {
	char *names;
	size_t len, cap, pos;
};

static int keep_name(void *arg, const char *name)
{
	struct level *l = arg;
	size_t n = strlen(name) + 1;

	if (!l->names || l->len + n > l->cap) {
		size_t cap = l->cap ? 2 * l->cap : 1024;
		char *more = realloc(l->names, cap);

		if (!more)
			return -ENOMEM;
		l->names = more;
		l->cap = cap;
	}
	memcpy(l->names + l->len, name, n);
	l->len += n;
	return 0;
}

/* Up is "..": a directory of cgroupfs cannot be moved to another parent. */
struct walk {
	struct level *levels;
	size_t depth; /* levels in use */
	size_t max;
	int fd;
};

static bool is_gone(int r)
{
	return r == -ENOENT || r == -ENODEV;
}

/* Begin with the directory w->fd. */
static int walk_enter(struct walk *w, int (*fn)(int dfd, void *arg), void *arg)
{
	struct level *l;
	int r = fn(w->fd, arg);

	if (r)
		return r;
	if (w->depth == w->max) {
		size_t max = w->max ? 2 * w->max : 16;

		l = max > DEPTH_MAX ? NULL : realloc(w->levels, max * sizeof(*l));
		if (!l)
			return -ENOMEM;
		w->levels = l;
		w->max = max;
	}
	l = &w->levels[w->depth++];
	memset(l, 0, sizeof(*l));
	r = each_child(w->fd, keep_name, l);
	return is_gone(r) ? 0 : r;
}

static int walk_move(struct walk *w, const char *name)
{
	int next = open_to_read(w->fd, name);

	if (next < 0)
		return next;
	fd_close(&w->fd);
	w->fd = next;
	return 0;
}

static int walk_all(struct walk *w, int (*fn)(int dfd, void *arg), void *arg)
{
	int r = walk_enter(w, fn, arg);

	while (r == 0) {
		struct level *l = &w->levels[w->depth - 1];

		if (l->pos < l->len) {
			const char *name = l->names + l->pos;

			l->pos += strlen(name) + 1;
			r = walk_move(w, name);
			if (r == 0)
				r = walk_enter(w, fn, arg);
			else if (is_gone(r))
				r = 0;
			continue;
		}
		free(l->names);
		if (--w->depth == 0)
			return 0;
		r = walk_move(w, "..");
	}
	return r;
}

int cg_walk(int dfd, int (*fn)(int dfd, void *arg), void *arg)
{
	struct walk w = { .fd = open_to_read(dfd, ".") };
	int r;

	if (w.fd < 0)
		return w.fd;
	r = walk_all(&w, fn, arg);
	while (w.depth > 0)
		free(w.levels[--w.depth].names);
	free(w.levels);
	fd_close(&w.fd);
	return r;
}

static int take_name(void *arg, const char *name)
{
	memcpy(arg, name, strlen(name) + 1); /* NAME_MAX is 255 */
	return 1;
}

/* The first child directory of fd: 1 with its name (256 bytes), 0: none, or -errno. */
static int first_child(int fd, char *name)
{
	if (lseek(fd, 0, SEEK_SET) < 0)
		return -errno;
	return each_child(fd, take_name, name);
}

/* Empty the directory: go down to a leaf, come up, remove it, look again. */
static int remove_children(int dfd)
{
	AUTO_FD fd = open_to_read(dfd, ".");
	char name[256];
	size_t depth = 0;

	if (fd < 0)
		return fd;
	for (;;) {
		int r = first_child(fd, name);
		int next;

		if (r < 0)
			return r;
		if (r == 0 && depth == 0)
			return 0;
		if (r == 0) {
			next = open_to_read(fd, "..");
			depth--;
		} else if (unlinkat(fd, name, AT_REMOVEDIR) == 0 || errno == ENOENT) {
			continue;
		} else if (errno != EBUSY && errno != ENOTEMPTY) {
			return -errno;
		} else {
			next = open_to_read(fd, name);
			/* a leaf that cannot be removed has processes */
			if (next >= 0 && first_child(next, name) == 0) {
				fd_close(&next);
				return -EBUSY;
			}
			depth++;
		}
		if (next < 0)
			return next;
		fd_close(&fd);
		fd = next;
		if (depth > DEPTH_MAX)
			return -ELOOP;
	}
}

int cg_rmdir_tree(int mount_dfd, const char *path)
{
	AUTO_FD dfd = -1;
	int r;

	if (unlinkat(mount_dfd, below(path), AT_REMOVEDIR) == 0 || errno == ENOENT)
		return 0;
	if (errno != EBUSY && errno != ENOTEMPTY)
		return -errno;
	dfd = cg_open(mount_dfd, path);
	if (dfd < 0)
		return dfd == -ENOENT ? 0 : dfd;
	r = remove_children(dfd);
	if (r < 0)
		return r;
	return unlinkat(mount_dfd, below(path), AT_REMOVEDIR) == 0 || errno == ENOENT
		       ? 0
		       : -errno;
}
