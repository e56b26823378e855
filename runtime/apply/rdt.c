/* SPDX-License-Identifier: Apache-2.0 */
/*
 * apply/rdt.c - the container's resctrl group (Intel RDT, AMD QoS)
 *
 * Runs:     in the parent, before init runs user code
 * Should:   put init into the group that closID names, or into one of the container's own
 *           that undo_rdt removes
 * Mustn't:  change a group that somebody else made: its schemas are compared
 */
#include "apply/rdt.h"

#include <errno.h>
#include <fcntl.h>
#include <linux/magic.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/statfs.h>
#include <unistd.h>

#include "apply/process.h"
#include "base/arena.h"
#include "base/err.h"
#include "base/fd.h"
#include "base/str.h"
#include "spec/spec.h"

#define WHERE	      "/linux/intelRdt"
#define MOUNTINFO_MAX (4u << 20)
#define SCHEMATA_MAX  (64u << 10)
#define MON_GROUPS    "mon_groups"

/* "... - resctrl resctrl rw": field 5 of such a line. */
char *rdt_mountpoint(struct arena *a, char *mountinfo)
{
	for (char *line = mountinfo; line && *line;) {
		char *next = strchr(line, '\n');
		char *dash, *p = line;

		if (next)
			*next++ = '\0';
		dash = strstr(line, " - ");
		if (dash && str_has_prefix(dash + 3, "resctrl ")) {
			for (int i = 0; p && i < 4; i++) {
				p = strchr(p, ' ');
				p = p ? p + 1 : NULL;
			}
			if (p)
				return arena_strndup(a, p, strcspn(p, " "));
		}
		line = next;
	}
	return NULL;
}

static int open_root(int *out_dfd, struct err *err)
{
	AUTO_ARENA a = ARENA_INIT;
	AUTO_FD fd = open("/proc/self/mountinfo", O_RDONLY | O_CLOEXEC);
	struct statfs fs;
	char *text = NULL, *path;
	size_t len;
	int r;

	r = fd < 0 ? -errno : fd_read_file(fd, MOUNTINFO_MAX, &a, &text, &len);
	if (r < 0)
		return err_sys(err, r, WHERE ": cannot read /proc/self/mountinfo");
	path = rdt_mountpoint(&a, text);
	if (!path) {
		r = err_set(err, -ENOTSUP, WHERE ": resctrl is not mounted");
		err_hint(
			err,
			"mount -t resctrl resctrl /sys/fs/resctrl, on a CPU that has it");
		return r;
	}
	*out_dfd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (*out_dfd < 0)
		return err_sys(err, -errno, WHERE ": cannot open %s", str_quote(path));
	if (fstatfs(*out_dfd, &fs) < 0 || fs.f_type != RDTGROUP_SUPER_MAGIC) {
		fd_close(out_dfd);
		return err_set(err, -EXDEV, WHERE ": %s is not resctrl", str_quote(path));
	}
	return 0;
}

/* A group's name is one component, and not one of the kernel's own directories. */
static int check_name(const char *name, struct err *err)
{
	static const char *const taken[] = { ".", "..", "info", "mon_data", MON_GROUPS };
	bool bad =
		!*name || strchr(name, '/') || strchr(name, '\n') || strlen(name) > 255;

	for (size_t i = 0; i < ARRAY_SIZE(taken); i++)
		bad = bad || !strcmp(name, taken[i]);
	if (bad)
		return err_set(err, -EINVAL, WHERE "/closID: %s is not a name of a group",
			       str_quote(name));
	return 0;
}

static int write_line(int group_dfd, const char *file, const char *text, struct err *err)
{
	AUTO_FD fd = openat(group_dfd, file, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
	size_t len = strlen(text);

	if (fd < 0)
		return err_sys(err, -errno, WHERE ": cannot open %s", file);
	if (write(fd, text, len) != (ssize_t)len)
		return err_sys(err, errno ? -errno : -EIO,
			       WHERE ": cannot write %s to %s", str_quote(text), file);
	return 0;
}

/*
 * Every line of the schemas, in the order of the specification: caches, then memory
 * bandwidth, then the free ones. A bandwidth line among the caches gives way to
 * memBwSchema.
 */
int rdt_lines(struct arena *a, const struct spec_intel_rdt *s, char ***out, size_t *out_n,
	      struct err *err)
{
	size_t max = 2 + s->schemata.n, n = 0;
	char *l3, *save = NULL;

	for (const char *p = s->l3_cache_schema; p && *p; p++)
		max += *p == '\n';
	*out = ARENA_ARRAY(a, max, char *);
	l3 = s->l3_cache_schema ? arena_strdup(a, s->l3_cache_schema) : NULL;
	for (char *p = l3 ? strtok_r(l3, "\n", &save) : NULL; p;
	     p = strtok_r(NULL, "\n", &save)) {
		if (!(s->mem_bw_schema && str_has_prefix(p, "MB:")))
			(*out)[n++] = arena_printf(a, "%s\n", p);
	}
	if (s->mem_bw_schema && strchr(s->mem_bw_schema, '\n'))
		return err_set(err, -EINVAL,
			       WHERE "/memBwSchema: has more than one line");
	if (s->mem_bw_schema)
		(*out)[n++] = arena_printf(a, "%s\n", s->mem_bw_schema);
	for (size_t i = 0; i < s->schemata.n; i++) {
		if (strchr(s->schemata.v[i], '\n'))
			return err_set(err, -EINVAL,
				       WHERE "/schemata/%zu: has more than one line", i);
		(*out)[n++] = arena_printf(a, "%s\n", s->schemata.v[i]);
	}
	*out_n = n;
	return 0;
}

static bool is_hex(char c)
{
	return c && strchr("0123456789abcdefABCDEF", c);
}

/* Blanks in front, and zeroes in front of a number: the kernel pads with both. */
static const char *skip_padding(const char *line, const char *p)
{
	while (*p == ' ')
		p++;
	while (*p == '0' && is_hex(p[1]) && (p == line || !is_hex(p[-1])))
		line = ++p;
	return p;
}

static bool is_same_line(const char *a, const char *b)
{
	const char *a_line = a, *b_line = b;

	for (;; a++, b++) {
		a = skip_padding(a_line, a);
		b = skip_padding(b_line, b);
		if ((*a == '\n' || !*a) && (*b == '\n' || !*b))
			return true;
		if (*a != *b || !*a)
			return false;
	}
}

bool rdt_line_is_in(const char *line, const char *schemata)
{
	while (schemata && *schemata) {
		if (is_same_line(line, schemata))
			return true;
		schemata = strchr(schemata, '\n');
		schemata = schemata ? schemata + 1 : NULL;
	}
	return false;
}

static int compare_schemas(int group_dfd, struct arena *a, char **lines, size_t n,
			   struct err *err)
{
	char *text;
	size_t len;
	int r;

	r = fd_read_at(group_dfd, "schemata", SCHEMATA_MAX, a, &text, &len);
	if (r < 0)
		return err_sys(err, r, WHERE ": cannot read schemata");
	for (size_t i = 0; i < n; i++) {
		if (!rdt_line_is_in(lines[i], text))
			return err_set(err, -EEXIST,
				       WHERE
				       "/closID: the group exists and does not have %s",
				       str_quote(lines[i]));
	}
	return 0;
}

/* The group's directory; *out_made tells that it was not there. */
static int open_group(int root_dfd, const struct spec_intel_rdt *s, const char *id,
		      bool has_schema, int *out_dfd, bool *out_made, struct err *err)
{
	const char *name = s->clos_id ? s->clos_id : id;
	int r;

	*out_made = false;
	if (s->clos_id && !strcmp(name, "/")) {
		*out_dfd = openat(root_dfd, ".", O_PATH | O_DIRECTORY | O_CLOEXEC);
		return *out_dfd < 0 ? err_sys(err, -errno, WHERE ": cannot open resctrl")
				    : 0;
	}
	r = check_name(name, err);
	if (r < 0)
		return r;
	*out_dfd = openat(root_dfd, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (*out_dfd >= 0)
		return 0;
	if (errno != ENOENT)
		return err_sys(err, -errno, WHERE ": cannot open group %s",
			       str_quote(name));
	if (s->clos_id && !has_schema)
		return err_set(err, -ENOENT,
			       WHERE
			       "/closID: there is no group %s, and no schema to make one",
			       str_quote(name));
	if (mkdirat(root_dfd, name, 0755) < 0)
		return err_sys(err, -errno, WHERE ": cannot make group %s",
			       str_quote(name));
	*out_made = true;
	*out_dfd = openat(root_dfd, name, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	return *out_dfd < 0 ? err_sys(err, -errno, WHERE ": cannot open group %s",
				      str_quote(name))
			    : 0;
}

static bool wants_monitoring(const struct spec_intel_rdt *s)
{
	return s->enable_monitoring.v || s->enable_cmt.v || s->enable_mbm.v;
}

static int add_monitoring(int group_dfd, const char *id, const char *pid, struct err *err)
{
	char path[300];
	AUTO_FD dfd = -1;

	snprintf(path, sizeof(path), MON_GROUPS "/%s", id);
	if (mkdirat(group_dfd, path, 0755) < 0 && errno != EEXIST)
		return err_sys(err, -errno, WHERE "/enableMonitoring: cannot make %s",
			       str_quote(path));
	dfd = openat(group_dfd, path, O_PATH | O_DIRECTORY | O_NOFOLLOW | O_CLOEXEC);
	if (dfd < 0)
		return err_sys(err, -errno, WHERE "/enableMonitoring: cannot open %s",
			       str_quote(path));
	return write_line(dfd, "tasks", pid, err);
}

static int write_schemas(int group_dfd, char **lines, size_t n, struct err *err)
{
	int r = 0;

	for (size_t i = 0; i < n && r == 0; i++)
		r = write_line(group_dfd, "schemata", lines[i], err);
	return r;
}

int rdt_apply_at(int root_dfd, const struct spec_intel_rdt *s, const char *id, pid_t pid,
		 struct err *err)
{
	AUTO_ARENA a = ARENA_INIT;
	AUTO_FD group_dfd = -1;
	char **lines, number[16];
	size_t n;
	bool made;
	int r;

	r = rdt_lines(&a, s, &lines, &n, err);
	if (r == 0)
		r = open_group(root_dfd, s, id, n > 0, &group_dfd, &made, err);
	if (r < 0)
		return r;
	if (s->clos_id && !made)
		r = compare_schemas(group_dfd, &a, lines, n, err);
	else
		r = write_schemas(group_dfd, lines, n, err);
	snprintf(number, sizeof(number), "%d\n", (int)pid);
	if (r == 0)
		r = write_line(group_dfd, "tasks", number, err);
	if (r == 0 && wants_monitoring(s))
		r = add_monitoring(group_dfd, id, number, err);
	if (r < 0 && made)
		(void)unlinkat(root_dfd, s->clos_id ? s->clos_id : id, AT_REMOVEDIR);
	return r;
}

int rdt_update_at(int root_dfd, const struct spec_intel_rdt *s, const char *id,
		  struct err *err)
{
	AUTO_ARENA a = ARENA_INIT;
	AUTO_FD group_dfd = -1;
	char **lines;
	size_t n;
	bool made;
	int r;

	r = rdt_lines(&a, s, &lines, &n, err);
	if (r == 0)
		r = open_group(root_dfd, s, id, false, &group_dfd, &made, err);
	return r < 0 ? r : write_schemas(group_dfd, lines, n, err);
}

int rdt_undo_at(int root_dfd, const struct spec_intel_rdt *s, const char *id,
		struct err *err)
{
	char path[600];
	int r = 0;

	if (!s->clos_id) {
		if (check_name(id, NULL) == 0 &&
		    unlinkat(root_dfd, id, AT_REMOVEDIR) < 0 && errno != ENOENT)
			r = err_sys(err, -errno, WHERE ": cannot remove group %s",
				    str_quote(id));
		return r;
	}
	if (!wants_monitoring(s))
		return 0;
	if (!strcmp(s->clos_id, "/"))
		snprintf(path, sizeof(path), MON_GROUPS "/%s", id);
	else
		snprintf(path, sizeof(path), "%s/" MON_GROUPS "/%s", s->clos_id, id);
	if (unlinkat(root_dfd, path, AT_REMOVEDIR) < 0 && errno != ENOENT)
		r = err_sys(err, -errno, WHERE ": cannot remove %s", str_quote(path));
	return r;
}

int apply_rdt(const struct spec *s, const char *id, pid_t pid, struct err *err)
{
	AUTO_FD root_dfd = -1;
	int r;

	if (!s->intel_rdt.set)
		return 0;
	r = open_root(&root_dfd, err);
	return r < 0 ? r : rdt_apply_at(root_dfd, &s->intel_rdt, id, pid, err);
}

int update_rdt(const struct spec *s, const char *id, struct err *err)
{
	AUTO_FD root_dfd = -1;
	int r;

	r = open_root(&root_dfd, err);
	return r < 0 ? r : rdt_update_at(root_dfd, &s->intel_rdt, id, err);
}

int undo_rdt(const struct spec *s, const char *id, struct err *err)
{
	AUTO_FD root_dfd = -1;

	/* Without a resctrl there is no group, whatever became of it. */
	if (!s->intel_rdt.set || open_root(&root_dfd, NULL) < 0)
		return 0;
	return rdt_undo_at(root_dfd, &s->intel_rdt, id, err);
}
