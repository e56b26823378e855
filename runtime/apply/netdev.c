/* SPDX-License-Identifier: Apache-2.0 */
/*
 * apply/netdev.c - host network devices into the container's network namespace
 *
 * Runs:     in the parent, when init is in its network namespace and runs no user code
 * Should:   move each device of linux.netDevices with its MTU and MAC (the kernel keeps
 *           them), give it its permanent global addresses again (the kernel drops them),
 *           and set it up
 * Mustn't:  overwrite a device that is there: the kernel says EEXIST
 * On error: fatal; what has been moved goes back when the namespace dies, if it is
 *           hardware, as the specification has it
 */
#include <errno.h>
#include <fcntl.h>
#include <net/if.h>
#include <sched.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "apply/process.h"
#include "base/err.h"
#include "base/fd.h"
#include "base/str.h"
#include "spec/spec.h"
#include "sys/clone.h"
#include "sys/rtnl.h"

#define MAX_ADDRS 64

struct move {
	int host_fd;	  /* rtnetlink in our namespace */
	int container_fd; /* rtnetlink in the container's */
	int netns_fd;
};

/*
 * A socket stays in the namespace in which it was made: go there, make it, come back.
 * This process has no other thread that could be seen there.
 */
static int open_inside(struct move *m, int own_fd, struct err *err)
{
	int r, fd;

	r = sys_setns(m->netns_fd, CLONE_NEWNET);
	if (r < 0)
		return err_sys(err, r,
			       "/linux/netDevices: cannot enter the network namespace");
	fd = sys_rtnl_open();
	r = sys_setns(own_fd, CLONE_NEWNET);
	if (r < 0) {
		/* SECURITY: nothing of the runtime may go on in the container's network.
		 */
		fd_close(&fd);
		return err_sys(err, r,
			       "/linux/netDevices: cannot leave the network namespace");
	}
	if (fd < 0)
		return err_sys(err, fd, "/linux/netDevices: cannot open rtnetlink");
	m->container_fd = fd;
	return 0;
}

static int open_sockets(struct move *m, pid_t pid, struct err *err)
{
	AUTO_FD own_fd = open("/proc/self/ns/net", O_RDONLY | O_CLOEXEC);
	struct stat own, its;
	char path[64];

	snprintf(path, sizeof(path), "/proc/%d/ns/net", (int)pid);
	m->netns_fd = open(path, O_RDONLY | O_CLOEXEC);
	if (own_fd < 0 || m->netns_fd < 0)
		return err_sys(err, -errno, "/linux/netDevices: cannot open %s", path);
	if (fstat(own_fd, &own) < 0 || fstat(m->netns_fd, &its) < 0)
		return err_sys(err, -errno, "/linux/netDevices: cannot look at %s", path);
	if (own.st_dev == its.st_dev && own.st_ino == its.st_ino)
		return err_set(err, -EINVAL,
			       "/linux/netDevices: the container has the host's network");
	m->host_fd = sys_rtnl_open();
	if (m->host_fd < 0)
		return err_sys(err, m->host_fd,
			       "/linux/netDevices: cannot open rtnetlink");
	return open_inside(m, own_fd, err);
}

/* A name with %d is chosen by the kernel: the index is what stays, unless it is taken. */
static int find_inside(const struct move *m, int index, const char *name)
{
	int r;

	if (!strchr(name, '%'))
		return sys_rtnl_index(m->container_fd, name);
	/* KERNEL: the first free number; what was moved last has the highest one below.
	 */
	for (int i = 0, last = -ENODEV; i < 1024; i++) {
		char real[IFNAMSIZ + 16];
		const char *percent = strstr(name, "%d");

		if (!percent)
			return -EINVAL;
		snprintf(real, sizeof(real), "%.*s%d%s", (int)(percent - name), name, i,
			 percent + 2);
		r = sys_rtnl_index(m->container_fd, real);
		if (r == index)
			return r;
		if (r < 0)
			return last;
		last = r;
	}
	return -ENODEV;
}

static int restore(const struct move *m, int index, const struct rtnl_addr *addrs, int n,
		   const char *where, struct err *err)
{
	int r = 0;

	for (int i = 0; i < n && r == 0; i++)
		r = sys_rtnl_add_addr(m->container_fd, index, &addrs[i]);
	if (r < 0)
		return err_sys(err, r,
			       "/linux/netDevices/%s: cannot give it its addresses",
			       where);
	r = sys_rtnl_set_up(m->container_fd, index);
	if (r < 0)
		return err_sys(err, r, "/linux/netDevices/%s: cannot set it up", where);
	return 0;
}

static int move_device(const struct move *m, const struct spec_net_device *d,
		       struct err *err)
{
	const char *name = d->name && *d->name ? d->name : d->host_name;
	struct rtnl_addr addrs[MAX_ADDRS];
	int index, n, r;

	index = sys_rtnl_index(m->host_fd, d->host_name);
	if (index < 0)
		return err_sys(err, index, "/linux/netDevices/%s: cannot find it",
			       d->host_name);
	n = sys_rtnl_addrs(m->host_fd, index, addrs, MAX_ADDRS);
	if (n < 0)
		return err_sys(err, n, "/linux/netDevices/%s: cannot read its addresses",
			       d->host_name);
	r = sys_rtnl_move(m->host_fd, index, m->netns_fd, name);
	if (r < 0)
		return err_sys(err, r, "/linux/netDevices/%s: cannot move it as %s",
			       d->host_name, str_quote(name));
	index = find_inside(m, index, name);
	if (index < 0)
		return err_sys(err, index, "/linux/netDevices/%s: cannot find %s inside",
			       d->host_name, str_quote(name));
	return restore(m, index, addrs, n, d->host_name, err);
}

int apply_net_devices(const struct spec *s, pid_t pid, struct err *err)
{
	struct move m = { -1, -1, -1 };
	int r;

	if (!s->n_net_devices)
		return 0;
	r = open_sockets(&m, pid, err);
	for (size_t i = 0; i < s->n_net_devices && r == 0; i++)
		r = move_device(&m, &s->net_devices[i], err);
	fd_close(&m.host_fd);
	fd_close(&m.container_fd);
	fd_close(&m.netns_fd);
	return r;
}
