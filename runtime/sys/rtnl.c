/* SPDX-License-Identifier: Apache-2.0 */
/* sys/rtnl.c - one request, one answer; no library */
#include "sys/rtnl.h"

#include <errno.h>
#include <linux/if_addr.h>
#include <linux/if_link.h>
#include <linux/netlink.h>
#include <linux/rtnetlink.h>
#include <net/if.h>
#include <stdbool.h>
#include <string.h>
#include <sys/socket.h>
#include <unistd.h>

#define ANSWER_MAX \
	32768 /* NLMSG_GOODSIZE and more: what the kernel puts in one packet \
	       */

struct request {
	struct nlmsghdr head;
	union {
		struct ifinfomsg link;
		struct ifaddrmsg addr;
	} body;
	char attrs[256];
};

union answer {
	struct nlmsghdr align;
	char bytes[ANSWER_MAX];
};

int sys_rtnl_open(void)
{
	int fd = socket(AF_NETLINK, SOCK_RAW | SOCK_CLOEXEC, NETLINK_ROUTE);

	return fd < 0 ? -errno : fd;
}

static void start(struct request *r, uint16_t type, uint16_t flags, size_t body)
{
	memset(r, 0, sizeof(*r));
	r->head.nlmsg_type = type;
	r->head.nlmsg_flags = (uint16_t)(NLM_F_REQUEST | flags);
	r->head.nlmsg_len = (uint32_t)NLMSG_LENGTH(body);
}

/* The callers' attributes are few and small: they fit by construction. */
static void put(struct request *r, uint16_t type, const void *data, size_t len)
{
	struct rtattr *a = (struct rtattr *)((char *)r + NLMSG_ALIGN(r->head.nlmsg_len));

	a->rta_type = type;
	a->rta_len = (unsigned short)RTA_LENGTH(len);
	memcpy(RTA_DATA(a), data, len);
	r->head.nlmsg_len =
		(uint32_t)(NLMSG_ALIGN(r->head.nlmsg_len) + RTA_ALIGN(a->rta_len));
}

static int send_request(int fd, const struct request *r)
{
	struct sockaddr_nl kernel = { .nl_family = AF_NETLINK };

	if (sendto(fd, r, r->head.nlmsg_len, 0, (struct sockaddr *)&kernel,
		   sizeof(kernel)) < 0)
		return -errno;
	return 0;
}

static ssize_t receive(int fd, union answer *a)
{
	struct sockaddr_nl from;
	socklen_t len = sizeof(from);
	ssize_t n;

	do {
		n = recvfrom(fd, a->bytes, sizeof(a->bytes), 0, (struct sockaddr *)&from,
			     &len);
	} while ((n < 0 && errno == EINTR) || (n >= 0 && from.nl_pid != 0));
	return n < 0 ? -errno : n;
}

/* Not const: the macros of the kernel cast it away, and clang says so. */
static int error_of(struct nlmsghdr *h)
{
	const struct nlmsgerr *e = NLMSG_DATA(h);

	return h->nlmsg_len < NLMSG_LENGTH(sizeof(*e)) ? -EPROTO : e->error;
}

static int change(int fd, struct request *r)
{
	union answer a;
	ssize_t n;
	int res;

	r->head.nlmsg_flags |= NLM_F_ACK;
	res = send_request(fd, r);
	if (res < 0)
		return res;
	n = receive(fd, &a);
	if (n < 0)
		return (int)n;
	if (!NLMSG_OK(&a.align, (size_t)n) || a.align.nlmsg_type != NLMSG_ERROR)
		return -EPROTO;
	return error_of(&a.align);
}

int sys_rtnl_index(int fd, const char *name)
{
	struct request r;
	union answer a;
	ssize_t n;
	int res;

	if (strlen(name) >= IFNAMSIZ)
		return -ENODEV;
	start(&r, RTM_GETLINK, 0, sizeof(r.body.link));
	put(&r, IFLA_IFNAME, name, strlen(name) + 1);
	res = send_request(fd, &r);
	if (res < 0)
		return res;
	n = receive(fd, &a);
	if (n < 0)
		return (int)n;
	if (!NLMSG_OK(&a.align, (size_t)n))
		return -EPROTO;
	if (a.align.nlmsg_type == NLMSG_ERROR)
		return error_of(&a.align) < 0 ? error_of(&a.align) : -EPROTO;
	if (a.align.nlmsg_type != RTM_NEWLINK)
		return -EPROTO;
	return ((struct ifinfomsg *)NLMSG_DATA(&a.align))->ifi_index;
}

/* One message of a dump: 1 when it is an address to keep. */
static int read_addr(struct nlmsghdr *h, int index, struct rtnl_addr *out)
{
	struct ifaddrmsg *m = NLMSG_DATA(h);
	struct rtattr *a = IFA_RTA(m);
	size_t len = IFA_PAYLOAD(h);
	uint32_t flags = m->ifa_flags;
	bool has_local = false;

	if ((int)m->ifa_index != index || m->ifa_scope != RT_SCOPE_UNIVERSE)
		return 0;
	memset(out, 0, sizeof(*out));
	out->family = m->ifa_family;
	out->prefix_len = m->ifa_prefixlen;
	out->addr_len = m->ifa_family == AF_INET6 ? 16 : 4;
	for (; RTA_OK(a, len); a = RTA_NEXT(a, len)) {
		if (a->rta_type == IFA_FLAGS && RTA_PAYLOAD(a) >= sizeof(flags))
			memcpy(&flags, RTA_DATA(a), sizeof(flags));
		if (RTA_PAYLOAD(a) != out->addr_len)
			continue;
		if (a->rta_type == IFA_LOCAL) {
			memcpy(out->local, RTA_DATA(a), out->addr_len);
			has_local = true;
		} else if (a->rta_type == IFA_ADDRESS) {
			memcpy(out->peer, RTA_DATA(a), out->addr_len);
		}
	}
	if (!has_local) /* IPv6 without a peer has the one alone */
		memcpy(out->local, out->peer, sizeof(out->local));
	return flags & IFA_F_PERMANENT ? 1 : 0;
}

/* Every message of one packet. 1: the dump is over. */
static int read_dump(struct nlmsghdr *h, size_t left, int index, struct rtnl_addr *out,
		     size_t max, int *n)
{
	struct rtnl_addr addr;

	for (; NLMSG_OK(h, left); h = NLMSG_NEXT(h, left)) {
		if (h->nlmsg_type == NLMSG_DONE)
			return 1;
		if (h->nlmsg_type == NLMSG_ERROR)
			return error_of(h) < 0 ? error_of(h) : 1;
		if (h->nlmsg_type != RTM_NEWADDR ||
		    h->nlmsg_len < NLMSG_LENGTH(sizeof(struct ifaddrmsg)))
			continue;
		if (!read_addr(h, index, &addr))
			continue;
		if ((size_t)*n == max)
			return -E2BIG;
		out[(*n)++] = addr;
	}
	return 0;
}

int sys_rtnl_addrs(int fd, int index, struct rtnl_addr *out, size_t max)
{
	struct request r;
	union answer a;
	int n = 0, res;

	start(&r, RTM_GETADDR, NLM_F_DUMP, sizeof(r.body.addr));
	res = send_request(fd, &r);
	while (res == 0) {
		ssize_t len = receive(fd, &a);

		if (len < 0)
			return (int)len;
		res = read_dump(&a.align, (size_t)len, index, out, max, &n);
	}
	return res < 0 ? res : n;
}

int sys_rtnl_move(int fd, int index, int netns_fd, const char *name)
{
	struct request r;
	uint32_t ns = (uint32_t)netns_fd;

	start(&r, RTM_NEWLINK, 0, sizeof(r.body.link));
	r.body.link.ifi_index = index;
	put(&r, IFLA_NET_NS_FD, &ns, sizeof(ns));
	if (name)
		put(&r, IFLA_IFNAME, name, strnlen(name, IFNAMSIZ - 1) + 1);
	return change(fd, &r);
}

int sys_rtnl_add_addr(int fd, int index, const struct rtnl_addr *addr)
{
	struct request r;
	uint32_t flags =
		IFA_F_PERMANENT | IFA_F_NODAD; /* it was there, so it is unique */

	start(&r, RTM_NEWADDR, NLM_F_CREATE | NLM_F_EXCL, sizeof(r.body.addr));
	r.body.addr.ifa_family = addr->family;
	r.body.addr.ifa_prefixlen = addr->prefix_len;
	r.body.addr.ifa_scope = RT_SCOPE_UNIVERSE;
	r.body.addr.ifa_index = (unsigned)index;
	put(&r, IFA_LOCAL, addr->local, addr->addr_len);
	put(&r, IFA_ADDRESS, addr->peer, addr->addr_len);
	if (addr->family == AF_INET6)
		put(&r, IFA_FLAGS, &flags, sizeof(flags));
	return change(fd, &r);
}

int sys_rtnl_set_up(int fd, int index)
{
	struct request r;

	start(&r, RTM_NEWLINK, 0, sizeof(r.body.link));
	r.body.link.ifi_index = index;
	r.body.link.ifi_flags = IFF_UP;
	r.body.link.ifi_change = IFF_UP;
	return change(fd, &r);
}
