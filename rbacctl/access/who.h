/*
 * who.h - may this actor do that, and who may: computed in one place for changes, refusals, queries
 * and remedies, by the store and by the view (source.h).
 */
#ifndef RBACCTL_ACCESS_WHO_H
#define RBACCTL_ACCESS_WHO_H

#include "common/name.h"
#include "rbacctl/buf.h"
#include "rbacctl/access/rules.h"
#include "rbacctl/access/source.h"

/*
 * At most WHO_NAMES are named. The first WHO_LOOK users are checked by their records alone. Passwd
 * and group may be slow, because of a directory, while the store is locked: they are asked about at
 * most WHO_ASK of the users who may by their records, and about WHO_ASK of the others.
 */
enum { WHO_NAMES = 5, WHO_LOOK = 20000, WHO_ASK = 100 };

/* The scopes that an act is judged at. None: the `users` lists, at any root scope. */
struct who_scopes {
	char **v;
	size_t n, cap;
};

struct who_question {
	const struct source *source;
	const struct policy_bys *bys;
	const struct who_scopes *scopes; /* at each of them; NULL: none */
	int role; /* that is to be given, which may bring an extra Unix group; -1: none */
	int64_t now;
};

/*
 * May A do what Q asks? ANSWER gets the entry that lets, or what is missing at the first scope
 * where something is; *AT that scope (NULL: none). *EXTRA: the extra Unix group that A may not
 * give, where that alone is in the way; NULL: it is not. False with ANSWER->err: it cannot be told.
 */
bool who_actor_may(const struct who_question *q, const struct rules_actor *a,
		   struct rules_answer *answer, const char **at, const struct policy_extra **extra);

/*
 * May USER give ROLE at SCOPE at T? H gets what counts for USER (to be freed in any case); ANSWER
 * and EXTRA as above. RBAC_OK, or the error of the source.
 */
int who_user_may_give(const struct source *s, const char *user, int role, const char *scope,
		      int64_t t, struct holdings *h, struct rules_answer *answer,
		      const struct policy_extra **extra);

/* May the members of the Unix group GID, by that alone? H gets what they hold (to be freed in any
 * case). RBAC_OK, or the error of the source. */
int who_members_may(const struct who_question *q, uint32_t gid, struct holdings *h,
		    struct rules_answer *answer);

struct who {
	char names[WHO_NAMES][RBAC_USER_MAX + 1];
	size_t n;    /* those in NAMES */
	bool more;   /* there are others */
	bool cut;    /* there may be others: not all users were looked at, or asked about */
	bool anyone; /* `anyone`: every recorded user; NAMES is empty */
	/* Unix groups whose members may, and which need not list all of them: with the %. */
	char groups[WHO_NAMES][RBAC_UNIX_GROUP_MAX + 2];
	size_t n_groups;
};

/*
 * All who may, or the first few: recorded users, and members of Unix groups who are not recorded,
 * if this host lists them. RBAC_OK or the error of the source.
 */
int who_may(const struct who_question *q, struct who *out);

/* The same but for two people, who cannot be meant: NULL for none. */
int who_may_but(const struct who_question *q, const char *one, const char *other, struct who *out);

/*
 * FN for each person who may, once: recorded users, and members of Unix groups, as far as this host
 * lists them; nobody where `anyone` may. Passwd and group are asked about at most WHO_EACH of them.
 * What FN returns other than RBAC_OK ends it and is passed on.
 */
enum { WHO_EACH = 1000 };
typedef int who_fn(void *ctx, const char *user);
int who_each(const struct who_question *q, who_fn *fn, void *ctx);

/* "alice, dana and others; root with --as root" ("and perhaps others" when CUT); FORCE: " --force"
 * too. */
void who_text(const struct who *w, bool force, struct buf *out);

/* "alice, dana (both told); root with --as root": TOLD of them are told. */
void who_told_text(const struct who *w, size_t told, struct buf *out);

/* "alice, dana or sam", "root" where nobody else may: for "(... may)". */
void who_short_text(const struct who *w, struct buf *out);

/*
 * The root scopes above everything that USER has now or later, suspended or not, also through Unix
 * groups, each once: the right to suspend, resume, forget, rename and rebind that user is needed at
 * each of them. To be freed. RBAC_OK, RBAC_NOMEM, or the error of the source.
 */
int who_roots_of_user(const struct source *s, const char *user, int64_t now,
		      struct who_scopes *out);
void who_scopes_free(struct who_scopes *s);

#endif
