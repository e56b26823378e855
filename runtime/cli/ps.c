/* SPDX-License-Identifier: Apache-2.0 */
/* cli/ps.c - ps: the processes of a container, as host pids or as ps(1) shows them */
#include <errno.h>
#include <string.h>
#include <sys/mman.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/fd.h"
#include "base/spawn.h"
#include "base/str.h"
#include "cli/command.h"
#include "cli/ps_filter.h"

#define PS_OUTPUT_MAX (64u << 20)
#define PS_TIMEOUT_NS (30 * NS_PER_S)

struct ps_options {
	const char *format;
};

static const struct option options[] = {
	{ "format", 'f', OPT_CHOICE, offsetof(struct ps_options, format), NULL,
	  "form of the output", "table|json" },
};

static void print_json(const pid_t *pids, size_t n, struct strbuf *out)
{
	strbuf_addc(out, '[');
	for (size_t i = 0; i < n; i++)
		strbuf_addf(out, "%s%d", i ? "," : "", (int)pids[i]);
	strbuf_add(out, "]\n");
}

/* No search in PATH: what this program starts is not the environment's choice. */
static const char *find_ps(void)
{
	static const char *const paths[] = { "/usr/bin/ps", "/bin/ps",
					     "/usr/local/bin/ps" };

	for (size_t i = 0; i < ARRAY_SIZE(paths); i++)
		if (access(paths[i], X_OK) == 0)
			return paths[i];
	return NULL;
}

static int run_program(const char *path, char *const *argv, int out_fd, struct err *err)
{
	AUTO_STRBUF complaint = STRBUF_INIT;
	struct spawn s = SPAWN_INIT;
	int status, r;

	s.path = path;
	s.argv = argv;
	s.out_fd = out_fd;
	s.out = &complaint;
	s.timeout_ns = PS_TIMEOUT_NS;
	r = spawn_run(&s, &status, err);
	if (r < 0)
		return err_sys(err, r, "cannot run %s", path);
	if (!WIFEXITED(status) || WEXITSTATUS(status) != 0)
		return err_set(err, -EIO, "%s failed%s%.*s", path,
			       complaint.len ? ": " : "",
			       (int)strcspn(strbuf_str(&complaint), "\n"),
			       strbuf_str(&complaint));
	return 0;
}

static int run_ps(struct arena *a, int argc, char **args, char **out, struct err *err)
{
	static char name[] = "ps", every[] = "-ef";
	char **argv = ARENA_ARRAY(a, (size_t)argc + 3, char *);
	const char *path = find_ps();
	AUTO_FD fd = -1;
	size_t len;
	int r;

	if (!path)
		return err_set(err, -ENOENT, "ps: there is no ps program on this host");
	argv[0] = name;
	argv[1] = every;
	for (int i = 0; i < argc; i++)
		argv[1 + i] = args[i];
	/* A file, not a pipe: it may be longer than any buffer. */
	fd = memfd_create("ps", MFD_CLOEXEC);
	if (fd < 0)
		return err_sys(err, -errno, "cannot make a file for the output of ps");
	r = run_program(path, argv, fd, err);
	if (r < 0)
		return r;
	if (lseek(fd, 0, SEEK_SET) < 0)
		return err_sys(err, -errno, "cannot read the output of ps");
	r = fd_read_file(fd, PS_OUTPUT_MAX, a, out, &len);
	return r < 0 ? err_sys(err, r, "cannot read the output of ps") : 0;
}

static int run_ps_command(struct invocation *in, struct err *err)
{
	const struct ps_options *o = in->options;
	AUTO_STRBUF out = STRBUF_INIT;
	pid_t *pids;
	char *text = NULL;
	size_t n;
	int r;

	r = ps_container(&in->globals, in->argv[0], &in->arena, &pids, &n, err);
	if (r < 0)
		return r;
	if (str_eq(o->format, "json")) {
		print_json(pids, n, &out);
		return print_out(&out, err);
	}
	r = run_ps(&in->arena, in->argc - 1, in->argv + 1, &text, err);
	if (r == 0)
		r = ps_filter(text, pids, n, &out, err);
	return r < 0 ? r : print_out(&out, err);
}

const struct command cmd_ps = {
	.name = "ps",
	.operands = "ID [PS-ARGUMENT...]",
	.summary = "show the processes of a container",
	.more = "The arguments behind ID are those of ps(1), -ef by default; its table "
		"must\n"
		"have a PID column.\n",
	.options = OPTION_TABLE(options),
	.options_size = sizeof(struct ps_options),
	.min_operands = 1,
	.max_operands = -1,
	.run = run_ps_command,
};
