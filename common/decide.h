/*
 * decide.h - may this person log in here? The one function that pam_rbac and `rbacctl explain` both
 * call.
 *
 * Pure: the time and the groups are arguments; no file, clock, log, allocation or lock. The records
 * come from a view that the caller holds. Default deny: only RBAC_WHY_RULE and the two exemptions
 * allow.
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
	const char *user;    /* whole name as passwd writes it (pw_name), NUL-terminated; as typed
				where passwd has none */
	uint32_t uid;        /* of that name now; RBAC_NO_UID when it is not known */
	const char *service; /* PAM service */
	const char *rhost;   /* NULL or "": none */
	const uint32_t *groups; /* gids, the primary group included; NULL where N_GROUPS is 0 */
	size_t n_groups;
	int64_t now; /* seconds since the epoch, UTC */
};

enum rbac_why {
	RBAC_WHY_RULE = 1,     /* allowed: a rule matched */
	RBAC_WHY_EXEMPT_USER,  /* allowed: exempt by rbac.conf */
	RBAC_WHY_EXEMPT_GROUP, /* allowed: exempt by rbac.conf */
	RBAC_WHY_SUSPENDED,
	RBAC_WHY_NO_SERVICE, /* no login rule names the service */
	RBAC_WHY_OUTSIDE,    /* a rule's roles, users or groups hold, but not its from or hours */
	RBAC_WHY_UID,    /* the name has another uid than when it was recorded: what it holds counts
			    for nothing */
	RBAC_WHY_SECOND, /* the uid is recorded under another name (RECORDED): this one holds
			    nothing, nor through %group */
	RBAC_WHY_UNKNOWN, /* never recorded, and no %group assignment applies */
	RBAC_WHY_MISSING, /* nothing that a rule asks for is held */
};

/* What of a rule matched. */
enum rbac_how { RBAC_HOW_NONE = 0, RBAC_HOW_ANYONE, RBAC_HOW_USER, RBAC_HOW_GROUP, RBAC_HOW_ROLE };

struct rbac_verdict {
	bool allow;
	enum rbac_why why;
	uint64_t generation;
	/* The deciding rule: the one that matched, the first whose subject held (RBAC_WHY_OUTSIDE),
	 * or see window_closed; 0: none. */
	uint16_t rule;
	uint32_t line;
	struct rbac_bytes file; /* borrows the view */
	enum rbac_how how;
	uint32_t gid;   /* RBAC_HOW_GROUP and RBAC_WHY_EXEMPT_GROUP: which; RBAC_HOW_ROLE through
			   %group: which */
	bool via_group; /* RBAC_HOW_ROLE: the grant is a Unix group's (gid) */
	struct rbac_grant grant;        /* RBAC_HOW_ROLE: through which */
	bool from_failed, hours_failed; /* RBAC_WHY_OUTSIDE: which of them */
	/* Where the uid is recorded under another name, that name, whatever WHY says; borrows the
	 * view. len 0: it is not. */
	struct rbac_bytes recorded;
	/* Denied otherwise: RULE asks for what GRANT (VIA_GROUP, GID) gives here, but its window is
	 * not open now. */
	bool window_closed;
};

/*
 * RBAC_OK and *OUT, or RBAC_DAMAGED (a record it needed is; *OUT is then a denial that names no
 * reason). What is looked at first is what is reported: exemptions, suspended, no service, a rule
 * that matches, a rule whose subject holds (OUTSIDE), a second name, another uid, unknown, missing.
 * A second name is suspended when the recorded one is.
 */
int rbac_decide(const struct rbac_view *v, const struct rbac_request *rq, struct rbac_verdict *out);

/*
 * One rule alone, for explain: OUT->how is what of its subjects holds, *FROM_OK and *HOURS_OK
 * whether those conditions do. Its rule, line, file, grant, via_group, gid and window_closed are as
 * in the verdict; allow and why are left out. RBAC_OK or RBAC_DAMAGED.
 */
int rbac_decide_rule(const struct rbac_view *v, const struct rbac_request *rq,
		     const struct rbac_rule *rule, struct rbac_verdict *out, bool *from_ok,
		     bool *hours_ok);

#endif
