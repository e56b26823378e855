/* SPDX-License-Identifier: Apache-2.0 */
/* lifecycle/container.c - opening a container, its status, its state document */
#include "lifecycle/container.h"

#include <errno.h>
#include <string.h>
#include <unistd.h>

#include "base/err.h"
#include "base/fd.h"
#include "base/json.h"
#include "base/log.h"
#include "base/str.h"
#include "init/hooks.h"

void container_init(struct container *c)
{
	memset(c, 0, sizeof(*c));
	c->root_dfd = -1;
	c->state = (struct state)STATE_INIT;
	cgroup_init(&c->cgroup);
	c->run = CLASS_RUN_INIT;
}

void container_release(struct container *c)
{
	if (c->has_init)
		init_release(&c->init);
	c->has_init = false;
	class_release(c);
	cgroup_close(&c->cgroup);
	state_close(&c->state);
	fd_close(&c->root_dfd);
	arena_release(&c->arena);
}

int container_open(struct container *c, const struct globals *g, const char *id,
		   bool lock, bool with_config, struct err *err)
{
	int r;

	c->root_dfd = state_root_open(g, false, err);
	if (c->root_dfd == -ENOENT) {
		*err = ERR_INIT;
		return err_set(err, -ENOENT, "container \"%s\" does not exist", id);
	}
	if (c->root_dfd < 0)
		return c->root_dfd;
	r = state_open(&c->state, c->root_dfd, id, lock, err);
	if (r < 0)
		return r;
	return state_read(&c->state, &c->arena, with_config, &c->record, err);
}

int container_cgroup(struct container *c, struct err *err)
{
	int r;

	if (!c->record.cgroup_path && !c->record.cgroup_scope)
		return 1;
	if (c->has_cgroup)
		return 0;
	if (!c->host.n_hierarchies) {
		r = host_read_cgroups(&c->host, err);
		if (r < 0)
			return r;
	}
	r = cgroup_open(&c->host, (enum cgroup_manager)c->record.cgroup_manager,
			c->record.cgroup_path, c->record.cgroup_scope, &c->cgroup, err);
	if (r != 0)
		return r;
	c->has_cgroup = true;
	return 0;
}

/* Asked for by every `state` and `list`: no more of the cgroup is opened than this takes. */
static bool is_frozen(struct container *c)
{
	struct err ignored = ERR_INIT;
	const char *path = c->record.cgroup_path;

	if (c->has_cgroup)
		return cgroup_is_frozen(&c->cgroup) == 1;
	if (!path || !path[0] || !strcmp(path, "/"))
		return false;
	if (!c->host.n_hierarchies && host_read_cgroups(&c->host, &ignored) < 0)
		return false;
	return cgroup_path_is_frozen(&c->host, path) == 1;
}

enum status container_status(struct container *c)
{
	if (c->record.pid == 0)
		return STATUS_CREATING;
	if (!record_alive(&c->record))
		return STATUS_STOPPED;
	if (state_is_creating(&c->state))
		return STATUS_CREATING;
	if (state_gate_closed(&c->state))
		return STATUS_CREATED;
	/* A cgroup that is gone cannot be frozen. */
	if (is_frozen(c))
		return STATUS_PAUSED;
	return STATUS_RUNNING;
}

int container_spec(struct container *c, struct err *err)
{
	int r;

	r = spec_parse(&c->arena, "config.json", c->record.config, c->record.config_len,
		       &c->spec, err);
	if (r == 0)
		r = spec_check(c->spec, err);
	return r;
}

void container_state_json(struct container *c, struct strbuf *out)
{
	const struct record *rec = &c->record;
	enum status status = container_status(c);
	struct arena *a = &c->arena;
	struct json *o = json_new(a, JSON_OBJECT);

	json_add_str(a, o, "ociVersion", AGENTRUN_SPEC);
	json_add_str(a, o, "id", c->state.id);
	json_add_i64(a, o, "pid", status == STATUS_STOPPED ? 0 : rec->pid);
	json_add_str(a, o, "status", status_name(status));
	json_add_str(a, o, "bundle", rec->bundle);
	if (rec->rootfs)
		json_add_str(a, o, "rootfs", rec->rootfs);
	json_add_str(a, o, "created", rec->created);
	if (rec->owner)
		json_add_str(a, o, "owner", rec->owner);
	if (rec->cgroup_path)
		json_add_str(a, o, "cgroup", rec->cgroup_path);
	if (rec->cgroup_scope)
		json_add_str(a, o, "systemd-scope", rec->cgroup_scope);
	if (rec->class_name)
		json_add_str(a, o, "class", rec->class_name);
	if (status == STATUS_STOPPED && class_ended(c))
		json_add_str(a, o, "ended", class_ended(c));
	if (rec->annotations && rec->annotations->n)
		json_add(a, o, "annotations", json_copy(a, rec->annotations));
	json_print(out, o, 2);
	strbuf_addc(out, '\n');
}

void container_hook_state(struct container *c)
{
	AUTO_STRBUF b = STRBUF_INIT;

	strbuf_add(&b, "{\"ociVersion\":\"" AGENTRUN_SPEC "\",\"id\":");
	json_escape(&b, c->state.id);
	strbuf_add(&b, ",\"status\":\"");
	c->init.state_head = arena_strdup(&c->arena, b.s);
	c->init.state_middle = "\",\"pid\":";
	b.len = 0;
	strbuf_add(&b, ",\"bundle\":");
	json_escape(&b, c->record.bundle);
	if (c->record.annotations && c->record.annotations->n) {
		strbuf_add(&b, ",\"annotations\":");
		json_print(&b, c->record.annotations, 0);
	}
	strbuf_addc(&b, '}');
	c->init.state_tail = arena_strdup(&c->arena, b.s);
}

void container_poststop(struct container *c)
{
	AUTO_STRBUF state = STRBUF_INIT;
	struct err err = ERR_INIT;

	if (!c->spec || !c->spec->hooks[HOOK_POSTSTOP].n)
		return;
	container_hook_state(c);
	init_state_json(&c->init, "stopped", 0, &state);
	(void)hooks_run(c->spec, HOOK_POSTSTOP, state.s, -1, &err);
}

void container_say_left_out(const struct container *c)
{
	AUTO_STRBUF names = STRBUF_INIT;

	plan_caps_left_out(&c->plan->process.caps, &names);
	if (names.len)
		log_info("capabilities that this host cannot give were left out: %s",
			 names.s);
}
