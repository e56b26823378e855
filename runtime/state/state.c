/* SPDX-License-Identifier: Apache-2.0 */
/* state/state.c - the directory of a container; see state.h for what is in it */
#include "state/state.h"

#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/file.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/path.h"
#include "base/str.h"
#include "state/record.h"

#define STATE_FILE "state"
/* config.json may be 16 MiB; the record adds a policy and annotations */
#define STATE_MAX (JSON_MAX_BYTES + (4u << 20))

static int check_id(struct state *s, const char *id, struct err *err)
{
	if (!path_is_id(id)) {
		const char *q = str_quote(id);

		/* escaped, but in the quotes that engines know */
		err_set(err, -EINVAL, "invalid container ID \"%.*s\"", (int)strlen(q) - 2,
			q + 1);
		err_hint(err,
			 "an ID has 1 to 255 of the characters A-Z a-z 0-9 _ + - . and "
			 "does not start with a dot");
		return -EINVAL;
	}
	snprintf(s->id, sizeof(s->id), "%s", id);
	return 0;
}

static int open_dir(struct state *s, struct err *err)
{
	struct stat st;

	s->dfd = openat(s->root_dfd, s->id,
			O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (s->dfd < 0 && errno == ENOENT)
		return err_set(err, -ENOENT, "container \"%s\" does not exist", s->id);
	if (s->dfd < 0)
		return err_sys(err, -errno, "cannot open the state of container \"%s\"",
			       s->id);
	if (fstat(s->dfd, &st) < 0 || (st.st_mode & 022))
		return err_set(err, -EPERM,
			       "state directory of \"%s\" is writable by others", s->id);
	return 0;
}

/*
 * The lock is on the directory; whoever waited for it while the directory was removed
 * holds a lock on nothing: that is "does not exist".
 */
static int lock_dir(struct state *s, struct err *err)
{
	struct stat a, b;

	while (flock(s->dfd, LOCK_EX) < 0)
		if (errno != EINTR)
			return err_sys(err, -errno, "cannot lock container \"%s\"",
				       s->id);
	if (fstat(s->dfd, &a) < 0 ||
	    fstatat(s->root_dfd, s->id, &b, AT_SYMLINK_NOFOLLOW) < 0 ||
	    a.st_ino != b.st_ino)
		return err_set(err, -ENOENT, "container \"%s\" does not exist", s->id);
	return 0;
}

int state_reserve(struct state *s, int root_dfd, const char *id, struct err *err)
{
	int r;

	s->root_dfd = root_dfd;
	s->dfd = -1;
	r = check_id(s, id, err);
	if (r < 0)
		return r;
	if (mkdirat(root_dfd, id, 0700) < 0) {
		if (errno == EEXIST)
			return err_set(err, -EEXIST, "container \"%s\" already exists",
				       id);
		return err_sys(err, -errno, "cannot create the state of container \"%s\"",
			       id);
	}
	r = open_dir(s, err);
	if (r >= 0)
		r = lock_dir(s, err);
	if (r < 0)
		state_close(s);
	return r;
}

int state_open(struct state *s, int root_dfd, const char *id, bool lock, struct err *err)
{
	int r;

	s->root_dfd = root_dfd;
	s->dfd = -1;
	r = check_id(s, id, err);
	if (r < 0)
		return r;
	r = open_dir(s, err);
	if (r >= 0 && lock)
		r = lock_dir(s, err);
	if (r < 0)
		state_close(s);
	return r;
}

void state_close(struct state *s)
{
	fd_close(&s->dfd);
}

int state_write(const struct state *s, const struct record *rec, struct err *err)
{
	AUTO_ARENA a = ARENA_INIT;
	AUTO_STRBUF b = STRBUF_INIT;
	int r;

	json_print(&b, record_json(&a, rec), 0);
	strbuf_addc(&b, '\n');
	strbuf_addn(&b, rec->config, rec->config_len);
	r = fd_write_file_at(s->dfd, STATE_FILE, 0600, b.s, b.len);
	if (r < 0)
		return err_sys(err, r, "cannot write the state of container \"%s\"",
			       s->id);
	return 0;
}

/* A record that cannot be one of ours: a crash, or somebody's hand. It can be deleted. */
static bool is_no_record(int r)
{
	return r == -ENOENT || r == -EFBIG || r == -ELOOP || r == -EISDIR || r == -EINVAL;
}

int state_read(const struct state *s, struct arena *a, bool with_config,
	       struct record *out, struct err *err)
{
	struct err parse_err = ERR_INIT;
	struct json *doc;
	char *buf, *end;
	size_t len;
	int r;

	r = fd_read_at(s->dfd, STATE_FILE, STATE_MAX, a, &buf, &len);
	if (is_no_record(r))
		return STATE_INCOMPLETE;
	if (r < 0)
		return err_sys(err, r, "cannot read the state of container \"%s\"",
			       s->id);
	end = memchr(buf, '\n', len);
	if (!end)
		return STATE_INCOMPLETE;
	r = json_parse(a, STATE_FILE, buf, (size_t)(end - buf), JSON_STRICT, &doc,
		       &parse_err);
	if (r < 0 || record_parse(doc, out) < 0 || !str_eq(out->id, s->id))
		return STATE_INCOMPLETE;
	if (with_config) {
		out->config = end + 1;
		out->config_len = len - (size_t)(end + 1 - buf);
	}
	return STATE_OK;
}

/* Two levels: the files, and the socket in notify/. Nothing of ours is deeper. */
static int remove_entries(int dfd, const char *keep)
{
	DIR *dir;
	struct dirent *e;
	int dup_fd;

	dup_fd = openat(dfd, ".", O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dup_fd < 0)
		return -errno;
	dir = fdopendir(dup_fd);
	if (!dir) {
		fd_close(&dup_fd);
		return -ENOMEM;
	}
	while ((e = readdir(dir))) {
		if (!strcmp(e->d_name, ".") || !strcmp(e->d_name, "..") ||
		    (keep && !strcmp(e->d_name, keep)))
			continue;
		if (unlinkat(dfd, e->d_name, 0) == 0 || errno == ENOENT)
			continue;
		if (errno == EISDIR || errno == EPERM) {
			AUTO_FD sub =
				openat(dfd, e->d_name,
				       O_RDONLY | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);

			if (sub >= 0)
				remove_entries(sub, NULL);
			(void)unlinkat(dfd, e->d_name, AT_REMOVEDIR);
		}
	}
	closedir(dir);
	return 0;
}

int state_remove(struct state *s, struct err *err)
{
	int r;

	if (s->dfd < 0)
		return 0;
	/*
	 * The record goes last: a removal that is cut short leaves a container that can be
	 * deleted again, never a nameless heap.
	 */
	r = remove_entries(s->dfd, STATE_FILE);
	if (r == 0 && unlinkat(s->dfd, STATE_FILE, 0) < 0 && errno != ENOENT &&
	    unlinkat(s->dfd, STATE_FILE, AT_REMOVEDIR) < 0)
		r = -errno;
	if (r == 0 && unlinkat(s->root_dfd, s->id, AT_REMOVEDIR) < 0 && errno != ENOENT)
		r = -errno;
	if (r < 0)
		return err_sys(err, r, "cannot remove the state of container \"%s\"",
			       s->id);
	return 0;
}
