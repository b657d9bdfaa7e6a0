/*
 * request.h - roles on request: ask, approve, deny, cancel. Acts as those of change.h; each needs
 * c->p.
 *
 * All rights are checked when the grant is made, under the lock, by the policy that is applied at
 * that time. Nobody can approve a request that they made or by which they get the role. That also
 * holds for root's authority: the person who typed the command counts.
 */
#ifndef RBACCTL_CHANGE_REQUEST_H
#define RBACCTL_CHANGE_REQUEST_H

#include "rbacctl/change/change.h"
#include "rbacctl/store/request.h"

enum {
	REQUEST_OF_ONE = 5,   /* pending requests that one person made */
	REQUEST_OF_ALL = 200, /* pending requests of the host */
	REQUEST_A_DAY = 20,   /* requests that one person makes in 24 hours */
};

struct role_request {
	const char *role, *scope;
	const char *user; /* for somebody else; NULL: for the actor */
	int64_t from;     /* RBAC_TIME_MIN: from the approval on */
	int64_t length;   /* seconds */
	const char *reason;
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

/* The state of request R, by the policy and the time of C. */
enum request_is {
	REQUEST_IS_PENDING,
	REQUEST_IS_APPROVED,
	REQUEST_IS_DENIED,
	REQUEST_IS_CANCELLED,
	REQUEST_IS_EXPIRED,
	REQUEST_IS_VOID /* the role is gone, or brings more than it did */
};
/* WHY (may be NULL) gets why it is void. */
enum request_is change_request_is(const struct change *c, const struct store_request *r,
				  struct buf *why);
const char *change_request_word(enum request_is is);

/*
 * The requests that are pending or, of the last REQUEST_LISTED, all, as far as who A is for may see
 * them: their own, what they would get, and what they may approve; of the host: all that are
 * pending, whoever asks. Nothing is locked. RBAC_OK or an error, with WHY.
 */
enum { REQUEST_LISTED = 400 * 24 * 3600 }; /* seconds since it was made */
enum request_which { REQUESTS_PENDING, REQUESTS_ALL, REQUESTS_OF_HOST };
struct request_seen {
	const struct store_request *r;
	enum request_is is;
	bool may_approve;
	bool stuck; /* of the host: fewer people than it needs could approve it */
};
typedef int request_seen_fn(void *ctx, const struct request_seen *s);
int change_requests(struct invocation *a, enum request_which which, request_seen_fn *fn, void *ctx,
		    struct buf *why);

#endif
