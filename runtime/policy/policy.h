/* SPDX-License-Identifier: Apache-2.0 */
/*
 * policy/policy.h - what an agent may do, by concern
 *
 * Pure: bytes in, data out. A policy is the operator's file for a class; a request is
 * what annotations ask for; both are a struct policy, filled by the one table in
 * fields.c. A zeroed policy denies: read-only root, no network, no program may run, no
 * capability.
 *
 * Every limit has a default (what a workload gets) and a ceiling (the most that a request
 * may ask for). In a request only the default is meaningful.
 */
#ifndef AGENTRUN_POLICY_POLICY_H
#define AGENTRUN_POLICY_POLICY_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct arena;
struct err;
struct spec_kvs;
struct strbuf;

#define POLICY_PREFIX	    "dev.agentrun."
#define POLICY_MAX_BYTES    (256u << 10) /* of a policy file */
#define POLICY_MAX_VALUE    4096u	 /* of an annotation */
#define POLICY_MAX_LIST	    256u	 /* entries of a list */
#define POLICY_MAX_REQUESTS 64u		 /* annotations under our prefix */

/* A number with a ceiling: nanoseconds, bytes, thousandths of a CPU, or a count. */
struct policy_limit {
	bool set;
	uint64_t def;
	uint64_t max;
};

/* One of a few names, the strictest first: 0. */
struct policy_choice {
	bool set;
	unsigned v;
};

struct policy_list {
	bool set;
	const char **v;
	size_t n;
};

struct policy_text {
	bool set;
	const char *v;
};

enum policy_rootfs {
	POLICY_ROOTFS_READONLY = 0,
	POLICY_ROOTFS_EPHEMERAL,
	POLICY_ROOTFS_AS_GIVEN
};
enum policy_workspace { POLICY_WORKSPACE_READONLY = 0, POLICY_WORKSPACE_EPHEMERAL };
enum policy_network { POLICY_NETWORK_NONE = 0 };
enum policy_userns { POLICY_USERNS_REQUIRED = 0, POLICY_USERNS_AUTO };
enum policy_bool { POLICY_TRUE = 0, POLICY_FALSE }; /* where true is the strict one */

/* One row of the table each, in its order: the index into policy.from. */
enum policy_key {
	PK_NAME = 0,
	PK_SUMMARY,
	PK_ROOTFS,
	PK_WORKSPACE_PATH,
	PK_WORKSPACE_MODE,
	PK_WORKSPACE_SIZE,
	PK_READ,
	PK_CREATE,
	PK_MODIFY,
	PK_REMOVE,
	PK_NETWORK_MODE,
	PK_EXEC,
	PK_TIME_LIMIT,
	PK_TIME_GRACE,
	PK_MEMORY,
	PK_CPU,
	PK_PROCESSES,
	PK_DISK,
	PK_SECCOMP,
	PK_CAPABILITIES,
	PK_USERNS,
	PK_AUDIT_REQUIRED,
	PK_COUNT
};

struct policy {
	struct policy_text name;
	struct policy_text summary;
	struct {
		struct policy_choice rootfs;
		struct policy_text workspace_path;
		struct policy_choice workspace_mode;
		struct policy_limit workspace_size;
		struct policy_list read, create, modify, remove;
	} filesystem;
	struct {
		struct policy_choice mode;
	} network;
	struct {
		struct policy_list exec;
	} tools;
	struct {
		struct policy_limit limit, grace;
	} time;
	struct {
		struct policy_limit memory, cpu, processes, disk;
	} budget;
	struct policy_choice seccomp;
	struct policy_list capabilities;
	struct policy_choice user_namespace;
	struct policy_choice audit_required;

	/* of a request: no limits, for the audit */
	const char *class_name;
	const char *task;
	const char *trace;

	/* where each value comes from: "FILE:/json/path", "annotation KEY", or NULL */
	const char *from[PK_COUNT];
};

/*
 * policy_parse: a policy file. Unknown keys, wrong types, a default above its ceiling and
 * anything this version cannot enforce are errors: "FILE:/json/path: what, expected".
 */
int policy_parse(struct arena *a, const char *file, const char *buf, size_t len,
		 struct policy *out, struct err *err);

/*
 * policy_check: what one field alone cannot say: a name, a deadline, pairs that
 * contradict each other. class_name: what the file must call itself.
 */
int policy_check(const struct policy *p, const char *class_name, struct err *err);

/*
 * policy_request: the annotations under our prefix. Unknown keys, long values, control
 * characters and duplicates are refused; the rest of the annotations is not looked at.
 */
int policy_request(struct arena *a, const struct spec_kvs *annotations,
		   struct policy *out, struct err *err);

/*
 * policy_meet: policy narrowed by a request (or by another policy). Never wider than
 * either; a request above the ceiling is refused, naming key, value and ceiling.
 */
int policy_meet(struct arena *a, const struct policy *p, const struct policy *request,
		struct policy *out, struct err *err);

/* policy_is_within: is every right of p also one of q? For tests and for `update`. */
bool policy_is_within(const struct policy *p, const struct policy *q);

/*
 * policy_print: the policy as canonical JSON on one line; policy_parse reads it back to
 * the same policy. policy_hash is the SHA-256 of that line, in hex.
 */
void policy_print(const struct policy *p, struct strbuf *out);
void policy_hash(const struct policy *p, char out_hex[65]);

/* policy_explain: every thing that is allowed, and the line that allows it. */
void policy_explain(struct arena *a, const struct policy *p, bool json,
		    struct strbuf *out);

/* policy_lists: does a list allow this: equal, or "*"? */
bool policy_list_has(const struct policy_list *l, const char *s);

/* The operator's agentrun.json. */
enum unclassified { UNCLASSIFIED_REFUSE = 0, UNCLASSIFIED_NONE, UNCLASSIFIED_CLASS };
struct policy_settings {
	enum unclassified unclassified;
	const char *default_class; /* with UNCLASSIFIED_CLASS */
	const char *audit_dir;	   /* NULL: the default */
	const char *policy_dir;	   /* NULL: the default */
	const char *file;	   /* NULL: there was none */
};
int policy_settings_parse(struct arena *a, const char *file, const char *buf, size_t len,
			  struct policy_settings *out, struct err *err);

#endif
