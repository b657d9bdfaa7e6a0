/*
 * set.h - sets of roles or of keys, by their positions in the policy's tables.
 *
 * A set keeps 64 positions to a word, and only the words that are not zero: most roles come to a
 * few keys of thousands. Sets do not change once they are made; they are made in a gatherer, which
 * has room for every position.
 */
#ifndef RBACCTL_MODEL_SET_H
#define RBACCTL_MODEL_SET_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rbacctl/model/arena.h"

enum { POLICY_SET_MAX = 16384, POLICY_SET_WORDS = POLICY_SET_MAX / 64 };

struct policy_set {
	const uint64_t *words; /* none is zero */
	const uint16_t *at;    /* which word each is, ascending */
	size_t n;
};

bool policy_set_has(const struct policy_set *s, int i);

/* Have A and B a member in common? */
bool policy_set_meet(const struct policy_set *a, const struct policy_set *b);

/* The first member after AFTER, -1 for the first of all; -1: there is none. */
int policy_set_next(const struct policy_set *s, int after);

/* A set in the making. All zeros is the empty one. */
struct policy_gatherer {
	uint64_t words[POLICY_SET_WORDS];
	size_t end; /* the words from here on are zero */
};

/* I from POLICY_SET_MAX on is left out: a policy that has so many is refused already. */
void policy_gather(struct policy_gatherer *g, int i);
void policy_gather_set(struct policy_gatherer *g, const struct policy_set *s);

/* What was gathered, as a set in A's memory. G is empty then. */
struct policy_set policy_gathered(struct policy_gatherer *g, struct policy_arena *a);

#endif
