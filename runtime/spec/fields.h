/* SPDX-License-Identifier: Apache-2.0 */
/*
 * spec/fields.h - the shape of the one table that reads, checks and prints config.json
 *
 * A table lists the members of one JSON object: name, kind, where the value goes. Kinds
 * that hold other tables (object, list, map) make the tree.
 */
#ifndef AGENTRUN_SPEC_FIELDS_H
#define AGENTRUN_SPEC_FIELDS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct err;
struct json;

enum field_kind {
	FIELD_STR = 0, /* const char * */
	FIELD_BOOL,    /* bool */
	FIELD_OBOOL,   /* struct opt_bool */
	FIELD_U32,     /* uint32_t */
	FIELD_U64,     /* uint64_t */
	FIELD_I64,     /* int64_t */
	FIELD_OU32,    /* struct opt_u32 */
	FIELD_OU64,    /* struct opt_u64 */
	FIELD_OI64,    /* struct opt_i64 */
	FIELD_CHAR,    /* char: a string of one character */
	FIELD_NS,      /* enum spec_ns_type, by name */
	FIELD_STRS,    /* struct spec_strings */
	FIELD_U32S,    /* uint32_t *, and its count at off_n */
	FIELD_KVS,     /* struct spec_kvs: an object of strings */
	FIELD_OBJECT,  /* sub applies at off of the same struct */
	FIELD_LIST,    /* array of structs: pointer at off, count at off_n */
	FIELD_MAP,     /* object whose values are structs; the key goes to offset 0 */
};

enum field_flags {
	FIELD_REQUIRED = 1 << 0,
	FIELD_ID = 1 << 1, /* a uid or gid: 4294967295 is none */
};

struct fields;

struct field {
	const char *key;
	enum field_kind kind;
	size_t off;
	size_t off_n; /* LIST, MAP, U32S: the count; OBJECT, STRS: has flag, or NO_FLAG */
	const struct fields *sub;
	unsigned flags;
};

#define NO_FLAG SIZE_MAX

struct fields {
	const struct field *v;
	size_t n;
	size_t size; /* of the struct that an element of a LIST or MAP is */
};

extern const struct fields spec_fields;
extern const struct fields spec_process_fields;
extern const struct fields spec_resources_fields;

/* fields_read: obj into base. Messages: "FILE:/path: expected ..., got ...". */
int fields_read(struct arena *a, const char *file, const struct fields *t,
		const struct json *obj, void *base, struct err *err);

/*
 * fields_write: base as a JSON object. doc (may be NULL) is what it was read from: its
 * order is kept, and what the table does not know comes from there.
 */
struct json *fields_write(struct arena *a, const struct fields *t, const void *base,
			  const struct json *doc);

#endif
