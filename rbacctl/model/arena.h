/*
 * arena.h - the memory of one policy: allocated in pieces, freed as a whole. Private to
 * rbacctl/model and rbacctl/config.
 */
#ifndef RBACCTL_MODEL_ARENA_H
#define RBACCTL_MODEL_ARENA_H

#include <setjmp.h>
#include <stddef.h>

struct policy_arena {
	struct policy_arena_block *blocks;
	size_t used, cap; /* of the first block */
	jmp_buf *full;    /* the target of longjmp(3) if there is no memory */
};

/* Allocate N elements of SIZE bytes, zeroed, with the alignment of malloc(3). If there is no
 * memory, these functions do not return: they jump to FULL. */
void *policy_arena_alloc(struct policy_arena *a, size_t n, size_t size);
char *policy_arena_strdup(struct policy_arena *a, const char *s);
char *policy_arena_printf(struct policy_arena *a, const char *fmt, ...)
	__attribute__((format(printf, 2, 3)));
void policy_arena_free(struct policy_arena *a);

#endif
