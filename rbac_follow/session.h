/*
 * session.h - one connection of follow: the search, what comes, the acknowledgement.
 */
#ifndef RBAC_FOLLOW_SESSION_H
#define RBAC_FOLLOW_SESSION_H

#include "rbac_follow/follow.h"
#include "rbacctl/buf.h"

enum session_end {
	SESSION_LOST,      /* the connection is gone: with the cookie, at the next server */
	SESSION_AGAIN,     /* ask this server again, without the cookie */
	SESSION_ELSEWHERE, /* what it says is old: the next server, without the cookie */
};

enum {
	/* Seconds that something may be missing before it is asked for again. Each time that this
	 * did not help it is twice as long: an authority that is off must not keep all its hosts
	 * connecting. */
	SESSION_PATIENCE = 10,
	SESSION_PATIENCE_MOST = 160,
	SESSION_OLD = 3,        /* times that: before the next server is asked for a newer word */
	SESSION_ACK_SPREAD = 20 /* seconds over which the hosts spread their acknowledgements */
};

/* Follow on LD until it is over. COOKIE and PATIENCE: of the last session, and of the next. WHY
 * (of DIRECTORY_WHY bytes): why it is over. */
enum session_end session_run(const struct follow *f, LDAP *ld, struct buf *cookie,
			     unsigned *patience, char *why);

/* A signal has come. */
bool follow_ended(void);

#endif
