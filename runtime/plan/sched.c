/* SPDX-License-Identifier: Apache-2.0 */
/* plan/sched.c - scheduler, io priority, affinity, personality, memory policy */
#include <errno.h>
#include <limits.h>
#include <string.h>

#include "base/err.h"
#include "base/str.h"
#include "plan/process.h"

#define WORD_BITS (8 * sizeof(unsigned long))

struct name_value {
	const char *name;
	unsigned value;
};

/*
 * By number: what a C library's headers know depends on its age, and the kernel's numbers
 * do not change.
 */
static const struct name_value policies[] = {
	{ "SCHED_OTHER", 0 },	 { "SCHED_FIFO", 1 }, { "SCHED_RR", 2 },
	{ "SCHED_BATCH", 3 },	 { "SCHED_ISO", 4 },  { "SCHED_IDLE", 5 },
	{ "SCHED_DEADLINE", 6 }, { NULL, 0 },
};
enum { POLICY_OTHER = 0, POLICY_FIFO, POLICY_RR, POLICY_BATCH, POLICY_DEADLINE = 6 };

static const struct name_value sched_flags[] = {
	{ "SCHED_FLAG_RESET_ON_FORK", 0x01 },  { "SCHED_FLAG_RECLAIM", 0x02 },
	{ "SCHED_FLAG_DL_OVERRUN", 0x04 },     { "SCHED_FLAG_KEEP_POLICY", 0x08 },
	{ "SCHED_FLAG_KEEP_PARAMS", 0x10 },    { "SCHED_FLAG_UTIL_CLAMP_MIN", 0x20 },
	{ "SCHED_FLAG_UTIL_CLAMP_MAX", 0x40 }, { NULL, 0 },
};

static const struct name_value io_classes[] = {
	{ "IOPRIO_CLASS_RT", 1 },
	{ "IOPRIO_CLASS_BE", 2 },
	{ "IOPRIO_CLASS_IDLE", 3 },
	{ NULL, 0 },
};
enum { IO_CLASS_BE = 2, IO_CLASS_IDLE, IO_CLASS_SHIFT = 13 };

static const char *const mode_names[] = {
	"MPOL_DEFAULT",
	"MPOL_PREFERRED",
	"MPOL_BIND",
	"MPOL_INTERLEAVE",
	"MPOL_LOCAL",
	"MPOL_PREFERRED_MANY",
	"MPOL_WEIGHTED_INTERLEAVE",
	NULL,
};
enum { MODE_DEFAULT = 0, MODE_PREFERRED, MODE_LOCAL = 4 };

static const char *const mode_flag_names[] = {
	"MPOL_F_STATIC_NODES",
	"MPOL_F_RELATIVE_NODES",
	"MPOL_F_NUMA_BALANCING",
	NULL,
};
enum { MODE_STATIC = 1 << 15, MODE_RELATIVE = 1 << 14, MODE_BALANCING = 1 << 13 };

const char *const *plan_mempolicy_modes(void)
{
	return mode_names;
}

const char *const *plan_mempolicy_flags(void)
{
	return mode_flag_names;
}

static const struct name_value *find(const struct name_value *table, const char *name)
{
	for (; table->name; table++) {
		if (!strcmp(table->name, name))
			return table;
	}
	return NULL;
}

static int index_of(const char *const *names, const char *name)
{
	for (int i = 0; names[i]; i++) {
		if (!strcmp(names[i], name))
			return i;
	}
	return -1;
}

/* One "3" or "0-3". */
static int parse_part(char *part, unsigned long *bits, size_t n_bits)
{
	char *dash = strchr(part, '-');
	uint64_t from, to;
	int r;

	if (dash)
		*dash = '\0';
	r = str_to_u64(part, n_bits - 1, &from);
	to = from;
	if (r == 0 && dash)
		r = str_to_u64(dash + 1, n_bits - 1, &to);
	if (r < 0)
		return r;
	if (from > to)
		return -EINVAL;
	for (; from <= to; from++)
		bits[from / WORD_BITS] |= 1ul << (from % WORD_BITS);
	return 0;
}

int plan_list_parse(const char *s, unsigned long *bits, size_t n_bits)
{
	static const char blank[] = " \t\n";
	char part[32];
	int r;

	for (;;) {
		size_t n;

		s += strspn(s, blank);
		n = strcspn(s, ", \t\n");
		if (n >= sizeof(part))
			return -EINVAL;
		memcpy(part, s, n);
		part[n] = '\0';
		r = parse_part(part, bits, n_bits);
		if (r < 0)
			return r;
		s += n;
		s += strspn(s, blank);
		if (!*s)
			return 0;
		if (*s++ != ',')
			return -EINVAL;
	}
}

static int flags_of(const struct spec_strings *names, const struct name_value *table,
		    const char *where, uint64_t *out, struct err *err)
{
	for (size_t i = 0; i < names->n; i++) {
		const struct name_value *f = find(table, names->v[i]);

		if (!f)
			return err_set(err, -EINVAL, "%s/flags/%zu: unknown flag %s",
				       where, i, str_quote(names->v[i]));
		*out |= f->value;
	}
	return 0;
}

#define SCHEDULER "/process/scheduler"

/* Which numbers belong to which policy, as sched_setattr(2) has it. */
static int check_scheduler(const struct spec_scheduler *s, unsigned policy,
			   struct err *err)
{
	bool priority = policy == POLICY_FIFO || policy == POLICY_RR;
	bool nice = policy == POLICY_OTHER || policy == POLICY_BATCH;

	if (s->nice.v < -20 || s->nice.v > 19)
		return err_set(err, -ERANGE, SCHEDULER "/nice: %lld is not in -20..19",
			       (long long)s->nice.v);
	if (s->nice.v && !nice)
		return err_set(err, -EINVAL, SCHEDULER "/nice: is not for %s", s->policy);
	if (s->priority.v && !priority)
		return err_set(err, -EINVAL,
			       SCHEDULER
			       "/priority: is for SCHED_FIFO and SCHED_RR only");
	if (s->priority.v < 0 || s->priority.v > 99 || (priority && s->priority.v == 0))
		return err_set(err, -ERANGE, SCHEDULER "/priority: %lld is not in 1..99",
			       (long long)s->priority.v);
	if (policy != POLICY_DEADLINE && (s->runtime.v || s->deadline.v || s->period.v))
		return err_set(err, -EINVAL,
			       SCHEDULER "/runtime, deadline, period: are for "
					 "SCHED_DEADLINE only");
	return 0;
}

static int build_scheduler(struct plan_sched *out, const struct spec_scheduler *s,
			   struct err *err)
{
	const struct name_value *policy;
	int r;

	if (!s->policy)
		return 0;
	policy = find(policies, s->policy);
	if (!policy)
		return err_set(err, -EINVAL, SCHEDULER "/policy: unknown policy %s",
			       str_quote(s->policy));
	r = check_scheduler(s, policy->value, err);
	if (r == 0)
		r = flags_of(&s->flags, sched_flags, SCHEDULER, &out->flags, err);
	if (r < 0)
		return r;
	out->set = true;
	out->policy = policy->value;
	out->nice = (int32_t)s->nice.v;
	out->priority = (uint32_t)s->priority.v;
	out->runtime = s->runtime.v;
	out->deadline = s->deadline.v;
	out->period = s->period.v;
	return 0;
}

static int build_ioprio(struct plan_process *out, const struct spec_io_priority *s,
			struct err *err)
{
	const struct name_value *class;
	int64_t prio = s->priority.v;

	if (!s->set)
		return 0;
	class = find(io_classes, s->class_name ? s->class_name : "IOPRIO_CLASS_BE");
	if (!class)
		return err_set(err, -EINVAL,
			       "/process/ioPriority/class: unknown class %s",
			       str_quote(s->class_name));
	if (prio < 0 || prio > 7)
		return err_set(err, -ERANGE,
			       "/process/ioPriority/priority: %lld is not in 0..7",
			       (long long)prio);
	if (class->value == IO_CLASS_IDLE)
		prio = 0; /* this class has none, and old kernels say EINVAL */
	out->has_ioprio = true;
	out->ioprio = (int)(class->value << IO_CLASS_SHIFT | (unsigned)prio);
	return 0;
}

static int build_list(const char *list, const char *where, unsigned long *bits,
		      bool *out_has, struct err *err)
{
	unsigned long unused[16] = { 0 };
	int r;

	if (!list)
		return 0;
	r = plan_list_parse(list, bits ? bits : unused, sizeof(unused) * 8);
	if (r < 0)
		return err_set(err, r,
			       "%s: %s is not a list like 0-3,7 of numbers below 1024",
			       where, str_quote(list));
	if (out_has)
		*out_has = true;
	return 0;
}

/* For exec only; on init the lists are checked, and nothing is done with them. */
static int build_affinity(struct plan_process *out, const struct spec_process *p,
			  bool is_init, struct err *err)
{
	int r;

	r = build_list(p->exec_affinity_initial, "/process/execCPUAffinity/initial",
		       is_init ? NULL : out->affinity_initial,
		       is_init ? NULL : &out->has_affinity_initial, err);
	if (r == 0)
		r = build_list(p->exec_affinity_final, "/process/execCPUAffinity/final",
			       is_init ? NULL : out->affinity_final,
			       is_init ? NULL : &out->has_affinity_final, err);
	return r;
}

static int build_personality(struct plan_process *out, const struct spec_personality *s,
			     struct err *err)
{
	if (!s->domain)
		return 0;
	if (s->flags.n)
		return err_set(
			err, -EINVAL,
			"/linux/personality/flags: no flag is defined, %s was given",
			str_quote(s->flags.v[0]));
	if (!strcmp(s->domain, "LINUX"))
		out->personality = 0;
	else if (!strcmp(s->domain, "LINUX32"))
		out->personality = 8;
	else
		return err_set(err, -EINVAL,
			       "/linux/personality/domain: unknown domain %s",
			       str_quote(s->domain));
	out->has_personality = true;
	return 0;
}

static int build_mempolicy_flags(struct plan_process *out,
				 const struct spec_memory_policy *s, struct err *err)
{
	for (size_t i = 0; i < s->flags.n; i++) {
		int n = index_of(mode_flag_names, s->flags.v[i]);

		if (n < 0)
			return err_set(err, -EINVAL,
				       "/linux/memoryPolicy/flags/%zu: unknown flag %s",
				       i, str_quote(s->flags.v[i]));
		out->mempolicy_mode |= MODE_STATIC >> n;
	}
	if ((out->mempolicy_mode & MODE_STATIC) && (out->mempolicy_mode & MODE_RELATIVE))
		return err_set(err, -EINVAL,
			       "/linux/memoryPolicy/flags: MPOL_F_STATIC_NODES and "
			       "MPOL_F_RELATIVE_NODES exclude each other");
	return 0;
}

static int build_mempolicy(struct plan_process *out, const struct spec_memory_policy *s,
			   struct err *err)
{
	bool no_nodes = !s->nodes || !*s->nodes;
	int mode;

	if (!s->mode)
		return 0;
	mode = index_of(mode_names, s->mode);
	if (mode < 0)
		return err_set(err, -EINVAL, "/linux/memoryPolicy/mode: unknown mode %s",
			       str_quote(s->mode));
	if ((mode == MODE_DEFAULT || mode == MODE_LOCAL) && !no_nodes)
		return err_set(err, -EINVAL,
			       "/linux/memoryPolicy/nodes: must be empty with %s",
			       s->mode);
	if (mode != MODE_DEFAULT && mode != MODE_LOCAL && mode != MODE_PREFERRED &&
	    no_nodes)
		return err_set(err, -EINVAL,
			       "/linux/memoryPolicy/nodes: is needed with %s", s->mode);
	out->has_mempolicy = true;
	out->mempolicy_mode = mode;
	if (!no_nodes) {
		int r = build_list(s->nodes, "/linux/memoryPolicy/nodes",
				   out->mempolicy_nodes, NULL, err);
		if (r < 0)
			return r;
	}
	return build_mempolicy_flags(out, s, err);
}

int plan_sched_build(struct plan_process *out, const struct spec *spec,
		     const struct spec_process *process, struct err *err)
{
	int r;

	r = build_scheduler(&out->sched, &process->scheduler, err);
	if (r == 0)
		r = build_ioprio(out, &process->io_priority, err);
	if (r == 0)
		r = build_affinity(out, process, process == &spec->process, err);
	if (r == 0)
		r = build_personality(out, &spec->personality, err);
	if (r == 0)
		r = build_mempolicy(out, &spec->memory_policy, err);
	return r;
}
