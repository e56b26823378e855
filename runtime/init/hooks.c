/* SPDX-License-Identifier: Apache-2.0 */
/* init/hooks.c - see hooks.h */
#include "init/hooks.h"

#include <errno.h>
#include <string.h>
#include <sys/wait.h>

#include "base/clock.h"
#include "base/err.h"
#include "base/log.h"
#include "base/spawn.h"
#include "base/str.h"

/* The last lines of what the hook printed, as one line. */
static const char *tail(struct strbuf *out)
{
	size_t n = out->len;

	while (n && (out->s[n - 1] == '\n' || out->s[n - 1] == ' '))
		out->s[--n] = '\0';
	for (size_t i = 0; i < n; i++)
		if (out->s[i] == '\n')
			out->s[i] = ' ';
	return strbuf_str(out) + (n > 400 ? n - 400 : 0);
}

static int hook_failed(const char *name, const struct spec_hook *h, int status,
		       struct strbuf *out, struct err *err)
{
	if (WIFSIGNALED(status))
		return err_set(err, -EINVAL, "%s hook %s was killed by signal %d%s%s",
			       name, str_quote(h->path), WTERMSIG(status),
			       out->len ? ": " : "", tail(out));
	return err_set(err, -EINVAL, "%s hook %s failed with exit status %d%s%s", name,
		       str_quote(h->path), WEXITSTATUS(status), out->len ? ": " : "",
		       tail(out));
}

static int hook_run(const char *name, const struct spec_hook *h, const char *state_json,
		    int cwd_dfd, struct err *err)
{
	AUTO_STRBUF out = STRBUF_INIT;
	struct spawn s = SPAWN_INIT;
	int status, r;

	s.path = h->path;
	s.argv = h->args.n ? (char *const *)(uintptr_t)h->args.v : NULL;
	s.env = h->env.n ? (char *const *)(uintptr_t)h->env.v : NULL;
	s.cwd_dfd = cwd_dfd;
	s.stdin_data = state_json;
	s.stdin_len = strlen(state_json);
	s.timeout_ns = h->timeout_s.set ? (uint64_t)h->timeout_s.v * NS_PER_S : 0;
	s.out = &out;
	r = spawn_run(&s, &status, err);
	if (r == -ETIMEDOUT)
		return err_set(err, r, "%s hook %s ran longer than its timeout of %lld s",
			       name, str_quote(h->path), (long long)h->timeout_s.v);
	if (r < 0)
		return err_sys(err, r, "cannot run %s hook %s", name, str_quote(h->path));
	if (status)
		return hook_failed(name, h, status, &out, err);
	return 0;
}

int hooks_run(const struct spec *spec, enum spec_hook_kind kind, const char *state_json,
	      int cwd_dfd, struct err *err)
{
	const struct spec_hooks *hooks = &spec->hooks[kind];
	int r;

	for (size_t i = 0; i < hooks->n; i++) {
		log_debug("running %s hook %s", spec_hook_name(kind),
			  str_quote(hooks->v[i].path));
		r = hook_run(spec_hook_name(kind), &hooks->v[i], state_json, cwd_dfd,
			     err);
		if (r == 0)
			continue;
		/* poststop runs every one of them and only warns (runtime-spec 1.3.0). */
		if (kind != HOOK_POSTSTOP)
			return r;
		log_warning("%s", err->msg);
		*err = ERR_INIT;
	}
	return 0;
}
