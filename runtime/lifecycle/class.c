/* SPDX-License-Identifier: Apache-2.0 */
/* lifecycle/class.c - which class a container has, and what it may do under it */
#include "lifecycle/class.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "lifecycle/container.h"

#define AUDIT_DIR_ROOT "/var/log/agentrun"

const char *class_audit_dir(const struct policy_settings *s, struct arena *a)
{
	const char *state = getenv("XDG_STATE_HOME"), *home = getenv("HOME");

	if (s->audit_dir)
		return s->audit_dir;
	if (geteuid() == 0)
		return AUDIT_DIR_ROOT;
	if (state && state[0] == '/')
		return arena_printf(a, "%s/agentrun", state);
	if (home && home[0] == '/')
		return arena_printf(a, "%s/.local/state/agentrun", home);
	return arena_printf(a, "/var/tmp/agentrun-%u", (unsigned)geteuid());
}

static bool asks_for_limits(const struct spec *spec)
{
	for (size_t i = 0; spec && i < spec->annotations.n; i++) {
		if (str_has_prefix(spec->annotations.v[i].key, POLICY_PREFIX))
			return true;
	}
	return false;
}

/* A plain container. Limits that somebody asked for must not silently be nothing. */
static int no_class(const struct spec *spec, const char *says, struct err *err)
{
	if (!asks_for_limits(spec))
		return 0;
	return err_set(err, -EPERM,
		       "annotations under '%s' ask for limits, and %s says class 'none'",
		       POLICY_PREFIX, says);
}

static int refuse_unclassified(const struct policy_settings *s, struct err *err)
{
	err_set(err, -EPERM, "the container names no class, and %s refuses those",
		s->file ? s->file : "agentrun as shipped");
	err_hint(err,
		 "set the annotation dev.agentrun.class=execute (or read), pin one with "
		 "agentrun --class, or set \"unclassified\" in %s/agentrun.json",
		 AGENTRUN_SYSCONFDIR);
	return -EPERM;
}

/* The name of the class in force, or NULL for none. */
static int pick_class(const struct globals *g, const struct policy_settings *s,
		      const struct spec *spec, const char *asked, const char **out,
		      struct err *err)
{
	const char *pinned = g->class_pinned;

	*out = NULL;
	if (pinned) {
		if (asked && strcmp(asked, pinned) != 0)
			return err_set(err, -EPERM,
				       "annotation 'dev.agentrun.class' says %s, and --class "
				       "has pinned %s",
				       str_quote(asked), str_quote(pinned));
		if (strcmp(pinned, "none") == 0)
			return no_class(spec, "--class", err);
		*out = pinned;
		return 0;
	}
	if (asked) {
		*out = asked;
		return 0;
	}
	switch (s->unclassified) {
	case UNCLASSIFIED_CLASS:
		*out = s->default_class;
		return 0;
	case UNCLASSIFIED_NONE:
		return no_class(spec, s->file, err);
	case UNCLASSIFIED_REFUSE:
	default:
		return refuse_unclassified(s, err);
	}
}

int class_effective(const struct globals *g, const struct spec *spec, struct arena *a,
		    const struct policy **out, struct policy_settings *s, struct err *err)
{
	struct policy request = { 0 }, policy;
	struct policy *effective;
	const char *name = NULL;
	int r;

	*out = NULL;
	*s = (struct policy_settings){ 0 };
	/* A plain container reads no file of ours. */
	if (str_eq(g->class_pinned, "none") && !asks_for_limits(spec))
		return 0;
	r = class_settings(g, a, s, err);
	if (r == 0 && spec)
		r = policy_request(a, &spec->annotations, &request, err);
	if (r == 0)
		r = pick_class(g, s, spec, request.class_name, &name, err);
	if (r < 0 || !name)
		return r;
	r = class_load(s, name, a, &policy, err);
	if (r < 0)
		return r;
	effective = ARENA_NEW(a, struct policy);
	r = policy_meet(a, &policy, &request, effective, err);
	if (r == 0)
		r = policy_check(effective, name, err);
	if (r < 0)
		return r;
	effective->class_name = name;
	*out = effective;
	return 0;
}

int class_resolve(struct container *c, const struct globals *g, struct err *err)
{
	struct policy_settings s;
	int r;

	r = class_effective(g, c->spec, &c->arena, &c->policy, &s, err);
	if (r < 0 || !c->policy)
		return r;
	c->run.set = true;
	c->run.audit_dir = class_audit_dir(&s, &c->arena);
	return 0;
}

/* The record holds the effective policy in its canonical form; it is parsed as any other. */
int class_exec(struct container *c, struct err *err)
{
	struct policy *p;
	int r;

	if (!c->record.class_name)
		return 0;
	if (!c->record.policy_json)
		return err_set(err, -EINVAL, "the record of container \"%s\" has no policy",
			       c->state.id);
	p = ARENA_NEW(&c->arena, struct policy);
	r = policy_parse(&c->arena, "state", c->record.policy_json,
			 strlen(c->record.policy_json), p, err);
	if (r == 0)
		r = policy_check(p, c->record.class_name, err);
	if (r == 0)
		c->policy = p;
	return r;
}
