/* SPDX-License-Identifier: Apache-2.0 */
/* lifecycle/audit_file.c - reading the audit: is it whole, and what does it say */
#include <errno.h>
#include <fcntl.h>
#include <string.h>

#include "audit/audit.h"
#include "base/arena.h"
#include "base/clock.h"
#include "base/err.h"
#include "base/fd.h"
#include "base/json.h"
#include "base/str.h"
#include "lifecycle/class.h"
#include "lifecycle/lifecycle.h"
#include "lifecycle/operator.h"

#define MAX_BYTES (1u << 30)

static int read_audit(const struct globals *g, const char **file, struct arena *a,
		      char **buf, size_t *len, struct err *err)
{
	struct policy_settings s;
	AUTO_FD fd = -1;
	int r;

	if (!*file) {
		r = class_settings(g, a, &s, err);
		if (r < 0)
			return r;
		*file = arena_printf(a, "%s/%s", class_audit_dir(&s, a), AUDIT_FILE);
	}
	fd = open(*file, O_RDONLY | O_CLOEXEC | O_NOCTTY | O_NONBLOCK);
	if (fd < 0)
		return err_sys(err, -errno, "cannot open %s", str_quote(*file));
	r = fd_read_file(fd, MAX_BYTES, a, buf, len);
	return r < 0 ? err_sys(err, r, "cannot read %s", str_quote(*file)) : 0;
}

int audit_verify_file(const struct globals *g, const char *file, struct strbuf *out,
		      struct err *err)
{
	AUTO_ARENA a = ARENA_INIT;
	struct audit_verdict v;
	char *buf = NULL;
	size_t len = 0;
	int r;

	r = read_audit(g, &file, &a, &buf, &len, err);
	if (r < 0)
		return r;
	if (audit_verify(buf, len, clock_wall_ns(), &v) != 0)
		return err_set(err, -EBADMSG, "%s:%llu: %s", file,
			       (unsigned long long)v.bad_line, v.why);
	strbuf_addf(out, "%s: whole: %llu records of %llu runs", file,
		    (unsigned long long)v.n_records, (unsigned long long)v.n_runs);
	if (v.n_open)
		strbuf_addf(out, ", %llu of them not ended",
			    (unsigned long long)v.n_open);
	strbuf_addc(out, '\n');
	return 0;
}

/* A member as text: a string is quoted only where it needs it. */
static void show_member(const struct json *m, struct strbuf *out)
{
	AUTO_STRBUF text = STRBUF_INIT;

	json_print(&text, m, 0);
	strbuf_addf(out, " %s=%s", m->key, strbuf_str(&text));
}

static bool is_known(const char *key)
{
	static const char *const shown[] = {
		"time",		 "seq",	      "prev",	"hash",
		"run",		 "container", "class",	"kind",
		"policy",	 "engine",    "bundle", "deadline_wall_ns",
		"policy_sha256", "records"
	};

	for (size_t i = 0; i < ARRAY_SIZE(shown); i++) {
		if (strcmp(shown[i], key) == 0)
			return true;
	}
	return false;
}

static const char *text_of(const struct json *doc, const char *key)
{
	const char *s = json_get_str(doc, key);

	return s ? s : "-";
}

static void show_line(const char *line, size_t len, const char *run, struct strbuf *out)
{
	AUTO_ARENA a = ARENA_INIT;
	struct json *doc = NULL;

	if (json_parse(&a, "audit", line, len, JSON_STRICT, &doc, NULL) < 0) {
		strbuf_add(out, "(damaged record)\n");
		return;
	}
	if (run && !str_has_prefix(text_of(doc, "run"), run))
		return;
	strbuf_addf(out, "%.23s %.8s ", text_of(doc, "time"), text_of(doc, "run"));
	/* escaped: whoever started the container chose the name */
	strbuf_addf(out, "%s %s ", str_quote(text_of(doc, "container")),
		    text_of(doc, "class"));
	strbuf_add(out, text_of(doc, "kind"));
	json_foreach(m, doc) {
		if (!is_known(m->key))
			show_member(m, out);
	}
	strbuf_addc(out, '\n');
}

int audit_show_file(const struct globals *g, const char *file, const char *run,
		    struct strbuf *out, struct err *err)
{
	AUTO_ARENA a = ARENA_INIT;
	const char *p, *end;
	char *buf = NULL;
	size_t len = 0;
	int r;

	r = read_audit(g, &file, &a, &buf, &len, err);
	if (r < 0)
		return r;
	for (p = buf, end = buf + len; p < end;) {
		const char *nl = memchr(p, '\n', (size_t)(end - p));
		const char *stop = nl ? nl : end;

		show_line(p, (size_t)(stop - p), run, out);
		p = nl ? nl + 1 : end;
	}
	return 0;
}
