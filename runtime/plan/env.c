/* SPDX-License-Identifier: Apache-2.0 */
/* plan/env.c - the environment of the process: what config.json says, once each */
#include <errno.h>
#include <string.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"
#include "plan/process.h"

/* HOME and its terminator, and one or two that the caller adds. */
#define SPARE 4

/* Names seen so far: open addressing, never more than half full. */
struct name_set {
	const char **slots;
	size_t mask;
};

static size_t hash(const char *s, size_t n)
{
	uint64_t h = 0xcbf29ce484222325ull; /* FNV-1a */

	for (size_t i = 0; i < n; i++)
		h = (h ^ (unsigned char)s[i]) * 0x100000001b3ull;
	return (size_t)(h ^ (h >> 32));
}

/* Was the name of this "NAME=VALUE" there already? It is now. */
static bool was_seen(struct name_set *set, const char *entry)
{
	size_t n = (size_t)(strchr(entry, '=') - entry) + 1;
	size_t i = hash(entry, n) & set->mask;

	for (; set->slots[i]; i = (i + 1) & set->mask) {
		if (!strncmp(set->slots[i], entry, n))
			return true;
	}
	set->slots[i] = entry;
	return false;
}

static int check(const struct spec_strings *env, struct err *err)
{
	for (size_t i = 0; i < env->n; i++) {
		const char *eq = strchr(env->v[i], '=');

		if (!eq || eq == env->v[i])
			return err_set(
				err, -EINVAL,
				"/process/env/%zu: %s is not of the form NAME=VALUE", i,
				str_quote(env->v[i]));
	}
	return 0;
}

/* The last of several with one name wins, at its own place. */
static void dedupe(struct plan_process *out, const struct spec_strings *env,
		   struct arena *a)
{
	struct name_set set = { NULL, 1 };
	size_t first = env->n;

	while (set.mask < 2 * env->n)
		set.mask *= 2;
	set.slots = ARENA_ARRAY(a, set.mask, const char *);
	set.mask--;
	out->env = ARENA_ARRAY(a, env->n + SPARE, char *);
	for (size_t i = env->n; i-- > 0;) {
		if (!was_seen(&set, env->v[i]))
			out->env[--first] = arena_strdup(a, env->v[i]);
	}
	out->n_env = env->n - first;
	memmove(out->env, out->env + first, out->n_env * sizeof(*out->env));
	memset(out->env + out->n_env, 0, (first + SPARE) * sizeof(*out->env));
}

int plan_env_build(struct plan_process *out, const struct spec_process *process,
		   struct arena *a, struct err *err)
{
	bool has_term = false;
	int r;

	r = check(&process->env, err);
	if (r < 0)
		return r;
	dedupe(out, &process->env, a);
	for (size_t i = 0; i < out->n_env; i++) {
		if (str_has_prefix(out->env[i], "PATH="))
			out->path_var = out->env[i] + strlen("PATH=");
		else if (str_has_prefix(out->env[i], "HOME="))
			out->has_home = true;
		else if (str_has_prefix(out->env[i], "TERM="))
			has_term = true;
	}
	if (process->terminal && !has_term)
		out->env[out->n_env++] = arena_strdup(a, "TERM=xterm");
	return 0;
}
