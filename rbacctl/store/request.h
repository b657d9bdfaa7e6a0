/*
 * request.h - requests for a role. The table `request` has a record for each id. The table
 * `pending` is an index: (user, role, scope) to the id of the pending request, and (requester, id)
 * to the time of the request.
 *
 * A record has everything that an approval is judged by. It does not change any more once the
 * request is decided. Its id is the number of the change that made it.
 *
 * The functions return RBAC_OK or the store's error. Strings that they return borrow the
 * transaction. Times are seconds since 1970.
 */
#ifndef RBACCTL_STORE_REQUEST_H
#define RBACCTL_STORE_REQUEST_H

#include "rbacctl/store/store.h"

enum request_state {
	REQUEST_PENDING,
	REQUEST_APPROVED,
	REQUEST_DENIED,
	REQUEST_CANCELLED,
	REQUEST_VOID, /* a change made it impossible */
	REQUEST_STATES
};

struct store_request {
	uint64_t id;
	enum request_state state;
	int64_t made, expires;    /* it is pending up to, not including, EXPIRES */
	int64_t from;             /* begin of the window; RBAC_TIME_MIN: the approval */
	int64_t length;           /* of the window, in seconds */
	uint64_t decided;         /* the change that decided it; 0: none yet */
	const char *asker, *user; /* the requester; the user who would get the role */
	const char *role, *scope, *reason;
	const char *brings;   /* the keys and Unix groups that the role brought at the time of the
				 request, each followed by a space */
	const char *approved; /* the users who approved or denied it, each followed by a space */
	const char *why;      /* the reason of a denial, or why it is void; else "" */
	const char *persons;  /* the people who typed the request and the approvals, whatever
				 authority they used: "=UID" for each who typed the request,
				 "NAME=UID" for each who approved as NAME, each followed by a space;
				 never uid 0 */
};

/* Read request ID. RBAC_NOTFOUND if there is none. */
int store_request_get(struct store_txn *t, uint64_t id, struct store_request *r);

/* Decode a row of the table `request`. RBAC_OK or RBAC_DAMAGED; sets no store_why(). */
int store_request_decode(const MDB_val *key, const MDB_val *value, struct store_request *r);

/* Write R: a new request, or a new state of one that was read. Updates the index `pending`. */
int store_request_put(struct store_txn *t, const struct store_request *r);

/* Find the request for USER, ROLE and SCOPE whose recorded state is pending. It may have expired:
 * the function does not compare the time. RBAC_NOTFOUND if there is none. */
int store_request_pending(struct store_txn *t, const char *user, const char *role,
			  const char *scope, struct store_request *r);

/* Call FN for every request whose recorded state is pending (also if it has expired), or for every
 * request, by rising id. FN of _pending may write the request that it got, as its last act. */
typedef int store_request_fn(void *ctx, const struct store_request *r);
int store_requests_pending(struct store_txn *t, store_request_fn *fn, void *ctx);
int store_requests_all(struct store_txn *t, store_request_fn *fn, void *ctx);

/*
 * store_note_asked(): note that ASKER made request ID at WHEN. store_asked_since(): set *N to the
 * number of requests that ASKER made after SINCE, and delete older notes.
 */
int store_asked_since(struct store_txn *t, const char *asker, int64_t since, size_t *n);
int store_note_asked(struct store_txn *t, const char *asker, uint64_t id, int64_t when);

#endif
