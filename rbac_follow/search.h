/*
 * search.h - the search that a follower keeps open: send it, and write its results into the inbox.
 */
#ifndef RBAC_FOLLOW_SEARCH_H
#define RBAC_FOLLOW_SEARCH_H

#include <ldap.h>
#include <stdbool.h>

#include "rbac_follow/inbox.h"

struct search {
	LDAP *ld;
	int id; /* the message id of the search */
	struct inbox inbox;
	struct buf *cookie; /* sent when the search begins; the server's new cookie replaces it */
	char *why;          /* DIRECTORY_WHY bytes: what failed, or why the search ended */
	unsigned dropped;   /* how many entries the inbox refused */
};

/* Search at the server S->ld below BASE for the N sheets at NAMES and for the lists of keys; the
 * server then also sends their changes. LDAP_SUCCESS, or another code with its reason in S->why. */
int search_begin(struct search *s, const char *base, char *const *names, size_t n);

/* Handle one message M of the search. False: the search has ended, and S->why says why; *AGAIN: it
 * must be sent again without the cookie. */
bool search_message(struct search *s, LDAPMessage *m, bool *again);

#endif
