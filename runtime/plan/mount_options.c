/* SPDX-License-Identifier: Apache-2.0 */
/*
 * plan/mount_options.c - the one table of mount options
 *
 * Later options win. What the table does not know is the file system's own. Attributes
 * of the mount and flags of the superblock are kept apart, since a bind has only the
 * first; propagation is a list, applied in order after the mount is made.
 */
#include "plan/mounts.h"

#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <sys/mount.h>

#include "base/arena.h"
#include "base/err.h"
#include "base/str.h"

/* KERNEL 5.10: not in older headers */
#ifndef MOUNT_ATTR_NOSYMFOLLOW
#define MOUNT_ATTR_NOSYMFOLLOW 0x00200000
#endif
#ifndef MS_LAZYTIME
#define MS_LAZYTIME (1 << 25)
#endif

#define MAX_PROPAGATION 16
#define MAX_DATA	4096 /* what mount(2) takes: a page */

enum option_kind {
	OPT_NONE, /* defaults */
	OPT_SET,
	OPT_CLEAR,
	OPT_ATIME,   /* pick a value of the access-time field */
	OPT_UNATIME, /* give that value up */
	OPT_REC_SET,
	OPT_REC_CLEAR,
	OPT_REC_ATIME,
	OPT_REC_UNATIME,
	OPT_SB_SET,
	OPT_SB_CLEAR,
	OPT_PROPAGATION,
	OPT_BIND,
	OPT_RBIND,
	OPT_REMOUNT,
	OPT_IDMAP,
	OPT_RIDMAP,
	OPT_TMPCOPYUP,
};

/* Sorted by name: it is searched by halves, and `features` prints it as it is. */
#define OPTIONS(X)                                                   \
	X("async", OPT_SB_CLEAR, MS_SYNCHRONOUS)                     \
	X("atime", OPT_UNATIME, MOUNT_ATTR_NOATIME)                  \
	X("bind", OPT_BIND, 0)                                       \
	X("defaults", OPT_NONE, 0)                                   \
	X("dev", OPT_CLEAR, MOUNT_ATTR_NODEV)                        \
	X("diratime", OPT_CLEAR, MOUNT_ATTR_NODIRATIME)              \
	X("dirsync", OPT_SB_SET, MS_DIRSYNC)                         \
	X("exec", OPT_CLEAR, MOUNT_ATTR_NOEXEC)                      \
	X("idmap", OPT_IDMAP, 0)                                     \
	X("iversion", OPT_SB_SET, MS_I_VERSION)                      \
	X("lazytime", OPT_SB_SET, MS_LAZYTIME)                       \
	X("loud", OPT_SB_CLEAR, MS_SILENT)                           \
	X("mand", OPT_SB_SET, MS_MANDLOCK)                           \
	X("noatime", OPT_ATIME, MOUNT_ATTR_NOATIME)                  \
	X("nodev", OPT_SET, MOUNT_ATTR_NODEV)                        \
	X("nodiratime", OPT_SET, MOUNT_ATTR_NODIRATIME)              \
	X("noexec", OPT_SET, MOUNT_ATTR_NOEXEC)                      \
	X("noiversion", OPT_SB_CLEAR, MS_I_VERSION)                  \
	X("nolazytime", OPT_SB_CLEAR, MS_LAZYTIME)                   \
	X("nomand", OPT_SB_CLEAR, MS_MANDLOCK)                       \
	X("norelatime", OPT_UNATIME, MOUNT_ATTR_RELATIME)            \
	X("nostrictatime", OPT_UNATIME, MOUNT_ATTR_STRICTATIME)      \
	X("nosuid", OPT_SET, MOUNT_ATTR_NOSUID)                      \
	X("nosymfollow", OPT_SET, MOUNT_ATTR_NOSYMFOLLOW)            \
	X("private", OPT_PROPAGATION, MS_PRIVATE)                    \
	X("ratime", OPT_REC_UNATIME, MOUNT_ATTR_NOATIME)             \
	X("rbind", OPT_RBIND, 0)                                     \
	X("rdev", OPT_REC_CLEAR, MOUNT_ATTR_NODEV)                   \
	X("rdiratime", OPT_REC_CLEAR, MOUNT_ATTR_NODIRATIME)         \
	X("relatime", OPT_ATIME, MOUNT_ATTR_RELATIME)                \
	X("remount", OPT_REMOUNT, 0)                                 \
	X("rexec", OPT_REC_CLEAR, MOUNT_ATTR_NOEXEC)                 \
	X("ridmap", OPT_RIDMAP, 0)                                   \
	X("rnoatime", OPT_REC_ATIME, MOUNT_ATTR_NOATIME)             \
	X("rnodev", OPT_REC_SET, MOUNT_ATTR_NODEV)                   \
	X("rnodiratime", OPT_REC_SET, MOUNT_ATTR_NODIRATIME)         \
	X("rnoexec", OPT_REC_SET, MOUNT_ATTR_NOEXEC)                 \
	X("rnorelatime", OPT_REC_UNATIME, MOUNT_ATTR_RELATIME)       \
	X("rnostrictatime", OPT_REC_UNATIME, MOUNT_ATTR_STRICTATIME) \
	X("rnosuid", OPT_REC_SET, MOUNT_ATTR_NOSUID)                 \
	X("rnosymfollow", OPT_REC_SET, MOUNT_ATTR_NOSYMFOLLOW)       \
	X("ro", OPT_SET, MOUNT_ATTR_RDONLY)                          \
	X("rprivate", OPT_PROPAGATION, MS_PRIVATE | MS_REC)          \
	X("rrelatime", OPT_REC_ATIME, MOUNT_ATTR_RELATIME)           \
	X("rro", OPT_REC_SET, MOUNT_ATTR_RDONLY)                     \
	X("rrw", OPT_REC_CLEAR, MOUNT_ATTR_RDONLY)                   \
	X("rshared", OPT_PROPAGATION, MS_SHARED | MS_REC)            \
	X("rslave", OPT_PROPAGATION, MS_SLAVE | MS_REC)              \
	X("rstrictatime", OPT_REC_ATIME, MOUNT_ATTR_STRICTATIME)     \
	X("rsuid", OPT_REC_CLEAR, MOUNT_ATTR_NOSUID)                 \
	X("rsymfollow", OPT_REC_CLEAR, MOUNT_ATTR_NOSYMFOLLOW)       \
	X("runbindable", OPT_PROPAGATION, MS_UNBINDABLE | MS_REC)    \
	X("rw", OPT_CLEAR, MOUNT_ATTR_RDONLY)                        \
	X("shared", OPT_PROPAGATION, MS_SHARED)                      \
	X("silent", OPT_SB_SET, MS_SILENT)                           \
	X("slave", OPT_PROPAGATION, MS_SLAVE)                        \
	X("strictatime", OPT_ATIME, MOUNT_ATTR_STRICTATIME)          \
	X("suid", OPT_CLEAR, MOUNT_ATTR_NOSUID)                      \
	X("symfollow", OPT_CLEAR, MOUNT_ATTR_NOSYMFOLLOW)            \
	X("sync", OPT_SB_SET, MS_SYNCHRONOUS)                        \
	X("tmpcopyup", OPT_TMPCOPYUP, 0)                             \
	X("unbindable", OPT_PROPAGATION, MS_UNBINDABLE)

struct option {
	const char *name;
	enum option_kind kind;
	uint64_t value;
};

#define AS_OPTION(name_, kind_, value_) { name_, kind_, (uint64_t)(value_) },
#define AS_NAME(name_, kind_, value_)	name_,
static const struct option options_table[] = { OPTIONS(AS_OPTION) };
static const char *const option_names[] = { OPTIONS(AS_NAME) };

size_t plan_mount_options(const char *const **out)
{
	*out = option_names;
	return ARRAY_SIZE(option_names);
}

static int compare_option(const void *key, const void *elem)
{
	return strcmp(key, ((const struct option *)elem)->name);
}

static void attr_set(uint64_t *set, uint64_t *clr, uint64_t bits)
{
	*set |= bits;
	*clr &= ~bits;
}

static void attr_clear(uint64_t *set, uint64_t *clr, uint64_t bits)
{
	*clr |= bits;
	*set &= ~bits;
}

/*
 * Access time is one field with values, not bits: the kernel wants the whole field
 * cleared with whatever value is set.
 */
static void atime_pick(uint64_t *set, uint64_t *clr, uint64_t value)
{
	*clr |= MOUNT_ATTR__ATIME;
	*set = (*set & ~(uint64_t)MOUNT_ATTR__ATIME) | value;
}

/* noatime,norelatime: the second gives up what is not chosen, so it changes nothing */
static void atime_give_up(uint64_t *set, uint64_t *clr, uint64_t value)
{
	bool chosen = *clr & MOUNT_ATTR__ATIME;

	if (!chosen || (*set & MOUNT_ATTR__ATIME) == value)
		atime_pick(set, clr, MOUNT_ATTR_RELATIME);
}

static int add_propagation(struct plan_mount *m, uint64_t flags, struct arena *a)
{
	if (!m->propagation)
		m->propagation = ARENA_ARRAY(a, MAX_PROPAGATION, unsigned long);
	if (m->n_propagation == MAX_PROPAGATION)
		return -E2BIG;
	m->propagation[m->n_propagation++] = (unsigned long)flags;
	return 0;
}

static int apply_option(struct plan_mount *m, const struct option *o, struct arena *a,
			struct mount_words *words)
{
	switch (o->kind) {
	case OPT_NONE:
		break;
	case OPT_SET:
		attr_set(&m->attr_set, &m->attr_clr, o->value);
		break;
	case OPT_CLEAR:
		attr_clear(&m->attr_set, &m->attr_clr, o->value);
		break;
	case OPT_ATIME:
		atime_pick(&m->attr_set, &m->attr_clr, o->value);
		break;
	case OPT_UNATIME:
		atime_give_up(&m->attr_set, &m->attr_clr, o->value);
		break;
	case OPT_REC_SET:
		attr_set(&m->rec_set, &m->rec_clr, o->value);
		break;
	case OPT_REC_CLEAR:
		attr_clear(&m->rec_set, &m->rec_clr, o->value);
		break;
	case OPT_REC_ATIME:
		atime_pick(&m->rec_set, &m->rec_clr, o->value);
		break;
	case OPT_REC_UNATIME:
		atime_give_up(&m->rec_set, &m->rec_clr, o->value);
		break;
	case OPT_SB_SET:
		m->sb_flags |= (unsigned long)o->value;
		break;
	case OPT_SB_CLEAR:
		m->sb_flags &= ~(unsigned long)o->value;
		break;
	case OPT_PROPAGATION:
		return add_propagation(m, o->value, a);
	case OPT_BIND:
		words->bind = true;
		break;
	case OPT_RBIND:
		words->bind = true;
		m->recursive = true;
		break;
	case OPT_REMOUNT:
		words->remount = true;
		break;
	case OPT_RIDMAP:
		m->idmap_recursive = true;
		m->idmap = true;
		break;
	case OPT_IDMAP:
		m->idmap = true;
		break;
	case OPT_TMPCOPYUP:
		m->tmpcopyup = true;
		break;
	}
	return 0;
}

/* Length of the first option in a comma separated list: quotes and \, keep a comma. */
static size_t option_span(const char *s)
{
	bool quoted = false;
	size_t i;

	for (i = 0; s[i]; i++) {
		if (s[i] == '"')
			quoted = !quoted;
		else if (s[i] == '\\' && s[i + 1])
			i++;
		else if (s[i] == ',' && !quoted)
			break;
	}
	return i;
}

/* fsconfig takes context=x, mount(8) writes context="x" */
static char *unquote(char *value)
{
	size_t n = value ? strlen(value) : 0;

	if (n < 2 || value[0] != '"' || value[n - 1] != '"')
		return value;
	value[n - 1] = '\0';
	return value + 1;
}

static void add_param(struct plan_mount *m, char *word)
{
	struct spec_kv *kv = &m->params.v[m->params.n++];
	char *eq = strchr(word, '=');

	if (eq)
		*eq = '\0';
	kv->key = word;
	kv->value = eq ? unquote(eq + 1) : NULL;
}

static int parse_words(struct plan_mount *m, const char *list, struct arena *a,
		       struct mount_words *words)
{
	const struct option *o;
	const char *s = list;
	char *word;
	size_t n;
	int r;

	while (*s) {
		n = option_span(s);
		word = arena_strndup(a, s, n);
		s += n + (s[n] == ',');
		if (!n)
			continue;
		o = bsearch(word, options_table, ARRAY_SIZE(options_table),
			    sizeof(options_table[0]), compare_option);
		if (!o) {
			m->data =
				m->data ? arena_printf(a, "%s,%s", m->data, word) : word;
			add_param(m, arena_strdup(a, word));
			continue;
		}
		r = apply_option(m, o, a, words);
		if (r < 0)
			return r;
	}
	return 0;
}

/* Room for the params: one more than there are commas, over all entries. */
static size_t count_words(const struct spec_strings *options, size_t *out_len)
{
	size_t i, n = 0;
	const char *s;

	*out_len = 0;
	for (i = 0; i < options->n; i++) {
		n++;
		for (s = options->v[i]; *s; s++)
			n += *s == ',';
		*out_len += (size_t)(s - options->v[i]) + 1;
	}
	return n;
}

int plan_mount_parse_options(struct plan_mount *m, const struct spec_strings *options,
			     const char *where, struct arena *a,
			     struct mount_words *out_words, struct err *err)
{
	struct mount_words words = { 0 };
	size_t i, n, len;
	int r;

	n = count_words(options, &len);
	if (len > MAX_DATA)
		return err_set(err, -E2BIG, "%s/options: more than %d bytes", where,
			       MAX_DATA);
	m->params.v = n ? ARENA_ARRAY(a, n, struct spec_kv) : NULL;
	for (i = 0; i < options->n; i++) {
		r = parse_words(m, options->v[i], a, &words);
		if (r < 0)
			return err_set(err, r,
				       "%s/options/%zu: too many propagation options",
				       where, i);
	}
	*out_words = words;
	return 0;
}
