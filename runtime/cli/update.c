/* SPDX-License-Identifier: Apache-2.0 */
/* cli/update.c - update: new resources for a container that is there */
#include <errno.h>
#include <fcntl.h>

#include "base/err.h"
#include "base/fd.h"
#include "base/str.h"
#include "cli/command.h"
#include "cli/resources.h"

#define RESOURCES_MAX (1u << 20)

struct update_options {
	const char *file;
	const char *l3_schema;
	const char *mb_schema;
	const char *v[RES_COUNT];
};

#define AT(field_) offsetof(struct update_options, field_)
#define VALUE(i_)  AT(v) + (i_) * sizeof(const char *)

static const struct option options[] = {
	{ "resources", 'r', OPT_STRING, AT(file), "FILE",
	  "resources object of OCI; - is standard input" },
	{ "blkio-weight", 0, OPT_STRING, VALUE(RES_BLKIO_WEIGHT), "N",
	  "block I/O weight" },
	{ "cpu-period", 0, OPT_STRING, VALUE(RES_CPU_PERIOD), "US",
	  "period of the quota" },
	{ "cpu-quota", 0, OPT_STRING, VALUE(RES_CPU_QUOTA), "US",
	  "CPU time in a period" },
	{ "cpu-burst", 0, OPT_STRING, VALUE(RES_CPU_BURST), "US",
	  "quota that may be saved up" },
	{ "cpu-share", 0, OPT_STRING, VALUE(RES_CPU_SHARE), "N", "CPU weight" },
	{ "cpu-rt-period", 0, OPT_STRING, VALUE(RES_CPU_RT_PERIOD), "US",
	  "period of real-time tasks" },
	{ "cpu-rt-runtime", 0, OPT_STRING, VALUE(RES_CPU_RT_RUNTIME), "US",
	  "CPU time of real-time tasks" },
	{ "cpu-idle", 0, OPT_STRING, VALUE(RES_CPU_IDLE), "0|1", "run only when idle" },
	{ "cpuset-cpus", 0, OPT_STRING, VALUE(RES_CPUSET_CPUS), "LIST", "CPUs" },
	{ "cpuset-mems", 0, OPT_STRING, VALUE(RES_CPUSET_MEMS), "LIST", "memory nodes" },
	{ "memory", 0, OPT_STRING, VALUE(RES_MEMORY), "BYTES", "memory limit; -1: none" },
	{ "memory-reservation", 0, OPT_STRING, VALUE(RES_MEMORY_RESERVATION), "BYTES",
	  "memory soft limit" },
	{ "memory-swap", 0, OPT_STRING, VALUE(RES_MEMORY_SWAP), "BYTES",
	  "memory and swap together; -1: no limit" },
	{ "kernel-memory", 0, OPT_STRING, VALUE(RES_KERNEL_MEMORY), "BYTES",
	  "accepted with a warning" },
	{ "kernel-memory-tcp", 0, OPT_STRING, VALUE(RES_KERNEL_MEMORY_TCP), "BYTES",
	  "accepted with a warning" },
	{ "pids-limit", 0, OPT_STRING, VALUE(RES_PIDS_LIMIT), "N", "most processes" },
	{ "l3-cache-schema", 0, OPT_STRING, AT(l3_schema), "SCHEMA",
	  "Intel RDT, L3 cache" },
	{ "mem-bw-schema", 0, OPT_STRING, AT(mb_schema), "SCHEMA",
	  "Intel RDT, memory bandwidth" },
};

static int read_resources(struct arena *a, const char *file, struct strbuf *out,
			  struct err *err)
{
	bool is_stdin = str_eq(file, "-");
	AUTO_FD fd = -1;
	size_t len;
	char *text;
	int r;

	if (!is_stdin) {
		fd = open(file, O_RDONLY | O_CLOEXEC | O_NOCTTY);
		if (fd < 0)
			return err_sys(err, -errno, "cannot open resources file %s",
				       str_quote(file));
	}
	r = fd_read_file(is_stdin ? 0 : fd, RESOURCES_MAX, a, &text, &len);
	if (r < 0)
		return err_sys(err, r, "cannot read resources from %s",
			       is_stdin ? "standard input" : str_quote(file));
	strbuf_addn(out, text, len);
	return 0;
}

static int run_update(struct invocation *in, struct err *err)
{
	const struct update_options *o = in->options;
	AUTO_STRBUF json = STRBUF_INIT;
	size_t n;
	int r;

	r = resources_build(&in->arena, o->v, &json, &n, err);
	if (r < 0)
		return r;
	if (n && o->file)
		return err_set(
			err, -EINVAL,
			"update: --resources excludes the options for single values");
	if (o->file) {
		strbuf_release(&json);
		r = read_resources(&in->arena, o->file, &json, err);
	}
	if (r < 0)
		return r;
	return update_container(&in->globals, in->argv[0], json.s ? json.s : "", json.len,
				o->l3_schema, o->mb_schema, err);
}

const struct command cmd_update = {
	.name = "update",
	.operands = "ID",
	.summary = "change the resource limits of a container",
	.more = "A value that is not given is left alone. BYTES may have a unit (512MiB, "
		"1g).\n"
		"Options may also follow ID.\n",
	.options = OPTION_TABLE(options),
	.options_size = sizeof(struct update_options),
	.min_operands = 1,
	.max_operands = 1,
	.flags = COMMAND_ANY_ORDER,
	.run = run_update,
};
