/*
 * search.h - the one search of a follower: how it is asked for, and what comes of it into the
 * inbox.
 */
#ifndef RBAC_FOLLOW_SEARCH_H
#define RBAC_FOLLOW_SEARCH_H

#include <ldap.h>
#include <stdbool.h>

#include "rbac_follow/inbox.h"

struct search {
	LDAP *ld;
	int id; /* of its messages */
	struct inbox inbox;
	struct buf *cookie; /* given back when it begins, and kept as it comes */
	char *why;          /* of DIRECTORY_WHY bytes: what failed, or why it is over */
	unsigned dropped;   /* entries over a limit, or of sheets that are not followed */
};

/* Ask, at the LDAP server S->ld, for the N sheets at NAMES below BASE, for the lists of keys, and
 * for what changes from then on. LDAP_SUCCESS, or another code with S->why. */
int search_begin(struct search *s, const char *base, char *const *names, size_t n);

/* One message of the search. False: it is over, as S->why says; *AGAIN: the server wants to be
 * asked again without the cookie. */
bool search_message(struct search *s, LDAPMessage *m, bool *again);

#endif
