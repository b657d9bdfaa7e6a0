/*
 * source.h - a source of users, holdings and owners, for every question about access. It has two
 * backends: the store and a view.
 *
 * A change asks the store, inside its transaction; a query asks the published view. Both get the
 * same answer, because both use the functions of this header.
 */
#ifndef RBACCTL_ACCESS_SOURCE_H
#define RBACCTL_ACCESS_SOURCE_H

#include <stdint.h>

#include "common/error.h"
#include "common/name.h"
#include "rbacctl/host/nss/accounts.h"
#include "rbacctl/host/people/facts.h"
#include "rbacctl/host/people/person.h"
#include "rbacctl/model/holdings.h"

/* If such a function returns anything but RBAC_OK, the walk stops and returns that. */
typedef int source_user_fn(void *arg, const char *user);
typedef int source_gid_fn(void *arg, uint32_t gid);

/*
 * A backend. Each function returns RBAC_OK, RBAC_NOMEM, RBAC_DAMAGED or the store's error. The
 * members of this struct are for the functions below; other code calls source_*().
 */
struct source {
	const struct policy *policy;
	/* passwd and group, read once for many questions; NULL: the C library is asked. Borrowed.
	 */
	const struct accounts *accounts;
	/* Answers of passwd and group from before the store was locked; NULL: none. Borrowed. */
	const struct facts *asked;
	void *ctx;
	/* Call FN with every recorded user, in order. */
	int (*users)(const struct source *s, source_user_fn *fn, void *arg);
	/* Add the recorded holdings of USER, suspended or not, to H; none if USER is not recorded.
	 */
	int (*holdings)(const struct source *s, const char *user, struct holdings *h);
	/* Write the name with which UID was recorded first to OUT; "" if there is none or it is
	 * USER. */
	int (*other_name)(const struct source *s, const char *user, uint32_t uid, char *out);
	/* Write the owner of SCOPE to OUT; "": none. */
	int (*owner)(const struct source *s, const char *scope, char *out);
	/* Call FN with the GID of each Unix group that has assignments. */
	int (*unix_groups)(const struct source *s, source_gid_fn *fn, void *arg);
	/* Add the holdings of the Unix groups GIDS to H. GIDs of roles' groups are ignored. */
	int (*group_holdings)(const struct source *s, const struct gids *gids, struct holdings *h);
};

/* ---- one subject's holdings; free H in any case ---- */

/* All recorded holdings of USER, whether they count or not. */
int source_holdings(const struct source *s, const char *user, struct holdings *h);

/* The recorded holdings of USER that count by the records alone; does not ask passwd or group. */
int source_recorded(const struct source *s, const char *user, struct holdings *h);

/* All recorded holdings of USER and of the user's Unix groups, whether they count or not. */
int source_everything(const struct source *s, const char *user, struct holdings *h);

/*
 * The holdings of USER that count now, also through Unix groups. A suspended user and a second name
 * of a person have none. If the account has another uid than the recorded one, only those of the
 * user's Unix groups count (docs/design.md, "The login decision"). The flags in H tell these cases.
 */
int source_effective(const struct source *s, const char *user, struct holdings *h);

/* source_effective() in two steps: source_ask() asks passwd and group, source_effective_of() does
 * not. */
struct source_account {
	uint32_t uid;     /* RBAC_NO_UID: passwd does not know the name */
	bool differs;     /* passwd spells the name differently */
	struct gids gids; /* free them with gids_free() */
};
int source_ask(const struct accounts *a, const char *user, struct source_account *out);
int source_effective_of(const struct source *s, const char *user, const struct source_account *as,
			struct holdings *h);

/* The holdings that a member of the Unix group GID has by that group alone. */
int source_of_group(const struct source *s, uint32_t gid, struct holdings *h);

/*
 * Call FN with every recorded user, in order, and then with each Unix group that has assignments
 * ("%devs"). H has what the subject itself holds, whether it counts or not; FN may change H, and
 * does not free it. If H cannot be read, FN is not called, and the function returns the error.
 */
typedef int source_subject_fn(void *arg, const char *subject, struct holdings *h);
int source_subjects(const struct source *s, source_subject_fn *fn, void *arg);

/* ---- the rest ---- */

/* Write the owner of SCOPE to OUT; "": none. OUT has RBAC_USER_MAX + 1 bytes, here and in the
 * backends. */
int source_owner(const struct source *s, const char *scope, char *out);

/* If P is a second name of a person, and so has no roles: write the name with which the uid was
 * recorded first to OUT. Otherwise write "". */
int source_first_name(const struct source *s, const struct person *p, char *out);

/* Does any Unix group have an assignment? True after an error. */
bool source_has_groups(const struct source *s);

#endif
