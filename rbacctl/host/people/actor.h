/*
 * actor.h - who acts: every claim about the person is collected; claims that contradict one another
 * are refused.
 *
 * The claims: the login uid (proc(5), /proc/PID/loginuid), SUDO_UID (sudo(8)), DOAS_USER (doas(1)),
 * PKEXEC_UID (pkexec(1)), the real uid. Those of the environment count only for a process of root:
 * sudo, doas and pkexec set them for the program that they start as root, and anybody else can set
 * what they like.
 */
#ifndef RBACCTL_HOST_PEOPLE_ACTOR_H
#define RBACCTL_HOST_PEOPLE_ACTOR_H

#include <stdbool.h>
#include <sys/types.h>

#include "common/name.h"
#include "rbacctl/buf.h"
#include "rbacctl/invocation.h"

enum claim_source { CLAIM_LOGIN, CLAIM_SUDO, CLAIM_DOAS, CLAIM_PKEXEC, CLAIM_REAL, CLAIMS };

struct claim {
	bool made;
	bool known;                   /* passwd has the uid, under a name that can be recorded */
	uid_t uid;                    /* (uid_t)-1: DOAS_USER names nobody */
	char name[RBAC_USER_MAX + 1]; /* "?" where it is not KNOWN */
};

/* Collect them. LOGINUID: the file of the login uid. */
void claims_read(struct claim v[CLAIMS], const char *loginuid);

/*
 * Which claim says who acts:
 * - the first of login uid, SUDO_UID, DOAS_USER and PKEXEC_UID that names somebody other than root;
 * where none does, the first that is made: the login uid, then the others, then the real uid;
 * - uid 0 in SUDO_UID, DOAS_USER, PKEXEC_UID contradicts nobody: root, in the shell that a person
 * has of root, runs sudo again. RBAC_OK; RBAC_CONFLICT: two claims name different people, or one
 * names somebody and the login uid is root's; *WHY says which.
 */
int claims_choose(const struct claim v[CLAIMS], enum claim_source *which, struct buf *why);

/* "login uid 1000 (alice), SUDO_UID 1000 (alice), real uid 0 (root)": those that are made. */
void claims_text(const struct claim v[CLAIMS], struct buf *out);

/*
 * Find the person and whose authority is used; AS is --as, NULL without. RBAC_OK; RBAC_REFUSED
 * (claims contradict one another, and AS is NULL; AS without being root) or RBAC_INVALID, and WHY
 * says why.
 */
int actor_find(const char *as, struct actor *act, struct buf *why);

/*
 * The same for what needs nobody's authority: publish, and the repair of what a crash left. A login
 * uid that has no name, or claims that contradict one another, do not stop it; root is who acts
 * then, and every claim is recorded nevertheless.
 */
void actor_find_for_upkeep(const char *as, struct actor *act);

/*
 * The same for somebody who asks through the socket: the person is whom passwd names for the uid
 * that the kernel says, with their own authority. A login uid that names somebody else is recorded.
 */
int actor_of_peer(const struct peer *peer, struct actor *act, struct buf *why);

/*
 * Is ACT the person with UID: does a claim name them, or --as? Root whom no claim names is one
 * person, uid 0: nobody is two people by being nobody.
 */
bool actor_is(const struct actor *act, uid_t uid);

/* Is ACT one of those whom PERSON names: a text that one of these functions has made, as the log
 * has it? Root is, where it names nobody else. */
bool actor_was(const struct actor *act, const char *person);

#endif
