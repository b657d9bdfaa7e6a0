/*
 * rules.h - may this actor do this? Pure: everything that is asked about is an argument.
 *
 * The sentences are those of docs/design.md, "Meaning"; each function names its own.
 */
#ifndef RBACCTL_ACCESS_RULES_H
#define RBACCTL_ACCESS_RULES_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rbacctl/buf.h"
#include "rbacctl/model/holdings.h"
#include "rbacctl/model/model.h"

struct rules_actor {
	const char *name;
	bool root;                /* root needs no `by` entry */
	const struct holdings *h; /* what the actor holds; h->recorded: `anyone` covers them */
	int64_t now;
};

/* The owner of SCOPE into OUT (RBAC_USER_MAX + 1 bytes), "" when it has none. RBAC_OK, or an error,
 * which the answer gets. */
typedef int rules_owner_fn(void *ctx, const char *scope, char *out);

struct rules_answer {
	bool yes;
	int err;             /* it cannot be told: an owner could not be read. YES is false */
	struct policy_by by; /* the entry that holds, when yes and not root */
	const struct held *through;   /* for a role or key: the holding; NULL otherwise */
	const struct held *elsewhere; /* when no: a needed role or key is held, but not there */
};

/*
 * `by` lists: owner (of exactly that scope), owner:KIND (of the ancestor of that kind), a role or
 * key:NAME that counts at SCOPE, anyone (recorded in the store). SCOPE NULL: the roots of all
 * scopes, for the users = { } lists: a role or key counts when it is held at any scope of a root
 * kind. An empty list means nobody.
 */
bool rules_by(const struct policy *p, const struct policy_bys *bys, const struct rules_actor *a,
	      const char *scope, rules_owner_fn *owner, void *ctx, struct rules_answer *answer);

/*
 * groups.extra: assigning ROLE at SCOPE, when it brings an extra Unix group, takes root or someone
 * for whom the role that brings it counts there. The entry that ACTOR lacks; NULL: ACTOR may.
 */
const struct policy_extra *rules_extra_lacking(const struct policy *p, int role, const char *scope,
					       const struct rules_actor *a);

/* Does ROLE bring an extra Unix group, also by inclusion? */
bool rules_brings_extra(const struct policy *p, int role);

/*
 * One direct holder of a role at a scope. One uid is one person, under whatever names it is
 * recorded; where the uid is not known (RBAC_NO_UID), the name is the person.
 */
struct holder {
	const char *user;
	uint32_t uid;
	struct rbac_window window;
};

/*
 * V is put into the order of the persons. At T; at T and without end; the largest number of
 * different persons whose windows are open at one instant of WINDOW, into *MOST (RBAC_OK or
 * RBAC_NOMEM).
 */
size_t rules_holders_at(struct holder *v, size_t n, int64_t t);
size_t rules_permanent_holders(struct holder *v, size_t n, int64_t t);
int rules_most_holders(struct holder *v, size_t n, struct rbac_window window, size_t *most);

/* A violation of an exclusive set: at SCOPE, at the instant AT, more roles of the set count than it
 * allows. */
struct rules_clash {
	int set;           /* index of the exclusive set */
	const char *scope; /* borrows H */
	int64_t at;
};

/*
 * `exclusive` (exclusive.c): at any one scope, cascade and inclusion counted, overlapping windows
 * counted, suspended or not. Judges all of H together from NOW on (what has ended is no violation
 * any more); entries through a group (via) are counted only when GROUPS. RBAC_OK: none;
 * RBAC_CONFLICT: *CLASH is one; RBAC_NOMEM.
 */
int rules_exclusive(const struct policy *p, const struct holdings *h, bool groups, int64_t now,
		    struct rules_clash *clash);

/*
 * (exclusive_text.c) Every role of the set that counts there and then, not only two of them: "a, b
 * through %devs and c (at account:main)". A role that is there by inclusion is told with the one
 * that is held: "a by boss". P, H and GROUPS are those of rules_exclusive.
 */
void rules_clash_text(const struct policy *p, const struct holdings *h, bool groups,
		      const struct rules_clash *clash, struct buf *out);

#endif
