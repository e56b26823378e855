/* SPDX-License-Identifier: Apache-2.0 */
/* spec/parse.c - config.json, a process or resources: from bytes, and back */
#include "spec/spec.h"

#include <errno.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/json.h"
#include "base/str.h"
#include "spec/fields.h"

int spec_parse(struct arena *a, const char *file, const char *buf, size_t len,
	       struct spec **out, struct err *err)
{
	struct spec *s = ARENA_NEW(a, struct spec);
	int r;

	s->arena = a;
	s->file = arena_strdup(a, file);
	r = json_parse(a, file, buf, len, JSON_STRICT, &s->doc, err);
	if (r == 0)
		r = fields_read(a, s->file, &spec_fields, s->doc, s, err);
	if (r < 0)
		return r;
	*out = s;
	return 0;
}

int spec_parse_process(struct arena *a, const char *file, const char *buf, size_t len,
		       struct spec_process *out, struct err *err)
{
	struct json *doc;
	int r;

	r = json_parse(a, file, buf, len, JSON_STRICT, &doc, err);
	if (r < 0)
		return r;
	memset(out, 0, sizeof(*out));
	return fields_read(a, file, &spec_process_fields, doc, out, err);
}

int spec_parse_resources(struct arena *a, const char *file, const char *buf, size_t len,
			 struct spec_resources *out, struct err *err)
{
	struct json *doc;
	int r;

	r = json_parse(a, file, buf, len, JSON_STRICT, &doc, err);
	if (r < 0)
		return r;
	memset(out, 0, sizeof(*out));
	out->set = true;
	return fields_read(a, file, &spec_resources_fields, doc, out, err);
}

void spec_print(const struct spec *s, struct strbuf *out)
{
	AUTO_ARENA a = ARENA_INIT;

	json_print(out, fields_write(&a, &spec_fields, s, s->doc), 2);
	strbuf_addc(out, '\n');
}

void spec_print_resources(const struct spec_resources *r, struct strbuf *out)
{
	AUTO_ARENA a = ARENA_INIT;

	json_print(out, fields_write(&a, &spec_resources_fields, r, NULL), 0);
}

static const char *const ns_names[NS_TYPE_COUNT] = {
	[NS_PID] = "pid",	[NS_NETWORK] = "network", [NS_MOUNT] = "mount",
	[NS_IPC] = "ipc",	[NS_UTS] = "uts",	  [NS_USER] = "user",
	[NS_CGROUP] = "cgroup", [NS_TIME] = "time",
};

const char *spec_ns_name(enum spec_ns_type t)
{
	return ns_names[t];
}

static const char *const hook_names[HOOK_KIND_COUNT] = {
	[HOOK_PRESTART] = "prestart",
	[HOOK_CREATE_RUNTIME] = "createRuntime",
	[HOOK_CREATE_CONTAINER] = "createContainer",
	[HOOK_START_CONTAINER] = "startContainer",
	[HOOK_POSTSTART] = "poststart",
	[HOOK_POSTSTOP] = "poststop",
};

const char *spec_hook_name(enum spec_hook_kind k)
{
	return hook_names[k];
}

const struct spec_namespace *spec_find_namespace(const struct spec *s,
						 enum spec_ns_type t)
{
	for (size_t i = 0; i < s->n_namespaces; i++)
		if (s->namespaces[i].type == t)
			return &s->namespaces[i];
	return NULL;
}

const char *spec_annotation(const struct spec *s, const char *key)
{
	for (size_t i = 0; i < s->annotations.n; i++)
		if (!strcmp(s->annotations.v[i].key, key))
			return s->annotations.v[i].value;
	return NULL;
}
