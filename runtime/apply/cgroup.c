/* SPDX-License-Identifier: Apache-2.0 */
/*
 * apply/cgroup.c - the container's directories: made, opened, entered
 *
 * Runs:     in the parent
 * Needs:    a plan whose path has no ".."
 * Should:   have limits and device rules in place before the first process is inside
 * Mustn't:  take over a cgroup that somebody's processes are in: delete would kill them
 * On error: the caller runs cgroup_destroy, which removes what was made here
 */
#include "apply/cgroup.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "apply/cgroup_dir.h"
#include "base/err.h"
#include "base/fd.h"
#include "base/str.h"

void cgroup_init(struct cgroup *c)
{
	memset(c, 0, sizeof(*c));
	for (size_t i = 0; i < HOST_MAX_HIERARCHIES; i++)
		c->dfd[i] = c->enter_fd[i] = -1;
}

void cgroup_close(struct cgroup *c)
{
	for (size_t i = 0; i < HOST_MAX_HIERARCHIES; i++) {
		fd_close(&c->dfd[i]);
		fd_close(&c->enter_fd[i]);
	}
}

bool cgroup_exists(const struct cgroup *c)
{
	return cg_tree(c) >= 0;
}

static const char *hierarchy_name(const struct host_hierarchy *h)
{
	return h->v2 ? "cgroup2" : h->controllers;
}

/* JSON path of the first limit that lives in this hierarchy, or NULL. */
static const char *who_asks(const struct plan_cgroup *p, const struct host_hierarchy *h)
{
	for (size_t i = 0; i < p->n_writes; i++)
		if (h->v2 ? p->mode == CGROUP_V2
			  : cg_has_word(h->controllers, p->writes[i].controller, ","))
			return p->writes[i].json_path;
	return NULL;
}

/* Is this hierarchy one that something explicit depends on? */
static bool is_needed(const struct plan_cgroup *p, const struct host_hierarchy *h)
{
	if (p->mode == CGROUP_V2)
		return !p->rootless || p->resources_asked;
	if (h->v2)
		return false; /* hybrid: a convenience (events, cgroup.kill) */
	if (p->device_control && cg_has_word(h->controllers, "devices", ","))
		return true;
	return who_asks(p, h) != NULL;
}

/* A directory that was there: anybody in it? */
static int check_vacant(const struct cgroup *c, size_t i, struct err *err)
{
	char buf[16];
	ssize_t n = cg_read(c->dfd[i], "cgroup.procs", buf, sizeof(buf));

	if (n <= 0)
		return 0;
	err_set(err, -EBUSY, "cgroup %s (%s) has processes already", str_quote(c->path),
		hierarchy_name(&c->host->hierarchies[i]));
	err_hint(err,
		 "each container needs a cgroup of its own: change linux.cgroupsPath");
	return -EBUSY;
}

static int make_one(const struct plan_cgroup *p, struct cgroup *c, size_t i,
		    struct err *err)
{
	const struct host_hierarchy *h = &c->host->hierarchies[i];
	AUTO_FD mount = cg_mount(h);
	int r = mount;

	if (mount >= 0)
		r = cg_mkdir(mount, c->path);
	if (r >= 0) {
		c->created[i] = r == 0;
		c->adopted = c->adopted || (h->v2 && r == 1);
		r = c->dfd[i] = cg_open(mount, c->path);
		/* undo works by descriptors: without one, only here is the name known */
		if (r < 0 && c->created[i]) {
			cg_rmdir(mount, c->path);
			c->created[i] = false;
		}
	}
	if (r < 0) {
		c->dfd[i] = -1;
		if (!is_needed(p, h))
			return 0;
		if (who_asks(p, h))
			return err_sys(err, r,
				       "config.json:%s: cannot make cgroup %s in %s",
				       who_asks(p, h), str_quote(c->path),
				       str_quote(h->mountpoint));
		return err_sys(err, r, "cannot make cgroup %s in %s", str_quote(c->path),
			       str_quote(h->mountpoint));
	}
	r = c->created[i] ? 0 : check_vacant(c, i, err);
	if (r == 0 && h->v2 && c->mode == CGROUP_V2)
		r = cg_enable_controllers(c, mount, err);
	if (r == 0 && cg_has_word(h->controllers, "cpuset", ","))
		r = cg_fill_cpusets(c, err);
	return r;
}

/* The user's own root becomes owner of what the kernel says may be given away. */
static int delegate(const struct cgroup *c, const struct plan_cgroup *p, struct err *err)
{
	static const char list[] = "/sys/kernel/cgroup/delegate";
	char files[1024] = "cgroup.procs\ncgroup.subtree_control\ncgroup.threads\n";
	int i = cg_v2(c);
	ssize_t n;
	char *save = NULL;

	if (i < 0)
		return 0;
	n = cg_read(AT_FDCWD, list, files, sizeof(files));
	if (n <= 0)
		snprintf(files, sizeof(files), "%s",
			 "cgroup.procs\ncgroup.subtree_control\ncgroup.threads\n");
	if (fchownat(c->dfd[i], "", p->delegate_uid, p->delegate_gid, AT_EMPTY_PATH) < 0)
		return err_sys(err, -errno, "cannot give cgroup %s to the container",
			       str_quote(c->path));
	for (char *f = strtok_r(files, "\n", &save); f; f = strtok_r(NULL, "\n", &save)) {
		if (strchr(f, '/'))
			continue;
		if (fchownat(c->dfd[i], f, p->delegate_uid, p->delegate_gid,
			     AT_SYMLINK_NOFOLLOW) < 0 &&
		    errno != ENOENT)
			return err_sys(err, -errno, "cannot give %s of cgroup %s away", f,
				       str_quote(c->path));
	}
	return 0;
}

static int open_all(struct cgroup *c)
{
	int found = 0;

	for (size_t i = 0; i < c->host->n_hierarchies; i++) {
		const struct host_hierarchy *h = &c->host->hierarchies[i];
		AUTO_FD mount = -1;

		if (c->mode == CGROUP_V2 && !h->v2)
			continue;
		mount = cg_mount(h);
		if (mount >= 0)
			c->dfd[i] = cg_open(mount, c->path);
		found += c->dfd[i] >= 0;
		if (c->dfd[i] < 0)
			c->dfd[i] = -1;
	}
	return found;
}

static int set_path(struct cgroup *c, const char *path, struct err *err)
{
	if (strlen(path) >= sizeof(c->path))
		return err_set(err, -ENAMETOOLONG, "the path of the cgroup is too long");
	memcpy(c->path, path, strlen(path) + 1);
	return 0;
}

/* Where systemd has put init is where the container is. */
static int find_scope(struct cgroup *c, pid_t pid, struct err *err)
{
	char name[64], buf[8192], *save = NULL;
	ssize_t n;
	size_t root;

	snprintf(name, sizeof(name), "/proc/%d/cgroup", (int)pid);
	n = cg_read(AT_FDCWD, name, buf, sizeof(buf));
	if (n < 0)
		return err_sys(err, (int)n, "cannot read %s", name);
	for (char *l = strtok_r(buf, "\n", &save); l; l = strtok_r(NULL, "\n", &save)) {
		const char *path = NULL;

		if (c->mode == CGROUP_V2 && str_has_prefix(l, "0::"))
			path = l + 3;
		else if (c->mode != CGROUP_V2 && strstr(l, ":name=systemd:"))
			path = strstr(l, ":name=systemd:") + strlen(":name=systemd:");
		if (!path)
			continue;
		root = strlen(c->host->hierarchies[0].root);
		if (root > 1 && !strncmp(path, c->host->hierarchies[0].root, root))
			path += root;
		return set_path(c, path, err);
	}
	return err_set(err, -ENOENT, "systemd's cgroup of process %d is not to be seen",
		       (int)pid);
}

static int create_by_systemd(const struct plan_cgroup *p, struct cgroup *c, pid_t pid,
			     struct err *err)
{
	int r;

	if (strlen(p->scope) >= sizeof(c->scope))
		return err_set(err, -ENAMETOOLONG, "the name of the scope is too long");
	snprintf(c->scope, sizeof(c->scope), "%s", p->scope);
	r = cg_systemd_start(p, c->host, pid, err);
	if (r == 0)
		r = find_scope(c, pid, err);
	if (r == 0 && c->mode != CGROUP_V2)
		/* systemd makes only its own hierarchy and those with limits: fill up */
		for (size_t i = 0; r == 0 && i < c->host->n_hierarchies; i++)
			r = make_one(p, c, i, err);
	if (r == 0)
		open_all(c);
	return r;
}

/* Somebody else's: what we made beside it goes, nothing of theirs is touched. */
static void step_back(struct cgroup *c)
{
	for (size_t i = 0; i < c->host->n_hierarchies; i++) {
		AUTO_FD mount = c->created[i] ? cg_mount(&c->host->hierarchies[i]) : -1;

		if (mount >= 0)
			(void)cg_rmdir_tree(mount, c->path);
	}
	cgroup_close(c);
	c->path[0] = '\0';
}

static int create_by_hand(const struct plan_cgroup *p, struct cgroup *c, struct err *err)
{
	int r = set_path(c, p->path, err);

	for (size_t i = 0; r == 0 && i < c->host->n_hierarchies; i++)
		if (c->mode != CGROUP_V2 || c->host->hierarchies[i].v2)
			r = make_one(p, c, i, err);
	if (r == -EBUSY)
		step_back(c);
	return r;
}

int cgroup_create(const struct plan_cgroup *p, const struct host *h, pid_t pid,
		  struct cgroup *out, struct err *err)
{
	int r;

	cgroup_init(out);
	out->mode = p->mode;
	out->manager = p->manager;
	out->host = h;
	if (!p->path || p->manager == CGROUP_MANAGER_DISABLED)
		return 0;
	if (p->manager == CGROUP_MANAGER_SYSTEMD)
		r = create_by_systemd(p, out, pid, err);
	else
		r = create_by_hand(p, out, err);
	if (r == 0)
		r = cg_apply_writes(out, p->writes, p->n_writes, err);
	if (r == 0 && p->device_control)
		r = cg_apply_devices(out, p, err);
	if (r == 0 && p->delegate)
		r = delegate(out, p, err);
	return r;
}

int cgroup_target_fd(const struct cgroup *c)
{
	int i = cg_v2(c);

	/*
	 * KERNEL: a cgroup that was ever cgroup.kill'ed kills what is cloned into it. One
	 * that was there before us may have been; moving a process in by write is safe.
	 */
	if (i < 0 || c->adopted || c->manager == CGROUP_MANAGER_SYSTEMD)
		return -1;
	return c->dfd[i];
}

int cgroup_open(const struct host *h, enum cgroup_manager m, const char *path,
		const char *scope, struct cgroup *out, struct err *err)
{
	int r;

	cgroup_init(out);
	out->mode = h->cgroup_mode;
	out->manager = m;
	out->host = h;
	if (scope && strlen(scope) < sizeof(out->scope))
		snprintf(out->scope, sizeof(out->scope), "%s", scope);
	if (m == CGROUP_MANAGER_DISABLED || !path || !path[0] || !strcmp(path, "/"))
		return 1;
	r = set_path(out, path, err);
	if (r < 0)
		return r;
	/* a unit without a cgroup is none that runs; a failed one collects itself */
	return open_all(out) ? 0 : 1;
}
