/* SPDX-License-Identifier: Apache-2.0 */
/*
 * apply/cgroup_devices.c - the device rules, as a program (v2) or as a list (v1)
 *
 * Runs:     in the parent, before the first process is inside
 * Needs:    CAP_BPF or CAP_SYS_ADMIN in the first user namespace
 * Mustn't:  leave a moment without rules while they are replaced
 *
 * KERNEL 5.11: programs are charged to the cgroup. Before, to RLIMIT_MEMLOCK, whose usual
 * 64 KiB are enough for a program of ours, so that limit is left alone.
 */
#include <errno.h>
#include <fcntl.h>
#include <linux/bpf.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "apply/cgroup_dir.h"
#include "base/err.h"
#include "base/fd.h"
#include "base/str.h"
#include "sys/bpf.h"

#define PROGRAMS_MAX 64 /* the kernel's own limit for one cgroup */

static int load(const struct plan_cgroup *p, struct err *err)
{
	char log[512] = "";
	int fd = sys_bpf_load(BPF_PROG_TYPE_CGROUP_DEVICE, p->device_prog,
			      p->n_device_prog, NULL, 0);

	if (fd >= 0)
		return fd;
	if (fd == -EACCES || fd == -EINVAL) {
		int again = sys_bpf_load(BPF_PROG_TYPE_CGROUP_DEVICE, p->device_prog,
					 p->n_device_prog, log, sizeof(log));

		if (again >= 0)
			return again;
	}
	return err_sys(err, fd,
		       "config.json:/linux/resources/devices: cannot load the device "
		       "program%s%s",
		       log[0] ? ": " : "", log);
}

static int attach_program(const struct cgroup *c, int dfd, const struct plan_cgroup *p,
			  struct err *err)
{
	AUTO_FD prog = load(p, err);
	int r;

	if (prog < 0)
		return prog;
	r = sys_bpf_attach(dfd, prog, BPF_CGROUP_DEVICE, BPF_F_ALLOW_MULTI, -1);
	if (r < 0)
		return err_sys(err, r,
			       "config.json:/linux/resources/devices: cannot attach "
			       "the device program to cgroup %s",
			       str_quote(c->path));
	return 0;
}

/*
 * All programs of a cgroup have to allow, so between "new attached" and "old detached" it
 * is stricter than either, never laxer. With one old program the kernel swaps them at
 * once.
 */
static int replace_program(const struct cgroup *c, int dfd, const struct plan_cgroup *p,
			   struct err *err)
{
	uint32_t ids[PROGRAMS_MAX], n = PROGRAMS_MAX;
	AUTO_FD prog = -1;
	AUTO_FD old = -1;
	int r;

	r = sys_bpf_query(dfd, BPF_CGROUP_DEVICE, ids, &n);
	if (r < 0)
		n = 0;
	prog = load(p, err);
	if (prog < 0)
		return prog;
	if (n == 1 && (old = sys_bpf_open_id(ids[0])) >= 0 &&
	    sys_bpf_attach(dfd, prog, BPF_CGROUP_DEVICE,
			   BPF_F_ALLOW_MULTI | BPF_F_REPLACE, old) == 0)
		return 0;
	r = sys_bpf_attach(dfd, prog, BPF_CGROUP_DEVICE, BPF_F_ALLOW_MULTI, -1);
	for (uint32_t i = 0; r == 0 && i < n; i++) {
		fd_close(&old);
		old = sys_bpf_open_id(ids[i]);
		r = old < 0 ? old : sys_bpf_detach(dfd, old, BPF_CGROUP_DEVICE);
		r = r == -ENOENT ? 0 : r;
	}
	return r < 0 ? err_sys(err, r, "cannot replace the device program of cgroup %s",
			       str_quote(c->path))
		     : 0;
}

struct v1_files {
	int allow_fd, deny_fd;
};

static int open_v1(int dfd, struct v1_files *f)
{
	f->allow_fd = openat(dfd, "devices.allow", O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
	f->deny_fd = openat(dfd, "devices.deny", O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
	return f->allow_fd < 0 || f->deny_fd < 0 ? -errno : 0;
}

static int say(int fd, const char *text)
{
	return write(fd, text, strlen(text)) < 0 ? -errno : 0;
}

static int say_rule(const struct v1_files *f, const struct device_rule *rule, bool allow,
		    struct err *err)
{
	char text[64];
	int r = say(allow ? f->allow_fd : f->deny_fd,
		    device_rule_text(rule, text, sizeof(text)));

	/* nested: a default that our own cgroup lacks stays lacking */
	if (r == 0 || (r == -EPERM && allow && rule->index == SIZE_MAX))
		return 0;
	if (rule->index != SIZE_MAX)
		return err_sys(err, r,
			       "config.json:/linux/resources/devices/%zu: cannot %s "
			       "'%s'",
			       rule->index, allow ? "allow" : "deny", text);
	return err_sys(err, r, "cannot %s device '%s'", allow ? "allow" : "deny", text);
}

static int write_v1(const struct v1_files *f, const struct device_v1 *v, struct err *err)
{
	int r = say(v->allow_all ? f->allow_fd : f->deny_fd, "a");

	if (r < 0)
		return err_sys(err, r, "cannot %s all devices",
			       v->allow_all ? "allow" : "deny");
	for (size_t i = 0; r == 0 && i < v->n; i++)
		r = say_rule(f, &v->except[i], !v->allow_all, err);
	return r;
}

/* One line of devices.list. */
static bool parse_line(const char *line, struct device_rule *out)
{
	char type, major[16], minor[16], access[8];

	if (sscanf(line, "%c %15[0-9*]:%15[0-9*] %7[rwm]", &type, major, minor, access) !=
	    4)
		return false;
	*out = (struct device_rule){ .type = type, .index = SIZE_MAX };
	out->major = major[0] == '*' ? DEVICE_ANY : strtoll(major, NULL, 10);
	out->minor = minor[0] == '*' ? DEVICE_ANY : strtoll(minor, NULL, 10);
	out->access = (strchr(access, 'r') ? DEVICE_READ : 0) |
		      (strchr(access, 'w') ? DEVICE_WRITE : 0) |
		      (strchr(access, 'm') ? DEVICE_MKNOD : 0);
	return true;
}

/*
 * A list of allowed devices turns into another one: what is new is allowed, then what is
 * gone is denied. Through "a" it would be cut off from /dev/null in between.
 */
static int change_v1(int dfd, const struct v1_files *f, const struct device_v1 *v,
		     struct err *err)
{
	char list[16384], *save = NULL;
	ssize_t n = cg_read(dfd, "devices.list", list, sizeof(list));
	int r = 0;

	if (n < 0 || (size_t)n >= sizeof(list) - 1 || v->allow_all || list[0] == 'a')
		return write_v1(f, v, err);
	for (size_t i = 0; r == 0 && i < v->n; i++)
		r = say_rule(f, &v->except[i], true, err);
	for (char *l = strtok_r(list, "\n", &save); l && r == 0;
	     l = strtok_r(NULL, "\n", &save)) {
		struct device_rule now;

		if (!parse_line(l, &now))
			continue;
		for (size_t i = 0; i < v->n; i++)
			if (v->except[i].type == now.type &&
			    v->except[i].major == now.major &&
			    v->except[i].minor == now.minor)
				now.access &= ~v->except[i].access;
		if (now.access)
			r = say_rule(f, &now, false, err);
	}
	return r;
}

static int apply_v1(int dfd, const struct plan_cgroup *p, bool change, struct err *err)
{
	struct v1_files f = { -1, -1 };
	int r = open_v1(dfd, &f);

	if (r < 0)
		err_sys(err, r, "cannot open the device lists");
	else if (change)
		r = change_v1(dfd, &f, &p->device_v1, err);
	else
		r = write_v1(&f, &p->device_v1, err);
	fd_close(&f.allow_fd);
	fd_close(&f.deny_fd);
	return r;
}

int cg_apply_devices(const struct cgroup *c, const struct plan_cgroup *p, struct err *err)
{
	int i = cg_index(c, "devices");

	if (i < 0)
		return err_set(err, -ENOTSUP,
			       "config.json:/linux/resources/devices: the "
			       "container has no cgroup that controls devices");
	if (c->mode == CGROUP_V2)
		return attach_program(c, c->dfd[i], p, err);
	return apply_v1(c->dfd[i], p, false, err);
}

int cgroup_update_devices(const struct cgroup *c, const struct plan_cgroup *p,
			  struct err *err)
{
	int i = cg_index(c, "devices");

	if (!p->device_control)
		return 0;
	if (i < 0)
		return err_set(err, -ENOTSUP,
			       "config.json:/linux/resources/devices: the "
			       "container has no cgroup that controls devices");
	if (c->mode == CGROUP_V2)
		return replace_program(c, c->dfd[i], p, err);
	return apply_v1(c->dfd[i], p, true, err);
}
