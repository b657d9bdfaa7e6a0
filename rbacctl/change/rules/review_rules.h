/*
 * review_rules.h - what the files about reviews share; review.h has what commands call.
 */
#ifndef RBACCTL_CHANGE_RULES_REVIEW_RULES_H
#define RBACCTL_CHANGE_RULES_REVIEW_RULES_H

#include "rbacctl/change/internal.h"
#include "rbacctl/store/holdings.h"

enum { REVIEWER_NAMES = 2 }; /* whose authority it is, and who types it */

/* The person who typed the command, not the authority that is used. */
struct reviewer {
	struct change *c;
	struct holdings h[REVIEWER_NAMES]; /* what they hold, also through Unix groups */
};

/* To be freed in any case. RBAC_OK, or an error with a message. */
int reviewer_open(struct change *c, struct reviewer *r);
void reviewer_free(struct reviewer *r);

/* Why the person does not review A: it is theirs, or they gave, approved or asked for it; NULL:
 * nothing stands against it. *ERR: the store's error. */
const char *reviewer_lacks(struct reviewer *r, const struct store_assignment *a, int *err);

/* Is the person NAME? */
bool reviewer_is(const struct reviewer *r, const char *name);

/* By the rules of ROLE, and with root's authority: may the actor keep, or end, a grant at SCOPE? */
bool reviewer_may(struct reviewer *r, const struct policy_bys *bys, const char *scope);

/*
 * An apply or a rollback, by C->old and C->p: where a role is due or ends earlier, the reviews of
 * its grants count from now, so that nothing ends on that day; what had ended before stays so.
 * _begin before the rows change, _end after it, _free in any case. RBAC_OK, or an error with a
 * message.
 */
struct review_grant {
	uint64_t id;
	int64_t end;
};
struct review_policy {
	struct change *c;
	bool *is; /* of each role: a grant is due, or ends, at another time than before */
	bool any;
	struct review_grant *ended, *now; /* that had ended before; that are there now */
	size_t n_ended, cap_ended, n_now, cap_now;
	size_t from_now; /* how many count from now */
};
int review_policy_begin(struct change *c, struct review_policy *x);
int review_policy_end(struct review_policy *x);
void review_policy_free(struct review_policy *x);

#endif
