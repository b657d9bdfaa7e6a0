/*
 * seen.h - one service as look_pam() sees it; for the files of look_pam alone.
 */
#ifndef RBACCTL_HOST_DOCTOR_SEEN_H
#define RBACCTL_HOST_DOCTOR_SEEN_H

#include "rbacctl/host/doctor/look.h"

#define LOOK_LINE "account required pam_rbac.so"

struct look_seen {
	const struct look *q;
	const char *service;
	const struct pam_names *all; /* services that have a file */
	bool ruled;
	struct pam_config c;
	struct pam_judged j;
};

/* A finding about S, with its service and its effects, at AT; NULL: at its file. */
struct finding *look_add(struct look_seen *s, const char *id, bool trouble,
			 const struct pam_place *at);

/* Is there a finding ID about the line AT, which another service includes too? Then it is of S as
 * well. */
bool look_is_told(struct look_seen *s, const char *id, const struct pam_place *at);

/* The line of our module as it should be, with the options of E (NULL: without), into *FIELD. */
void look_wanted(struct findings *all, char **field, const struct pam_entry *e);

/* F is mended by writing that line in the place of E. */
void look_write_there(struct findings *all, struct finding *f, const struct pam_entry *e);

/* Does the line AT have TEXT? */
bool look_line_has(const struct pam_place *at, const char *text);

/* F is about a file whose lines end with a carriage return, as those of Windows do. */
void look_mend_returns(struct findings *all, struct finding *f, const char *file);

/* The denial of our module is ignored, or it is not reached. */
void look_ignored(struct look_seen *s);

/* Everybody is denied; lines that libpam cannot read; no rule names the service. */
void look_everybody_denied(struct look_seen *s);
void look_faults(struct look_seen *s);

/* A line that is no line of PAM names our module; the finding says so, with its effects. */
bool look_fault_is_ours(const struct look_seen *s);
void look_unruled(struct look_seen *s);

#endif
