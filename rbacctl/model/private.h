/*
 * private.h - the private part of a policy: its memory, and look-ups of its names. Only for the
 * code that builds a policy, rbacctl/model and rbacctl/config.
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

/* A new empty policy, or NULL if there is no memory. Free it with policy_free(). */
struct policy *policy_new(void);

/*
 * Zeroed memory of P, and text printed into such memory. If there is no memory, they do not return:
 * they jump to P->own->arena.full.
 */
#define policy_alloc(p, n, size) policy_arena_alloc(&(p)->own->arena, n, size)
#define policy_text(p, ...) policy_arena_printf(&(p)->own->arena, __VA_ARGS__)

/* ` (did you mean "x"?)` with the name of the N at NAMES that is most similar to WORD
 * (problem_nearest()), or "". In P's memory. */
const char *policy_hint(struct policy *p, const char *word, const char *const *names, size_t n);

/*
 * LIST, which has N names so far, with NAME added, in P's memory. After twenty names ", ..." is
 * added once.
 */
const char *policy_listed(struct policy *p, const char *list, size_t n, const char *name);

#endif
