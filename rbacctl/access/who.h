/*
 * who.h - whom a `by` list lets: the one answer, for refusals, queries and remedies, by the store
 * and by the view.
 */
#ifndef RBACCTL_ACCESS_WHO_H
#define RBACCTL_ACCESS_WHO_H

#include "common/name.h"
#include "rbacctl/buf.h"
#include "rbacctl/access/holdings.h"
#include "rbacctl/access/rules.h"

/*
 * WHO_NAMES are named. Names are looked for among the first WHO_LOOK users by what is recorded
 * alone; passwd and group, which a directory may answer slowly while the store is locked, are asked
 * about at most WHO_ASK of those whom that lets, and WHO_ASK of the others.
 */
enum { WHO_NAMES = 5, WHO_LOOK = 20000, WHO_ASK = 100 };

/* Where users and what they hold come from. Each function returns RBAC_OK or an error, which is
 * passed on. */
typedef int who_user_fn(void *arg, const char *user);
struct who_source {
	void *ctx;
	int (*users)(
		void *ctx, who_user_fn *fn,
		void *arg); /* what FN returns other than RBAC_OK ends the walk, and is returned */
	/* What is recorded for USER, without asking this host; H is to be freed in any case, here
	 * and below. */
	int (*recorded)(void *ctx, const char *user, struct holdings *h);
	/* Everything that counts, also through Unix groups: this host is asked. */
	int (*holdings)(void *ctx, const char *user, struct holdings *h);
	bool (*groups)(void *ctx); /* does any Unix group hold a role at all? */
	rules_owner_fn *owner;
};

/* The scopes that an act is judged at. None: the `users` lists, at any root scope. */
struct who_scopes {
	char **v;
	size_t n, cap;
};

struct who_question {
	const struct policy *p;
	const struct policy_bys *bys;
	const struct who_scopes *scopes; /* at each of them; NULL: none */
	int role; /* that is to be given, which may bring an extra Unix group; -1: none */
	int64_t now;
};

/*
 * May A do what Q asks? ANSWER gets the entry that lets, or what is missing at the first scope
 * where something is; *AT that scope (NULL: none). *EXTRA: the extra Unix group that A may not
 * give, where that alone is in the way; NULL: it is not.
 */
bool who_one(const struct who_question *q, const struct rules_actor *a, const struct who_source *s,
	     struct rules_answer *answer, const char **at, const struct policy_extra **extra);

struct who {
	char names[WHO_NAMES][RBAC_USER_MAX + 1];
	size_t n;    /* those in NAMES */
	bool more;   /* there are others */
	bool cut;    /* there may be others: not all users were looked at, or asked about */
	bool anyone; /* `anyone`: every recorded user; NAMES is empty */
};

/* All who may, or the first few. RBAC_OK or the error of the source. */
int who_may(const struct who_question *q, const struct who_source *s, struct who *out);

/* "alice, dana and others; root with --as root" ("and perhaps others" when CUT); FORCE: " --force"
 * too. */
void who_text(const struct who *w, bool force, struct buf *out);

/* "alice, dana or sam", "root" where nobody else may: for "(... may)". */
void who_short_text(const struct who *w, struct buf *out);

/*
 * The root scopes above everything that H has now or later, each once: the right to suspend,
 * resume, forget, rename and rebind that user is needed at each of them. To be freed. RBAC_OK or
 * RBAC_NOMEM.
 */
int who_roots(const struct policy *p, const struct holdings *h, int64_t now,
	      struct who_scopes *out);
void who_scopes_free(struct who_scopes *s);

#endif
