/*
 * holdings.h - what one subject holds: its assignments and the roles that come with what it owns,
 * from the store or from a view.
 *
 * Only what is held directly: inclusion and cascade are worked out when a question is asked. A role
 * counts at a scope when it, or one that includes it, is held there or (cascade) above.
 */
#ifndef RBACCTL_ACCESS_HOLDINGS_H
#define RBACCTL_ACCESS_HOLDINGS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/view.h"
#include "rbacctl/model/model.h"
#include "rbacctl/store/store.h"

struct accounts;

struct held {
	uint64_t id; /* assignment; for an owner's role: the change that made the scope */
	int role;
	char *scope; /* owned */
	struct rbac_window window;
	bool owner; /* derived from owning SCOPE */
	char *via;  /* "%devs"; NULL: held directly. Owned */
};

struct holdings {
	struct held *v;
	size_t n, cap;
	bool recorded, suspended, uid_changed;
	bool second; /* no name of a person: the uid is recorded under another one, or passwd spells
			it otherwise */
	bool absent; /* of a view: there was no such account when it was made */
	uint32_t uid; /* as recorded */
};

/* Gids of the groups someone is in, the primary one included. */
struct gids {
	uint32_t *v;
	size_t n;
};

/* What getgrouplist(3) says of USER; empty for a user passwd does not know. RBAC_OK or RBAC_NOMEM.
 */
int gids_of_user(const char *user, struct gids *g);
void gids_free(struct gids *g);

/* SUBJECT's own: assignments and ownerships in the store. RBAC_OK, RBAC_NOMEM, or the store's
 * error. Adds to H. */
int holdings_from_store(struct holdings *h, struct store_txn *t, const struct policy *p,
			const char *subject);

/* Those of every %group in the store that has one of GIDS. Groups of our own range are left out. */
int holdings_groups_from_store(struct holdings *h, struct store_txn *t, const struct policy *p,
			       const struct gids *gids);

/*
 * The same two from a view (policy P must be the view's own). NAMES of groups are looked up by gid
 * for `via`. A record whose uid the view has under another name is SECOND, and what is recorded is
 * still added.
 */
int holdings_from_view(struct holdings *h, const struct rbac_view *v, const struct policy *p,
		       const char *user);
int holdings_groups_from_view(struct holdings *h, const struct rbac_view *v, const struct policy *p,
			      const struct gids *gids,
			      const struct accounts *known); /* KNOWN (accounts.h): it has the
								names; NULL: the host is asked */

/*
 * The same without asking this host: what is recorded for USER directly, nothing when suspended. A
 * uid that is another person's now is not noticed.
 */
int holdings_recorded_in_store(struct holdings *h, struct store_txn *t, const struct policy *p,
			       const char *user);
int holdings_recorded_in_view(struct holdings *h, const struct rbac_view *v, const struct policy *p,
			      const char *user);

/*
 * Everything of USER that counts for something: nothing when suspended or known by another uid
 * (flags are still set). A second name has nothing at all, as at the gate; the store has no index
 * of uids, and whoever asks it looks for second names first.
 */
int holdings_of_user_in_store(struct holdings *h, struct store_txn *t, const struct policy *p,
			      const char *user);
int holdings_of_user_in_view(
	struct holdings *h, const struct rbac_view *v, const struct policy *p, const char *user,
	const struct accounts *known); /* KNOWN (accounts.h), NULL: passwd and group are asked */

void holdings_free(struct holdings *h);

/* Add one by hand; copies the strings. */
int holdings_add(struct holdings *h, uint64_t id, int role, const char *scope, struct rbac_window w,
		 bool owner, const char *via);

/* Does E count at SCOPE, cascade considered (not the window)? */
bool held_reaches(const struct policy *p, const struct held *e, const char *scope);

/* The first entry through which ROLE / KEY counts at SCOPE (NULL: at any scope at all) at T; NULL:
 * none. */
const struct held *holdings_role_at(const struct policy *p, const struct holdings *h, int role,
				    const char *scope, int64_t t);
const struct held *holdings_key_at(const struct policy *p, const struct holdings *h, int key,
				   const char *scope, int64_t t);

#endif
