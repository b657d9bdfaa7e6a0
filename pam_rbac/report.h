/*
 * report.h - the text about a decision: one line for the log, one sentence for the user who is
 * denied. Pure: each function appends to T, which cuts what does not fit and escapes what comes
 * from outside (text.h). pam_rbac(8) describes the line.
 */
#ifndef RBAC_PAM_REPORT_H
#define RBAC_PAM_REPORT_H

#include <stdint.h>

#include "common/decide.h"
#include "pam_rbac/text.h"

/* The first word of the log line. */
enum rbac_outcome { RBAC_OUTCOME_ALLOWED, RBAC_OUTCOME_DENIED, RBAC_OUTCOME_IGNORED };

/* The request. USER is the name in passwd, TYPED the one that the application has. Each may
 * be NULL. */
struct rbac_asked {
	const char *user, *typed, *service, *rhost;
};
/* The first part of the log line: OUTCOME and ASKED. */
void rbac_report_request(struct rbac_text *t, enum rbac_outcome outcome,
			 const struct rbac_asked *asked);

/* The rest of the log line: the scopes of this host, the rule or what was missing, the generation.
 */
void rbac_report_verdict(struct rbac_text *t, const struct rbac_meta *meta,
			 const struct rbac_verdict *verdict);

/* How the exemption that let the user in relates to the login rules. */
enum rbac_exempt {
	RBAC_EXEMPT_NEEDED,     /* no rule lets the user in */
	RBAC_EXEMPT_NOT_NEEDED, /* a rule does too */
	RBAC_EXEMPT_BY_PAM_LINE /* the rules were not asked */
};
void rbac_report_exempt(struct rbac_text *t, enum rbac_exempt exempt);

/* The sentence for the user of RQ, who was denied. */
void rbac_report_denial(struct rbac_text *t, const struct rbac_request *rq,
			const struct rbac_verdict *verdict);

/*
 * WHAT ("view", "passwd" or "group") cannot be read. rbac_report_cause() is the rest of the log
 * line, with ERR (enum rbac_error) and CAUSE (an errno, or 0); rbac_report_trouble() is the
 * sentence for USER.
 */
void rbac_report_cause(struct rbac_text *t, const char *what, int err, int cause);
void rbac_report_trouble(struct rbac_text *t, const char *what, const char *user,
			 const char *service);

#endif
