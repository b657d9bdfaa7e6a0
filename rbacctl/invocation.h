/*
 * invocation.h - this run of rbacctl: which folders it works on, what the options that every verb
 * takes say, what time it is, and who acts. main makes one; each command gets it.
 */
#ifndef RBACCTL_INVOCATION_H
#define RBACCTL_INVOCATION_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>
#include <sys/types.h>

#include "common/name.h"

/*
 * The actor is always a person: the one whom the claims of host/actor.h name. Root's authority is
 * used with --as root, or when no claim names anybody else. actor_find() fills it.
 */
struct actor {
	char name[RBAC_USER_MAX + 1]; /* whose authority: "alice"; "root" when ROOT */
	char person[2048]; /* for the audit: "alice (uid 1000) as root; login uid 1000 (alice), real
			      uid 0 (root)" */
	uid_t uid;         /* of the person who typed it */
	bool root;
};

struct invocation {
	const char *etc;   /* /etc/rbac */
	const char *state; /* /var/lib/rbac */
	char view[4096];   /* STATE/view/view.mdb */
	char store[4096];  /* STATE/store */
	const char *as;    /* --as, NULL */
	bool json, dry_run;
	bool force;       /* --force: the guard of change/guard.c refuses nothing */
	bool tries_apply; /* diff and check: an apply is tried, and rolled back */
	int wait; /* --wait: seconds to wait for another change; 0: as store.h says; -1: not at all
		   */
	int64_t now;         /* seconds */
	size_t update_users; /* from how many users on a small change is an update (update.h); 0:
				UPDATE_USERS. For tests */
	struct actor actor;
};

#endif
