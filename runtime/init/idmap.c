/* SPDX-License-Identifier: Apache-2.0 */
/*
 * init/idmap.c - uid and gid maps of a new user namespace, written by the parent
 *
 * In one write(2) each, as the kernel demands. Maps that the caller may not write himself
 * go through newuidmap(1) and newgidmap(1), which check /etc/subuid and /etc/subgid.
 */
#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <string.h>
#include <sys/stat.h>
#include <sys/wait.h>
#include <unistd.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/fd.h"
#include "base/spawn.h"
#include "base/str.h"
#include "init/init.h"
#include "plan/plan.h"

static int write_proc(pid_t pid, const char *name, const char *text, size_t len)
{
	char path[64];
	AUTO_FD fd = -1;
	ssize_t n;

	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, name);
	fd = open(path, O_WRONLY | O_CLOEXEC | O_NOFOLLOW);
	if (fd < 0)
		return -errno;
	n = write(fd, text, len);
	if (n < 0)
		return -errno;
	return (size_t)n == len ? 0 : -EIO;
}

static int write_map(pid_t pid, const char *name, const struct spec_id_maps *maps,
		     struct err *err)
{
	AUTO_STRBUF b = STRBUF_INIT;
	int r;

	for (size_t i = 0; i < maps->n; i++)
		strbuf_addf(&b, "%u %u %u\n", maps->v[i].container_id, maps->v[i].host_id,
			    maps->v[i].size);
	r = write_proc(pid, name, b.s, b.len);
	if (r < 0)
		return err_sys(err, r, "/linux/%s: cannot write /proc/%d/%s",
			       name[0] == 'u' ? "uidMappings" : "gidMappings", (int)pid,
			       name);
	return 0;
}

static const char *find_helper(const char *name, char *buf, size_t len)
{
	static const char *const dirs[] = { "/usr/bin", "/bin", "/usr/local/bin" };

	for (size_t i = 0; i < ARRAY_SIZE(dirs); i++) {
		snprintf(buf, len, "%s/%s", dirs[i], name);
		if (access(buf, X_OK) == 0)
			return buf;
	}
	return NULL;
}

#define MAX_MAP_LINES 340 /* user_namespaces(7) */

static int run_helper(const char *name, pid_t pid, const struct spec_id_maps *maps,
		      struct err *err)
{
	static char numbers[3 * MAX_MAP_LINES][12];
	char path[64], pid_text[16];
	char *argv[3 * MAX_MAP_LINES + 3];
	AUTO_STRBUF out = STRBUF_INIT;
	struct spawn s = SPAWN_INIT;
	size_t n = 0;
	int status, r;

	if (maps->n > MAX_MAP_LINES)
		return err_set(err, -E2BIG, "/linux: more than %d id mappings",
			       MAX_MAP_LINES);
	if (!find_helper(name, path, sizeof(path)))
		return err_set(err, -ENOENT,
			       "%s is not installed, and the id mappings need it", name);
	snprintf(pid_text, sizeof(pid_text), "%d", (int)pid);
	argv[n++] = path;
	argv[n++] = pid_text;
	for (size_t i = 0; i < maps->n; i++) {
		const uint32_t v[3] = { maps->v[i].container_id, maps->v[i].host_id,
					maps->v[i].size };

		for (size_t k = 0; k < 3; k++) {
			snprintf(numbers[3 * i + k], sizeof(numbers[0]), "%u", v[k]);
			argv[n++] = numbers[3 * i + k];
		}
	}
	argv[n] = NULL;
	s.path = path;
	s.argv = argv;
	s.timeout_ns = 30 * NS_PER_S;
	s.out = &out;
	r = spawn_run(&s, &status, err);
	if (r < 0)
		return err_sys(err, r, "cannot run %s", path);
	if (status)
		return err_set(err, -EPERM, "%s refused the id mappings: %s", path,
			       str_quote(strbuf_str(&out)));
	return 0;
}

int init_write_maps(const struct plan *plan, pid_t pid, struct err *err)
{
	const struct plan_ns *ns = &plan->ns;
	int r;

	if (ns->deny_setgroups) {
		r = write_proc(pid, "setgroups", "deny", 4);
		if (r < 0 && r != -ENOENT)
			return err_sys(err, r, "cannot deny setgroups for process %d",
				       (int)pid);
	}
	if (ns->use_newidmap) {
		r = run_helper("newgidmap", pid, &ns->gid_maps, err);
		if (r == 0)
			r = run_helper("newuidmap", pid, &ns->uid_maps, err);
		return r;
	}
	r = write_map(pid, "gid_map", &ns->gid_maps, err);
	if (r == 0)
		r = write_map(pid, "uid_map", &ns->uid_maps, err);
	return r;
}
