/* SPDX-License-Identifier: Apache-2.0 */
/*
 * apply/cgroup_systemd.c - units of systemd, through a program that knows D-Bus
 *
 * The runtime itself never loads a bus library: agentrun-systemd, which does, is started
 * only with --systemd-cgroup. It reads lines: "unit NAME", "slice NAME", "pid N",
 * "write FILE VALUE" (a limit as this kernel's cgroups name it), "property NAME VALUE".
 *
 * The device rules are not handed to systemd: with DevicePolicy=auto it attaches nothing
 * of its own, now or at a daemon-reload, and leaves our program in a delegated scope
 * alone.
 */
#include <errno.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/wait.h>
#include <unistd.h>

#include "apply/cgroup_dir.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/spawn.h"
#include "base/str.h"
#include "spec/spec.h"

#define HELPER AGENTRUN_LIBEXECDIR "/agentrun-systemd"
/* systemd gets 30 s for a job; the rest is for the bus and our own start */
#define TIMEOUT_NS (35 * NS_PER_S)

/* A value of ours never has a newline; one of a config might try to be a second line. */
static bool is_line(const char *s)
{
	return !strchr(s, '\n');
}

static int add_writes(struct strbuf *b, const struct cgroup_write *w, size_t n,
		      struct err *err)
{
	for (size_t i = 0; i < n; i++) {
		if (!is_line(w[i].file) || !is_line(w[i].value))
			return err_set(err, -EINVAL, "config.json:%s: has a newline",
				       w[i].json_path);
		strbuf_addf(b, "write %s%s %s\n", w[i].file,
			    w[i].kind == CGROUP_WRITE_KEEP_FIRST ? ".period" : "",
			    w[i].value);
		if (w[i].alt_file)
			strbuf_addf(b, "write %s %s\n", w[i].alt_file, w[i].alt_value);
	}
	return 0;
}

static int last_line(const char *text, char *out, size_t len)
{
	size_t n = strlen(text);
	const char *start;

	while (n && text[n - 1] == '\n')
		n--;
	for (start = text + n; start > text && start[-1] != '\n'; start--)
		;
	return snprintf(out, len, "%.*s", (int)(text + n - start), start);
}

static int call(const char *verb, bool user, const struct strbuf *in, struct err *err)
{
	AUTO_STRBUF out = STRBUF_INIT;
	char path[] = HELPER, bus[512], runtime_dir[512];
	char *argv[4] = { path, NULL, NULL, NULL };
	char verb_arg[16], bus_arg[16], line[512];
	char *env[] = { runtime_dir, bus, NULL };
	struct spawn s = SPAWN_INIT;
	int status, r;

	snprintf(verb_arg, sizeof(verb_arg), "%s", verb);
	snprintf(bus_arg, sizeof(bus_arg), "%s", user ? "--user" : "--system");
	/* the user's own: in a user namespace our uid does not name the directory */
	snprintf(runtime_dir, sizeof(runtime_dir), "XDG_RUNTIME_DIR=%s",
		 getenv("XDG_RUNTIME_DIR") ? getenv("XDG_RUNTIME_DIR") : "");
	snprintf(bus, sizeof(bus), "DBUS_SESSION_BUS_ADDRESS=%s",
		 getenv("DBUS_SESSION_BUS_ADDRESS") ? getenv("DBUS_SESSION_BUS_ADDRESS")
						    : "");
	argv[1] = verb_arg;
	argv[2] = bus_arg;
	s.path = HELPER;
	s.argv = argv;
	if (!getenv("DBUS_SESSION_BUS_ADDRESS"))
		env[1] = NULL; /* then it is XDG_RUNTIME_DIR/bus */
	s.env = user ? env : NULL;
	s.stdin_data = in->s;
	s.stdin_len = in->len;
	s.timeout_ns = TIMEOUT_NS;
	s.out = &out;
	if (access(HELPER, X_OK) < 0) {
		err_set(err, -ENOTSUP, "the systemd cgroup driver needs %s: %s", HELPER,
			err_text(errno));
		err_hint(err, "build with libsystemd, or leave out --systemd-cgroup");
		return -ENOTSUP;
	}
	r = spawn_run(&s, &status, err);
	if (r < 0)
		return r;
	if (WIFEXITED(status) && WEXITSTATUS(status) == 0)
		return 0;
	last_line(strbuf_str(&out), line, sizeof(line));
	return err_set(err, -EIO, "systemd: %s",
		       line[0] ? line : "the helper was killed");
}

int cg_systemd_start(const struct plan_cgroup *p, const struct host *h, pid_t pid,
		     struct err *err)
{
	AUTO_STRBUF in = STRBUF_INIT;
	int r;

	strbuf_addf(&in, "unit %s\nslice %s\npid %d\n", p->scope, p->slice, (int)pid);
	for (size_t i = 0; i < p->n_properties; i++) {
		if (!is_line(p->properties[i].key) || !is_line(p->properties[i].value))
			return err_set(
				err, -EINVAL,
				"config.json:/annotations/org.systemd.property: has a "
				"newline");
		strbuf_addf(&in, "property %s %s\n", p->properties[i].key,
			    p->properties[i].value);
	}
	r = add_writes(&in, p->writes, p->n_writes, err);
	return r < 0 ? r : call("start", h->rootless, &in, err);
}

int cg_systemd_update(const struct cgroup *c, const struct cgroup_write *w, size_t n,
		      struct err *err)
{
	AUTO_STRBUF in = STRBUF_INIT;
	int r;

	strbuf_addf(&in, "unit %s\n", c->scope);
	r = add_writes(&in, w, n, err);
	return r < 0 ? r : call("update", c->host->rootless, &in, err);
}

int cg_systemd_stop(const struct cgroup *c, struct err *err)
{
	AUTO_STRBUF in = STRBUF_INIT;

	strbuf_addf(&in, "unit %s\n", c->scope);
	return call("stop", c->host->rootless, &in, err);
}
