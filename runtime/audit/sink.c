/* SPDX-License-Identifier: Apache-2.0 */
/*
 * audit/sink.c - the file: append-only, one lock, one write for each record
 *
 * Should:   leave the file as it was when a record cannot be written whole
 * Mustn't:  follow a link, or write where others than the owner could
 */
#include "audit/audit.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/file.h>
#include <sys/random.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/fd.h"
#include "base/json.h"
#include "base/str.h"

static int check_owner(int fd, const char *what, const char *name, struct err *err)
{
	struct stat st;

	if (fstat(fd, &st) < 0)
		return err_sys(err, -errno, "cannot examine the audit %s %s", what,
			       str_quote(name));
	if (st.st_uid != geteuid() || (st.st_mode & (S_IWGRP | S_IWOTH)))
		return err_set(err, -EPERM, "the audit %s %s could be written by others",
			       what, str_quote(name));
	if (strcmp(what, "file") == 0 && (!S_ISREG(st.st_mode) || st.st_nlink != 1))
		return err_set(err, -EPERM, "the audit %s %s is not a plain file", what,
			       str_quote(name));
	return 0;
}

/* mkdir -p, 0700 for what is missing. */
static int make_dir(const char *dir)
{
	AUTO_STRBUF path = STRBUF_INIT;
	const char *p = dir;

	while (*p) {
		size_t n = strcspn(p + 1, "/") + 1;

		strbuf_addn(&path, p, n);
		if (mkdir(path.s, 0700) < 0 && errno != EEXIST && errno != EROFS)
			return -errno;
		p += n;
	}
	return 0;
}

static int new_run(char out[33])
{
	unsigned char id[16];

	if (getrandom(id, sizeof(id), 0) != (ssize_t)sizeof(id))
		return -EIO;
	for (size_t i = 0; i < sizeof(id); i++) {
		out[2 * i] = "0123456789abcdef"[id[i] >> 4];
		out[2 * i + 1] = "0123456789abcdef"[id[i] & 15];
	}
	out[32] = '\0';
	return 0;
}

int audit_open(const char *dir, const char *run, struct audit *out, struct err *err)
{
	AUTO_FD dfd = -1;
	AUTO_FD fd = -1;
	int r;

	r = make_dir(dir);
	if (r < 0)
		return err_sys(err, r, "cannot make the audit directory %s",
			       str_quote(dir));
	dfd = open(dir, O_RDONLY | O_DIRECTORY | O_CLOEXEC | O_NOFOLLOW);
	if (dfd < 0)
		return err_sys(err, -errno, "cannot open the audit directory %s",
			       str_quote(dir));
	r = check_owner(dfd, "directory", dir, err);
	if (r < 0)
		return r;
	fd = openat(dfd, AUDIT_FILE,
		    O_RDWR | O_APPEND | O_CREAT | O_CLOEXEC | O_NOFOLLOW | O_NONBLOCK,
		    0600);
	if (fd < 0)
		return err_sys(err, -errno, "cannot open the audit file in %s",
			       str_quote(dir));
	r = check_owner(fd, "file", AUDIT_FILE, err);
	if (r < 0)
		return r;
	if (run && strlen(run) < sizeof(out->run)) {
		memset(out->run, 0, sizeof(out->run));
		memcpy(out->run, run, strlen(run));
	} else if (new_run(out->run) < 0) {
		return err_set(err, -EIO, "cannot make an ID for the run");
	}
	out->fd = take_fd(&fd);
	return 0;
}

void audit_close(struct audit *a)
{
	fd_close(&a->fd);
}

/*
 * The hash of the last line. What a crash left behind the last newline is ended here, so
 * that verify shows it as one bad line and the next record stands by itself.
 */
static int read_head(int fd, off_t size, char prev[AUDIT_HEX + 1], bool *out_torn)
{
	static char buf[AUDIT_MAX_RECORD + 2];
	size_t n = size < (off_t)sizeof(buf) ? (size_t)size : sizeof(buf);
	ssize_t got = pread(fd, buf, n, size - (off_t)n);
	const char *line;
	size_t end;

	memset(prev, '0', AUDIT_HEX);
	prev[AUDIT_HEX] = '\0';
	*out_torn = false;
	if (got < 0)
		return -errno;
	if (got == 0)
		return 0;
	end = (size_t)got;
	*out_torn = buf[end - 1] != '\n';
	if (!*out_torn)
		end--;
	line = memrchr(buf, '\n', end);
	line = line ? line + 1 : buf;
	(void)audit_line_hash(line, end - (size_t)(line - buf), prev);
	return 0;
}

static int append(struct audit *a, enum audit_kind kind, const struct json *detail,
		  bool sealed)
{
	AUTO_STRBUF line = STRBUF_INIT;
	char prev[AUDIT_HEX + 1], now[64];
	struct stat st;
	bool torn;
	int r;

	if (fstat(a->fd, &st) < 0)
		return -errno;
	/* Removed or replaced: what is written there, nobody would ever read. */
	if (st.st_nlink == 0)
		return -ESTALE;
	r = read_head(a->fd, st.st_size, prev, &torn);
	if (r < 0)
		return r;
	clock_rfc3339(clock_wall_ns(), now, sizeof(now));
	if (torn)
		strbuf_addc(&line, '\n');
	audit_line(a, kind, detail, sealed, now, prev, &line);
	strbuf_addc(&line, '\n');
	if (line.len > AUDIT_MAX_RECORD)
		return -EMSGSIZE;
	r = fd_write_all(a->fd, line.s, line.len);
	/* Half a record is worse than none. Refused where the file is append-only by
	 * flag. */
	if (r < 0)
		(void)!ftruncate(a->fd, st.st_size);
	return r;
}

int audit_write(struct audit *a, enum audit_kind kind, const struct json *detail,
		bool sealed, struct err *err)
{
	int r;

	if (a->fd < 0)
		return err_set(err, -EBADF, "the audit is not open");
	do
		r = flock(a->fd, LOCK_EX) < 0 ? -errno : 0;
	while (r == -EINTR);
	if (r == 0) {
		r = append(a, kind, detail, sealed);
		(void)flock(a->fd, LOCK_UN);
	}
	if (r < 0)
		return err_sys(err, r, "cannot write the audit record %s",
			       audit_kind_name(kind));
	a->seq++;
	return 0;
}
