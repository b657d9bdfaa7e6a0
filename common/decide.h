/*
 * decide.h - may this person log in on this host? pam_rbac and `rbacctl explain` both call this one
 * function, so that they cannot disagree. The rules are in docs/design.md ("Meaning") and in
 * pam_rbac(8).
 *
 * Pure: no file, clock, log, allocation or lock. The time and the groups are arguments, and the
 * records come from a view that the caller holds. The default is to deny: only RBAC_WHY_RULE and
 * the two exemptions allow.
 */
#ifndef RBAC_COMMON_DECIDE_H
#define RBAC_COMMON_DECIDE_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/match.h"
#include "common/subject.h"
#include "common/view.h"

struct rbac_request {
	const char *user; /* the name in passwd (pw_name), or the typed name if passwd has none */
	uint32_t uid;     /* the current uid of USER; RBAC_NO_UID: not known */
	const char *service;    /* PAM service */
	const char *rhost;      /* remote host, an address or a name; NULL or "": none */
	const uint32_t *groups; /* gids, including the primary group; NULL if N_GROUPS is 0 */
	size_t n_groups;
	int64_t now; /* seconds since the epoch, UTC */
	bool absent; /* passwd answers that it has no such user: `anyone` is not who is not
			recorded either */
};

enum rbac_why {
	RBAC_WHY_RULE = 1,     /* allowed: a rule matched */
	RBAC_WHY_EXEMPT_USER,  /* allowed: exempt by rbac.conf */
	RBAC_WHY_EXEMPT_GROUP, /* allowed: exempt by rbac.conf */
	RBAC_WHY_SUSPENDED,
	RBAC_WHY_NO_SERVICE, /* no login rule names the service */
	RBAC_WHY_OUTSIDE,    /* a rule names the user, a group or a role of theirs, but one of its
				conditions does not hold */
	RBAC_WHY_UID,        /* the name had another uid when it was recorded: its grants do not
				count */
	RBAC_WHY_SECOND,     /* the uid is recorded under another name (RECORDED): this name holds
				nothing, not even through %group */
	RBAC_WHY_UNKNOWN,    /* never recorded, and no %group assignment applies */
	RBAC_WHY_MISSING,    /* recorded, but holds nothing that a rule asks for */
};

/* Which part of a rule matched. */
enum rbac_how { RBAC_HOW_NONE = 0, RBAC_HOW_ANYONE, RBAC_HOW_USER, RBAC_HOW_GROUP, RBAC_HOW_ROLE };

struct rbac_verdict {
	bool allow;
	enum rbac_why why;
	uint64_t generation;
	/* The deciding rule: the one that matched, or the first one that failed only by its
	 * conditions (RBAC_WHY_OUTSIDE), or the one of window_closed. 0: none. */
	uint16_t rule;
	uint32_t line;
	struct rbac_bytes file; /* borrows the view */
	enum rbac_how how;
	uint32_t gid;   /* of the group: RBAC_HOW_GROUP, RBAC_WHY_EXEMPT_GROUP, or via_group */
	bool via_group; /* the grant is one of the Unix group GID */
	struct rbac_grant grant; /* RBAC_HOW_ROLE or window_closed: the grant; borrows the view */
	unsigned
		failed; /* RBAC_WHY_OUTSIDE: which conditions, as rbac_conditions_failed() has it */
	/* If the uid is recorded under another name, that name, whatever WHY says; borrows the
	 * view. len 0: it is not. */
	struct rbac_bytes recorded;
	/* Denied, but GRANT would satisfy RULE if its window were open. */
	bool window_closed;
};

/*
 * RBAC_OK and *OUT; or RBAC_DAMAGED if a record that was needed is damaged, and *OUT is a denial
 * without a reason. *OUT reports the first of these that applies: an exemption, suspended, no
 * service, a rule that matches, a rule that failed only by its conditions (OUTSIDE), a second name,
 * another uid, unknown, missing. A second name is suspended if the recorded name is.
 */
int rbac_decide(const struct rbac_view *v, const struct rbac_request *rq, struct rbac_verdict *out);

/*
 * The same without the exemptions of rbac.conf: what the roles and rules alone say. For a login
 * that an exemption has let in, whose audit record says whether it needed to.
 */
int rbac_decide_by_rules(const struct rbac_view *v, const struct rbac_request *rq,
			 struct rbac_verdict *out);

/*
 * Judge one rule alone, for `rbacctl explain`. OUT->how says which part of RULE matches,
 * OUT->failed which of its conditions do not hold. Rule, line, file, grant, via_group, gid and
 * window_closed of *OUT are as in a verdict; allow and why are not set. RBAC_OK or RBAC_DAMAGED.
 */
int rbac_decide_rule(const struct rbac_view *v, const struct rbac_request *rq,
		     const struct rbac_rule *rule, struct rbac_verdict *out);

#endif
