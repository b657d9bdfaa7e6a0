/*
 * request_rules.h - the rules of requests for roles, for whoever asks, approves, and reviews.
 */
#ifndef RBACCTL_CHANGE_RULES_REQUEST_RULES_H
#define RBACCTL_CHANGE_RULES_REQUEST_RULES_H

#include "rbacctl/change/internal.h"
#include "rbacctl/store/request.h"

/* What a person asks for. */
struct role_request {
	const char *role, *scope;
	const char *user; /* for somebody else; NULL: for the actor */
	int64_t from;     /* RBAC_TIME_MIN: from the approval on */
	int64_t length;   /* seconds */
	const char *reason;
};

/* The state of request R, by the policy and the time of C. */
enum request_is {
	REQUEST_IS_PENDING,
	REQUEST_IS_APPROVED,
	REQUEST_IS_DENIED,
	REQUEST_IS_CANCELLED,
	REQUEST_IS_EXPIRED,
	REQUEST_IS_VOID /* the role is gone, or brings more than it did */
};
/* WHY (may be NULL) gets why it is void. */
enum request_is change_request_is(const struct change *c, const struct store_request *r,
				  struct buf *why);
const char *change_request_word(enum request_is is);

/* The keys and Unix groups that ROLE brings, a blank behind each. */
void request_brings(const struct policy *p, int role, struct buf *out);

/* A word of LIST, in which a blank follows each word, that is not in OTHER; "": none. OUT has SIZE
 * bytes. */
void request_gained(const char *list, const char *other, char *out, size_t size);

/* May USER still do what BYS says at SCOPE, by what the store has? RBAC_OK, RBAC_REFUSED without a
 * message, or an error with one. */
int request_still_may(struct change *c, const char *user, const struct policy_bys *bys,
		      const char *scope);

/* May who asked for R still ask for it? RBAC_OK; RBAC_REFUSED, and WHY gets why not; or an error
 * with a message. */
int request_may_still_ask(struct change *c, const struct store_request *r,
			  const struct policy_role *role, struct buf *why);

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

/* Is the person who typed the command, or whose authority is used, NAME? Everybody whom a claim
 * names is (actor_is() of host/people/actor.h). */
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

#endif
