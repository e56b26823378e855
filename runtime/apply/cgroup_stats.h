/* SPDX-License-Identifier: Apache-2.0 */
/* apply/cgroup_stats.h - readers shared by the two versions of the statistics */
#ifndef AGENTRUN_APPLY_CGROUP_STATS_H
#define AGENTRUN_APPLY_CGROUP_STATS_H

#include <stdint.h>

struct arena;
struct cgroup;
struct json;

/* What is missing is 0, NULL, or not added: a kernel may lack any of these files. */
uint64_t cg_stat_u64(const struct cgroup *c, const char *controller, const char *file);
uint64_t cg_stat_key(const struct cgroup *c, const char *controller, const char *file,
		     const char *key);
char *cg_stat_text(const struct cgroup *c, struct arena *a, const char *controller,
		   const char *file);
void cg_stat_psi(const struct cgroup *c, struct arena *a, struct json *obj,
		 const char *file);
void cg_stat_raw(const struct cgroup *c, struct arena *a, struct json *obj,
		 const char *controller, const char *file);
void cg_stat_limit(struct arena *a, struct json *obj, uint64_t usage, uint64_t limit,
		   uint64_t max, uint64_t failcnt);

void cg_stats_v1(const struct cgroup *c, struct arena *a, struct json *data);
void cg_stats_v2(const struct cgroup *c, struct arena *a, struct json *data);

#endif
