/* SPDX-License-Identifier: Apache-2.0 */
/* cli/spec.c - spec: write a config.json to begin with */
#include <errno.h>
#include <fcntl.h>
#include <stdlib.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"
#include "base/path.h"
#include "base/str.h"
#include "cli/command.h"
#include "spec/spec.h"

struct spec_options {
	const char *bundle;
	const char *file;
	bool rootless;
};

#define AT(field_) offsetof(struct spec_options, field_)

static const struct option options[] = {
	{ "bundle", 'b', OPT_STRING, AT(bundle), "DIR",
	  "where to write it (default: the current directory)" },
	{ "config", 'f', OPT_STRING, AT(file), "FILE", "name of the file (config.json)" },
	{ "rootless", 0, OPT_BOOL, AT(rootless), NULL, "for an ordinary user" },
};

static int write_new(const char *path, const struct strbuf *text, struct err *err)
{
	AUTO_FD fd = -1;
	int r;

	/* O_EXCL: a config that is there is somebody's work. */
	fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC | O_NOFOLLOW, 0644);
	if (fd < 0 && errno == EEXIST)
		return err_set(err, -EEXIST, "%s exists, remove it first",
			       str_quote(path));
	if (fd < 0)
		return err_sys(err, -errno, "cannot create %s", str_quote(path));
	r = fd_write_all(fd, text->s, text->len);
	if (r < 0) {
		(void)unlink(path); /* a half-written config is worse than none */
		return err_sys(err, r, "cannot write %s", str_quote(path));
	}
	return 0;
}

static int run_spec(struct invocation *in, struct err *err)
{
	const struct spec_options *o = in->options;
	AUTO_STRBUF out = STRBUF_INIT;
	const char *path = o->file ? o->file : "config.json";

	if (o->bundle)
		path = path_join(&in->arena, o->bundle, path);
	spec_default(&out, o->rootless, geteuid(), getegid());
	return write_new(path, &out, err);
}

const struct command cmd_spec = {
	.name = "spec",
	.operands = "",
	.summary = "write a config.json to begin with",
	.options = OPTION_TABLE(options),
	.options_size = sizeof(struct spec_options),
	.run = run_spec,
};
