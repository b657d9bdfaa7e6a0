/*
 * session.h - one connection of a follower: the search, its results, the acknowledgement.
 */
#ifndef RBAC_FOLLOW_SESSION_H
#define RBAC_FOLLOW_SESSION_H

#include "rbac_follow/follow.h"
#include "rbacctl/buf.h"

enum session_end {
	SESSION_LOST,  /* the connection was lost: continue with the next server and the cookie */
	SESSION_AGAIN, /* search again at this server, without the cookie */
	SESSION_ELSEWHERE, /* this server's state is old: search at the next, without the cookie */
};

enum {
	/* If something is missing for so many seconds, request everything again. The time doubles
	 * each time that this did not help, so that an authority that is off does not make all its
	 * hosts connect again and again. */
	SESSION_PATIENCE = 10,
	SESSION_PATIENCE_MOST = 160,
	SESSION_OLD = 3, /* after so many times the patience, ask the next server */
	/* After so many seconds without a message, ask the server whether it still answers. */
	SESSION_SILENCE = 30,
	/* After so many seconds between two looks this process was stopped: ask at once. */
	SESSION_STOPPED = 3,
	SESSION_ACK_SPREAD = 20 /* seconds over which the hosts spread their acknowledgements */
};

/* Follow with the connection LD until it ends. COOKIE and PATIENCE (seconds) are taken over from
 * the last session, and kept for the next. WHY (DIRECTORY_WHY bytes) gets the reason of the end. */
enum session_end session_run(const struct follow *f, LDAP *ld, struct buf *cookie,
			     unsigned *patience, char *why);

/* Has SIGTERM or SIGINT arrived? */
bool follow_ended(void);

#endif
