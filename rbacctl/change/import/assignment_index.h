/*
 * assignment_index.h - the pairs of a role and a scope that many rows name, each of them once.
 */
#ifndef RBACCTL_CHANGE_IMPORT_ASSIGNMENT_INDEX_H
#define RBACCTL_CHANGE_IMPORT_ASSIGNMENT_INDEX_H

#include <stddef.h>
#include <stdint.h>

#include "rbacctl/lookup.h"

struct role_at_scope {
	const char *role, *scope; /* borrowed */
	int role_at;              /* index in the policy; -1 until it has been checked */
	int err;
	char *why;     /* the error, if there is one; freed with this */
	unsigned line; /* of the first row that names it */
	size_t rows;   /* how many do */
	uint64_t *ids;
	size_t made; /* of the assignments that were made here, rising; part of IDS of struct
			assignment_index */
};

struct assignment_index {
	struct role_at_scope *v;
	size_t n, cap;
	struct lookup at; /* numbers in V */
	uint64_t *ids;
};

/* The number in P->v of ROLE at SCOPE, which LINE names; it is added when it is not there. RBAC_OK
 * or RBAC_NOMEM. */
int assignment_index_find(struct assignment_index *p, const char *role, const char *scope,
			  unsigned line, size_t *number);

/* The number of ROLE at SCOPE; -1: no row names both. */
int assignment_index_known(const struct assignment_index *p, const char *role, const char *scope);

/* Room for the ids of as many assignments as there are rows. To be called when all rows are in.
 * RBAC_OK or RBAC_NOMEM. */
int assignment_index_make_room(struct assignment_index *p);

/* By scope and role, which is the order of the store's index. The numbers that
 * assignment_index_find gave are no longer true. */
void assignment_index_sort(struct assignment_index *p);

void assignment_index_free(struct assignment_index *p);

#endif
