/*
 * notice.h - the table `notice`: notices that `rbacctl due` has to send, and work that it has to do
 * at a certain time.
 *
 * The key of a notice is its kind, id, instant and person, so the same notice is never written
 * twice. For that reason a notice stays in the table for 30 days after it was delivered. The table
 * is a queue and not in the journal; the audit record of the change that writes a notice has a line
 * about it.
 *
 * The functions return RBAC_OK or the store's error. Strings that they return borrow the
 * transaction. Times are seconds since 1970.
 */
#ifndef RBACCTL_STORE_NOTICE_H
#define RBACCTL_STORE_NOTICE_H

#include "rbacctl/store/store.h"

enum notice_kind {
	NOTICE_ASKED = 'a',     /* to approvers: a request was made */
	NOTICE_HALF = 'h',      /* to approvers: half of the time of a request is over */
	NOTICE_DECIDED = 'd',   /* to requester and user: a request was approved or denied */
	NOTICE_EXPIRED = 'x',   /* to the requester: a request has expired */
	NOTICE_VOID = 'v',      /* to the requester: a request is void */
	NOTICE_DAY = '1',       /* to the holder: a grant ends within a day */
	NOTICE_HOUR = '2',      /* to the holder: a grant ends within an hour */
	NOTICE_ENDED = '3',     /* to the holder: a grant has ended */
	NOTICE_REVIEW = 'r',    /* to reviewers and holder: a grant ends unless it is reviewed */
	NOTICE_WARNING = 'w',   /* to the holder's terminals: sessions end soon */
	NOTICE_SESSIONS = 's',  /* to nobody: `due` has to end sessions at this time */
	NOTICE_BREAKGLASS = 'b' /* to the people of `breakglass`: an exemption let somebody in */
};

/* The ways to deliver a notice, one bit for each. */
enum { NOTICE_EXEC = 1, NOTICE_MAIL = 2, NOTICE_WRITE = 4, NOTICE_LOG = 8, NOTICE_END = 16 };

enum { NOTICE_TRIES = 5, NOTICE_WHY = 200 /* bytes */ };

struct store_notice {
	enum notice_kind kind;
	uint64_t id;     /* of a request, an assignment or a use of an exemption */
	int64_t instant; /* the time at which it became due */
	const char *person;
	int64_t made;
	int64_t next;   /* when `due` tries next; meaningless if LEFT is 0 */
	uint32_t tries; /* how many tries failed */
	uint32_t left;  /* the ways (NOTICE_EXEC, ...) that are still to be tried; 0: delivered */
	const char *role, *scope; /* "": none */
	const char *text;         /* one line */
	const char *why;          /* why the last try failed; "": it did not fail */
};

/* Does the table have a notice of N's kind, id, instant and person? RBAC_OK if so, RBAC_NOTFOUND if
 * not, or an error. */
int store_notice_has(struct store_txn *t, const struct store_notice *n);

/* Write N: a new notice, or a new state of one that was read. */
int store_notice_put(struct store_txn *t, const struct store_notice *n);
int store_notice_del(struct store_txn *t, const struct store_notice *n);

/* The word for KIND in the JSON of `notify.exec`, such as "request" or "ended". A constant. */
const char *notice_word(enum notice_kind kind);

/* Call FN for every notice, by kind, id, instant and person, as store_each() does. */
typedef int store_notice_fn(void *ctx, const struct store_notice *n);
int store_notices_all(struct store_txn *t, store_notice_fn *fn, void *ctx);

#endif
