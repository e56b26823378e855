/* SPDX-License-Identifier: Apache-2.0 */
/* lifecycle/config.c - config.json of a bundle: read once, checked once */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "base/err.h"
#include "base/fd.h"
#include "base/json.h"
#include "base/str.h"
#include "lifecycle/container.h"

/*
 * The bytes that were parsed are the bytes that are stored: a bundle that changes while it
 * is read cannot give two answers.
 */
int config_read(struct container *c, int bundle_dfd, const char *name, struct err *err)
{
	AUTO_FD fd = -1;
	char *buf;
	size_t len;
	int r;

	fd = openat(bundle_dfd, name, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd < 0)
		return err_sys(err, -errno, "cannot open %s of the bundle",
			       str_quote(name));
	r = fd_read_file(fd, JSON_MAX_BYTES, &c->arena, &buf, &len);
	if (r == -EFBIG)
		return err_set(err, r, "%s: is larger than %u MiB", name,
			       JSON_MAX_BYTES >> 20);
	if (r < 0)
		return err_sys(err, r, "cannot read %s of the bundle", str_quote(name));
	r = spec_parse(&c->arena, name, buf, len, &c->spec, err);
	if (r == 0)
		r = spec_check(c->spec, err);
	if (r < 0)
		return r;
	c->record.config = buf;
	c->record.config_len = len;
	c->record.annotations = json_get(c->spec->doc, "annotations");
	return 0;
}
