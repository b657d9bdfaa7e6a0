/*
 * people.h - whom a name means, and who is recorded.
 */
#ifndef RBACCTL_CHANGE_RULES_PEOPLE_H
#define RBACCTL_CHANGE_RULES_PEOPLE_H

#include "rbacctl/change/internal.h"
#include "rbacctl/host/people/person.h"

/* Whom TYPED means, for an act that gives something, also into C->whom; a difference is noted.
 * RBAC_OK, RBAC_INVALID, or RBAC_REFUSED (recorded as typed, and passwd has another name).
 * change_group: *SUBJECT, a "%group", likewise. */
int change_person(struct change *c, const char *typed, struct person *out);
int change_group(struct change *c, const char **subject);

/* Whom TYPED means, for an act on what is recorded: a record of exactly that name comes first, so
 * that a second name which an old store has can be settled. RBAC_OK and *U; RBAC_NOTFOUND without a
 * message, and *OUT is set; or an error with one. change_need_user: RBAC_NOTFOUND is a mistake
 * (RBAC_INVALID).
 */
int change_recorded(struct change *c, const char *typed, struct person *out, struct store_user *u);
int change_need_user(struct change *c, const char *typed, struct person *out, struct store_user *u);

/*
 * Record P when it is not yet, with the uid that passwd says; a uid that is not recorded yet is. A
 * name that passwd does not know is refused unless FORCE, a uid that is recorded under another name
 * (other than ALSO, which is about to go) always.
 */
int change_record_user(struct change *c, const struct person *p, bool force);
int change_record_as(struct change *c, const struct person *p, bool force, const char *also);

/* Another recorded name of UID than NAME and ALSO (NULL: none), into *OTHER; NULL: there is none.
 */
int change_other_name(struct change *c, uint32_t uid, const char *name, const char *also,
		      const char **other);

/*
 * Whom UID was recorded for first, into OUT[RBAC_USER_MAX + 1]; "": nobody. For
 * pam_rbac too (view/uid_index.c), only that name has the roles of the person.
 */
int change_first_name(struct change *c, uint32_t uid, char *out);

/* Write the record of USER, and update C->uids. */
int change_put_user(struct change *c, const char *user, const struct store_user *u);

/*
 * Look NAME up in passwd: in the answers from before the lock was taken, if they have one.
 * As person_find().
 */
int change_passwd_says(struct change *c, const char *name, struct person *out);

/* Look once at all that passwd lists, for a change that names many. */
int change_read_passwd(struct change *c);

/* The commands that help for USER, whose uid is not the recorded one, as lines for a message. */
void change_settle(const char *user, struct buf *out);

#endif
