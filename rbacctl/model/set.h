/*
 * set.h - sets of roles or of keys, by their indexes in the policy's tables.
 *
 * A set has one bit for each index, in words of 64 bits, and stores only the words that are not
 * zero, because most roles have a few keys of thousands. A set does not change after it is made. It
 * is made in a gatherer, which has space for every index.
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
	const uint16_t *at;    /* the number of each word, ascending */
	size_t n;
};

bool policy_set_has(const struct policy_set *s, int i);

/* Do A and B have a common member? */
bool policy_set_meet(const struct policy_set *a, const struct policy_set *b);

/* The first member that is greater than AFTER (-1: the first member); -1: there are no more. */
int policy_set_next(const struct policy_set *s, int after);

/* A set that is being made. All zeros: empty. */
struct policy_gatherer {
	uint64_t words[POLICY_SET_WORDS];
	size_t end; /* all words from this one on are zero */
};

/* Add the member I, or all members of S. An I of POLICY_SET_MAX or more is ignored: loading refuses
 * a policy with so many. */
void policy_gather(struct policy_gatherer *g, int i);
void policy_gather_set(struct policy_gatherer *g, const struct policy_set *s);

/* The members of G as a set in A's memory. Empties G. */
struct policy_set policy_gathered(struct policy_gatherer *g, struct policy_arena *a);

#endif
