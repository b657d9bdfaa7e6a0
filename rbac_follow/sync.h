/*
 * sync.h - encode and decode the parts of LDAP Content Synchronization (RFC 4533) that a follower
 * needs: the request, and the cookie in the answers. Pure functions; the bytes may be untrusted.
 */
#ifndef RBAC_FOLLOW_SYNC_H
#define RBAC_FOLLOW_SYNC_H

#include "rbacctl/buf.h"

enum { SYNC_COOKIE_MAX = 4096 };

#define SYNC_STATE "1.3.6.1.4.1.4203.1.9.1.2" /* control of an entry */
#define SYNC_DONE "1.3.6.1.4.1.4203.1.9.1.3"  /* control of the end of a search */
#define SYNC_INFO "1.3.6.1.4.1.4203.1.9.1.4"  /* a message on its own */

/* Append a syncRequestValue to OUT: refreshAndPersist, and COOKIE if it is not empty. */
void sync_request(const struct buf *cookie, struct buf *out);

struct sync_news {
	const uint8_t *cookie; /* LEN bytes, which borrow the value; NULL: none */
	size_t len;
	bool refreshed; /* SYNC_INFO: the present content is complete; now changes follow */
};

/* Decode the LEN bytes at P, the value of the control or message OID, into *OUT. False: OID is not
 * one of the three, or the value is malformed. */
bool sync_read(const char *oid, const void *p, size_t len, struct sync_news *out);

/*
 * Does the cookie of LEN bytes at P come from one of several OpenLDAP servers that all accept
 * changes? Such a cookie is "rid=N,sid=N,csn=...", where SID is the number of the server and the
 * CSN is that of one server. If a follower sends it back, the overlay syncprov (OpenLDAP 2.5) takes
 * the follower for that server, and does not send changes that were made there. So a follower must
 * not keep such a cookie.
 */
bool sync_cookie_is_of_several(const uint8_t *p, size_t len);

#endif
