/*
 * request.h - requests for a role, kept in the tables `request` (id -> record) and `pending` (who
 * would get it, role, scope -> id; and who asked when).
 *
 * A record has all that decides about it; a decided one never changes. Its id is the number of the
 * change that made it. Strings that are read borrow the transaction.
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
	int64_t from;             /* RBAC_TIME_MIN: from the approval on */
	int64_t length;           /* seconds */
	uint64_t decided;         /* the change that decided it; 0: none yet */
	const char *asker, *user; /* USER: who would get the role */
	const char *role, *scope, *reason;
	const char *brings;   /* the keys and Unix groups that the role brought when it was asked
				 for, a blank behind each */
	const char *approved; /* by whom, a blank behind each; of a denial: by whom */
	const char *why;      /* of a denial: its reason; why it is void; else "" */
	const char *persons;  /* who typed it and who typed the approvals, whatever authority they
				 used: "=UID" of each who typed the request, "NAME=UID" of each who
				 approved as NAME, a blank behind each; never root's */
};

/* RBAC_NOTFOUND: there is none with this id. */
int store_request_get(struct store_txn *t, uint64_t id, struct store_request *r);

/* A row of the table `request`. RBAC_DAMAGED, without a message: it is none. */
int store_request_decode(const MDB_val *key, const MDB_val *value, struct store_request *r);

/* Write R, new or as one that was read. Whether one is pending for its user, role and scope follows
 * from its state. */
int store_request_put(struct store_txn *t, const struct store_request *r);

/* The one that is pending for USER, ROLE and SCOPE by what was written; whether its time is over is
 * not looked at. RBAC_NOTFOUND: none. */
int store_request_pending(struct store_txn *t, const char *user, const char *role,
			  const char *scope, struct store_request *r);

/* Every request that is pending by what was written, or all, by rising id. FN of _pending may write
 * the one that it was given, as its last act. */
typedef int store_request_fn(void *ctx, const struct store_request *r);
int store_requests_pending(struct store_txn *t, store_request_fn *fn, void *ctx);
int store_requests_all(struct store_txn *t, store_request_fn *fn, void *ctx);

/*
 * How many requests ASKER made after SINCE, into *N; older notes of that are deleted. _note_asked
 * notes one at WHEN.
 */
int store_asked_since(struct store_txn *t, const char *asker, int64_t since, size_t *n);
int store_note_asked(struct store_txn *t, const char *asker, uint64_t id, int64_t when);

#endif
