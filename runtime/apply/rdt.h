/* SPDX-License-Identifier: Apache-2.0 */
/* apply/rdt.h - the parts of apply/rdt.c that a test can reach without a resctrl */
#ifndef AGENTRUN_APPLY_RDT_H
#define AGENTRUN_APPLY_RDT_H

#include <stdbool.h>
#include <stddef.h>
#include <sys/types.h>

struct arena;
struct err;
struct spec_intel_rdt;

/* rdt_mountpoint: where resctrl is mounted, out of mountinfo (which is cut up), or NULL.
 */
char *rdt_mountpoint(struct arena *a, char *mountinfo);
/* rdt_lines: what has to be written to `schemata`, each with its newline. */
int rdt_lines(struct arena *a, const struct spec_intel_rdt *s, char ***out, size_t *out_n,
	      struct err *err);
/* rdt_line_is_in: is one of those lines among the text of `schemata`? */
bool rdt_line_is_in(const char *line, const char *schemata);
/* On an opened resctrl. */
int rdt_apply_at(int root_dfd, const struct spec_intel_rdt *s, const char *id, pid_t pid,
		 struct err *err);
int rdt_update_at(int root_dfd, const struct spec_intel_rdt *s, const char *id,
		  struct err *err);
int rdt_undo_at(int root_dfd, const struct spec_intel_rdt *s, const char *id,
		struct err *err);

#endif
