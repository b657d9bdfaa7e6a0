/*
 * admin.h - what every command of rbacctl starts from: where things are, who acts, what time it is,
 * and how to fail.
 */
#ifndef RBACCTL_ADMIN_H
#define RBACCTL_ADMIN_H

#include <stdbool.h>
#include <stdint.h>
#include <sys/types.h>

#include "common/error.h"
#include "common/name.h"
#include "rbacctl/buf.h"

/* Exit status (design.md). */
enum { EXIT_DONE = 0, EXIT_NO = 1, EXIT_USAGE = 2, EXIT_REFUSED = 3, EXIT_TROUBLE = 4 };

/*
 * The actor is always a person: the one whom the claims of actor.h name. Root's authority is used
 * with --as root, or when no claim names anybody else.
 */
struct actor {
	char name[RBAC_USER_MAX + 1]; /* whose authority: "alice"; "root" when ROOT */
	char person[2048]; /* for the audit: "alice (uid 1000) as root; login uid 1000 (alice), real
			      uid 0 (root)" */
	uid_t uid;         /* of the person who typed it */
	bool root;
};

struct admin {
	const char *etc;   /* /etc/rbac */
	const char *state; /* /var/lib/rbac */
	char view[4096];   /* STATE/view/view.mdb */
	char store[4096];  /* STATE/store */
	const char *as;    /* --as, NULL */
	bool json, dry_run;
	int wait; /* --wait: seconds to wait for another change; 0: as store.h says; -1: not at all
		   */
	int64_t now;         /* seconds */
	size_t update_users; /* from how many users on a small change is an update (update.h); 0:
				UPDATE_USERS. For tests */
	struct actor actor;
};

/*
 * Find the person and whose authority is used. RBAC_OK; RBAC_REFUSED (claims contradict one
 * another, and there is no --as; --as without being root) or RBAC_INVALID, and WHY says why.
 */
int admin_actor(struct admin *a, struct buf *why);

/*
 * The same for what needs nobody's authority: publish, and the repair of what a crash left. A login
 * uid that has no name, or claims that contradict one another, do not stop it; root is who acts
 * then, and every claim is recorded all the same.
 */
void admin_actor_for_upkeep(struct admin *a);

/* "rbacctl: ..." on stderr, with a newline. */
void complain(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

/* The exit status that goes with an enum rbac_error. */
int exit_of(int err);

#endif
