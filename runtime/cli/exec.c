/* SPDX-License-Identifier: Apache-2.0 */
/* cli/exec.c - exec: one more process in a running container */
#include <errno.h>
#include <string.h>

#include "base/err.h"
#include "base/str.h"
#include "cli/command.h"
#include "plan/caps.h"

struct exec_options {
	const char *process;
	bool detach;
	const char *pid_file;
	const char *console_socket;
	const char *pidfd_socket;
	struct option_switch tty;
	const char *cwd;
	struct option_list env;
	const char *user;
	struct option_list gids;
	struct option_list caps;
	bool no_new_privs;
	const char *process_label;
	const char *apparmor;
	unsigned preserve_fds;
	struct option_list cgroups;
	bool ignore_paused;
};

#define AT(field_) offsetof(struct exec_options, field_)

static const struct option options[] = {
	{ "process", 'p', OPT_STRING, AT(process), "FILE",
	  "process object of OCI, instead of COMMAND" },
	{ "detach", 'd', OPT_BOOL, AT(detach), NULL, "do not wait for the process" },
	{ "pid-file", 0, OPT_STRING, AT(pid_file), "PATH",
	  "file that gets the pid of the process" },
	{ "console-socket", 0, OPT_STRING, AT(console_socket), "PATH",
	  "unix socket that gets the terminal" },
	{ "pidfd-socket", 0, OPT_STRING, AT(pidfd_socket), "PATH",
	  "unix socket that gets a pidfd of the process" },
	{ "tty", 't', OPT_SWITCH, AT(tty), NULL, "give the process a terminal" },
	{ "cwd", 0, OPT_STRING, AT(cwd), "DIR", "working directory, absolute" },
	{ "env", 'e', OPT_LIST, AT(env), "NAME=VALUE",
	  "add to the environment (repeat)" },
	{ "user", 'u', OPT_STRING, AT(user), "UID[:GID]", "run as this user" },
	{ "additional-gids", 'g', OPT_LIST, AT(gids), "GID", "one more group (repeat)" },
	{ "cap", 'c', OPT_LIST, AT(caps), "CAP", "one more capability (repeat)" },
	{ "no-new-privs", 0, OPT_BOOL, AT(no_new_privs), NULL,
	  "programs with set-id bits gain nothing" },
	{ "process-label", 0, OPT_STRING, AT(process_label), "LABEL", "SELinux label" },
	{ "apparmor", 0, OPT_STRING, AT(apparmor), "PROFILE", "AppArmor profile" },
	{ "preserve-fds", 0, OPT_COUNT, AT(preserve_fds), "N",
	  "pass N descriptors on, from number 3" },
	{ "cgroup", 0, OPT_LIST, AT(cgroups), "[CONTROLLER:]PATH",
	  "cgroup below the container's (repeat)" },
	{ "ignore-paused", 0, OPT_BOOL, AT(ignore_paused), NULL,
	  "allow it in a paused container" },
	{ "no-subreaper", 0, OPT_BOOL, OPT_NOWHERE, NULL,
	  "accepted, no reaper is needed" },
};

static int set_user(const struct exec_options *o, struct exec_request *r, struct err *err)
{
	if (!o->user)
		return 0;
	if (str_to_ids(o->user, &r->uid, &r->gid, &r->has_group) < 0)
		return err_set(err, -EINVAL,
			       "option \"--user\": %s is not UID or UID:GID, in digits",
			       str_quote(o->user));
	r->has_user = true;
	return 0;
}

static int set_gids(struct arena *a, const struct exec_options *o, struct exec_request *r,
		    struct err *err)
{
	uint32_t *v = ARENA_ARRAY(a, o->gids.n + 1, uint32_t);

	for (size_t i = 0; i < o->gids.n; i++)
		if (str_to_u32(o->gids.v[i], &v[i]) < 0 || v[i] == UINT32_MAX)
			return err_set(
				err, -EINVAL,
				"option \"--additional-gids\": %s is not a group id",
				str_quote(o->gids.v[i]));
	r->additional_gids = v;
	r->n_additional_gids = o->gids.n;
	return 0;
}

/* A misspelt name in config.json is a warning; on the command line it is a mistake. */
static int check_lists(const struct exec_options *o, struct err *err)
{
	for (size_t i = 0; i < o->caps.n; i++)
		if (caps_number(o->caps.v[i]) < 0)
			return err_set(err, -EINVAL,
				       "option \"--cap\": %s is not a capability such as "
				       "CAP_CHOWN",
				       str_quote(o->caps.v[i]));
	for (size_t i = 0; i < o->env.n; i++)
		if (!strchr(o->env.v[i], '=') || o->env.v[i][0] == '=')
			return err_set(err, -EINVAL,
				       "option \"--env\": %s is not NAME=VALUE",
				       str_quote(o->env.v[i]));
	if (o->cwd && o->cwd[0] != '/')
		return err_set(err, -EINVAL,
			       "option \"--cwd\": %s is not an absolute path",
			       str_quote(o->cwd));
	return 0;
}

static struct exec_request request_of(const struct exec_options *o)
{
	return (struct exec_request){
		.process_file = o->process,
		.detach = o->detach,
		.tty = o->tty.on,
		.has_tty = o->tty.set,
		.pid_file = o->pid_file,
		.console_socket = o->console_socket,
		.pidfd_socket = o->pidfd_socket,
		.cwd = o->cwd,
		.env = o->env.v,
		.n_env = o->env.n,
		.caps = o->caps.v,
		.n_caps = o->caps.n,
		.no_new_privs = o->no_new_privs,
		.process_label = o->process_label,
		.apparmor = o->apparmor,
		.preserve_fds = o->preserve_fds,
		.cgroups = o->cgroups.v,
		.n_cgroups = o->cgroups.n,
		.ignore_paused = o->ignore_paused,
	};
}

static int run_exec(struct invocation *in, struct err *err)
{
	const struct exec_options *o = in->options;
	struct exec_request r = request_of(o);
	int ret;

	r.id = in->argv[0];
	if (in->argc > 1)
		r.argv = in->argv + 1;
	if (o->process && r.argv)
		return err_set(err, -EINVAL, "exec: --process excludes a COMMAND (%s)",
			       str_quote(r.argv[0]));
	if (!o->process && !r.argv)
		return err_set(err, -EINVAL,
			       "exec: a COMMAND or --process FILE is needed");
	ret = set_user(o, &r, err);
	if (ret == 0)
		ret = set_gids(&in->arena, o, &r, err);
	if (ret == 0)
		ret = check_lists(o, err);
	if (ret < 0)
		return ret;
	ret = exec_container(&in->globals, &r, &in->exit_code, err);
	/* In the foreground 1 could be the payload's own: a failure has its own code. */
	if (ret < 0 && !r.detach && !err->exit_code)
		err->exit_code = EXIT_CODE_EXEC;
	return ret;
}

const struct command cmd_exec = {
	.name = "exec",
	.operands = "ID [COMMAND [ARG...]]",
	.summary = "run one more process in a container",
	.more = "In the foreground it exits as the process does (128 + N when signal N "
		"killed\n"
		"it), and with 255 when the process could not be run.\n",
	.options = OPTION_TABLE(options),
	.options_size = sizeof(struct exec_options),
	.min_operands = 1,
	.max_operands = -1,
	.flags = COMMAND_ENTERS,
	.run = run_exec,
};
