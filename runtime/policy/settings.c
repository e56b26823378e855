/* SPDX-License-Identifier: Apache-2.0 */
/* policy/settings.c - agentrun.json, the operator's word on everything without a class */
#include "policy/policy.h"

#include <errno.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/path.h"
#include "base/str.h"

static int read_unclassified(struct arena *a, const char *file, const struct json *m,
			     struct policy_settings *s, struct err *err)
{
	if (strcmp(m->str, "refuse") == 0) {
		s->unclassified = UNCLASSIFIED_REFUSE;
	} else if (strcmp(m->str, "none") == 0) {
		s->unclassified = UNCLASSIFIED_NONE;
	} else if (path_is_id(m->str)) {
		s->unclassified = UNCLASSIFIED_CLASS;
		s->default_class = m->str;
	} else {
		return err_set(
			err, -EINVAL,
			"%s:%s: %s is wrong, expected 'refuse', 'none' or the name "
			"of a class",
			file, json_path(a, m), str_quote(m->str));
	}
	return 0;
}

static int read_dir(struct arena *a, const char *file, const struct json *m,
		    const char **out, struct err *err)
{
	if (m->str[0] != '/' || path_has_dotdot(m->str))
		return err_set(err, -EINVAL,
			       "%s:%s: %s is wrong, expected an absolute path", file,
			       json_path(a, m), str_quote(m->str));
	*out = path_clean(a, m->str);
	return 0;
}

int policy_settings_parse(struct arena *a, const char *file, const char *buf, size_t len,
			  struct policy_settings *out, struct err *err)
{
	struct policy_settings s = { .file = arena_strdup(a, file) };
	struct json *doc = NULL;
	int r;

	r = json_parse(a, file, buf, len, JSON_COMMENTS, &doc, err);
	if (r < 0)
		return r;
	if (doc->type != JSON_OBJECT)
		return err_set(err, -EINVAL, "%s:/: expected an object", file);
	json_foreach(m, doc) {
		if (m->type != JSON_STRING)
			return err_set(err, -EINVAL, "%s:%s: expected a string", file,
				       json_path(a, m));
		if (strcmp(m->key, "unclassified") == 0)
			r = read_unclassified(a, file, m, &s, err);
		else if (strcmp(m->key, "state_dir") == 0)
			r = err_set(err, -EOPNOTSUPP,
				    "%s:/state_dir: not supported by this version of "
				    "agentrun "
				    "(--root says where containers are remembered)",
				    file);
		else if (strcmp(m->key, "audit_dir") == 0)
			r = read_dir(a, file, m, &s.audit_dir, err);
		else if (strcmp(m->key, "policy_dir") == 0)
			r = read_dir(a, file, m, &s.policy_dir, err);
		else if (strcmp(m->key, "$schema") == 0)
			r = 0;
		else
			r = err_set(err, -EINVAL, "%s:%s: unknown key", file,
				    json_path(a, m));
		if (r < 0)
			return r;
	}
	*out = s;
	return 0;
}
