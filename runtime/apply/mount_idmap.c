/* SPDX-License-Identifier: Apache-2.0 */
/*
 * apply/mount_idmap.c - the user namespace that gives an id-mapped mount its maps
 *
 * Runs:     in the parent: only it has rights over the file system of the source
 * Should:   make a process in a new user namespace, write the maps, keep the namespace by
 *           its descriptor and end the process
 */
#include <errno.h>
#include <fcntl.h>
#include <sched.h>
#include <signal.h>
#include <stdio.h>
#include <string.h>
#include <sys/prctl.h>
#include <sys/syscall.h>
#include <sys/wait.h>
#include <unistd.h>

#include "apply/mount_ops.h"
#include "apply/mounts.h"
#include "base/err.h"
#include "base/fd.h"
#include "base/str.h"
#include "plan/plan.h"

static int write_maps(pid_t pid, const char *file, const struct spec_id_maps *maps)
{
	AUTO_STRBUF text = STRBUF_INIT;
	AUTO_FD fd = -1;
	char path[64];
	ssize_t n;
	size_t i;

	for (i = 0; i < maps->n; i++)
		strbuf_addf(&text, "%u %u %u\n", maps->v[i].container_id,
			    maps->v[i].host_id, maps->v[i].size);
	snprintf(path, sizeof(path), "/proc/%d/%s", (int)pid, file);
	fd = open(path, O_WRONLY | O_CLOEXEC);
	if (fd < 0)
		return -errno;
	/* the kernel takes a map in one write or not at all */
	n = write(fd, text.s, text.len);
	if (n < 0)
		return -errno;
	return (size_t)n == text.len ? 0 : -EIO;
}

static int open_userns(const char *path, int *out_fd)
{
	int fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY);

	if (fd < 0)
		return -errno;
	*out_fd = fd;
	return 0;
}

static int map_child(pid_t pid, const struct plan_mount *m, int *out_fd)
{
	char path[64];
	int r;

	r = write_maps(pid, "uid_map", &m->uid_maps);
	if (r == 0)
		r = write_maps(pid, "gid_map", &m->gid_maps);
	if (r < 0)
		return r;
	snprintf(path, sizeof(path), "/proc/%d/ns/user", (int)pid);
	return open_userns(path, out_fd);
}

static bool maps_are_equal(const struct spec_id_maps *a, const struct spec_id_maps *b)
{
	return a->n == b->n && (!a->n || !memcmp(a->v, b->v, a->n * sizeof(a->v[0])));
}

static int make_userns(const struct plan_mount *m, int *out_fd, struct err *err)
{
	pid_t pid;
	int r;

	pid = (pid_t)syscall(SYS_clone, CLONE_NEWUSER | SIGCHLD, 0, 0, 0, 0);
	if (pid < 0)
		return err_sys(err, -errno,
			       "cannot make a user namespace for the ids of %s",
			       str_quote(m->destination));
	if (pid == 0) {
		prctl(PR_SET_PDEATHSIG, SIGKILL, 0, 0, 0);
		for (;;)
			pause();
	}
	r = map_child(pid, m, out_fd);
	kill(pid, SIGKILL); /* our own child, not yet waited for: the pid is its */
	while (waitpid(pid, NULL, 0) < 0 && errno == EINTR)
		;
	return r < 0 ? err_sys(err, r, "cannot map the ids of %s",
			       str_quote(m->destination))
		     : 0;
}

int mount_idmap_open(const struct plan *p, const struct plan_mount *m,
		     struct mount_sources *s, struct err *err)
{
	const char *join = p->ns.join[NS_USER];
	int r;

	if (s->userns_of && maps_are_equal(&s->userns_of->uid_maps, &m->uid_maps) &&
	    maps_are_equal(&s->userns_of->gid_maps, &m->gid_maps))
		return 0;
	fd_close(&s->userns_fd);
	s->userns_of = NULL;
	if (!m->uid_maps.n && join) {
		r = open_userns(join, &s->userns_fd);
		if (r < 0)
			return err_sys(err, r, "cannot open '%s'", join);
	} else {
		r = make_userns(m, &s->userns_fd, err);
		if (r < 0)
			return r;
	}
	s->userns_of = m;
	return 0;
}
