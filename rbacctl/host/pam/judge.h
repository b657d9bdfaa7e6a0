/*
 * judge.h - the result of the account stage of a service, by our module's answer: for a user
 * without a role, for a user with one, for root and for an exempt user.
 *
 * It follows every path through the stack that the answers of its modules allow (modules.h).
 */
#ifndef RBACCTL_HOST_PAM_JUDGE_H
#define RBACCTL_HOST_PAM_JUDGE_H

#include "rbacctl/host/pam/modules.h"

enum pam_effect {
	PAM_EFFECT_PASS,
	PAM_EFFECT_DENY,
	PAM_EFFECT_NEW_AUTHTOK /* whoever has to change the password passes by changing it */
};

enum pam_gate_state {
	PAM_GATE_OFF,       /* the stage does not name our module */
	PAM_GATE_COUNTS,    /* our denial denies */
	PAM_GATE_IGNORED,   /* our module denies, but BECAUSE allows nevertheless */
	PAM_GATE_UNREACHED, /* BECAUSE ends the stack, or jumps, before our module is asked */
	PAM_GATE_EXPIRED,   /* the same, where the password has to be changed; or BECAUSE says that
			       first, and libpam returns the first failure */
	PAM_GATE_UNJUDGED   /* there are too many ways through the stack */
};

struct pam_judged {
	enum pam_gate_state state;
	enum pam_effect effect[PAM_SUBJECTS];
	const struct pam_entry *gate;    /* the first line that names our module; NULL: none */
	const struct pam_entry *because; /* see STATE; else NULL */
	int ret;                         /* what BECAUSE returned */
	const struct pam_entry *denier;  /* the holder is denied: by this line; NULL: by none, since
					    no module says yes */
	const struct pam_entry *ender;   /* no module says yes, as this line ends the stack */
};

/* Judge the account stage of C. All pointers lead into C. RBAC_OK or RBAC_NOMEM. */
int pam_judge(const struct pam_folders *f, const struct pam_config *c, const char *service,
	      bool ruled, struct pam_judged *out);

/* "pass", "deny", "new_authtok" */
const char *pam_effect_name(enum pam_effect e);

#endif
