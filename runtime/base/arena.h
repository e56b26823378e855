/* SPDX-License-Identifier: Apache-2.0 */
/*
 * base/arena.h - memory that is freed whole
 *
 * spec, policy and plan each live in one. Allocation never returns NULL: without memory
 * the process says so and exits 1. That is safe because whatever it had made by then is
 * what a SIGKILL at that point would leave, and the journal covers that.
 */
#ifndef AGENTRUN_BASE_ARENA_H
#define AGENTRUN_BASE_ARENA_H

#include <stddef.h>

struct arena_block;
struct arena {
	struct arena_block *blocks;
};
#define ARENA_INIT   \
	{            \
		NULL \
	}

/* arena_alloc: size zeroed bytes, aligned for any type. */
void *arena_alloc(struct arena *a, size_t size);
/* arena_array: n zeroed elements; an overflow of n * size ends the process. */
void *arena_array(struct arena *a, size_t n, size_t size);
char *arena_strdup(struct arena *a, const char *s);
char *arena_strndup(struct arena *a, const char *s, size_t n);
char *arena_printf(struct arena *a, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
/* arena_release: free all of it. Twice is harmless. */
void arena_release(struct arena *a);
#define AUTO_ARENA __attribute__((cleanup(arena_release))) struct arena

#define ARENA_NEW(a, type)	((type *)arena_alloc((a), sizeof(type)))
#define ARENA_ARRAY(a, n, type) ((type *)arena_array((a), (n), sizeof(type)))

/* arena_oom: the one way out when memory is gone. */
_Noreturn void arena_oom(void);

#endif
