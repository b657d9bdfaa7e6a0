/*
 * query.h - questions about who may what, answered from the view.
 */
#ifndef RBACCTL_ACCESS_QUERY_H
#define RBACCTL_ACCESS_QUERY_H

#include "rbacctl/buf.h"
#include "rbacctl/access/holdings.h"
#include "rbacctl/access/snapshot.h"
#include "rbacctl/host/person.h"
#include "rbacctl/access/rules.h"
#include "rbacctl/access/who.h"

/* The owner of a scope in the view, as rules.h wants it. CTX: a struct snapshot. */
void query_owner(void *ctx, const char *scope, char *out);

/*
 * May USER give ROLE at SCOPE at T? H gets what USER holds (to be freed); ANSWER and EXTRA as
 * who_one() says. RBAC_OK or an error.
 */
int query_may_give(const struct snapshot *l, const char *user, int role, const char *scope,
		   int64_t t, struct holdings *h, struct rules_answer *answer,
		   const struct policy_extra **extra);

/* Whom the question lets, of the users of the view. */
int query_who_may(const struct snapshot *l, const struct who_question *q, struct who *out);

/* The root scopes above all that USER has, suspended or not, also through Unix groups: where acts
 * on USER are judged. To be freed. */
int query_roots(const struct snapshot *l, const char *user, int64_t t, struct who_scopes *out);

/*
 * Whom TYPED means: a user of this host or of the view. EXIT_DONE, having said on stderr what was
 * understood where it differs; or EXIT_USAGE with a complaint.
 */
int query_person(const struct snapshot *l, const char *typed, struct person *p);

/*
 * The recorded name of P's uid, where that is another name than P's: P is a second name of that
 * person, and holds nothing. RBAC_OK and OUT (RBAC_USER_MAX + 1 bytes; "": there is none), or an
 * error.
 */
int query_first_name(const struct snapshot *l, const struct person *p, char *out);

/* "key sandbox.launch < launching < space-member < space-developer at space:main/web": how holding
 * E brings key K or role R (-1). */
void query_path(const struct policy *p, const struct held *e, int key, int role, struct buf *out);

#endif
