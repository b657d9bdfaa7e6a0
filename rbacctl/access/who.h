/*
 * who.h - may this actor do an act, and which users may? Changes, refusals, queries and remedies
 * use these functions, with the store or a view as the source (source.h).
 */
#ifndef RBACCTL_ACCESS_WHO_H
#define RBACCTL_ACCESS_WHO_H

#include "common/name.h"
#include "rbacctl/buf.h"
#include "rbacctl/access/rules.h"
#include "rbacctl/access/source.h"

/*
 * At most WHO_NAMES users are named. The records of the first WHO_LOOK users are checked. passwd
 * and group can be slow, because of a directory, while the store is locked. So they are asked about
 * at most WHO_ASK users who may do the act by their records, and about at most WHO_ASK others.
 */
enum { WHO_NAMES = 5, WHO_LOOK = 20000, WHO_ASK = 100 };

/* The scopes at which an act is judged. None: any root scope, for the lists of users = { }. */
struct who_scopes {
	char **v;
	size_t n, cap;
};

struct who_question {
	const struct source *source;
	const struct policy_bys *bys;
	const struct who_scopes *scopes; /* the actor needs the right at each; NULL: none */
	int role; /* the role to assign, which may bring an extra Unix group; -1: none */
	int64_t now;
};

/*
 * May A do the act of Q? ANSWER gets the entry that allows it; or what is missing, at the first
 * scope where something is missing, which *AT gets (NULL: none). *EXTRA gets the entry of
 * groups.extra if only that prevents it, otherwise NULL. Returns false with ANSWER->err set if it
 * cannot be decided.
 */
bool who_actor_may(const struct who_question *q, const struct rules_actor *a,
		   struct rules_answer *answer, const char **at, const struct policy_extra **extra);

/*
 * May USER assign ROLE at SCOPE at the time T? H gets the effective holdings of USER; free it in
 * any case. ANSWER and EXTRA are as above. Returns RBAC_OK, or the error of the source.
 */
int who_user_may_give(const struct source *s, const char *user, int role, const char *scope,
		      int64_t t, struct holdings *h, struct rules_answer *answer,
		      const struct policy_extra **extra);

/* The same for a member of the Unix group GID, by that group alone. H gets the holdings of the
 * group; free it in any case. RBAC_OK, or the error of the source. */
int who_members_may(const struct who_question *q, uint32_t gid, struct holdings *h,
		    struct rules_answer *answer);

struct who {
	char names[WHO_NAMES][RBAC_USER_MAX + 1];
	size_t n;    /* how many are in NAMES */
	bool more;   /* there are others */
	bool cut;    /* there may be others, because not all users were checked */
	bool anyone; /* every recorded user may; NAMES is empty */
	/* Unix groups, with the %, whose members may, and may not all be listed on this host. */
	char groups[WHO_NAMES][RBAC_UNIX_GROUP_MAX + 2];
	size_t n_groups;
};

/*
 * Find the first WHO_NAMES users who may do the act: recorded users, and unrecorded members of Unix
 * groups that this host lists. Returns RBAC_OK or the error of the source.
 */
int who_may(const struct who_question *q, struct who *out);

/* The same without the users ONE and OTHER (NULL: none), such as the requester of a request. */
int who_may_but(const struct who_question *q, const char *one, const char *other, struct who *out);

/*
 * Call FN once for each user who may do the act: recorded users, and members of Unix groups that
 * this host lists; for nobody if `anyone` may. passwd and group are asked about at most WHO_EACH
 * users. If FN returns anything but RBAC_OK, the function stops and returns that.
 */
enum { WHO_EACH = 1000 };
typedef int who_fn(void *ctx, const char *user);
int who_each(const struct who_question *q, who_fn *fn, void *ctx);

/* Append "alice, dana and others; root with --as root", or "and perhaps others" if W->cut. FORCE:
 * root also needs --force. */
void who_text(const struct who *w, bool force, struct buf *out);

/* Append "alice, dana (both told); root with --as root". TOLD: how many of them get a notice. */
void who_told_text(const struct who *w, size_t told, struct buf *out);

/* Append "alice, dana or sam", or "root" if nobody else may, for "(... may)". */
void who_short_text(const struct who *w, struct buf *out);

/*
 * Set *OUT to the root scopes above everything that USER holds or owns now or later, also while
 * suspended, and through Unix groups; each once. To suspend, resume, forget, rename or rebind USER,
 * an actor needs the right at each of them. Free *OUT. Returns RBAC_OK, RBAC_NOMEM, or the error of
 * the source.
 */
int who_roots_of_user(const struct source *s, const char *user, int64_t now,
		      struct who_scopes *out);
void who_scopes_free(struct who_scopes *s);

#endif
