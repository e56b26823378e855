/* SPDX-License-Identifier: Apache-2.0 */
/* sys/rtnl.h - network devices and addresses by rtnetlink(7) */
#ifndef AGENTRUN_SYS_RTNL_H
#define AGENTRUN_SYS_RTNL_H

#include <stddef.h>
#include <stdint.h>

/* rtnl_open: a socket in the network namespace that the caller is in. fd or -errno. */
int sys_rtnl_open(void);

/* An address of a device, as the kernel tells it. */
struct rtnl_addr {
	unsigned char family; /* AF_INET, AF_INET6 */
	unsigned char prefix_len;
	unsigned char local[16], peer[16];
	unsigned char addr_len; /* 4 or 16 */
};

/* index of a device by its name; -ENODEV */
int sys_rtnl_index(int fd, const char *name);
/* the permanent, global addresses of a device: count, at most max, or -errno (-E2BIG) */
int sys_rtnl_addrs(int fd, int index, struct rtnl_addr *out, size_t max);
/* move into another network namespace, with a name there (may hold %d; NULL: as is) */
int sys_rtnl_move(int fd, int index, int netns_fd, const char *name);
int sys_rtnl_add_addr(int fd, int index, const struct rtnl_addr *addr);
int sys_rtnl_set_up(int fd, int index);

#endif
