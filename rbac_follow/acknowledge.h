/*
 * acknowledge.h - write into this host's entry of the directory which sheets it has taken. `rbacctl
 * fleet take` writes that into the file STATE/follow/ack. No function waits for an answer.
 */
#ifndef RBAC_FOLLOW_ACKNOWLEDGE_H
#define RBAC_FOLLOW_ACKNOWLEDGE_H

#include <ldap.h>
#include <limits.h>
#include <sys/stat.h>
#include <time.h>

struct acknowledge {
	char path[PATH_MAX];
	char *dn;           /* the DN of this host's entry; NULL: the server knows none */
	struct timespec at; /* the time of the file that was sent last */
	time_t due;         /* when to send the file, seconds since 1970; 0: nothing to send */
};

/* Begin for the connection LD; FOLDER is STATE/follow. */
void acknowledge_begin(struct acknowledge *a, LDAP *ld, const char *folder);
/* If the file has changed, and A->due is over, send it. Call it often. */
void acknowledge_when_due(struct acknowledge *a, LDAP *ld);
/* Handle M, the server's answer; reports an error. */
void acknowledge_result(LDAP *ld, LDAPMessage *m);
void acknowledge_end(struct acknowledge *a);

#endif
