/* SPDX-License-Identifier: Apache-2.0 */
/*
 * tests/probe/net.c - verbs about the network: interfaces, connections, listeners
 */
#include "probe.h"

#include <arpa/inet.h>
#include <ifaddrs.h>
#include <net/if.h>
#include <netinet/in.h>
#include <poll.h>
#include <stddef.h>
#include <sys/ioctl.h>
#include <sys/socket.h>
#include <sys/un.h>

/* Interfaces by name: up or down, mtu; then each address. */
static int look_net(int argc, char **argv)
{
	struct if_nameindex *list = if_nameindex();
	struct ifaddrs *addrs = NULL;
	int s = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	(void)argc;
	(void)argv;
	for (struct if_nameindex *i = list; i && i->if_name; i++) {
		struct ifreq r = { 0 };
		int mtu;

		snprintf(r.ifr_name, sizeof(r.ifr_name), "%s", i->if_name);
		ioctl(s, SIOCGIFMTU, &r);
		mtu = r.ifr_mtu;
		ioctl(s, SIOCGIFFLAGS, &r);
		printf("if %s %s mtu=%d\n", i->if_name,
		       r.ifr_flags & IFF_UP ? "up" : "down", mtu);
	}
	getifaddrs(&addrs);
	for (struct ifaddrs *a = addrs; a; a = a->ifa_next) {
		char text[INET6_ADDRSTRLEN];

		if (!a->ifa_addr)
			continue;
		if (a->ifa_addr->sa_family == AF_INET)
			inet_ntop(AF_INET,
				  &((struct sockaddr_in *)(void *)a->ifa_addr)->sin_addr,
				  text, sizeof(text));
		else if (a->ifa_addr->sa_family == AF_INET6)
			inet_ntop(
				AF_INET6,
				&((struct sockaddr_in6 *)(void *)a->ifa_addr)->sin6_addr,
				text, sizeof(text));
		else
			continue;
		printf("addr %s %s\n", a->ifa_name, text);
	}
	freeifaddrs(addrs);
	if (list)
		if_freenameindex(list);
	if (s >= 0)
		close(s);
	return 0;
}

static socklen_t make_address(struct sockaddr_storage *out, const char *host, long port)
{
	struct sockaddr_in *v4 = (struct sockaddr_in *)out;
	struct sockaddr_in6 *v6 = (struct sockaddr_in6 *)out;

	memset(out, 0, sizeof(*out));
	if (inet_pton(AF_INET, host, &v4->sin_addr) == 1) {
		v4->sin_family = AF_INET;
		v4->sin_port = htons((uint16_t)port);
		return sizeof(*v4);
	}
	if (inet_pton(AF_INET6, host, &v6->sin6_addr) == 1) {
		v6->sin6_family = AF_INET6;
		v6->sin6_port = htons((uint16_t)port);
		return sizeof(*v6);
	}
	fprintf(stderr, "probe: '%s' is not an address\n", host);
	exit(EXIT_USAGE);
}

/* Waits three seconds at most: a silently dropped packet answers ETIMEDOUT. */
static int finish_connect(int s)
{
	struct pollfd p = { .fd = s, .events = POLLOUT };
	int e = 0;
	socklen_t n = sizeof(e);

	if (errno != EINPROGRESS)
		return -1;
	if (poll(&p, 1, 3000) == 0) {
		errno = ETIMEDOUT;
		return -1;
	}
	getsockopt(s, SOL_SOCKET, SO_ERROR, &e, &n);
	errno = e;
	return e ? -1 : 0;
}

static int try_connect(int argc, char **argv)
{
	struct sockaddr_storage a;
	socklen_t n = make_address(&a, argv[1], number(argv[2]));
	int s = socket(a.ss_family, SOCK_STREAM | SOCK_CLOEXEC | SOCK_NONBLOCK, 0);
	int r = s < 0 ? -1 : connect(s, (struct sockaddr *)&a, n);

	(void)argc;
	if (r < 0 && s >= 0)
		r = finish_connect(s);
	answer("connect", r);
	if (s >= 0)
		close(s);
	return 0;
}

/* udp ADDR PORT TEXT: whether a datagram may leave */
static int try_udp(int argc, char **argv)
{
	struct sockaddr_storage a;
	socklen_t n = make_address(&a, argv[1], number(argv[2]));
	int s = socket(a.ss_family, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	const char *text = argc > 3 ? argv[3] : "x";

	answer("udp",
	       s < 0 ? -1 : sendto(s, text, strlen(text), 0, (struct sockaddr *)&a, n));
	if (s >= 0)
		close(s);
	return 0;
}

/* listen ADDR PORT [SECONDS]: accepts one connection, answers "hello" */
static int try_listen(int argc, char **argv)
{
	struct sockaddr_storage a;
	socklen_t n = make_address(&a, argv[1], number(argv[2]));
	int s = socket(a.ss_family, SOCK_STREAM | SOCK_CLOEXEC, 0), one = 1, c;
	struct pollfd p = { .fd = s, .events = POLLIN };

	setsockopt(s, SOL_SOCKET, SO_REUSEADDR, &one, sizeof(one));
	answer("bind", bind(s, (struct sockaddr *)&a, n));
	answer("listen", listen(s, 1));
	if (argc > 3 && poll(&p, 1, (int)number(argv[3]) * 1000) > 0) {
		c = accept4(s, NULL, NULL, SOCK_CLOEXEC);
		answer("accept", c);
		(void)!write(c, "hello\n", 6);
		close(c);
	}
	close(s);
	return 0;
}

/* unix PATH: connect to a socket by path; "@name" is an abstract one */
static int try_unix(int argc, char **argv)
{
	struct sockaddr_un a = { .sun_family = AF_UNIX };
	int s = socket(AF_UNIX, SOCK_STREAM | SOCK_CLOEXEC, 0);
	size_t n = strlen(argv[1]);

	(void)argc;
	if (n >= sizeof(a.sun_path))
		return EXIT_USAGE;
	memcpy(a.sun_path, argv[1], n);
	if (a.sun_path[0] == '@')
		a.sun_path[0] = '\0';
	answer("unix", connect(s, (struct sockaddr *)&a,
			       (socklen_t)(offsetof(struct sockaddr_un, sun_path) + n)));
	close(s);
	return 0;
}

/* socket FAMILY TYPE PROTOCOL, as numbers */
static int try_socket(int argc, char **argv)
{
	int s = socket((int)number(argv[1]), (int)number(argv[2]) | SOCK_CLOEXEC,
		       (int)number(argv[3]));

	(void)argc;
	answer("socket", s);
	if (s >= 0)
		close(s);
	return 0;
}

static const struct verb verbs[] = {
	{ "net", look_net, 0, 0 },     { "connect", try_connect, ACTS, 2 },
	{ "udp", try_udp, ACTS, 2 },   { "listen", try_listen, ACTS, 2 },
	{ "unix", try_unix, ACTS, 1 }, { "socket", try_socket, ACTS, 3 },
};

const struct verb_group net_verbs = { verbs, N_ELEMENTS(verbs) };
