/*
 * report.h - what is said about a decision: one line for the log, one sentence for the person who
 * is denied. Pure.
 */
#ifndef RBAC_PAM_REPORT_H
#define RBAC_PAM_REPORT_H

#include <stdint.h>

#include "common/decide.h"
#include "pam_rbac/text.h"

/* How it ended; the first word of the log line. */
enum rbac_outcome { RBAC_OUTCOME_ALLOWED, RBAC_OUTCOME_DENIED, RBAC_OUTCOME_IGNORED };

/* Who asks, as it goes into a line. USER: whom passwd says; TYPED: as the application has it. Each
 * may be NULL. */
struct rbac_asked {
	const char *user, *typed, *service, *rhost;
};
void rbac_report_request(struct rbac_text *t, enum rbac_outcome outcome,
			 const struct rbac_asked *asked);

/* The host's scopes, the rule or what was missing, the generation. */
void rbac_report_verdict(struct rbac_text *t, const struct rbac_meta *meta,
			 const struct rbac_verdict *verdict);

/* The sentence for USER who was denied. */
void rbac_report_denial(struct rbac_text *t, const struct rbac_request *rq,
			const struct rbac_verdict *verdict);

/*
 * Where WHAT ("view", "passwd", "group") can't be read: of the line, ERR (enum rbac_error) and
 * CAUSE, an errno or 0; and what USER is told.
 */
void rbac_report_cause(struct rbac_text *t, const char *what, int err, int cause);
void rbac_report_trouble(struct rbac_text *t, const char *what, const char *user,
			 const char *service);

#endif
