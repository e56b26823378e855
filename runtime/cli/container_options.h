/* SPDX-License-Identifier: Apache-2.0 */
/* cli/container_options.h - what create and run have in common */
#ifndef AGENTRUN_CLI_CONTAINER_OPTIONS_H
#define AGENTRUN_CLI_CONTAINER_OPTIONS_H

#include <stddef.h>

#include "cli/command.h"

struct create_options {
	const char *bundle;
	const char *config;
	const char *console_socket;
	const char *pidfd_socket;
	const char *pid_file;
	bool no_pivot;
	bool no_new_keyring;
	unsigned preserve_fds;
	bool no_subreaper;
	bool detach;
	bool keep;
};

#define CREATE_AT(field_) offsetof(struct create_options, field_)

/* clang-format off */
#define CREATE_OPTIONS                                                                    \
	{ "bundle", 'b', OPT_STRING, CREATE_AT(bundle), "DIR",                            \
	  "the bundle (default: the current directory)" },                                \
	{ "config", 'f', OPT_STRING, CREATE_AT(config), "FILE",                           \
	  "use this file instead of config.json" },                                       \
	{ "console-socket", 0, OPT_STRING, CREATE_AT(console_socket), "PATH",             \
	  "unix socket that gets the terminal" },                                         \
	{ "pidfd-socket", 0, OPT_STRING, CREATE_AT(pidfd_socket), "PATH",                 \
	  "unix socket that gets a pidfd of the process" },                               \
	{ "pid-file", 0, OPT_STRING, CREATE_AT(pid_file), "PATH",                         \
	  "file that gets the pid of the process" },                                      \
	{ "no-pivot", 0, OPT_BOOL, CREATE_AT(no_pivot), NULL,                             \
	  "move and chroot instead of pivot_root (ramdisk hosts)" },                      \
	{ "no-new-keyring", 0, OPT_BOOL, CREATE_AT(no_new_keyring), NULL,                 \
	  "keep the caller's session keyring" },                                          \
	{ "preserve-fds", 0, OPT_COUNT, CREATE_AT(preserve_fds), "N",                     \
	  "pass N descriptors on, from number 3" },                                       \
	{ "no-subreaper", 0, OPT_BOOL, CREATE_AT(no_subreaper), NULL,                     \
	  "do not become the reaper of orphans" }
/* clang-format on */

static inline struct create_request create_request(const struct create_options *o,
						   const char *id)
{
	return (struct create_request){
		.id = id,
		.bundle = o->bundle,
		.config = o->config,
		.console_socket = o->console_socket,
		.pidfd_socket = o->pidfd_socket,
		.pid_file = o->pid_file,
		.no_pivot = o->no_pivot,
		.no_new_keyring = o->no_new_keyring,
		.preserve_fds = o->preserve_fds,
		.detach = o->detach,
		.keep = o->keep,
		.no_subreaper = o->no_subreaper,
	};
}

#endif
