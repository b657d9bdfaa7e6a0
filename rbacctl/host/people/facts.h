/*
 * facts.h - what this host says at this moment: GIDs and members of Unix groups, UIDs of users, the
 * time zone.
 *
 * Everything is asked through the host's own NSS, at each publish and each change. Which names are
 * asked for, the caller says: view/gather.h takes them from the policy and the store. A view notes
 * the facts it was made from (docs/format.md, `h` records and the zone table), so that
 * view/same_facts.h and verify see when one of them has changed.
 *
 * Users come from one pass over getpwent(3). A recorded user whom that pass does not name is looked
 * up by name, where nsswitch.conf(5) names a source that need not enumerate (a directory): at most
 * FACTS_LOOKUPS_MAX of them.
 *
 * Functions return RBAC_OK, RBAC_NOMEM, or RBAC_SYSTEM: passwd or group cannot be read. A struct
 * facts is all zeros at first; free it also after a failure.
 */
#ifndef RBACCTL_HOST_PEOPLE_FACTS_H
#define RBACCTL_HOST_PEOPLE_FACTS_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rbacctl/host/time/zone_offsets.h"
#include "rbacctl/model/model.h"

enum {
	FACTS_LOOKUPS_MAX =
		1000, /* users asked for by name; the others of a directory are judged at login */
	FACTS_MEMBERS_MAX =
		1 << 18, /* of one Unix group; where there are more, none of them is listed */
	FACTS_DIGEST = 16,
};

struct fact_group {
	char *name;
	char *other;  /* the name that the group has, where NAME is another way to write it (a
			 directory that knows DEVS, or devs@realm); NULL: NAME is its name */
	uint32_t gid; /* when FOUND */
	bool found;
	bool subject; /* something is assigned to it: its members are read */
	char **members;
	size_t n_members, cap_members; /* sorted, each once; primary groups included */
	bool crowded;                  /* more than FACTS_MEMBERS_MAX; MEMBERS is empty */
	uint8_t digest[FACTS_DIGEST];  /* of MEMBERS */
};

struct fact_user {
	char *name;
	uint32_t uid, gid;
	size_t at;
}; /* AT: its place in passwd */

struct facts {
	struct fact_group *groups;
	size_t n_groups, cap_groups; /* sorted by name, each once */
	struct fact_user *users;
	size_t n_users, cap_users; /* sorted by name; the first of several of one name */
	bool complete;             /* passwd named every account that there is */
	char **missing;
	size_t n_missing,
		cap_missing; /* sorted: a directory that answers says that they do not exist */
	struct zone_offset *zone;
	size_t n_zone;
	bool borrowed; /* USERS are those of a struct facts_known */
};

/*
 * The answers of passwd and group from before the lock of the store was taken, so that a slow
 * directory holds nothing up. They cover the names that the published view needs; a name
 * that only this change needs is asked for when it is known. All zeros: nothing was asked.
 */
struct facts_answer {
	char *name;
	uint32_t uid, gid;
	/* ANSWER_OTHER: of this name only in another spelling, which is another person's entry */
	enum { ANSWER_NONE, ANSWER_FOUND, ANSWER_FAILED, ANSWER_OTHER } is;
	char *called; /* for ANSWER_OTHER: what passwd calls them; NULL: a name that cannot be
			 recorded */
};
struct facts_stamp {
	bool there;
	uint64_t dev, ino, size;
	int64_t changed, changed_ns;
};
enum { FACTS_STAMPS = 6 };
struct facts_known {
	struct facts passwd; /* the pass over passwd, once PASSED; the groups, with members */
	bool passed;
	struct facts_answer *users;
	size_t n_users, cap_users; /* by name: those whom the pass did not name */
	bool failed;               /* a lookup of one of them did */
	char *view;
	struct facts_stamp stamps[FACTS_STAMPS]; /* of the view and of the local files, before
						    anything was asked */
};

/*
 * Ask for what the view at that path was made from, and for the N at NAMES, users and "%group"s
 * that a change is about. EVERYBODY: for each user of the view whom passwd does not list, not for
 * FACTS_LOOKUPS_MAX of them. A lookup of a user that fails is noted, and ends the lookups of users:
 * the others would fail, and wait, too. What else fails is asked for again when it is needed.
 */
struct facts_wanted {
	char *const *names;
	size_t n;
	bool everybody;
};
void facts_ask(struct facts_known *k, const char *view, const struct facts_wanted *w);

/*
 * Has nothing been published since K was asked, and is no local file of users and groups another?
 * Only then may K be used: else it could undo what a later publish saw. To be asked with the lock
 * held.
 */
bool facts_are_current(const struct facts_known *k);
void facts_known_free(struct facts_known *k);

/* What K says of the user NAME; NULL: it was not asked for. */
const struct facts_answer *facts_answer(const struct facts_known *k, const char *name);

/* ---- groups: add the names, then look them all up ---- */

/* Add the first LEN bytes of NAME. SUBJECT: something is assigned to the group, so that its members
 * matter. A name may be added several times. */
int facts_add_group(struct facts *f, const char *name, size_t len, bool subject);

/* Add the groups that P names: exempt ones, those that roles bring, those of login rules. */
int facts_add_policy_groups(struct facts *f, const struct policy *p);

/* Sort the names, each once, and ask for those that KNOWN (NULL: nothing) does not have. Members
 * are those that group lists, not sorted. */
int facts_look_up_groups(struct facts *f, const struct facts_known *known);

/* Add those whom passwd gives such a group as their primary one; sort the members, count them,
 * compute the digests. After users and groups. */
int facts_finish_members(struct facts *f);

/* ---- users ---- */

/* The users that passwd lists, by one pass. */
int facts_read_passwd(struct facts *f);

/* The same from KNOWN where it has them (NULL: it has not); KNOWN outlives F then. */
int facts_passwd(const struct facts_known *known, struct facts *f);

/* Does F have this name from the pass over passwd? */
bool facts_lists(const struct facts *f, const char *name);

/* Where passwd may have more than it lists (not F->complete): ask for the N NAMES, in rising order,
 * which it does not list. KNOWN as above. */
int facts_look_up_users(struct facts *f, const struct facts_known *known, char *const *names,
			size_t n);

void facts_free(struct facts *f);

/* Can the GID of this group stand for its members: found, not 0, none of our range? */
bool facts_group_counts(const struct fact_group *g, const struct policy *p);

/* The GID of a Unix group; false when this host has none of that name, or it does not count. */
bool facts_gid(const struct facts *f, const struct policy *p, const char *group, uint32_t *gid);

/* The UID of USER in passwd; RBAC_NO_UID when it is not known. */
uint32_t facts_uid(const struct facts *f, const char *user);

/*
 * Does USER have no account on this host? True only where that is known: passwd was read whole and
 * has no other source, or a directory that answers for other recorded users does not know this one.
 * A directory that is down makes nobody absent.
 */
bool facts_absent(const struct facts *f, const char *user);

/* nsswitch_is_local("passwd"); tests have one of their own. */
bool facts_passwd_is_local(void);

/* ---- for the files of facts ---- */

/* Look up one NAME; OUT->name stays NULL, and OUT->called is to be freed. */
void facts_look_up_user(const char *name, struct facts_answer *out);

/* Add a copy of USER to the members of G. */
int facts_add_member(struct fact_group *g, const char *user);

/* The answers of K by name, each once; the names and texts of one. */
void facts_sort_answers(struct facts_known *k);
void facts_answer_free(struct facts_answer *a);

/* The groups of F by name, each once; a subject is one whatever else names it. */
void facts_sort_groups(struct facts *f);

/* Ask for the group that G names. OTHER is set only where that name leads to the same group. */
int facts_look_up_group(struct fact_group *g);
const struct fact_group *facts_group(const struct facts *f, const char *name);

#endif
