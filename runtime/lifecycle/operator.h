/* SPDX-License-Identifier: Apache-2.0 */
/* lifecycle/operator.h - commands for the operator: explain, policy, audit */
#ifndef AGENTRUN_LIFECYCLE_OPERATOR_H
#define AGENTRUN_LIFECYCLE_OPERATOR_H

#include <stdbool.h>

struct arena;
struct err;
struct globals;
struct strbuf;

/*
 * explain_class: what a class allows, or what the bundle would be allowed (bundle NULL:
 * no annotations). With a bundle the plan is made too, so that what create would refuse
 * is refused here.
 */
int explain_class(const struct globals *g, const char *bundle, bool json,
		  struct strbuf *out, struct err *err);

/* policy_list_classes: a line a class: name, file, summary. Bad files are lines too. */
int policy_list_classes(const struct globals *g, struct strbuf *out, struct err *err);
/* policy_check_one: NAME, or a FILE (with a slash): parsed and checked. */
int policy_check_one(const struct globals *g, const char *what, struct err *err);
/* policy_show_class: the file's policy as canonical JSON. */
int policy_show_class(const struct globals *g, const char *name, struct strbuf *out,
		      struct err *err);

/* audit_verify_file: file NULL: the operator's. *out: one line. -EBADMSG: not whole. */
int audit_verify_file(const struct globals *g, const char *file, struct strbuf *out,
		      struct err *err);
/* audit_show_file: the records for people; run: only of that run (prefix), or NULL. */
int audit_show_file(const struct globals *g, const char *file, const char *run,
		    struct strbuf *out, struct err *err);

#endif
