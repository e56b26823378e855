/* SPDX-License-Identifier: Apache-2.0 */
/*
 * policy/explain.c - what is allowed, and the line that allows it
 *
 * Also says what a class does that no key names, so that nobody has to read the source to
 * know what happens to a mount or a namespace of the engine.
 */
#include "policy/policy.h"

#include <string.h>

#include "base/arena.h"
#include "base/json.h"
#include "base/str.h"
#include "policy/fields.h"

struct concern {
	const char *name;
	enum policy_key first, last; /* rows of the table */
	bool optional;		     /* nothing set: not-requested */
	const char *notes[6];
};

static const struct concern concerns[] = {
	{ "filesystem",
	  PK_ROOTFS,
	  PK_REMOVE,
	  false,
	  { "mounts of host directories are read-only, as are the engine's files in /etc",
	    "files in /dev and /proc stay writable as far as the engine's masks allow",
	    "sockets of engines, D-Bus and systemd, and devices beyond the default ones, "
	    "are refused" } },
	{ "network",
	  PK_NETWORK_MODE,
	  PK_NETWORK_MODE,
	  false,
	  { "a network namespace of its own, whatever the engine prepared",
	    "socket families: unix, inet, inet6 and netlink (routing)" } },
	{ "secrets", PK_COUNT, PK_COUNT, false, { "none" } },
	{ "tools",
	  PK_EXEC,
	  PK_EXEC,
	  false,
	  { "an interpreter that may run can run any code", "no MCP server, no API" } },
	{ "time",
	  PK_TIME_LIMIT,
	  PK_TIME_GRACE,
	  false,
	  { "counted from create, on the clock that runs through suspend",
	    "covers exec sessions, stopped and paused processes" } },
	{ "budget", PK_MEMORY, PK_DISK, true, { NULL } },
	{ "privileges",
	  PK_SECCOMP,
	  PK_USERNS,
	  false,
	  { "no_new_privs is on; PID, mount, IPC and UTS namespaces of the host are "
	    "refused" } },
	{ "audit",
	  PK_AUDIT_REQUIRED,
	  PK_AUDIT_REQUIRED,
	  false,
	  { "run.declared, run.started, run.ended, teardown; outside the container" } },
};

static bool is_said(const struct policy *p, unsigned k)
{
	const struct policy_field *f = &policy_fields[k];

	if (k == PK_WORKSPACE_MODE)
		return p->filesystem.workspace_path.set;
	return f->kind == KIND_CHOICE || f->kind == KIND_BOOL || field_is_set(p, f);
}

static const char *status(const struct policy *p, const struct concern *c)
{
	if (!c->optional)
		return "enforced";
	for (unsigned k = c->first; k <= (unsigned)c->last && k < PK_COUNT; k++) {
		if (field_is_set(p, &policy_fields[k]))
			return "enforced";
	}
	return "not-requested";
}

static const char *origin(const struct policy *p, unsigned k)
{
	return p->from[k] ? p->from[k] : "not set: the strictest";
}

/* The text of one allowed thing. */
static char *say(struct arena *a, const struct policy *p, unsigned k, const char *value)
{
	const struct policy_field *f = &policy_fields[k];
	const struct policy_limit *l = field_of(p, f);
	const char *mark = strstr(f->what, "%s");
	AUTO_STRBUF s = STRBUF_INIT;

	strbuf_addn(&s, f->what, (size_t)(mark - f->what));
	strbuf_add(&s, value);
	strbuf_add(&s, mark + 2);
	if (field_is_limit(f) && l->max > l->def) {
		strbuf_add(&s, " (a request may ask for ");
		field_number_print(f, l->max, &s);
		strbuf_addc(&s, ')');
	}
	return arena_strdup(a, strbuf_str(&s));
}

struct line {
	const char *text, *key, *from;
};

/* The lines of one field: one, or one an entry of a list. */
static size_t field_lines(struct arena *a, const struct policy *p, unsigned k,
			  struct line *out, size_t max)
{
	const struct policy_field *f = &policy_fields[k];
	const struct policy_list *l = field_of(p, f);
	AUTO_STRBUF value = STRBUF_INIT;
	size_t n = 0;

	if (f->kind != KIND_LIST) {
		field_value_print(p, f, &value);
		out[0] = (struct line){ say(a, p, k, strbuf_str(&value)), f->key,
					origin(p, k) };
		return 1;
	}
	for (size_t i = 0; i < l->n && n < max; i++) {
		bool is_file = !str_has_prefix(origin(p, k), "annotation");

		out[n++] = (struct line){ say(a, p, k, l->v[i]), f->key,
					  is_file ? arena_printf(a, "%s/%zu",
								 origin(p, k), i)
						  : origin(p, k) };
	}
	return n;
}

static void explain_text(struct arena *a, const struct policy *p, const struct concern *c,
			 struct strbuf *out)
{
	struct line lines[POLICY_MAX_LIST];

	strbuf_addf(out, "\n%s: %s\n", c->name, status(p, c));
	for (unsigned k = c->first; k <= (unsigned)c->last && k < PK_COUNT; k++) {
		size_t n = is_said(p, k) ? field_lines(a, p, k, lines, ARRAY_SIZE(lines))
					 : 0;

		for (size_t i = 0; i < n; i++)
			strbuf_addf(out, "  %-50s  %s\n", lines[i].text, lines[i].from);
	}
	for (size_t i = 0; i < ARRAY_SIZE(c->notes) && c->notes[i]; i++)
		strbuf_addf(out, "  - %s\n", c->notes[i]);
}

static void explain_json(struct arena *a, const struct policy *p, const struct concern *c,
			 struct json *limits)
{
	struct json *o = json_add_object(a, limits, c->name), *allowed, *notes;
	struct line lines[POLICY_MAX_LIST];

	json_add_str(a, o, "status", status(p, c));
	allowed = json_add_array(a, o, "allowed");
	for (unsigned k = c->first; k <= (unsigned)c->last && k < PK_COUNT; k++) {
		size_t n = is_said(p, k) ? field_lines(a, p, k, lines, ARRAY_SIZE(lines))
					 : 0;

		for (size_t i = 0; i < n; i++) {
			struct json *e =
				json_append(a, allowed, json_new(a, JSON_OBJECT));

			json_add_str(a, e, "key", lines[i].key);
			json_add_str(a, e, "text", lines[i].text);
			json_add_str(a, e, "from", lines[i].from);
		}
	}
	notes = json_add_array(a, o, "notes");
	for (size_t i = 0; i < ARRAY_SIZE(c->notes) && c->notes[i]; i++)
		json_append_str(a, notes, c->notes[i]);
}

static void explain_document(struct arena *a, const struct policy *p, struct strbuf *out)
{
	struct json *doc = json_new(a, JSON_OBJECT), *limits, *policy = NULL;
	AUTO_STRBUF line = STRBUF_INIT;
	char hash[65];

	policy_hash(p, hash);
	policy_print(p, &line);
	json_add_str(a, doc, "class", p->name.v);
	json_add_str(a, doc, "summary", p->summary.set ? p->summary.v : "");
	json_add_str(a, doc, "sha256", hash);
	limits = json_add_object(a, doc, "limits");
	for (size_t i = 0; i < ARRAY_SIZE(concerns); i++)
		explain_json(a, p, &concerns[i], limits);
	if (json_parse(a, "policy", line.s, line.len, JSON_STRICT, &policy, NULL) == 0)
		json_add(a, doc, "policy", policy);
	json_print(out, doc, 2);
	strbuf_addc(out, '\n');
}

void policy_explain(struct arena *a, const struct policy *p, bool json,
		    struct strbuf *out)
{
	char hash[65];

	if (json) {
		explain_document(a, p, out);
		return;
	}
	policy_hash(p, hash);
	strbuf_addf(out, "class %s%s%s\neffective policy sha256 %s\n", p->name.v,
		    p->summary.set ? ": " : "", p->summary.set ? p->summary.v : "", hash);
	for (size_t i = 0; i < ARRAY_SIZE(concerns); i++)
		explain_text(a, p, &concerns[i], out);
}
