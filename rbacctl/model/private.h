/*
 * private.h - what a policy keeps behind the model: its memory, and its names by hash. For those
 * who build a policy: rbacctl/model and rbacctl/config.
 */
#ifndef RBACCTL_MODEL_PRIVATE_H
#define RBACCTL_MODEL_PRIVATE_H

#include "rbacctl/model/arena.h"
#include "rbacctl/model/model.h"
#include "rbacctl/model/names.h"

struct policy_private {
	struct policy_arena arena;
	struct policy_names kinds, keys, keychains, roles, plans, services;
};

/* An empty policy; NULL: out of memory. */
struct policy *policy_new(void);

/*
 * Memory of P, zeroed, and text printed into it. They do not return when there is none: they jump
 * to where P->own->arena.full points.
 */
#define policy_alloc(p, n, size) policy_arena_alloc(&(p)->own->arena, n, size)
#define policy_text(p, ...) policy_arena_printf(&(p)->own->arena, __VA_ARGS__)

/* ` (did you mean "x"?)` for the nearest of NAMES to WORD, or "". */
const char *policy_hint(struct policy *p, const char *word, const char *const *names, size_t n);

/*
 * LIST, which names N things so far, and NAME; what comes after the first twenty is ", ..." once.
 */
const char *policy_listed(struct policy *p, const char *list, size_t n, const char *name);

#endif
