/*
 * request_rules.h - what the files about requests share; request.h has what commands call.
 */
#ifndef RBACCTL_CHANGE_REQUEST_RULES_H
#define RBACCTL_CHANGE_REQUEST_RULES_H

#include "rbacctl/change/internal.h"
#include "rbacctl/change/request.h"

/* The keys and Unix groups that ROLE brings, a blank behind each. */
void request_brings(const struct policy *p, int role, struct buf *out);

/* A word of LIST, in which a blank follows each word, that is not in OTHER; "": none. OUT has SIZE
 * bytes. */
void request_gained(const char *list, const char *other, char *out, size_t size);

/* May USER still do what BYS says at SCOPE, by what the store has? RBAC_OK, RBAC_REFUSED without a
 * message, or an error with one. */
int request_still_may(struct change *c, const char *user, const struct policy_bys *bys,
		      const char *scope);

/* Can R, which is pending by what was written, still be approved, by whoever may? RBAC_OK;
 * RBAC_REFUSED, and WHY gets why not; or an error with a message. (request_void.c) */
int request_possible(struct change *c, const struct store_request *r, struct buf *why);

/* Has R, which nobody has decided, expired? What was seen so once stays so, whatever the clock says
 * then. (request_expired.c) */
bool request_has_expired(const struct change *c, const struct store_request *r);

/* Does passwd have NAME, with the recorded uid? Otherwise NAME can neither approve nor get a role.
 */
bool request_is_there(struct change *c, const char *name);

/* The approvals of R that still count by ROLE, a blank behind each, into OUT; NOTES gets a line for
 * each that does not. */
int request_count_again(struct change *c, const struct store_request *r,
			const struct policy_role *role, struct buf *out, struct buf *notes);

/* How many names are in LIST, a blank behind each; is NAME one? */
unsigned request_count(const char *list);
bool request_has(const char *list, const char *name);

/* Request ID, which is pending, into R; else a refusal that says what it is. (approve.c) */
int request_need_pending(struct change *c, uint64_t id, struct store_request *r);

/* Is the person who typed the command, or whose authority is used, NAME? Everybody whom a claim
 * names is (actor_is() of host/actor.h). */
bool request_is_person(struct change *c, const char *name);

/* Append to OUT, a list as in persons of store/request.h, who types this as NAME; "": who asks. */
void request_note_persons(const struct change *c, const char *name, struct buf *out);

/* Has somebody who types this typed R (NAME "") or an approval of it as NAME? */
bool request_was_typed(const struct change *c, const struct store_request *r, const char *name);

/* Why it cannot be told that the peer is who logged in, into WHY; false: they are, or it is no
 * peer.
 */
enum { REQUEST_WHY = 2 * RBAC_USER_MAX + 80 };
bool request_other_login(const struct change *c, char why[REQUEST_WHY]);

/* Refuse where the actor, or the person behind, is ASKER or USER of R, or cannot be told. */
int request_need_another(struct change *c, const struct store_request *r);

/* How many people could approve that USER gets ROLE at SCOPE by a request of ASKER's; SIZE_MAX:
 * more than are counted. RBAC_OK, or an error with a message. */
int request_approvers(struct change *c, const struct policy_role *role, const char *asker,
		      const char *user, const char *scope, size_t *others);

/* Refuse where fewer people than ROLE asks for, but the actor and USER, could approve Q, which is
 * about USER; says how root gives what Q asks for. */
int request_need_approvers(struct change *c, const struct policy_role *role,
			   const struct role_request *q, const char *user);

/* ---- request_void.c, for every change ---- */

/*
 * Requests that are pending, and that what the transaction has written makes impossible, are void
 * since this change; approvals that do not count any more are struck. Each is named in C->voided.
 * RBAC_OK, or an error with a message.
 */
int change_void_requests(struct change *c);

/* Note the grants that were requested by a right which the transaction has removed, with the
 * command that ends each. */
int change_note_hanging(struct change *c);

#endif
