/* SPDX-License-Identifier: Apache-2.0 */
/* policy/fields.h - the table that parses, meets, prints and explains policies */
#ifndef AGENTRUN_POLICY_FIELDS_H
#define AGENTRUN_POLICY_FIELDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "policy/policy.h"

struct strbuf;

enum policy_kind {
	KIND_TEXT = 0,
	KIND_CHOICE,
	KIND_BOOL,     /* a choice: POLICY_TRUE or POLICY_FALSE */
	KIND_DURATION, /* the four numbers: struct policy_limit */
	KIND_SIZE,
	KIND_CPU,
	KIND_COUNT,
	KIND_LIST,
};

#define FIELD_REQUEST (1u << 0) /* an annotation may ask for it */
#define FIELD_PATH    (1u << 1) /* absolute and clean */
#define FIELD_ZERO_OK (1u << 2) /* a number that may be 0 */
#define FIELD_OPEN \
	(1u << 3) /* absent in the policy: no limit, so any request narrows \
				 */
#define FIELD_ALL_ONLY (1u << 4) /* a list that can only be empty or say "*" so far */
#define FIELD_CAPS     (1u << 5) /* entries are capability names */
#define FIELD_ID       (1u << 6) /* a text that names a class */

struct policy_field {
	const char *key; /* "time.limit": also the annotation behind the prefix */
	enum policy_kind kind;
	unsigned flags;
	size_t offset;
	const char *const *names; /* of a choice, the strictest first, NULL-terminated */
	const char *what;	  /* for explain: "%s" is the value */
};

extern const struct policy_field policy_fields[PK_COUNT];

/*
 * What the format has and this version cannot enforce. Asking for any of it is an error:
 * a limit that is declared and not held is worse than none. empty_ok: an empty list or
 * object asks for nothing, and is accepted.
 */
struct policy_unsupported {
	const char *key;
	bool empty_ok;
	const char *instead; /* what is in force, for the message */
};
extern const struct policy_unsupported policy_unsupported[];
extern const size_t policy_n_unsupported;

static inline bool field_is_limit(const struct policy_field *f)
{
	return f->kind == KIND_DURATION || f->kind == KIND_SIZE || f->kind == KIND_CPU ||
	       f->kind == KIND_COUNT;
}

/* The value of a field; the kind says which struct it is. */
static inline void *field_at(struct policy *p, const struct policy_field *f)
{
	return (char *)p + f->offset;
}
static inline const void *field_of(const struct policy *p, const struct policy_field *f)
{
	return (const char *)p + f->offset;
}
bool field_is_set(const struct policy *p, const struct policy_field *f);

/*
 * One value from its text, as an annotation or a JSON string has it. 0, or -EINVAL with
 * what was expected in *why: "a duration like '30m'".
 */
int field_read_number(const struct policy_field *f, const char *text, uint64_t *out,
		      const char **why);
int field_read_choice(const struct policy_field *f, const char *text, unsigned *out,
		      struct strbuf *why);
/* field_check_entry: may this be the text, or an entry of the list? As above. */
int field_check_entry(const struct policy_field *f, const char *s, const char **why);
/* field_number_print: the text that field_read_number reads back. */
void field_number_print(const struct policy_field *f, uint64_t v, struct strbuf *out);
/* field_value_print: the value in words: "30m", "ephemeral", "/workspace /tmp". */
void field_value_print(const struct policy *p, const struct policy_field *f,
		       struct strbuf *out);

#endif
