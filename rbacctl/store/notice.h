/*
 * notice.h - what people are to be told, and what `due` has to do at a time: the table `notice`.
 *
 * A notice is found by what it is about, so that the same is never written twice: kind, id, instant
 * and person. It stays for a while after it was delivered, for that reason. It is a queue, and not
 * in the journal; the audit record of the change that writes one has a line of it. Strings that are
 * read borrow the transaction.
 */
#ifndef RBACCTL_STORE_NOTICE_H
#define RBACCTL_STORE_NOTICE_H

#include "rbacctl/store/store.h"

enum notice_kind {
	NOTICE_ASKED = 'a',    /* a request was made: to who may approve it */
	NOTICE_HALF = 'h',     /* half of the time of a request is over: to the same */
	NOTICE_DECIDED = 'd',  /* a request was approved or denied: to who asked, and who gets it */
	NOTICE_EXPIRED = 'x',  /* a request has expired, */
	NOTICE_VOID = 'v',     /* or is void: to who asked */
	NOTICE_DAY = '1',      /* a grant ends within a day, */
	NOTICE_HOUR = '2',     /* within an hour, */
	NOTICE_ENDED = '3',    /* has ended: to the holder */
	NOTICE_REVIEW = 'r',   /* a grant ends unless it is reviewed: to reviewers and the holder */
	NOTICE_WARNING = 'w',  /* sessions end soon: onto the terminals of the holder */
	NOTICE_SESSIONS = 's', /* nobody is told: sessions are to end */
	NOTICE_BREAKGLASS = 'b' /* somebody was let in by an exemption alone */
};

/* How it goes to a person, a bit each. */
enum { NOTICE_EXEC = 1, NOTICE_MAIL = 2, NOTICE_WRITE = 4, NOTICE_LOG = 8, NOTICE_END = 16 };

enum { NOTICE_TRIES = 5, NOTICE_WHY = 200 /* bytes */ };

struct store_notice {
	enum notice_kind kind;
	uint64_t id;     /* of a request, an assignment or a use of an exemption */
	int64_t instant; /* that it is about */
	const char *person;
	int64_t made;
	int64_t next;   /* when it is to be tried; meaningless where LEFT is 0 */
	uint32_t tries; /* that failed */
	uint32_t left;  /* ways that are still to be tried, NOTICE_EXEC and others; 0: delivered */
	const char *role, *scope; /* "": none */
	const char *text;         /* one line */
	const char *why;          /* why the last try failed; "": it did not */
};

/* Is there one of this kind, id, instant and person? RBAC_OK, RBAC_NOTFOUND, or an error. */
int store_notice_has(struct store_txn *t, const struct store_notice *n);

/* Write N, new or as one that was read. */
int store_notice_put(struct store_txn *t, const struct store_notice *n);
int store_notice_del(struct store_txn *t, const struct store_notice *n);

/* Every notice, by kind, id, instant and person. As store_each(). */
/* "request", "ended": what is told, in a word. */
const char *notice_word(enum notice_kind kind);

typedef int store_notice_fn(void *ctx, const struct store_notice *n);
int store_notices_all(struct store_txn *t, store_notice_fn *fn, void *ctx);

#endif
