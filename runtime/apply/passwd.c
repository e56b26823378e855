/* SPDX-License-Identifier: Apache-2.0 */
/*
 * apply/passwd.c - HOME from the container's /etc/passwd
 *
 * Mustn't:  trust it: it belongs to the image. Not a fifo or a device that would block or
 *           do something, no magic link, not more than MAX_BYTES of it; a user *name* of
 *           digits is no uid (CVE-2016-3697).
 */
#include "apply/passwd.h"

#include <errno.h>
#include <fcntl.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "base/fd.h"
#include "base/str.h"
#include "sys/openat2.h"

#define MAX_BYTES (4u << 20)

enum { FIELD_UID = 2, FIELD_HOME = 5 };

/* Is this line the user's? Then its home directory goes to buf. */
static int match(struct passwd_scan *s, char *buf, size_t len)
{
	char *field[FIELD_HOME + 1];
	char *p = s->line;
	uint32_t uid;

	s->line[s->len] = '\0';
	for (size_t i = 0; i <= FIELD_HOME; i++) {
		if (!p)
			return 0;
		field[i] = p;
		p = strchr(p, ':');
		if (p)
			*p++ = '\0';
	}
	if (str_to_u32(field[FIELD_UID], &uid) < 0 || uid != s->uid)
		return 0;
	if (strlen(field[FIELD_HOME]) >= len)
		return 0;
	memcpy(buf, field[FIELD_HOME], strlen(field[FIELD_HOME]) + 1);
	return 1;
}

int passwd_scan(struct passwd_scan *s, const char *text, size_t n, char *buf, size_t len)
{
	for (size_t i = 0; i < n; i++) {
		if (text[i] != '\n') {
			if (s->len + 1 < sizeof(s->line))
				s->line[s->len++] = text[i];
			else
				s->too_long = 1;
			continue;
		}
		if (!s->too_long && match(s, buf, len))
			return 1;
		s->len = 0;
		s->too_long = 0;
	}
	if (n == 0 && !s->too_long && s->len) /* a last line without a newline */
		return match(s, buf, len);
	return 0;
}

static int open_passwd(void)
{
	AUTO_FD root = open("/", O_PATH | O_DIRECTORY | O_CLOEXEC);
	AUTO_FD fd = -1;
	struct stat st;

	if (root < 0)
		return -errno;
	fd = sys_openat2_in_root(root, "/etc/passwd",
				 O_RDONLY | O_NONBLOCK | O_NOCTTY | O_CLOEXEC);
	if (fd < 0) {
		int r = fd;

		fd = -1;
		return r;
	}
	if (fstat(fd, &st) < 0)
		return -errno;
	return S_ISREG(st.st_mode) ? take_fd(&fd) : -EINVAL;
}

int passwd_home(uint32_t uid, char *buf, size_t len)
{
	static char chunk[4096];
	static struct passwd_scan scan;
	AUTO_FD fd = -1;
	size_t total = 0;
	int r = open_passwd();

	if (r < 0)
		return r;
	fd = r;
	memset(&scan, 0, sizeof(scan));
	scan.uid = uid;
	for (;;) {
		ssize_t n = read(fd, chunk, sizeof(chunk));

		if (n < 0)
			return -errno;
		if (passwd_scan(&scan, chunk, (size_t)n, buf, len))
			return 0;
		total += (size_t)n;
		if (n == 0 || total > MAX_BYTES)
			return -ENOENT;
	}
}
