/* SPDX-License-Identifier: Apache-2.0 */
/* apply/net.c - the loopback device of a new network namespace, up */
#include <errno.h>
#include <net/if.h>
#include <string.h>
#include <sys/ioctl.h>
#include <sys/socket.h>

#include "apply/process.h"
#include "base/err.h"
#include "base/fd.h"

int apply_loopback(struct err *err)
{
	struct ifreq req = { .ifr_name = "lo", .ifr_flags = IFF_UP };
	AUTO_FD fd = socket(AF_INET, SOCK_DGRAM | SOCK_CLOEXEC, 0);

	/* A kernel without IPv4 has IPv6 or nothing that would need a loopback. */
	if (fd < 0)
		fd = socket(AF_INET6, SOCK_DGRAM | SOCK_CLOEXEC, 0);
	if (fd < 0)
		return errno == EAFNOSUPPORT
			       ? 0
			       : err_sys(err, -errno, "cannot make a socket");
	if (ioctl(fd, SIOCSIFFLAGS, &req) < 0)
		return err_sys(err, -errno, "cannot set the loopback device up");
	return 0;
}
