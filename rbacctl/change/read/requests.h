/*
 * requests.h - which requests there are, for who asks.
 */
#ifndef RBACCTL_CHANGE_READ_REQUESTS_H
#define RBACCTL_CHANGE_READ_REQUESTS_H

#include "rbacctl/change/rules/request_rules.h"

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
