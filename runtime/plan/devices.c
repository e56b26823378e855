/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan/devices.c - the six nodes of every container, and those of the config
 *
 * Links (fd, stdin, stdout, stderr, ptmx) are the same for all: apply/devices.c.
 */
#include "plan/devices.h"

#include <errno.h>
#include <string.h>
#include <sys/stat.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/path.h"
#include "base/str.h"
#include "plan/plan.h"

#define MAX_MAJOR 0xfff
#define MAX_MINOR 0xfffff

static const struct plan_device default_devices[] = {
	{ "/dev/null", S_IFCHR | 0666, 1, 3, 0, 0, true },
	{ "/dev/zero", S_IFCHR | 0666, 1, 5, 0, 0, true },
	{ "/dev/full", S_IFCHR | 0666, 1, 7, 0, 0, true },
	{ "/dev/tty", S_IFCHR | 0666, 5, 0, 0, 0, true },
	{ "/dev/random", S_IFCHR | 0666, 1, 8, 0, 0, true },
	{ "/dev/urandom", S_IFCHR | 0666, 1, 9, 0, 0, true },
};

static int build_type(const struct spec_device *s, size_t i, mode_t *out, struct err *err)
{
	switch (s->type) {
	case 'c':
	case 'u':
		*out = S_IFCHR;
		return 0;
	case 'b':
		*out = S_IFBLK;
		return 0;
	case 'p':
		*out = S_IFIFO;
		return 0;
	default:
		return err_set(err, -EINVAL,
			       "/linux/devices/%zu/type: expected one of c, u, b, p", i);
	}
}

static int build_device(struct plan_device *d, const struct spec_device *s, size_t i,
			struct arena *a, struct err *err)
{
	mode_t type = 0;
	int r;

	r = build_type(s, i, &type, err);
	if (r < 0)
		return r;
	if (!s->path || s->path[0] != '/')
		return err_set(err, -EINVAL, "/linux/devices/%zu/path: must be absolute",
			       i);
	if (type != S_IFIFO && (s->major < 0 || s->major > MAX_MAJOR || s->minor < 0 ||
				s->minor > MAX_MINOR))
		return err_set(err, -ERANGE,
			       "/linux/devices/%zu: %lld:%lld is no device number", i,
			       (long long)s->major, (long long)s->minor);
	d->path = path_clean(a, s->path);
	if (str_eq(d->path, "/"))
		return err_set(err, -EINVAL, "/linux/devices/%zu/path: names no file", i);
	d->mode = type | (s->file_mode.set ? s->file_mode.v & 07777 : 0666);
	d->major = type == S_IFIFO ? 0 : (unsigned)s->major;
	d->minor = type == S_IFIFO ? 0 : (unsigned)s->minor;
	d->uid = s->uid.set ? s->uid.v : 0;
	d->gid = s->gid.set ? s->gid.v : 0;
	d->is_default = false;
	return 0;
}

static struct plan_device *find_device(struct plan_devices *devs, const char *path)
{
	size_t i;

	for (i = 0; i < devs->n; i++)
		if (str_eq(devs->v[i].path, path))
			return &devs->v[i];
	return NULL;
}

int plan_devices_build(struct plan *p, struct err *err)
{
	const struct spec *spec = p->spec;
	struct plan_devices devs = { 0 };
	struct plan_device d, *old;
	size_t i;
	int r;

	devs.v = ARENA_ARRAY(p->arena, ARRAY_SIZE(default_devices) + spec->n_devices,
			     struct plan_device);
	memcpy(devs.v, default_devices, sizeof(default_devices));
	devs.n = ARRAY_SIZE(default_devices);
	devs.bind = p->ns.has[NS_USER] || p->host->in_userns;
	for (i = 0; i < spec->n_devices; i++) {
		r = build_device(&d, &spec->devices[i], i, p->arena, err);
		if (r < 0)
			return r;
		/* a container's own ptmx is a link into its own devpts */
		if (str_eq(d.path, "/dev/ptmx"))
			continue;
		old = find_device(&devs, d.path);
		if (old && !old->is_default)
			return err_set(err, -EINVAL,
				       "/linux/devices/%zu/path: %s is listed twice", i,
				       str_quote(d.path));
		if (old)
			*old = d;
		else
			devs.v[devs.n++] = d;
	}
	p->devices = devs;
	return 0;
}
