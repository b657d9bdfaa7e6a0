/*
 * fleet.h - this host in a fleet: the authority, on which every change is made and from which it is
 * pushed, and the members, which take what has been pushed.
 *
 * The state folder has a folder "fleet" of root's alone: root.key and authority.key on the
 * authority, token on a member. What is published, and how, is in docs/fleet.md; the bytes are in
 * fleet/sheet.h.
 */
#ifndef RBACCTL_CHANGE_FLEET_FLEET_H
#define RBACCTL_CHANGE_FLEET_FLEET_H

#include "rbacctl/change/change.h"
#include "rbacctl/fleet/token.h"
#include "rbacctl/host/new_files.h"

/* ---- the authority ---- */

enum {
	FLEET_INTERVAL = 60, /* seconds between two heads of the fleet's sheet */
	FLEET_INTERVAL_MAX = 7 * 86400,
	FLEET_STALE_AFTER = 3, /* intervals without a head: a member says that it is stale */
	FLEET_RESIGN = 86400,  /* seconds after which other heads are signed anew */
	FLEET_KEY_LIFE = 2 * 366 * 86400 /* seconds that a new authority's key counts */
};

/* Make this host the authority of a new fleet: its id, a root key and the authority's key. An act.
 */
int change_fleet_init(struct change *c, const char *name, uint32_t interval);
/* Take the key files back that change_fleet_init() made, where the change failed. */
void change_fleet_init_undo(const struct invocation *a);

/* Record that HOST, with the scope SCOPE, is a member; its token into OUT (FLEET_TOKEN_MAX bytes).
 * An act; once more for the same host and scope only prints a token of now. */
int change_fleet_enrol(struct change *c, const char *host, const char *scope, char *out);

/* HOST is a member no more: its entry in a directory goes with the next push. What it has taken
 * stays there. An act. */
int change_fleet_remove(struct change *c, const char *host);

/*
 * Write what has changed since the last time into the folder DIR, and a new head of the fleet's
 * sheet. HOSTS: also which sheets each member reads, for a directory. Convergent: killed anywhere,
 * the next push completes it. Nothing else changes; the store is locked only to note which sheets
 * changed. RBAC_OK; RBAC_CONFLICT: DIR has newer sheets of this
 * authority than the store has; or an error. WHY gets the words.
 */
struct push_result {
	size_t sheets; /* of this fleet */
	size_t written;
	uint64_t generation; /* the last change that is in DIR now */
	int64_t key_until;   /* when the authority's key ends */
};
int fleet_push(const struct invocation *a, const char *dir, bool hosts, struct push_result *out,
	       struct buf *why);
/* The same without HOSTS, for a folder that others push to: one after the other. */
int fleet_push_to_folder(const struct invocation *a, const char *dir, struct push_result *out,
			 struct buf *why);

/* ---- a member ---- */

/*
 * Become a member: keep TOKEN, and write host.conf with its scope where there is none. Nothing of
 * the fleet is in force before the first take. RBAC_OK, RBAC_REFUSED (there is a store, or the
 * token of another fleet), or an error, with words in WHY; NOTES gets what was done.
 */
int fleet_join(const struct invocation *a, const char *token, struct buf *notes, struct buf *why);

/*
 * Be a member no more. What the fleet gave stays, as rows of this host's own ("command"), and the
 * files that it applied are written into /etc/rbac, where FILES gets them; what else of the policy
 * is there is refused. HOST (RBAC_WORD_MAX + 1 bytes) gets the name of the member. After the
 * commit: fleet_forget(). An act.
 */
int change_fleet_leave(struct change *c, struct new_files *files, char *host);
/* Remove the token, and what rbac-follow goes by. RBAC_OK, RBAC_NOTFOUND (there was no token), or
 * RBAC_SYSTEM with words in WHY. */
int fleet_forget(const struct invocation *a, struct buf *why);

/* On the authority: who is a member. Free V. RBAC_OK, RBAC_REFUSED (it is none), or an error, with
 * words in WHY. */
struct fleet_member {
	char host[RBAC_WORD_MAX + 1], scope[RBAC_SCOPE_MAX + 1];
};
struct fleet_members {
	struct fleet_member *v;
	size_t n, cap;
};
int fleet_members_read(const struct invocation *a, struct fleet_members *out, struct buf *why);

/* ---- both, for status ---- */

/* Lines on this host's part in a fleet, each "WHAT<tab>TEXT"; nothing where it has none.
 * *ATTENTION: something needs it; *MEMBER: it is a member. RBAC_OK, or the error, with words in
 * WHY. */
int fleet_status(const struct invocation *a, struct buf *lines, bool *attention, bool *member,
		 struct buf *why);

#endif
