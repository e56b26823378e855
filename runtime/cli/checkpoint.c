/* SPDX-License-Identifier: Apache-2.0 */
/*
 * cli/checkpoint.c - checkpoint and restore: known, but not part of this build
 *
 * Engines probe for their options before they offer the feature, so all of them parse.
 */
#include <errno.h>

#include "base/err.h"
#include "cli/command.h"

/* clang-format off */
#define TEXT(name_, arg_, help_) { name_, 0, OPT_STRING, OPT_NOWHERE, arg_, help_ }
#define FLAG(name_, help_)	 { name_, 0, OPT_BOOL, OPT_NOWHERE, NULL, help_ }
#define BOTH                                                                              \
	TEXT("image-path", "DIR", "directory of the image"),                              \
	TEXT("work-path", "DIR", "directory for logs and other files"),                   \
	FLAG("tcp-established", "keep open TCP connections"),                             \
	FLAG("ext-unix-sk", "allow unix sockets to the outside"),                         \
	FLAG("shell-job", "allow a job of a shell"),                                      \
	FLAG("file-locks", "keep file locks"),                                            \
	{ "manage-cgroups-mode", 0, OPT_CHOICE, OPT_NOWHERE, NULL,                        \
	  "what criu does to cgroups", "soft|full|strict|ignore" },                       \
	{ "empty-ns", 0, OPT_LIST, OPT_NOWHERE, "NAME",                                   \
	  "leave this namespace empty (repeat)" },                                        \
	FLAG("auto-dedup", "remove duplicate pages"),                                     \
	FLAG("lazy-pages", "move memory when it is used"),                                \
	{ "network-lock", 0, OPT_CHOICE, OPT_NOWHERE, NULL,                               \
	  "how the network is held", "iptables|nftables|skip" }

static const struct option checkpoint_options[] = {
	BOTH,
	TEXT("parent-path", "DIR", "earlier image, relative to the image path"),
	FLAG("leave-running", "do not stop the container"),
	FLAG("tcp-skip-in-flight", "leave out connections that are not open yet"),
	FLAG("link-remap", "keep files that have no name any more"),
	{ "status-fd", 0, OPT_COUNT, OPT_NOWHERE, "N", "descriptor that is told of the start" },
	TEXT("page-server", "HOST:PORT", "where memory is sent to"),
	FLAG("pre-dump", "copy memory only"),
};

static const struct option restore_options[] = {
	BOTH,
	{ "bundle", 'b', OPT_STRING, OPT_NOWHERE, "DIR", "the bundle" },
	TEXT("console-socket", "PATH", "unix socket that gets the terminal"),
	FLAG("tcp-close", "close TCP connections"),
	{ "detach", 'd', OPT_BOOL, OPT_NOWHERE, NULL, "do not wait for the process" },
	TEXT("pid-file", "PATH", "file that gets the pid of the process"),
	FLAG("no-subreaper", "do not become the reaper of orphans"),
	FLAG("no-pivot", "move and chroot instead of pivot_root"),
	FLAG("no-new-keyring", "keep the caller's session keyring"),
	TEXT("lsm-profile", "TYPE:NAME", "other LSM profile"),
	TEXT("lsm-mount-context", "CONTEXT", "other context for mounts"),
	{ "preserve-fds", 0, OPT_COUNT, OPT_NOWHERE, "N",
	  "pass N descriptors on, from number 3" },
};
/* clang-format on */

static int refuse(struct invocation *in, struct err *err)
{
	(void)in; /* whichever container it is */
	return err_set(
		err, -ENOTSUP,
		"checkpoint/restore needs criu, which is not supported by this build");
}

const struct command cmd_checkpoint = {
	.name = "checkpoint",
	.operands = "ID",
	.summary = "save a running container (needs criu: refused by this build)",
	.options = OPTION_TABLE(checkpoint_options),
	.min_operands = 1,
	.max_operands = 1,
	.run = refuse,
};

const struct command cmd_restore = {
	.name = "restore",
	.operands = "ID",
	.summary = "continue a saved container (needs criu: refused by this build)",
	.options = OPTION_TABLE(restore_options),
	.min_operands = 1,
	.max_operands = 1,
	.run = refuse,
};
