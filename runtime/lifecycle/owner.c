/* SPDX-License-Identifier: Apache-2.0 */
/* lifecycle/owner.c - the name of a user of this host, for `state` and `list` */
#include <fcntl.h>
#include <stdio.h>
#include <string.h>

#include "base/fd.h"
#include "base/str.h"
#include "lifecycle/container.h"

#define PASSWD_MAX (4u << 20)

/* "name:x:UID:...": is it this user's line? Then the name, cut off in place. */
static const char *match(char *line, uint32_t uid)
{
	char *save = NULL;
	const char *name = strtok_r(line, ":", &save);
	const char *password = strtok_r(NULL, ":", &save);
	const char *number = strtok_r(NULL, ":", &save);
	uint32_t v;

	if (!password || !number || str_to_u32(number, &v) < 0 || v != uid)
		return NULL;
	return name;
}

/* No NSS: that would load code by configuration. Unknown users are their number. */
const char *owner_name(struct arena *a, uint32_t uid)
{
	char *buf, *line, *save = NULL;
	const char *name = NULL;
	size_t len;

	if (uid == 0)
		return "root";
	if (fd_read_at(AT_FDCWD, "/etc/passwd", PASSWD_MAX, a, &buf, &len) == 0)
		for (line = strtok_r(buf, "\n", &save); line && !name;
		     line = strtok_r(NULL, "\n", &save))
			name = match(line, uid);
	return name ? name : arena_printf(a, "%u", uid);
}
