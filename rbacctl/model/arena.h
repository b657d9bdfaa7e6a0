/*
 * arena.h - memory of one policy: taken piece by piece, given back as a whole. Private to
 * rbacctl/model and rbacctl/config.
 */
#ifndef RBACCTL_MODEL_ARENA_H
#define RBACCTL_MODEL_ARENA_H

#include <setjmp.h>
#include <stddef.h>

struct policy_arena {
	struct policy_arena_block *blocks;
	size_t used, cap; /* of the first block */
	jmp_buf *full;    /* where out of memory goes: loading has one way out of it */
};

/* Zeroed memory, aligned for anything. Does not return when there is none (longjmp to FULL). */
void *policy_arena_alloc(struct policy_arena *a, size_t n, size_t size);
char *policy_arena_strdup(struct policy_arena *a, const char *s);
char *policy_arena_printf(struct policy_arena *a, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void policy_arena_free(struct policy_arena *a);

#endif
