/*
 * rules.h - may this actor do this? The functions are pure: all facts are arguments. The rules are
 * those of docs/design.md, "Meaning".
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
	const struct holdings *h; /* the actor's holdings; `anyone` needs h->recorded */
	int64_t now;              /* seconds since 1970 */
};

/* Write the owner of SCOPE into OUT (RBAC_USER_MAX + 1 bytes), "" if it has none. RBAC_OK, or an
 * error, which is returned in rules_answer.err. */
typedef int rules_owner_fn(void *ctx, const char *scope, char *out);

struct rules_answer {
	bool yes;
	int err;                    /* not RBAC_OK: an owner could not be read; YES is then false */
	struct policy_by by;        /* if YES and not root: the entry that matches */
	const struct held *through; /* if that is a role or key: the holding; otherwise NULL */
	const struct held
		*elsewhere; /* if not YES: a holding of the needed role or key elsewhere */
};

/*
 * Does an entry of the `by` list BYS match the actor A at SCOPE? The entries are: owner (of exactly
 * SCOPE), owner:KIND (of the ancestor of that kind), a role or key:NAME that counts at SCOPE, and
 * anyone (recorded in the store). With SCOPE NULL, for the lists of users = { }, a role or key
 * counts if it is held at any scope of a root kind. An empty list means nobody. Returns
 * ANSWER->yes. OWNER is called with CTX.
 */
bool rules_by(const struct policy *p, const struct policy_bys *bys, const struct rules_actor *a,
	      const char *scope, rules_owner_fn *owner, void *ctx, struct rules_answer *answer);

/*
 * The rule of groups.extra: if ROLE brings an extra Unix group, only root, or a user for whom the
 * role that brings it counts at SCOPE, may assign ROLE there. Returns the entry of groups.extra for
 * which A lacks that role, or NULL if A may assign ROLE.
 */
const struct policy_extra *rules_extra_lacking(const struct policy *p, int role, const char *scope,
					       const struct rules_actor *a);

/* Does ROLE bring an extra Unix group, also by inclusion? */
bool rules_brings_extra(const struct policy *p, int role);

/*
 * One direct holder of a role at a scope. All names with one uid are one person; if the uid is not
 * known (RBAC_NO_UID), each name is a person.
 */
struct holder {
	const char *user;
	uint32_t uid;
	struct rbac_window window;
};

/*
 * Count the different persons among the N holders at V; each function sorts V by person.
 * rules_holders_at(): those with a window that is open at T. rules_permanent_holders(): those with
 * a window that is open at T and has no end. rules_most_holders(): set *MOST to the largest number
 * of persons at one instant of WINDOW; RBAC_OK or RBAC_NOMEM.
 */
size_t rules_holders_at(struct holder *v, size_t n, int64_t t);
size_t rules_permanent_holders(struct holder *v, size_t n, int64_t t);
int rules_most_holders(struct holder *v, size_t n, struct rbac_window window, size_t *most);

/* A violation of an exclusive set: at SCOPE and the instant AT, more than `at_most` of its roles
 * count. */
struct rules_clash {
	int set;           /* index of the exclusive set */
	const char *scope; /* borrows H */
	int64_t at;
};

/*
 * (exclusive.c) Do the holdings H violate an exclusive set at some scope, at NOW or later?
 * Inclusion and cascade count, and so do suspended users. Roles conflict only while their windows
 * overlap. Holdings through a Unix group count only if GROUPS. Returns RBAC_OK: no; RBAC_CONFLICT:
 * yes, and *CLASH is one violation; or RBAC_NOMEM.
 */
int rules_exclusive(const struct policy *p, const struct holdings *h, bool groups, int64_t now,
		    struct rules_clash *clash);

/*
 * (exclusive_text.c) Append all roles of the set that count at CLASH->scope and CLASH->at: "a, b
 * through %devs and c (at account:main)". A role that counts by inclusion is named with the role
 * that is held: "a by boss". P, H and GROUPS are those of rules_exclusive().
 */
void rules_clash_text(const struct policy *p, const struct holdings *h, bool groups,
		      const struct rules_clash *clash, struct buf *out);

#endif
