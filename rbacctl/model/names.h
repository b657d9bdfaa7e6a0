/*
 * names.h - the names of one table, in order, found by hash. Private to rbacctl/model and
 * rbacctl/config.
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
	struct lookup at; /* numbers in V; its room is the arena's */
};

/* Room for CAP names at most. */
void policy_names_init(struct policy_names *t, struct policy_arena *a, size_t cap);

/* Add NAME (borrowed) unless it is there. -1: added, at the end; else where it stands already. */
int policy_names_add(struct policy_names *t, const char *name);

/* The index of the name of LEN bytes at NAME; -1: not in the table. */
int policy_names_find(const struct policy_names *t, const char *name, size_t len);

#endif
