/*
 * push.h - the parts of push: sheets, then hosts. For the files of this folder.
 */
#ifndef RBAC_FOLLOW_PUSH_H
#define RBAC_FOLLOW_PUSH_H

#include "rbac_follow/follow.h"
#include "rbacctl/buf.h"

enum { PUSH_DN_MAX = 2000, PUSH_VALUES_MAX = 70 /* of one entry */ };

struct push {
	const struct follow *f;
	LDAP *ld;
	const char *dir;
	size_t written; /* entries that were made, changed or removed */
	bool newer;     /* something there is newer than what is to be written */
	char why[DIRECTORY_WHY];
};

/* RC with its text in P->why: "WHAT: ..." */
int push_fail(struct push *p, int rc, const char *what);

/* Make the entry DN of CLASS with the two attributes, of which each may be NULL. LDAP_SUCCESS also
 * when it is there. */
struct push_value {
	const char *name;
	const void *p;
	size_t len;
};
int push_add(struct push *p, const char *dn, const char *class, const struct push_value *values,
	     size_t n);
/* Replace what the entry has of these. */
int push_replace(struct push *p, const char *dn, const struct push_value *values, size_t n);

/* Call FN for each entry below BASE (one level) that FILTER finds. */
typedef int push_entry_fn(struct push *p, LDAPMessage *entry, void *ctx);
int push_each(struct push *p, const char *base, const char *filter, const char *const *attributes,
	      push_entry_fn *fn, void *ctx);

/* push_hosts.c: the members' entries as DIR/hosts says, and what they have acknowledged into
 * DIR-follow's acks/. */
int push_hosts(struct push *p);

#endif
