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

/* Nobody named a class: what the operator said for those, as a name or NULL. */
static int pick_unclassified(const struct policy_settings *s, const struct spec *spec,
			     const char **out, struct err *err)
{
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

/* A handler pinned the class: an annotation may repeat it, and say nothing else. */
static int pick_pinned(const char *pinned, const struct spec *spec, const char *asked,
		       const char **out, struct err *err)
{
	if (asked && strcmp(asked, pinned) != 0)
		return err_set(err, -EPERM,
			       "annotation 'dev.agentrun.class' says %s, and --class has "
			       "pinned %s",
			       str_quote(asked), str_quote(pinned));
	*out = strcmp(pinned, "none") == 0 ? NULL : pinned;
	return *out ? 0 : no_class(spec, "--class", err);
}

static int narrow(struct class_choice *c, const char *name, const struct policy *request,
		  struct arena *a, struct err *err)
{
	struct policy *effective = ARENA_NEW(a, struct policy);
	struct policy policy;
	int r;

	r = class_load(&c->settings, name, a, &policy, err);
	if (r == 0)
		r = policy_meet(a, &policy, request, effective, err);
	if (r == 0)
		r = policy_check(effective, name, err);
	if (r < 0)
		return r;
	effective->class_name = name;
	c->policy = effective;
	return 0;
}

int class_effective(const struct globals *g, const struct spec *spec, struct arena *a,
		    struct class_choice *out, struct err *err)
{
	struct policy request = { 0 };
	const char *name = NULL;
	int r;

	*out = (struct class_choice){ .policy = NULL };
	/* A plain container reads no file of ours. */
	if (str_eq(g->class_pinned, "none") && !asks_for_limits(spec))
		return 0;
	r = class_settings(g, a, &out->settings, err);
	if (r == 0 && spec)
		r = policy_request(a, &spec->annotations, &request, err);
	if (r < 0)
		return r;
	name = request.class_name;
	if (g->class_pinned)
		r = pick_pinned(g->class_pinned, spec, request.class_name, &name, err);
	else if (!name)
		r = pick_unclassified(&out->settings, spec, &name, err);
	if (r < 0 || !name)
		return r;
	return narrow(out, name, &request, a, err);
}

int class_resolve(struct container *c, const struct globals *g, struct err *err)
{
	struct class_choice choice;
	int r;

	r = class_effective(g, c->spec, &c->arena, &choice, err);
	c->policy = choice.policy;
	if (r < 0 || !c->policy)
		return r;
	c->run.set = true;
	c->run.audit_dir = class_audit_dir(&choice.settings, &c->arena);
	return 0;
}

/* The record holds the effective policy in its canonical form; it is parsed as any other.
 */
int class_exec(struct container *c, struct err *err)
{
	struct policy *p;
	int r;

	if (!c->record.class_name)
		return 0;
	if (!c->record.policy_json)
		return err_set(err, -EINVAL,
			       "the record of container \"%s\" has no policy",
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
