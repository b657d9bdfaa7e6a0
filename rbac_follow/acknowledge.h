/*
 * acknowledge.h - what this host has taken, into its own entry: `rbacctl fleet take` writes it into
 * STATE/follow/ack. Nobody waits for it.
 */
#ifndef RBAC_FOLLOW_ACKNOWLEDGE_H
#define RBAC_FOLLOW_ACKNOWLEDGE_H

#include <ldap.h>
#include <limits.h>
#include <sys/stat.h>
#include <time.h>

struct acknowledge {
	char path[PATH_MAX];
	char *dn;           /* this host's entry; NULL: the server does not know us by one */
	struct timespec at; /* of the file that was sent last */
	time_t due;         /* 0: nothing is to be sent */
};

void acknowledge_begin(struct acknowledge *a, LDAP *ld, const char *folder);
void acknowledge_when_due(struct acknowledge *a, LDAP *ld);
void acknowledge_result(LDAP *ld, LDAPMessage *m);
void acknowledge_end(struct acknowledge *a);

#endif
