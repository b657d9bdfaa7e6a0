/*
 * plain.h - what docs/design.md ("Meaning") says of a world, computed in the plainest way: nothing
 * prepared, nothing shared with the project, every question answered by looking at all there is.
 *
 * Where the words leave a choice, this one was taken:
 * - exempt comes before suspended: an exemption is for when the store is wrong;
 * - the reasons of a denial are looked at in the order of common/decide.h: suspended, no service,
 * outside, uid, unknown, missing;
 * - "no %group assignment applies": none whose window is open now, at whatever scope;
 * - a Unix group of gid 0 is never a subject, never brought, and exempts nobody; one that the host
 * does not have neither;
 * - what an extra Unix group that a role brings is assigned counts at a login and for the groups;
 * for keys and by lists only the groups that the system says someone is in count (it will say the
 * brought ones as well, once they are logged in);
 * - users who act under another uid than the recorded one own nothing, and are not `anyone`; as
 * holders they are counted;
 * - the plan in force: the scope's own, else its kind's, else that of the scope above.
 */
#ifndef TESTS_POLICY_PLAIN_H
#define TESTS_POLICY_PLAIN_H

#include "tests/policy/world.h"

enum plain_why {
	PLAIN_RULE = 1,
	PLAIN_EXEMPT_USER,
	PLAIN_EXEMPT_GROUP,
	PLAIN_SUSPENDED,
	PLAIN_NO_SERVICE,
	PLAIN_OUTSIDE,
	PLAIN_UID,
	PLAIN_UNKNOWN,
	PLAIN_MISSING
};
struct plain_verdict {
	bool allow;
	enum plain_why why;
	int rule;
}; /* rule: from 1; of RULE and OUTSIDE */

bool plain_includes(const struct world *w, int role,
		    int what); /* itself, and what it includes at any depth */

/* Unix groups (bits) that the system says USER is in, as far as they can count for anything. */
unsigned plain_unix_groups(const struct world *w, int user);

/* GROUPS: bits. RHOST: number of w_rhosts. */
struct plain_verdict plain_login(const struct world *w, int user, int service, int rhost, int64_t t,
				 unsigned groups);

/*
 * Does ROLE make its group for USER at T, by what counts at the host scope HOST (-1: any)? The
 * members that the group lists are those of whom this is true. plain_brought: the extra Unix groups
 * that come with it all; plain_extra_member: is USER a listed member of one? A name that passwd
 * does not know has no groups: somebody else may get it next.
 */
bool plain_in_group(const struct world *w, int user, int role, int host, int64_t t);
unsigned plain_brought(const struct world *w, int user, int64_t t);

bool plain_extra_member(const struct world *w, int user, int group, int64_t t);

bool plain_has_key(const struct world *w, int user, int key, int scope, int64_t t);
bool plain_has_role(const struct world *w, int user, int role, int scope, int64_t t);

bool plain_by(const struct world *w, const struct w_bys *bys, int user, int scope, int64_t t);

int plain_holders(const struct world *w, int role, int scope, int64_t t);
int plain_most(const struct world *w, int role, int scope, int64_t from,
	       int64_t until);                             /* at one instant */
int plain_max(const struct world *w, int role, int scope); /* 0: none */

/* Is there an instant from NOW on, and a scope, at which USER, or a group for itself (USER -1),
 * breaks a set? */
bool plain_exclusive(const struct world *w, int user, int group, int64_t now);

#endif
