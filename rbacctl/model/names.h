/*
 * names.h - a list of names in the order of loading, with a look-up by hash. Private to
 * rbacctl/model and rbacctl/config.
 */
#ifndef RBACCTL_MODEL_NAMES_H
#define RBACCTL_MODEL_NAMES_H

#include <stddef.h>
#include <stdint.h>

#include "rbacctl/lookup.h"
#include "rbacctl/model/arena.h"

struct policy_names {
	const char **v;
	size_t n, cap;
	struct lookup at; /* finds an index in V; its memory is in the arena */
};

/* Make an empty list for at most CAP names, in the memory of A. */
void policy_names_init(struct policy_names *t, struct policy_arena *a, size_t cap);

/* Add NAME, which is borrowed, at the end, and return -1; or return its index if T has it already.
 */
int policy_names_add(struct policy_names *t, const char *name);

/* The index of the name of LEN bytes at NAME; -1: not in the table. */
int policy_names_find(const struct policy_names *t, const char *name, size_t len);

#endif
