/*
 * query.h - questions about who may what, answered from the view.
 */
#ifndef RBACCTL_CMD_QUERY_H
#define RBACCTL_CMD_QUERY_H

#include "rbacctl/buf.h"
#include "rbacctl/holdings.h"
#include "rbacctl/look.h"
#include "rbacctl/person.h"
#include "rbacctl/rules.h"

/* The owner of a scope in the view, as rules.h wants it. CTX: a struct look. */
void query_owner(void *ctx, const char *scope, char *out);

/* May USER do what BYS says at SCOPE (NULL: the users = { } lists) at T? H gets what USER holds (to be freed); ANSWER borrows it. */
int query_may(const struct look *l, const char *user, const struct policy_bys *bys, const char *scope, int64_t t, struct holdings *h,
	      struct rules_answer *answer);

/*
 * "alice, dana or sam": whom BYS lets at SCOPE now, at most five names; "root" where nobody. ROLE: the role that is to be assigned,
 * which may bring an extra Unix group that not all of them may give; -1: none.
 */
int query_who_may(const struct look *l, const struct policy_bys *bys, int role, const char *scope, int64_t t, struct buf *out);

/*
 * Whom TYPED means: a user of this host or of the view. EXIT_DONE, having said on stderr what was understood where it differs; or
 * EXIT_USAGE with a complaint.
 */
int query_person(const struct look *l, const char *typed, struct person *p);

/* "key sandbox.launch < launching < space-member < space-developer at space:main/web": how holding E brings key K or role R (-1). */
void query_path(const struct policy *p, const struct held *e, int key, int role, struct buf *out);

#endif
