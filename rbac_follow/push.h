/*
 * push.h - what the files of push share: sheets first, then hosts. Private to rbac_follow. The
 * functions return a code of LDAP, LDAP_SUCCESS or an error with its reason in P->why.
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
	size_t written; /* how many entries were made, changed or removed */
	bool newer;     /* the directory has something newer than the folder */
	char why[DIRECTORY_WHY];
};

/* Write "WHAT: ..." with the text of RC into P->why, and return RC. */
int push_fail(struct push *p, int rc, const char *what);

/* Make the entry DN of the object class CLASS with the N attributes at VALUES. LDAP_SUCCESS also if
 * the entry exists already. */
struct push_value {
	const char *name;
	const void *p;
	size_t len;
};
int push_add(struct push *p, const char *dn, const char *class, const struct push_value *values,
	     size_t n);
/* Replace the N attributes at VALUES of the entry DN. */
int push_replace(struct push *p, const char *dn, const struct push_value *values, size_t n);

/* Call FN for each entry below BASE (one level) that FILTER finds. */
typedef int push_entry_fn(struct push *p, LDAPMessage *entry, void *ctx);
int push_each(struct push *p, const char *base, const char *filter, const char *const *attributes,
	      push_entry_fn *fn, void *ctx);

/* (push_hosts.c) Make the entries of the members equal to DIR/hosts, and copy the acknowledgements
 * of the members into the folder acks/. */
int push_hosts(struct push *p);

#endif
