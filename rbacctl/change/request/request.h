/*
 * request.h - roles on request: ask, approve, deny, cancel. Acts as those of change.h; each needs
 * c->p.
 *
 * All rights are checked when the grant is made, under the lock, by the policy that is applied at
 * that time. Nobody can approve a request that they made or by which they get the role. That also
 * holds for root's authority: the person who typed the command counts.
 */
#ifndef RBACCTL_CHANGE_REQUEST_REQUEST_H
#define RBACCTL_CHANGE_REQUEST_REQUEST_H

#include "rbacctl/change/rules/request_rules.h"

enum {
	REQUEST_OF_ONE = 5,   /* pending requests that one person made */
	REQUEST_OF_ALL = 200, /* pending requests of the host */
	REQUEST_A_DAY = 20,   /* requests that one person makes in 24 hours */
};

/* *GRANTED: the role needs no approval, and has been given. C->change is the number of the request
 * that is made; *ID that of the request in any case. */
int change_request(struct change *c, const struct role_request *q, uint64_t *id, bool *granted);

/* The approval so far: N of the OF people that it needs have; once that is enough, the window. */
struct request_approved {
	char user[RBAC_USER_MAX + 1], role[256], scope[RBAC_SCOPE_MAX + 1];
	unsigned n, of;
	int64_t from, until;
};
/* SHORTER: seconds; 0: as it was asked for. */
int change_approve(struct change *c, uint64_t id, int64_t shorter, struct request_approved *out);
int change_deny(struct change *c, uint64_t id, const char *reason);
int change_cancel(struct change *c, uint64_t id);

#endif
