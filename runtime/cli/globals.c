/* SPDX-License-Identifier: Apache-2.0 */
/* cli/globals.c - see globals.h */
#include "cli/globals.h"

#include <errno.h>
#include <stddef.h>
#include <string.h>

#include "base/err.h"
#include "base/log.h"
#include "base/path.h"
#include "base/str.h"
#include "lifecycle/lifecycle.h"

#define AT(field_) offsetof(struct global_options, field_)

static const struct option table[] = {
	{ "root", 0, OPT_STRING, AT(root), "DIR", "directory of the containers' state" },
	{ "class", 0, OPT_STRING, AT(class_name), "NAME",
	  "pin the risk class; \"none\": no class" },
	{ "config", 0, OPT_STRING, AT(config), "FILE", "the operator's agentrun.json" },
	{ "log", 0, OPT_STRING, AT(log), "FILE",
	  "where errors go besides stderr: a path, file:, journald:, syslog:" },
	{ "log-format", 0, OPT_CHOICE, AT(log_format), NULL, "form of the log",
	  "text|json" },
	{ "log-level", 0, OPT_CHOICE, AT(log_level), NULL, "what is logged",
	  "error|warning|info|debug" },
	{ "debug", 0, OPT_BOOL, AT(debug), NULL, "the same as --log-level debug" },
	{ "systemd-cgroup", 0, OPT_BOOL, AT(systemd_cgroup), NULL,
	  "let systemd make the cgroups" },
	{ "cgroup-manager", 0, OPT_CHOICE, AT(cgroup_manager), NULL,
	  "who makes the cgroups", "cgroupfs|systemd|disabled" },
	{ "rootless", 0, OPT_MAYBE, OPT_NOWHERE, NULL, "accepted, found out by itself",
	  "auto|true|false" },
	{ "criu", 0, OPT_STRING, OPT_NOWHERE, "PATH", "accepted, not used" },
	{ "version", 'v', OPT_BOOL, AT(version), NULL, "show the version" },
	{ "V", 0, OPT_BOOL, AT(version), NULL, NULL },
	/* For contrib/: the tables as text, so that no list is kept by hand. */
	{ "dump-options", 0, OPT_BOOL, AT(dump_options), NULL, NULL },
};

const struct option_table global_options = OPTION_TABLE(table);

static enum log_level level_of(const struct global_options *o)
{
	static const char *const names[] = {
		[LOG_ERROR] = "error",
		[LOG_WARNING] = "warning",
		[LOG_INFO] = "info",
		[LOG_DEBUG] = "debug",
	};

	if (o->debug)
		return LOG_DEBUG;
	for (size_t i = 0; i < ARRAY_SIZE(names); i++)
		if (str_eq(o->log_level, names[i]))
			return (enum log_level)i;
	return LOG_WARNING;
}

int globals_apply(const struct global_options *o, struct globals *out, struct err *err)
{
	int r;

	r = log_open(o->log && *o->log ? o->log : NULL,
		     str_eq(o->log_format, "json") ? LOG_JSON : LOG_TEXT, level_of(o),
		     err);
	if (r < 0)
		return r;
	if (o->class_name && !path_is_id(o->class_name))
		return err_set(err, -EINVAL,
			       "option \"--class\": %s is not the name of a class",
			       str_quote(o->class_name));
	if (o->root && !*o->root)
		return err_set(err, -EINVAL, "option \"--root\": a directory is needed");
	*out = (struct globals){
		.root = o->root,
		.class_pinned = o->class_name,
		.config_file = o->config,
		.systemd_cgroup =
			o->systemd_cgroup || str_eq(o->cgroup_manager, "systemd"),
		.no_cgroup = str_eq(o->cgroup_manager, "disabled"),
		.debug = level_of(o) == LOG_DEBUG,
	};
	return 0;
}

/* SECURITY of parsers: only the first line has the word "version"; dockerd takes the
 * last. */
void version_text(struct strbuf *out)
{
	strbuf_addf(out, "agentrun version %s\ncommit: %s\nspec: %s\n", PACKAGE_VERSION,
		    AGENTRUN_COMMIT, AGENTRUN_SPEC);
	strbuf_addf(out, "+SECCOMP +APPARMOR %cSELINUX %cSYSTEMD -CRIU\n",
		    AGENTRUN_HAVE_SELINUX ? '+' : '-', AGENTRUN_HAVE_SYSTEMD ? '+' : '-');
}
