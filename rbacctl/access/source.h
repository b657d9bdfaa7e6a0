/*
 * source.h - where users, holdings and owners come from: one signature for every question about
 * access, and two backends, the store and a view.
 *
 * A change asks the store, inside its transaction; a query asks the published view. Both get the
 * same answer, because the computation is here.
 */
#ifndef RBACCTL_ACCESS_SOURCE_H
#define RBACCTL_ACCESS_SOURCE_H

#include <stdint.h>

#include "common/error.h"
#include "common/name.h"
#include "rbacctl/host/accounts.h"
#include "rbacctl/host/facts.h"
#include "rbacctl/host/person.h"
#include "rbacctl/model/holdings.h"

/* A result other than RBAC_OK ends the walk, and the walk returns it. */
typedef int source_user_fn(void *arg, const char *user);
typedef int source_gid_fn(void *arg, uint32_t gid);

/*
 * A backend. Each function returns RBAC_OK, RBAC_NOMEM, RBAC_DAMAGED or the store's error. The
 * functions below are for backends; questions call source_*().
 */
struct source {
	const struct policy *policy;
	const struct accounts *accounts; /* passwd and group, read once for many questions; NULL:
					    the C library is asked. Borrowed */
	const struct facts *asked; /* passwd and groups that were asked for before the store was
				      locked; NULL: none. Borrowed */
	void *ctx;
	/* Every recorded user, in order. */
	int (*users)(const struct source *s, source_user_fn *fn, void *arg);
	/* Add the holdings that are recorded for USER, suspended or not, to H. Not recorded:
	 * nothing. */
	int (*holdings)(const struct source *s, const char *user, struct holdings *h);
	/* The name under which UID was recorded first, where that is not USER; "": none. */
	int (*other_name)(const struct source *s, const char *user, uint32_t uid, char *out);
	/* The owner of SCOPE; "": none. */
	int (*owner)(const struct source *s, const char *scope, char *out);
	/* The GID of each Unix group to which something is assigned. */
	int (*unix_groups)(const struct source *s, source_gid_fn *fn, void *arg);
	/* What the Unix groups GIDS hold, added to H; groups of our own range hold nothing. */
	int (*group_holdings)(const struct source *s, const struct gids *gids, struct holdings *h);
};

/* ---- one subject's holdings; H is to be freed in any case ---- */

/* All that is recorded for USER, counted or not. */
int source_holdings(const struct source *s, const char *user, struct holdings *h);

/* The same, as far as it counts by what is recorded: this host is not asked. */
int source_recorded(const struct source *s, const char *user, struct holdings *h);

/* All that is recorded for USER, and for the Unix groups that the user is in, counted or not. */
int source_everything(const struct source *s, const char *user, struct holdings *h);

/*
 * The holdings of USER that count now, also through Unix groups: nothing when suspended; through
 * groups alone when the account has another uid than the recorded one; nothing at all for a second
 * name of a person (docs/design.md, "The login decision"). The flags in H say which.
 */
int source_effective(const struct source *s, const char *user, struct holdings *h);

/* The same for one who was asked for already (source_ask): this host is not. */
struct source_account {
	uint32_t uid;     /* RBAC_NO_UID: passwd does not know the name */
	bool differs;     /* passwd spells it otherwise */
	struct gids gids; /* to be freed with gids_free() */
};
int source_ask(const struct accounts *a, const char *user, struct source_account *out);
int source_effective_of(const struct source *s, const char *user, const struct source_account *as,
			struct holdings *h);

/* The holdings that the members of the Unix group GID have by that group alone. */
int source_of_group(const struct source *s, uint32_t gid, struct holdings *h);

/* ---- the rest ---- */

/* OUT has RBAC_USER_MAX + 1 bytes, here and in the backends. */
int source_owner(const struct source *s, const char *scope, char *out);

/* The name under which P's uid was recorded first, where that is not P's: P is a second name of
 * that person, and has no roles. "": it is not. */
int source_first_name(const struct source *s, const struct person *p, char *out);

/* Does any Unix group hold something? An error counts as yes. */
bool source_has_groups(const struct source *s);

#endif
