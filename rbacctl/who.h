/*
 * who.h - whom a `by` list lets: the one answer, for refusals, queries and remedies, by the store and by the view.
 */
#ifndef RBACCTL_WHO_H
#define RBACCTL_WHO_H

#include "common/name.h"
#include "rbacctl/buf.h"
#include "rbacctl/holdings.h"
#include "rbacctl/rules.h"

enum { WHO_NAMES = 5 };

/* Where users and what they hold come from. Each function returns RBAC_OK or an error, which is passed on. */
typedef int who_user_fn(void *arg, const char *user);
struct who_source {
	void *ctx;
	int (*users)(void *ctx, who_user_fn *fn, void *arg);      /* what FN returns other than RBAC_OK ends the walk, and is returned */
	int (*holdings)(void *ctx, const char *user, struct holdings *h);   /* everything that counts; H is to be freed in any case */
	rules_owner_fn *owner;
};

/* The scopes that an act is judged at. None: the `users` lists, at any root scope. */
struct who_scopes { char **v; size_t n, cap; };

struct who_question {
	const struct policy *p;
	const struct policy_bys *bys;
	const struct who_scopes *scopes;     /* at each of them; NULL: none */
	int role;                            /* that is to be given, which may bring an extra Unix group; -1: none */
	int64_t now;
};

/*
 * May A do what Q asks? ANSWER gets the entry that lets, or what is missing at the first scope where something is; *AT that scope
 * (NULL: none). *EXTRA: the extra Unix group that A may not give, where that alone is in the way; NULL: it is not.
 */
bool who_one(const struct who_question *q, const struct rules_actor *a, const struct who_source *s, struct rules_answer *answer,
	     const char **at, const struct policy_extra **extra);

struct who {
	char names[WHO_NAMES][RBAC_USER_MAX + 1];
	size_t n;                            /* those in NAMES */
	bool more;                           /* there are others */
	bool anyone;                         /* `anyone`: every recorded user; NAMES is empty */
};

/* All who may, or the first few. RBAC_OK or the error of the source. */
int who_may(const struct who_question *q, const struct who_source *s, struct who *out);

/* "alice, dana and others; root with --as root"; FORCE: " --force" too. */
void who_text(const struct who *w, bool force, struct buf *out);

/* "alice, dana or sam", "root" where nobody else may: for "(... may)". */
void who_short_text(const struct who *w, struct buf *out);

/*
 * The root scopes above everything that H has now or later, each once: the right to suspend, resume, forget, rename and rebind
 * that user is needed at each of them. To be freed. RBAC_OK or RBAC_NOMEM.
 */
int who_roots(const struct policy *p, const struct holdings *h, int64_t now, struct who_scopes *out);
void who_scopes_free(struct who_scopes *s);

#endif
