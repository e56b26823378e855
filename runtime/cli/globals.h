/* SPDX-License-Identifier: Apache-2.0 */
/* cli/globals.h - the options in front of the command, the same for every one of them */
#ifndef AGENTRUN_CLI_GLOBALS_H
#define AGENTRUN_CLI_GLOBALS_H

#include <stdbool.h>

#include "cli/options.h"

struct err;
struct globals;
struct strbuf;

struct global_options {
	const char *root;
	const char *log;
	const char *log_format;
	const char *log_level;
	bool debug;
	bool systemd_cgroup;
	const char *cgroup_manager;
	const char *class_name;
	const char *config;
	bool version;
	bool dump_options;
};

extern const struct option_table global_options;

/* globals_apply: check them, open the log, and fill what the lifecycle needs. */
int globals_apply(const struct global_options *o, struct globals *out, struct err *err);

/* version_text: what --version prints. */
void version_text(struct strbuf *out);

#endif
