/*
 * directory.h - a connection to an LDAP server, always with TLS and logged in (bound). Each call
 * has a time limit.
 */
#ifndef RBAC_FOLLOW_DIRECTORY_H
#define RBAC_FOLLOW_DIRECTORY_H

#include <ldap.h>

#include "rbac_follow/conf.h"

enum {
	DIRECTORY_CONNECT = 3,           /* seconds for TCP and for TLS */
	DIRECTORY_ANSWER = 10,           /* seconds for one answer */
	DIRECTORY_MESSAGE_MAX = 3 << 20, /* bytes of a message; a longer one ends the connection */
	DIRECTORY_SEARCH = 60,           /* seconds for all answers of a search */
	DIRECTORY_ENTRIES_MAX = 200000,  /* entries of a search */
	DIRECTORY_WHY = 300,             /* bytes of a buffer for a reason */
};

/* The OID of the Sync Request Control of RFC 4533. */
#define DIRECTORY_SYNC "1.3.6.1.4.1.4203.1.9.1.1"

/* Connect to URI and bind with the settings of C. NULL: WHY (DIRECTORY_WHY bytes) has the reason.
 * Close the connection with directory_close(). */
LDAP *directory_open(const struct conf *c, const char *uri, char *why);
/* The same for the first server of C that works; *URI borrows C. */
LDAP *directory_open_any(const struct conf *c, const char **uri, char *why);
void directory_close(LDAP *ld);

/* The DN of this client as the server sees it; free it with ldap_memfree(). NULL: none. */
char *directory_self(LDAP *ld);

/* Write WHAT and the texts of RC and of LD's last error into WHY (DIRECTORY_WHY bytes). */
void directory_why(LDAP *ld, int rc, const char *what, char *why);

/* The first value of ATTRIBUTE of ENTRY; free it with ber_bvfree(). NULL: there is none. */
struct berval *directory_value(LDAP *ld, LDAPMessage *entry, const char *attribute);

/*
 * Search below BASE with FILTER (SCOPE as for ldap_search_ext()), and call FN with each entry when
 * it arrives; entries are not kept. If FN returns anything but LDAP_SUCCESS, the search ends and
 * returns that. Otherwise returns the result code of the search, or LDAP_SIZELIMIT_EXCEEDED or
 * LDAP_TIMELIMIT_EXCEEDED if a limit above was exceeded.
 */
typedef int directory_entry_fn(LDAP *ld, LDAPMessage *entry, void *ctx);
int directory_each(LDAP *ld, const char *base, int scope, const char *filter,
		   const char *const *attributes, directory_entry_fn *fn, void *ctx);

#endif
