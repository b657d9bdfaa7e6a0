/*
 * sync.h - the few bytes of LDAP Content Synchronization (RFC 4533) that following needs: the
 * request, and the cookie in what comes. Pure; reads any bytes.
 */
#ifndef RBAC_FOLLOW_SYNC_H
#define RBAC_FOLLOW_SYNC_H

#include "rbacctl/buf.h"

enum { SYNC_COOKIE_MAX = 4096 };

#define SYNC_STATE "1.3.6.1.4.1.4203.1.9.1.2" /* control of an entry */
#define SYNC_DONE "1.3.6.1.4.1.4203.1.9.1.3"  /* control of the end of a search */
#define SYNC_INFO "1.3.6.1.4.1.4203.1.9.1.4"  /* a message on its own */

/* Append the value of a syncRequestValue: refreshAndPersist, with COOKIE where it is not empty. */
void sync_request(const struct buf *cookie, struct buf *out);

struct sync_news {
	const uint8_t *cookie; /* borrows; NULL: none */
	size_t len;
	bool refreshed; /* SYNC_INFO: all that was there has come, from now on changes come */
};

/* Read the value of LEN bytes at P of the control or message OID. False: it is none of the three,
 * or not in form. */
bool sync_read(const char *oid, const void *p, size_t len, struct sync_news *out);

/*
 * Does the cookie come from one of several OpenLDAP servers that can all be written to? It is then
 * "rid=N,sid=N,csn=...": SID is the server's own number, and CSN of one server alone. If
 * a follower gives such a cookie back, the overlay syncprov (OpenLDAP 2.5) takes it for that server
 * and sends it nothing that was written there. So a follower does not keep the cookie.
 */
bool sync_cookie_is_of_several(const uint8_t *p, size_t len);

#endif
