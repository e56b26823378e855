/* SPDX-License-Identifier: Apache-2.0 */
/* lifecycle/exec.c - one more process in a running container, with all its limits */
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdio.h>
#include <string.h>
#include <unistd.h>

#include "apply/process.h"
#include "base/err.h"
#include "base/fd.h"
#include "base/path.h"
#include "base/str.h"
#include "init/namespaces.h"
#include "lifecycle/container.h"

#define PROCESS_MAX (16u << 20)

static int read_process(struct container *c, const char *path, struct spec_process *out,
			struct err *err)
{
	AUTO_FD fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);
	char *buf;
	size_t len;
	int r;

	if (fd < 0)
		return err_sys(err, -errno, "cannot open process file %s",
			       str_quote(path));
	r = fd_read_file(fd, PROCESS_MAX, &c->arena, &buf, &len);
	if (r < 0)
		return err_sys(err, r, "cannot read process file %s", str_quote(path));
	return spec_parse_process(&c->arena, path, buf, len, out, err);
}

/* K=V pairs behind the container's own; the planner lets the last one win. */
static void add_env(struct container *c, const struct exec_request *r,
		    struct spec_process *p)
{
	size_t n = p->env.n + r->n_env;
	const char **v = ARENA_ARRAY(&c->arena, n + 1, const char *);

	if (p->env.n)
		memcpy(v, p->env.v, p->env.n * sizeof(*v));
	for (size_t i = 0; i < r->n_env; i++)
		v[p->env.n + i] = r->env[i];
	p->env.v = v;
	p->env.n = n;
}

static void add_to(struct container *c, struct spec_strings *set,
		   const struct exec_request *r)
{
	const char **v = ARENA_ARRAY(&c->arena, set->n + r->n_caps + 1, const char *);

	if (set->n)
		memcpy(v, set->v, set->n * sizeof(*v));
	for (size_t i = 0; i < r->n_caps; i++)
		v[set->n + i] = r->caps[i];
	set->v = v;
	set->n += r->n_caps;
}

/*
 * --cap goes to bounding, effective and permitted, never to inheritable
 * (CVE-2022-29162), and to ambient only where the process has ambient ones already.
 */
static void add_caps(struct container *c, const struct exec_request *r,
		     struct spec_process *p)
{
	p->caps.set = true;
	add_to(c, &p->caps.bounding, r);
	add_to(c, &p->caps.effective, r);
	add_to(c, &p->caps.permitted, r);
	if (p->caps.ambient.n)
		add_to(c, &p->caps.ambient, r);
}

static void set_args(struct container *c, const struct exec_request *r,
		     struct spec_process *p)
{
	size_t n = 0;
	const char **v;

	while (r->argv[n])
		n++;
	v = ARENA_ARRAY(&c->arena, n + 1, const char *);
	for (size_t i = 0; i < n; i++)
		v[i] = r->argv[i];
	p->args.v = v;
	p->args.n = n;
}

static void override_ids(struct container *c, const struct exec_request *r,
			 struct spec_process *p)
{
	if (r->has_user) {
		p->uid = r->uid;
		p->gid = r->has_group ? r->gid : 0;
		p->n_additional_gids = 0;
	}
	if (r->n_additional_gids) {
		uint32_t *v = ARENA_ARRAY(&c->arena, r->n_additional_gids, uint32_t);

		memcpy(v, r->additional_gids, r->n_additional_gids * sizeof(*v));
		p->additional_gids = v;
		p->n_additional_gids = r->n_additional_gids;
	}
}

static int describe_process(struct container *c, const struct exec_request *r,
			    struct spec_process *p, struct err *err)
{
	int ret;

	if (r->process_file) {
		ret = read_process(c, r->process_file, p, err);
		if (ret < 0)
			return ret;
	} else if (!r->argv || !r->argv[0]) {
		return err_set(err, -EINVAL,
			       "exec: a command or --process FILE is needed");
	} else {
		*p = c->spec->process;
		p->terminal = false;
		p->console_height.set = p->console_width.set = false;
		set_args(c, r, p);
	}
	add_env(c, r, p);
	if (r->has_tty)
		p->terminal = r->tty;
	if (r->cwd)
		p->cwd = r->cwd;
	override_ids(c, r, p);
	if (r->n_caps)
		add_caps(c, r, p);
	if (r->no_new_privs)
		p->no_new_privs = (struct opt_bool){ true, true };
	if (r->process_label)
		p->selinux_label = r->process_label;
	if (r->apparmor)
		p->apparmor_profile = r->apparmor;
	return spec_check_process(
		p,
		arena_printf(&c->arena,
			     "%s:", r->process_file ? r->process_file : "exec"),
		err);
}

static int check_status(struct container *c, const struct exec_request *r,
			struct err *err)
{
	enum status s = container_status(c);

	switch (s) {
	case STATUS_CREATED:
	case STATUS_RUNNING:
		return 0;
	case STATUS_PAUSED:
		if (r->ignore_paused)
			return 0;
		return err_set(err, -EBUSY,
			       "cannot exec in a paused container (use "
			       "--ignore-paused to override)");
	case STATUS_CREATING:
	case STATUS_STOPPED:
	case STATUS_COUNT:
	default:
		return err_set(err, -ESRCH, "cannot exec in a %s container",
			       status_name(s));
	}
}

static int check_console(const struct spec_process *p, const struct exec_request *r,
			 struct err *err)
{
	if (p->terminal && r->detach && !r->console_socket)
		return err_set(
			err, -EINVAL,
			"cannot allocate tty if agentrun will detach without setting "
			"console socket");
	if (r->console_socket && !p->terminal)
		return err_set(err, -EINVAL,
			       "cannot use console socket if agentrun will not detach or "
			       "allocate tty");
	return 0;
}

/* Which namespaces init has of its own, and handles on them. */
static int open_init(struct container *c, struct err *err)
{
	char path[64];

	c->init.join_pid = c->record.pid;
	c->init.join_pidfd = record_pidfd(&c->record);
	if (c->init.join_pidfd < 0)
		return err_set(err, -ESRCH, "cannot exec in a stopped container");
	for (unsigned t = 0; t < NS_TYPE_COUNT; t++)
		if (c->plan->ns.has[t])
			c->init.join_flags |= (int)namespace_flag(t);
	if (!c->record.no_pivot)
		return 0;
	snprintf(path, sizeof(path), "/proc/%d/root", (int)c->record.pid);
	c->init.root_fd = open(path, O_PATH | O_DIRECTORY | O_CLOEXEC);
	if (c->init.root_fd < 0)
		return err_sys(err, -errno, "cannot open the container's root");
	c->init.no_pivot = true;
	return 0;
}

static int plan_exec(struct container *c, const struct exec_request *r,
		     const struct spec_process *p, unsigned listen, struct err *err)
{
	struct plan_options opt = {
		.id = c->state.id,
		.bundle = c->record.bundle,
		.rootfs = c->record.rootfs,
		.preserve_fds = r->preserve_fds,
		.listen_fds = listen,
	};

	int res;

	res = plan_build_exec(&c->arena, c->spec, p, c->policy, &c->host, &opt, &c->plan,
			      err);
	if (res == 0)
		container_say_left_out(c);
	return res;
}

static int join_sub_cgroups(struct container *c, const struct exec_request *r,
			    struct err *err)
{
	int ret = 0;

	for (size_t i = 0; i < r->n_cgroups && ret == 0; i++) {
		const char *colon = strchr(r->cgroups[i], ':');
		const char *sub = colon ? colon + 1 : r->cgroups[i];
		const char *controllers =
			colon ? arena_strndup(&c->arena, r->cgroups[i],
					      (size_t)(colon - r->cgroups[i]))
			      : NULL;

		if (path_has_dotdot(sub))
			return err_set(err, -EINVAL, "--cgroup %s: \"..\" is not allowed",
				       str_quote(sub));
		if (!c->has_cgroup)
			return err_set(err, -ENOTSUP, "container \"%s\" has no cgroup",
				       c->state.id);
		ret = cgroup_attach_sub(&c->cgroup, controllers, sub, c->init.pid, err);
	}
	return ret;
}

/* After init_spawn: cgroups of its own choice come behind the container's. */
static int settle_and_wait(struct container *c, const struct exec_request *r,
			   struct err *err)
{
	int ret;

	ret = join_sub_cgroups(c, r, err);
	if (ret < 0) {
		init_kill(&c->init);
		return ret;
	}
	if (r->n_cgroups)
		c->init.cgroup = NULL;
	ret = init_settle(&c->init, err);
	if (ret == 0)
		ret = init_wait_ready(&c->init, err);
	return ret;
}

static int start_process(struct container *c, const struct exec_request *r, int console,
			 int pidfd_sock, struct err *err)
{
	int ret;

	container_hook_state(c);
	ret = init_spawn(&c->init, err);
	if (ret == 0)
		ret = settle_and_wait(c, r, err);
	if (ret == 0 && !r->detach)
		foreground_size(c->init.console_master);
	if (ret == 0)
		ret = init_go(&c->init, err);
	if (ret < 0)
		return ret;
	if (console >= 0 && c->init.console_master >= 0) {
		ret = socket_send_fd(console, c->init.console_master, "/dev/ptmx", err);
		fd_close(&c->init.console_master);
	}
	if (ret == 0 && pidfd_sock >= 0)
		ret = socket_send_fd(pidfd_sock, c->init.pid_fd, "pidfd", err);
	/* conmon takes the existence of this file for success: it comes last. */
	if (ret == 0 && r->pid_file)
		ret = pid_file_write(r->pid_file, c->init.pid, err);
	if (ret < 0)
		init_kill(&c->init);
	return ret;
}

static int exec_open(struct container *c, const struct exec_request *r, int *out_exit,
		     struct err *err)
{
	struct spec_process *p = ARENA_NEW(&c->arena, struct spec_process);
	AUTO_FD console = -1;
	AUTO_FD pidfd_sock = -1;
	unsigned listen;
	int ret;

	ret = check_status(c, r, err);
	if (ret == 0)
		ret = container_spec(c, err);
	if (ret == 0)
		ret = class_exec(c, err);
	if (ret == 0)
		ret = describe_process(c, r, p, err);
	if (ret == 0)
		ret = check_console(p, r, err);
	if (ret == 0)
		ret = descriptors_check(r->preserve_fds, &listen, err);
	if (ret == 0)
		ret = host_read(&c->host, err);
	if (ret == 0)
		ret = plan_exec(c, r, p, listen, err);
	if (ret < 0)
		return ret;
	init_init(&c->init, c->plan);
	c->has_init = true;
	c->init.is_exec = true;
	ret = open_init(c, err);
	if (ret == 0)
		ret = container_cgroup(c, err);
	/* SECURITY: outside of it, the process would be free of the container's limits */
	if (ret == 1 && c->record.cgroup_path)
		ret = err_set(err, -ENOENT, "the container's cgroup %s is not there",
			      str_quote(c->record.cgroup_path));
	if (ret >= 0)
		c->init.cgroup = c->has_cgroup ? &c->cgroup : NULL;
	if (ret >= 0 && r->console_socket)
		ret = console = socket_connect(r->console_socket, err);
	if (ret >= 0 && r->pidfd_socket)
		ret = pidfd_sock = socket_connect(r->pidfd_socket, err);
	if (ret >= 0)
		ret = start_process(c, r, console, pidfd_sock, err);
	if (ret < 0 || r->detach)
		return ret;
	/* Nothing of the container is needed any more but the process. */
	state_close(&c->state);
	return foreground_wait(c->init.pid, c->init.pid_fd, c->init.console_master,
			       out_exit, err);
}

int exec_container(const struct globals *g, const struct exec_request *r, int *out_exit,
		   struct err *err)
{
	struct container c;
	int ret;

	*out_exit = 0;
	container_init(&c);
	if (!r->detach)
		foreground_prepare();
	ret = container_open(&c, g, r->id, false, true, err);
	if (ret == STATE_INCOMPLETE)
		ret = err_set(err, -ESRCH, "cannot exec in a creating container");
	if (ret == 0)
		ret = exec_open(&c, r, out_exit, err);
	container_release(&c);
	return ret;
}
