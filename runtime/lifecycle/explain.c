/* SPDX-License-Identifier: Apache-2.0 */
/* lifecycle/explain.c - what would be allowed, without doing it; the classes of a host */
#include <dirent.h>
#include <errno.h>
#include <fcntl.h>
#include <limits.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"
#include "base/json.h"
#include "base/path.h"
#include "base/str.h"
#include "lifecycle/class.h"
#include "lifecycle/container.h"
#include "lifecycle/operator.h"

static int read_bundle(struct container *c, const char *bundle, struct err *err)
{
	char real[PATH_MAX];
	AUTO_FD dfd = -1;

	if (!realpath(bundle, real))
		return err_sys(err, -errno, "cannot open bundle %s", str_quote(bundle));
	dfd = open(real, O_RDONLY | O_DIRECTORY | O_CLOEXEC);
	if (dfd < 0)
		return err_sys(err, -errno, "cannot open bundle %s", str_quote(real));
	c->record.bundle = arena_strdup(&c->arena, real);
	return config_read(c, dfd, "config.json", err);
}

static int plan_it(struct container *c, struct err *err)
{
	struct plan_options opt = {
		.id = "explain",
		.bundle = c->record.bundle,
		.rootfs = path_join(&c->arena, c->record.bundle,
				    c->spec->root_path ? c->spec->root_path : "rootfs"),
		.state_dir = "/run/agentrun/explain",
		.audit_dir = c->run.audit_dir,
	};
	int r;

	r = host_read(&c->host, err);
	return r < 0 ? r
		     : plan_build(&c->arena, c->spec, c->policy, &c->host, &opt, &c->plan,
				  err);
}

static void add_changes(struct container *c, bool json, struct strbuf *out)
{
	const struct plan_limits *l = &c->plan->limits;

	if (json || !l->n_changes)
		return;
	strbuf_add(out, "\nchanged in the engine's config:\n");
	for (size_t i = 0; i < l->n_changes; i++)
		strbuf_addf(out, "  - %s\n", l->changes[i]);
}

static int explain_it(struct container *c, const struct globals *g, const char *bundle,
		      bool json, struct strbuf *out, struct err *err)
{
	int r = 0;

	if (bundle)
		r = read_bundle(c, bundle, err);
	if (r == 0)
		r = class_resolve(c, g, err);
	if (r < 0)
		return r;
	if (!c->policy) {
		strbuf_add(
			out,
			json ? "{\"class\":null}\n"
			     : "no class: an ordinary OCI container, without limits\n");
		return 0;
	}
	if (bundle)
		r = plan_it(c, err);
	if (r < 0)
		return r;
	policy_explain(&c->arena, c->policy, json, out);
	if (bundle)
		add_changes(c, json, out);
	return 0;
}

int explain_class(const struct globals *g, const char *bundle, bool json,
		  struct strbuf *out, struct err *err)
{
	struct container c;
	int r;

	container_init(&c);
	r = explain_it(&c, g, bundle, json, out, err);
	container_release(&c);
	return r;
}

static int by_name(const void *a, const void *b)
{
	return strcmp(*(const char *const *)a, *(const char *const *)b);
}

#define MAX_CLASSES 256

struct class_names {
	const char *v[MAX_CLASSES];
	size_t n;
};

static void collect(struct arena *a, const char *dir, struct class_names *names)
{
	DIR *d = opendir(dir);
	struct dirent *e;

	while (d && (e = readdir(d)) && names->n < MAX_CLASSES) {
		size_t len = strlen(e->d_name);
		const char *name;
		bool known = false;

		if (!str_has_suffix(e->d_name, ".json") ||
		    str_has_suffix(e->d_name, ".schema.json"))
			continue;
		name = arena_strndup(a, e->d_name, len - strlen(".json"));
		for (size_t i = 0; i < names->n; i++)
			known |= strcmp(names->v[i], name) == 0;
		if (!known && path_is_id(name))
			names->v[names->n++] = name;
	}
	if (d)
		closedir(d);
}

int policy_list_classes(const struct globals *g, struct strbuf *out, struct err *err)
{
	AUTO_ARENA a = ARENA_INIT;
	struct policy_settings s;
	struct class_names names = { .n = 0 };
	const char *dirs[3];
	int r;

	r = class_settings(g, &a, &s, err);
	if (r < 0)
		return r;
	class_policy_dirs(&s, dirs);
	for (size_t i = 0; dirs[i]; i++)
		collect(&a, dirs[i], &names);
	qsort(names.v, names.n, sizeof(names.v[0]), by_name);
	for (size_t i = 0; i < names.n; i++) {
		struct err why = ERR_INIT;
		struct policy p;

		if (class_load(&s, names.v[i], &a, &p, &why) < 0)
			strbuf_addf(out, "%-18s refused: %s\n", names.v[i], why.msg);
		else
			strbuf_addf(out, "%-18s %s\n", names.v[i],
				    p.summary.set ? p.summary.v : "");
	}
	return 0;
}

static int check_file(const char *path, struct err *err)
{
	AUTO_ARENA a = ARENA_INIT;
	AUTO_FD fd = open(path, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	struct policy p;
	const char *base = path_base(path);
	char *buf;
	size_t len;
	int r;

	if (fd < 0)
		return err_sys(err, -errno, "cannot open %s", str_quote(path));
	r = fd_read_file(fd, POLICY_MAX_BYTES, &a, &buf, &len);
	if (r < 0)
		return err_sys(err, r, "cannot read %s", str_quote(path));
	r = policy_parse(&a, path, buf, len, &p, err);
	if (r < 0)
		return r;
	if (!str_has_suffix(base, ".json"))
		return err_set(err, -EINVAL, "%s: the name of a policy ends in .json",
			       str_quote(path));
	return policy_check(&p, arena_strndup(&a, base, strlen(base) - strlen(".json")),
			    err);
}

int policy_check_one(const struct globals *g, const char *what, struct err *err)
{
	AUTO_ARENA a = ARENA_INIT;
	struct policy_settings s;
	struct policy p;
	int r;

	if (strchr(what, '/'))
		return check_file(what, err);
	r = class_settings(g, &a, &s, err);
	return r < 0 ? r : class_load(&s, what, &a, &p, err);
}

int policy_show_class(const struct globals *g, const char *name, struct strbuf *out,
		      struct err *err)
{
	AUTO_ARENA a = ARENA_INIT;
	AUTO_STRBUF line = STRBUF_INIT;
	struct policy_settings s;
	struct json *doc = NULL;
	struct policy p;
	int r;

	r = class_settings(g, &a, &s, err);
	if (r == 0)
		r = class_load(&s, name, &a, &p, err);
	if (r < 0)
		return r;
	policy_print(&p, &line);
	r = json_parse(&a, name, strbuf_str(&line), line.len, JSON_STRICT, &doc, err);
	if (r < 0)
		return r;
	json_print(out, doc, 2);
	strbuf_addc(out, '\n');
	return 0;
}
