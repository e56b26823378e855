/* SPDX-License-Identifier: Apache-2.0 */
/*
 * apply/tmpcopyup.c - fill a new tmpfs with what it will cover
 *
 * The source is the image's: every step is by descriptor with O_NOFOLLOW, links are
 * copied as links, and only directories, files and links are: a device or a fifo has no
 * place in a tmpfs. Depth is bounded; the tmpfs bounds the amount.
 */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdint.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/syscall.h>
#include <unistd.h>

#include "apply/mount_ops.h"
#include "base/fd.h"

#define MAX_DEPTH 128

struct level {
	int from;
	int to;
	struct stat st; /* of the directory, set when it is complete */
};

/* As getdents64(2) gives it. */
struct kernel_dirent {
	uint64_t ino;
	int64_t off;
	unsigned short reclen;
	unsigned char type;
	char name[];
};

static int copy_bytes(int from, int to)
{
	char buf[32768];
	ssize_t n;
	int r;

	while ((n = read(from, buf, sizeof(buf))) > 0) {
		r = fd_write_all(to, buf, (size_t)n);
		if (r < 0)
			return r;
	}
	return n < 0 ? -errno : 0;
}

static int set_attributes(int fd, const struct stat *st)
{
	const struct timespec times[2] = { st->st_atim, st->st_mtim };

	/* owner first: chown drops set-id bits. An id without a mapping cannot be kept.
	 */
	if (fchown(fd, st->st_uid, st->st_gid) < 0 && errno != EINVAL)
		return -errno;
	if (fchmod(fd, st->st_mode & 07777) < 0)
		return -errno;
	return futimens(fd, times) < 0 ? -errno : 0;
}

static int copy_file(int from_dfd, int to_dfd, const char *name)
{
	AUTO_FD from = openat(from_dfd, name,
			      O_RDONLY | O_NOFOLLOW | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	AUTO_FD to = -1;
	struct stat st;
	int r;

	if (from < 0 || fstat(from, &st) < 0)
		return -errno;
	if (!S_ISREG(st.st_mode))
		return 0; /* exchanged meanwhile */
	to = openat(to_dfd, name, O_WRONLY | O_CREAT | O_EXCL | O_NOFOLLOW | O_CLOEXEC,
		    0600);
	if (to < 0)
		return -errno;
	r = copy_bytes(from, to);
	return r < 0 ? r : set_attributes(to, &st);
}

static int copy_link(int from_dfd, int to_dfd, const char *name, const struct stat *st)
{
	char text[PATH_MAX];
	ssize_t n = readlinkat(from_dfd, name, text, sizeof(text) - 1);

	if (n < 0)
		return errno == EINVAL ? 0 : -errno; /* exchanged meanwhile */
	text[n] = '\0';
	if (symlinkat(text, to_dfd, name) < 0)
		return -errno;
	if (fchownat(to_dfd, name, st->st_uid, st->st_gid, AT_SYMLINK_NOFOLLOW) < 0 &&
	    errno != EINVAL)
		return -errno;
	return 0;
}

/* Fill out with the directory name of in, made in its copy. 0: skip it. */
static int enter_dir(const struct level *in, struct level *out, const char *name)
{
	AUTO_FD from =
		openat(in->from, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	AUTO_FD to = -1;

	if (from < 0)
		return errno == ENOTDIR || errno == ELOOP ? 0 : -errno;
	if (fstat(from, &out->st) < 0 || mkdirat(in->to, name, 0700) < 0)
		return -errno;
	to = openat(in->to, name, O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (to < 0)
		return -errno;
	out->from = take_fd(&from);
	out->to = take_fd(&to);
	return 1;
}

/* One entry. 1: next holds a directory to go into. */
static int copy_entry(const struct level *l, struct level *next, const char *name)
{
	struct stat st;

	if (!strcmp(name, ".") || !strcmp(name, ".."))
		return 0;
	if (fstatat(l->from, name, &st, AT_SYMLINK_NOFOLLOW) < 0)
		return errno == ENOENT ? 0 : -errno;
	if (S_ISDIR(st.st_mode))
		return enter_dir(l, next, name);
	if (S_ISREG(st.st_mode))
		return copy_file(l->from, l->to, name);
	if (S_ISLNK(st.st_mode))
		return copy_link(l->from, l->to, name, &st);
	return 0;
}

/*
 * Recursion over a bounded depth; a level costs its small buffer of the stack.
 */
static int copy_level(struct level *l, unsigned depth)
{
	char buf[2048] __attribute__((aligned(8)));
	struct level next = { .from = -1, .to = -1 };
	int r = 0;

	if (depth == MAX_DEPTH)
		return -ELOOP;
	while (r >= 0) {
		long n = syscall(SYS_getdents64, l->from, buf, sizeof(buf));

		if (n <= 0)
			return n < 0 ? -errno : 0;
		for (long off = 0; off < n && r >= 0;) {
			struct kernel_dirent *d =
				(struct kernel_dirent *)(void *)(buf + off);

			off += d->reclen;
			r = copy_entry(l, &next, d->name);
			if (r != 1)
				continue;
			r = copy_level(&next, depth + 1);
			if (r == 0)
				r = set_attributes(next.to, &next.st);
			fd_close(&next.from);
			fd_close(&next.to);
		}
	}
	return r;
}

int tmpcopyup(int from_fd, int to_fd)
{
	AUTO_FD from = openat(from_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	AUTO_FD to = openat(to_fd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	struct level top = { .from = from, .to = to };

	if (from < 0 || to < 0)
		return -errno;
	return copy_level(&top, 0);
}
