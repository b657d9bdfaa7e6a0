#include "rbacctl/model/arena.h"

#include <stdarg.h>
#include <stdalign.h>
#include <stdint.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

enum { BLOCK = 64 << 10 };

struct policy_arena_block {
	struct policy_arena_block *next;
	alignas(max_align_t) unsigned char bytes[];
};

static void full(struct policy_arena *a)
{
	longjmp(*a->full, 1);
}

void *policy_arena_alloc(struct policy_arena *a, size_t n, size_t size)
{
	const size_t align = alignof(max_align_t);
	size_t want;

	if (__builtin_mul_overflow(n, size, &want) || want > SIZE_MAX / 2)
		full(a);
	want = (want + align - 1) & ~(align - 1);
	if (!a->blocks || a->cap - a->used < want) {
		size_t cap = want > BLOCK ? want : BLOCK;
		struct policy_arena_block *b = calloc(1, sizeof(*b) + cap);
		if (!b)
			full(a);
		b->next = a->blocks;
		a->blocks = b;
		a->cap = cap;
		a->used = 0;
	}
	void *p = a->blocks->bytes + a->used;
	a->used += want;
	return p;
}

char *policy_arena_strdup(struct policy_arena *a, const char *s)
{
	size_t size = strlen(s) + 1;
	char *p = policy_arena_alloc(a, size, 1);

	memcpy(p, s, size);
	return p;
}

char *policy_arena_printf(struct policy_arena *a, const char *fmt, ...)
{
	va_list ap;

	va_start(ap, fmt);
	int len = vsnprintf(NULL, 0, fmt, ap);
	va_end(ap);
	if (len < 0)
		full(a);
	char *p = policy_arena_alloc(a, (size_t)len + 1, 1);
	va_start(ap, fmt);
	vsnprintf(p, (size_t)len + 1, fmt, ap);
	va_end(ap);
	return p;
}

void policy_arena_free(struct policy_arena *a)
{
	while (a->blocks) {
		struct policy_arena_block *b = a->blocks;
		a->blocks = b->next;
		free(b);
	}
}
