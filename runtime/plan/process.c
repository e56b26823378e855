/* SPDX-License-Identifier: Apache-2.0 */
/* plan/process.c - the process that is started: ids, limits, labels, and its parts */
#include "plan/process.h"

#include <errno.h>
#include <string.h>
#include <sys/resource.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "plan/host.h"

#define DEFAULT_UMASK	    0022
#define KEEP_GROUPS	    "run.oci.keep_original_groups"
#define NO_ID		    UINT32_MAX /* (uid_t)-1: "leave as is" to the kernel */
#define APPARMOR_UNCONFINED "unconfined"

static const char *const rlimit_names[] = {
	[RLIMIT_CPU] = "RLIMIT_CPU",	       [RLIMIT_FSIZE] = "RLIMIT_FSIZE",
	[RLIMIT_DATA] = "RLIMIT_DATA",	       [RLIMIT_STACK] = "RLIMIT_STACK",
	[RLIMIT_CORE] = "RLIMIT_CORE",	       [RLIMIT_RSS] = "RLIMIT_RSS",
	[RLIMIT_NPROC] = "RLIMIT_NPROC",       [RLIMIT_NOFILE] = "RLIMIT_NOFILE",
	[RLIMIT_MEMLOCK] = "RLIMIT_MEMLOCK",   [RLIMIT_AS] = "RLIMIT_AS",
	[RLIMIT_LOCKS] = "RLIMIT_LOCKS",       [RLIMIT_SIGPENDING] = "RLIMIT_SIGPENDING",
	[RLIMIT_MSGQUEUE] = "RLIMIT_MSGQUEUE", [RLIMIT_NICE] = "RLIMIT_NICE",
	[RLIMIT_RTPRIO] = "RLIMIT_RTPRIO",     [RLIMIT_RTTIME] = "RLIMIT_RTTIME",
};

int plan_rlimit_number(const char *name)
{
	for (size_t i = 0; i < ARRAY_SIZE(rlimit_names); i++) {
		if (!strcmp(rlimit_names[i], name))
			return (int)i;
	}
	return -1;
}

static int build_rlimits(struct plan_process *out, const struct spec_process *p,
			 struct arena *a, struct err *err)
{
	unsigned seen = 0;

	out->rlimits = ARENA_ARRAY(a, p->n_rlimits, struct plan_rlimit);
	for (size_t i = 0; i < p->n_rlimits; i++) {
		const struct spec_rlimit *s = &p->rlimits[i];
		int n = s->type ? plan_rlimit_number(s->type) : -1;

		if (n < 0)
			return err_set(err, -EINVAL,
				       "/process/rlimits/%zu/type: unknown limit %s", i,
				       str_quote(s->type ? s->type : ""));
		if (seen & (1u << n))
			return err_set(err, -EINVAL,
				       "/process/rlimits/%zu: %s is given twice", i,
				       s->type);
		if (s->soft > s->hard)
			return err_set(err, -EINVAL,
				       "/process/rlimits/%zu: soft limit %llu is above "
				       "hard limit "
				       "%llu",
				       i, (unsigned long long)s->soft,
				       (unsigned long long)s->hard);
		seen |= 1u << n;
		out->rlimits[i] =
			(struct plan_rlimit){ n, rlimit_names[n], s->soft, s->hard };
	}
	out->n_rlimits = p->n_rlimits;
	return 0;
}

static int build_ids(struct plan_process *out, const struct spec *spec,
		     const struct spec_process *p, struct arena *a, struct err *err)
{
	const char *keep = spec_annotation(spec, KEEP_GROUPS);

	if (p->uid == NO_ID || p->gid == NO_ID)
		return err_set(err, -ERANGE, "/process/user: %u is not an id", NO_ID);
	if (p->umask.set && p->umask.v > 0777)
		return err_set(err, -ERANGE, "/process/user/umask: %u is not in 0..511",
			       p->umask.v);
	out->uid = p->uid;
	out->gid = p->gid;
	out->umask = p->umask.set ? p->umask.v : DEFAULT_UMASK;
	/* Podman's --group-add keep-groups: supplementary groups that only the host
	 * knows. */
	out->keep_groups = keep && strcmp(keep, "0") && strcmp(keep, "false");
	out->groups = ARENA_ARRAY(a, p->n_additional_gids, gid_t);
	for (size_t i = 0; i < p->n_additional_gids; i++) {
		if (p->additional_gids[i] == NO_ID)
			return err_set(
				err, -ERANGE,
				"/process/user/additionalGids/%zu: %u is not an id", i,
				NO_ID);
		out->groups[i] = p->additional_gids[i];
	}
	out->n_groups = p->n_additional_gids;
	return 0;
}

/*
 * A label that nothing here would enforce is refused, never skipped. The paths are in the
 * message because engines look for them.
 */
static int build_labels(struct plan_process *out, const struct spec_process *p,
			const struct host *host, struct err *err)
{
	const char *profile = p->apparmor_profile;
	const char *label = p->selinux_label;

	if (profile && *profile) {
		if (host->apparmor)
			out->apparmor_profile = profile;
		else if (strcmp(profile, APPARMOR_UNCONFINED))
			return err_set(
				err, -ENOTSUP,
				"/process/apparmorProfile: cannot write %s to "
				"/proc/self/attr/apparmor/exec: AppArmor is not enabled",
				str_quote(profile));
	}
	if (label && *label) {
		if (!host->selinux)
			return err_set(err, -ENOTSUP,
				       "/process/selinuxLabel: cannot write %s to "
				       "/proc/self/attr/exec: SELinux is not enabled",
				       str_quote(label));
		out->selinux_label = label;
	}
	return 0;
}

static int build_args(struct plan_process *out, const struct spec_process *p,
		      struct arena *a, struct err *err)
{
	if (p->args.n == 0)
		return err_set(err, -EINVAL, "/process/args: needs at least one entry");
	if (!p->cwd || p->cwd[0] != '/')
		return err_set(err, -EINVAL, "/process/cwd: %s is not an absolute path",
			       str_quote(p->cwd ? p->cwd : ""));
	out->argv = ARENA_ARRAY(a, p->args.n + 1, char *);
	for (size_t i = 0; i < p->args.n; i++)
		out->argv[i] = arena_strdup(a, p->args.v[i]);
	out->cwd = p->cwd;
	out->terminal = p->terminal;
	/* Half a size is none. */
	if (p->console_height.v && p->console_width.v &&
	    p->console_height.v <= UINT16_MAX && p->console_width.v <= UINT16_MAX) {
		out->rows = (unsigned short)p->console_height.v;
		out->cols = (unsigned short)p->console_width.v;
	}
	return 0;
}

static int build_oom(struct plan_process *out, const struct spec_process *p,
		     struct err *err)
{
	if (!p->oom_score_adj.set)
		return 0;
	if (p->oom_score_adj.v < -1000 || p->oom_score_adj.v > 1000)
		return err_set(err, -ERANGE,
			       "/process/oomScoreAdj: %lld is not in -1000..1000",
			       (long long)p->oom_score_adj.v);
	out->has_oom_score_adj = true;
	out->oom_score_adj = (int)p->oom_score_adj.v;
	return 0;
}

int plan_process_build(struct plan_process *out, const struct spec *spec,
		       const struct spec_process *process, const struct host *host,
		       struct arena *a, struct err *err)
{
	bool own_userns = spec_find_namespace(spec, NS_USER) != NULL;
	struct plan_process p = { .umask = DEFAULT_UMASK };
	int r;

	p.spec = process;
	if (!process) {
		p.path_absent = true;
		*out = p;
		return 0;
	}
	p.no_new_privs = process->no_new_privs.v;
	r = build_args(&p, process, a, err);
	if (r == 0)
		r = plan_env_build(&p, process, a, err);
	if (r == 0)
		r = build_ids(&p, spec, process, a, err);
	if (r == 0)
		r = plan_caps_build(&p.caps, &process->caps, host, own_userns, err);
	if (r == 0)
		r = build_rlimits(&p, process, a, err);
	if (r == 0)
		r = build_oom(&p, process, err);
	if (r == 0)
		r = build_labels(&p, process, host, err);
	if (r == 0)
		r = plan_sched_build(&p, spec, process, err);
	if (r == 0 && spec->seccomp.set)
		r = plan_seccomp_build(&p.seccomp, &spec->seccomp, a, err);
	if (r == 0)
		*out = p;
	return r;
}
