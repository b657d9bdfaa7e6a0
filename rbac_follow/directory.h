/*
 * directory.h - a connection to an LDAP server: always with TLS, bound, and never waiting for ever.
 */
#ifndef RBAC_FOLLOW_DIRECTORY_H
#define RBAC_FOLLOW_DIRECTORY_H

#include <ldap.h>

#include "rbac_follow/conf.h"

enum {
	DIRECTORY_CONNECT = 3,           /* seconds for TCP and for TLS */
	DIRECTORY_ANSWER = 10,           /* seconds for one answer */
	DIRECTORY_MESSAGE_MAX = 3 << 20, /* bytes of a message that is read at all */
	DIRECTORY_SEARCH = 60,           /* seconds for all answers of a search */
	DIRECTORY_ENTRIES_MAX = 200000,  /* of a search */
	DIRECTORY_WHY = 300,
};

/* The control of RFC 4533 that asks for content and its changes, and what comes with it. */
#define DIRECTORY_SYNC "1.3.6.1.4.1.4203.1.9.1.1"

/* Connect to URI and bind, as C says. NULL: WHY (of DIRECTORY_WHY bytes) says why not. Unbind with
 * directory_close(). */
LDAP *directory_open(const struct conf *c, const char *uri, char *why);
/* The first server of C that can be used; *URI is it. */
LDAP *directory_open_any(const struct conf *c, const char **uri, char *why);
void directory_close(LDAP *ld);

/* The DN that the server knows us by, to be freed with ldap_memfree(); NULL: none. */
char *directory_self(LDAP *ld);

/* What LD says of RC and of the last error. In a buffer of WHY's size. */
void directory_why(LDAP *ld, int rc, const char *what, char *why);

/* The first value of ATTRIBUTE of an entry; *LEN bytes. NULL: there is none. Free it with
 * ber_bvfree(). */
struct berval *directory_value(LDAP *ld, LDAPMessage *entry, const char *attribute);

/*
 * Call FN with each entry that FILTER finds below BASE (SCOPE as for ldap_search_ext()), as it
 * comes: none is kept. The result code of the search, or what FN returns other than LDAP_SUCCESS,
 * which ends it; LDAP_SIZELIMIT_EXCEEDED and LDAP_TIMELIMIT_EXCEEDED beyond the limits above, too.
 */
typedef int directory_entry_fn(LDAP *ld, LDAPMessage *entry, void *ctx);
int directory_each(LDAP *ld, const char *base, int scope, const char *filter,
		   const char *const *attributes, directory_entry_fn *fn, void *ctx);

#endif
