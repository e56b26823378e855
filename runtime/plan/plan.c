/* SPDX-License-Identifier: Apache-2.0 */
/* plan/plan.c - the parts of a plan, built in the order in which they depend */
#include "plan/plan.h"

#include <errno.h>
#include <linux/mount.h>
#include <string.h>
#include <sys/mount.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/path.h"
#include "base/str.h"

#define NOTIFY_INSIDE "/run/notify"

static struct plan *plan_new(struct arena *a, const struct spec *spec,
			     const struct host *host, const struct plan_options *opt)
{
	struct plan *p = ARENA_NEW(a, struct plan);

	p->arena = a;
	p->spec = spec;
	p->host = host;
	p->opt = *opt;
	return p;
}

/* One more variable at the end of an environment that the planner owns. */
static void add_env(struct plan *p, const char *entry)
{
	struct plan_process *proc = &p->process;
	char **env = ARENA_ARRAY(p->arena, proc->n_env + 4, char *);

	/* Room for HOME stays: apply_home writes behind n_env. */
	memcpy(env, proc->env, proc->n_env * sizeof(*env));
	env[proc->n_env++] = arena_strdup(p->arena, entry);
	proc->env = env;
}

/* CLI contract 8.5: the directory of our own socket, never the host's. */
static void add_notify(struct plan *p)
{
	struct plan_mount *v = ARENA_ARRAY(p->arena, p->mounts.n + 1, struct plan_mount);
	struct plan_mount *m;

	memcpy(v, p->mounts.v, p->mounts.n * sizeof(*v));
	m = &v[p->mounts.n++];
	m->kind = MOUNT_BIND;
	m->index = SIZE_MAX;
	m->destination = NOTIFY_INSIDE;
	m->source = path_join(p->arena, p->opt.state_dir, "notify");
	m->fstype = "bind";
	m->attr_set = MOUNT_ATTR_NOSUID | MOUNT_ATTR_NODEV | MOUNT_ATTR_NOEXEC;
	p->mounts.v = v;
	add_env(p, "NOTIFY_SOCKET=" NOTIFY_INSIDE "/notify.sock");
}

/* Descriptors for socket activation: the payload is PID 1 in there. */
static void add_listen(struct plan *p)
{
	add_env(p, arena_printf(p->arena, "LISTEN_FDS=%u", p->opt.listen_fds));
	add_env(p, "LISTEN_PID=1");
}

/* The parts of a plan name a place in the document; which document, is known here. */
static int name_document(const char *file, int r, struct err *err)
{
	struct err old;

	if (r >= 0 || !err || err->msg[0] != '/')
		return r;
	old = *err;
	*err = ERR_INIT;
	err_set(err, -old.code, "%s:%s", file, old.msg);
	err_hint(err, "%s", old.hint);
	err->exit_code = old.exit_code;
	return r;
}

int plan_build(struct arena *a, const struct spec *spec, const struct policy *policy,
	       const struct host *host, const struct plan_options *opt, struct plan **out,
	       struct err *err)
{
	struct plan *p = plan_new(a, spec, host, opt);
	int r;

	r = plan_ns_build(&p->ns, spec, host, a, err);
	if (r == 0)
		r = plan_process_build(&p->process, spec,
				       spec->has_process ? &spec->process : NULL, host, a,
				       err);
	if (r == 0)
		r = plan_mounts_build(p, err);
	if (r == 0)
		r = plan_devices_build(p, err);
	if (r == 0)
		r = plan_cgroup_build(p, err);
	if (r < 0)
		return name_document(spec->file, r, err);
	if (!opt->no_new_keyring && !p->process.keyring)
		p->process.keyring = opt->id;
	if (opt->no_new_keyring)
		p->process.keyring = NULL;
	if (opt->notify_socket)
		add_notify(p);
	if (opt->listen_fds)
		add_listen(p);
	r = plan_limits_build(p, policy, err);
	if (r < 0)
		return name_document(spec->file, r, err);
	*out = p;
	return 0;
}

int plan_build_exec(struct arena *a, const struct spec *spec,
		    const struct spec_process *process, const struct policy *policy,
		    const struct host *host, const struct plan_options *opt,
		    struct plan **out, struct err *err)
{
	struct plan *p = plan_new(a, spec, host, opt);
	int r;

	r = plan_ns_build(&p->ns, spec, host, a, err);
	if (r == 0)
		r = plan_process_build(&p->process, spec, process, host, a, err);
	if (r < 0)
		return name_document("exec", r, err);
	if (opt->no_new_keyring)
		p->process.keyring = NULL;
	else if (!p->process.keyring)
		p->process.keyring = opt->id;
	if (opt->listen_fds)
		add_listen(p);
	r = plan_limits_exec(p, policy, err);
	if (r < 0)
		return name_document("exec", r, err);
	*out = p;
	return 0;
}
