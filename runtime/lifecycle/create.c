/* SPDX-License-Identifier: Apache-2.0 */
/* lifecycle/create.c - describe, check, do: from a bundle to an init that waits */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "apply/process.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/fd.h"
#include "base/path.h"
#include "base/str.h"
#include "lifecycle/container.h"
#include "lifecycle/notify.h"
#include "sys/proc.h"

static int open_bundle(struct container *c, const struct create_request *r, int *out_dfd,
		       struct err *err)
{
	char real[PATH_MAX];
	const char *bundle = r->bundle ? r->bundle : ".";

	if (!realpath(bundle, real))
		return err_sys(err, -errno, "cannot open bundle %s", str_quote(bundle));
	*out_dfd = open(real, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (*out_dfd < 0)
		return err_sys(err, -errno, "cannot open bundle %s", str_quote(real));
	c->record.bundle = arena_strdup(&c->arena, real);
	return 0;
}

static int find_rootfs(struct container *c, struct err *err)
{
	struct stat st;

	if (!c->spec->has_root || !c->spec->root_path)
		return err_set(err, -EINVAL, "config.json:/root: is missing");
	c->record.rootfs = path_join(&c->arena, c->record.bundle, c->spec->root_path);
	if (stat(c->record.rootfs, &st) < 0)
		return err_sys(err, -errno, "config.json:/root/path: cannot use %s",
			       str_quote(c->record.rootfs));
	if (!S_ISDIR(st.st_mode))
		return err_set(err, -ENOTDIR,
			       "config.json:/root/path: %s is not a directory",
			       str_quote(c->record.rootfs));
	return 0;
}

static int check_console(const struct container *c, const struct create_request *r,
			 bool detached, struct err *err)
{
	bool terminal = c->spec->has_process && c->spec->process.terminal;

	if (terminal && detached && !r->console_socket)
		return err_set(
			err, -EINVAL,
			"cannot allocate tty if agentrun will detach without setting "
			"console socket");
	if (r->console_socket && (!terminal || !detached))
		return err_set(err, -EINVAL,
			       "cannot use console socket if agentrun will not detach or "
			       "allocate tty");
	return 0;
}

/* The planner knows the JSON path, not the file it came from. */
static void name_file(struct err *err, const char *file)
{
	char msg[sizeof(err->msg)];

	if (!err->code || err->msg[0] != '/')
		return;
	memcpy(msg, err->msg, sizeof(msg));
	snprintf(err->msg, sizeof(err->msg), "%.200s:%.800s", file, msg);
}

static int make_plan(struct container *c, const struct globals *g,
		     const struct create_request *r, unsigned listen, struct err *err)
{
	const char *notify = getenv("NOTIFY_SOCKET");
	char link[64], root[PATH_MAX];
	int r_plan;
	struct plan_options opt = {
		.id = r->id,
		.bundle = c->record.bundle,
		.rootfs = c->record.rootfs,
		.systemd_cgroup = g->systemd_cgroup,
		.no_cgroup = g->no_cgroup,
		.no_pivot = r->no_pivot,
		.no_new_keyring = r->no_new_keyring,
		.preserve_fds = r->preserve_fds,
		.listen_fds = listen,
		.notify_socket = notify && *notify ? notify : NULL,
		.audit_dir = c->run.audit_dir,
	};

	ssize_t n;

	snprintf(link, sizeof(link), "/proc/self/fd/%d", c->root_dfd);
	n = readlink(link, root, sizeof(root) - 1);
	if (n < 0)
		return err_sys(err, -errno, "cannot name the state root");
	root[n] = '\0';
	opt.state_dir = path_join(&c->arena, root, r->id);
	r_plan = plan_build(&c->arena, c->spec, c->policy, &c->host, &opt, &c->plan, err);
	name_file(err, c->spec->file);
	if (r_plan == 0)
		container_say_left_out(c);
	return r_plan;
}

static void fill_record(struct container *c, const struct create_request *r)
{
	struct record *rec = &c->record;
	char created[64];

	clock_rfc3339(clock_wall_ns(), created, sizeof(created));
	rec->id = r->id;
	rec->created = arena_strdup(&c->arena, created);
	rec->owner = owner_name(&c->arena, c->host.euid);
	rec->oci_version = AGENTRUN_SPEC;
	rec->cgroup_path = c->plan->cgroup.path;
	rec->cgroup_scope = c->plan->cgroup.scope;
	rec->cgroup_manager = (int)c->plan->cgroup.manager;
	rec->no_pivot = r->no_pivot;
	rec->rdt = c->spec->intel_rdt.set;
	rec->has_pid_ns = (c->plan->ns.create & CLONE_NEWPID) != 0;
	rec->notify = c->plan->opt.notify_socket != NULL;
}

/* Everything that only reads: on failure there is nothing to undo. */
static int describe(struct container *c, const struct globals *g,
		    const struct create_request *r, bool detached, struct err *err)
{
	AUTO_FD bundle_dfd = -1;
	unsigned listen;
	int ret;

	ret = descriptors_check(r->preserve_fds, &listen, err);
	if (ret == 0)
		ret = open_bundle(c, r, &bundle_dfd, err);
	if (ret == 0)
		ret = config_read(c, bundle_dfd, r->config ? r->config : "config.json",
				  err);
	if (ret == 0)
		ret = find_rootfs(c, err);
	if (ret == 0)
		ret = check_console(c, r, detached, err);
	if (ret == 0)
		ret = host_read(&c->host, err);
	if (ret == 0)
		ret = c->root_dfd = state_root_open(g, true, err);
	if (ret >= 0)
		ret = class_resolve(c, g, err);
	if (ret == 0)
		ret = make_plan(c, g, r, listen, err);
	if (ret < 0)
		return ret;
	init_init(&c->init, c->plan);
	c->has_init = true;
	c->init.hooks_dfd = take_fd(&bundle_dfd);
	ret = init_open_namespaces(&c->init, err);
	return ret < 0 ? ret : class_open(c, err);
}

/*
 * The record says where the cgroup is, not where it was planned: a user's systemd puts it
 * below user@UID.service, and where a user cannot have one there is none.
 */
static void record_cgroup(struct container *c)
{
	bool there = cgroup_exists(&c->cgroup);

	c->record.cgroup_path = there ? arena_strdup(&c->arena, c->cgroup.path) : NULL;
	if (!there)
		c->record.cgroup_scope = NULL;
}

/* The record with init's pid is on disk before init may be seen (runc #2575). */
static int record_init(struct init *in, void *arg, struct err *err)
{
	struct container *c = arg;
	char state;
	int r;

	c->record.pid = in->pid;
	r = sys_proc_start_time(in->pid, &c->record.start_time, &state);
	if (r < 0)
		return err_sys(err, r, "cannot read the start time of init");
	r = state_write(&c->state, &c->record, err);
	if (r < 0)
		return r;
	if (c->plan->cgroup.manager != CGROUP_MANAGER_SYSTEMD || !c->plan->cgroup.path)
		return 0;
	/* systemd makes a scope around a process that is there. */
	r = cgroup_create(&c->plan->cgroup, &c->host, in->pid, &c->cgroup, err);
	c->has_cgroup = r == 0;
	in->cgroup = r == 0 ? &c->cgroup : NULL;
	if (r < 0)
		return r;
	record_cgroup(c);
	return state_write(&c->state, &c->record, err);
}

static int claim(struct container *c, const struct create_request *r, bool gate,
		 struct err *err)
{
	int ret;

	ret = state_reserve(&c->state, c->root_dfd, r->id, err);
	if (ret < 0)
		return ret;
	fill_record(c, r);
	c->record.auto_remove = !gate && !r->keep && !r->detach;
	ret = state_write(&c->state, &c->record, err);
	if (ret == 0 && gate)
		ret = state_gate_make(&c->state, &c->init.gate_fd, &c->init.started_fd,
				      err);
	else if (ret == 0)
		ret = state_mark(&c->state, MARK_CREATING);
	if (ret == 0 && c->record.notify)
		ret = notify_make_dir(&c->state, err);
	return ret;
}

static int do_make(struct container *c, struct err *err)
{
	const struct plan_cgroup *cg = &c->plan->cgroup;
	int r;

	r = class_begin(c, err);
	if (r == 0)
		r = apply_mounts_prepare(c->plan, &c->init.src, err);
	if (r == 0)
		r = class_check(c, err);
	if (r == 0 && cg->path && cg->manager == CGROUP_MANAGER_CGROUPFS) {
		/* From here on there may be directories, whatever r says. */
		c->has_cgroup = true;
		r = cgroup_create(cg, &c->host, 0, &c->cgroup, err);
		c->init.cgroup = &c->cgroup;
		if (r == 0)
			record_cgroup(c);
	}
	container_hook_state(c);
	c->init.on_cloned = record_init;
	c->init.on_cloned_arg = c;
	if (r == 0)
		r = init_spawn(&c->init, err);
	if (r == 0)
		r = init_settle(&c->init, err);
	if (r == 0)
		r = init_wait_ready(&c->init, err);
	if (r == 0)
		r = class_watch(c, err);
	return r;
}

static int hand_over(struct container *c, const struct create_request *r, int console,
		     int pidfd_sock, struct err *err)
{
	int ret = 0;

	if (console >= 0 && c->init.console_master >= 0) {
		ret = socket_send_fd(console, c->init.console_master, "/dev/ptmx", err);
		fd_close(&c->init.console_master);
	}
	if (ret == 0 && pidfd_sock >= 0)
		ret = socket_send_fd(pidfd_sock, c->init.pid_fd, "pidfd", err);
	if (ret == 0 && r->pid_file)
		ret = pid_file_write(r->pid_file, c->init.pid, err);
	return ret;
}

int container_make(struct container *c, const struct globals *g,
		   const struct create_request *r, bool gate, struct err *err)
{
	AUTO_FD console = -1;
	AUTO_FD pidfd_sock = -1;
	bool claimed;
	int ret;

	ret = describe(c, g, r, gate || r->detach, err);
	if (ret == 0 && r->console_socket)
		ret = console = socket_connect(r->console_socket, err);
	if (ret >= 0 && r->pidfd_socket)
		ret = pidfd_sock = socket_connect(r->pidfd_socket, err);
	if (ret < 0)
		return ret;
	ret = claim(c, r, gate, err);
	claimed = c->state.dfd >= 0;
	if (ret == 0)
		ret = do_make(c, err);
	if (ret == 0)
		ret = hand_over(c, r, console, pidfd_sock, err);
	if (ret < 0 && claimed) {
		container_unmake(c);
		class_abort(c, err);
	}
	return ret;
}

void container_unmake(struct container *c)
{
	struct err ignored = ERR_INIT;
	bool hooks_ran = c->record.pid > 0;

	if (c->has_init)
		init_kill(&c->init);
	(void)container_destroy(c, &ignored);
	if (hooks_ran)
		container_poststop(c);
}

int create_container(const struct globals *g, const struct create_request *r,
		     struct err *err)
{
	struct container c;
	int ret;

	container_init(&c);
	ret = container_make(&c, g, r, true, err);
	if (ret == 0) {
		ret = state_commit(&c.state, true, err);
		if (ret < 0)
			container_unmake(&c);
	}
	container_release(&c);
	return ret;
}
