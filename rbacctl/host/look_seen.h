/*
 * look_seen.h - one service as look_pam() sees it; for the files of look_pam alone.
 */
#ifndef RBACCTL_HOST_LOOK_SEEN_H
#define RBACCTL_HOST_LOOK_SEEN_H

#include "rbacctl/host/look.h"

#define LOOK_LINE "account required pam_rbac.so"

struct look_seen {
	const struct look *q;
	const char *service;
	bool ruled;
	struct pam_config c;
	struct pam_judged j;
};

/* A finding about S, with its service and its effects, at AT; NULL: at its file. */
struct finding *look_add(struct look_seen *s, const char *id, bool trouble,
			 const struct pam_place *at);

/* Everybody is denied; lines that libpam cannot read; no rule names the service. */
void look_everybody_denied(struct look_seen *s);
void look_faults(struct look_seen *s);
void look_unruled(struct look_seen *s);

#endif
