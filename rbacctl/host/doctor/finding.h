/*
 * finding.h - what is found wrong with this host, for doctor and status.
 *
 * A finding is trouble, which needs attention, or a note. Everything in it is owned by the list.
 * After out of memory the list is FAILED, and what is added goes nowhere: one look at the end will
 * do.
 */
#ifndef RBACCTL_HOST_DOCTOR_FINDING_H
#define RBACCTL_HOST_DOCTOR_FINDING_H

#include <stdbool.h>
#include <stddef.h>

#include "rbacctl/host/pam/judge.h"

struct finding_list {
	char **v;
	size_t n, cap;
};

struct finding {
	const char *id; /* "pam.gate-not-reached", a constant; its first word is the area */
	bool trouble;
	char *service;
	char *file;
	unsigned line;           /* 0: the file as a whole */
	struct finding_list via; /* "FILE:LINE" of the includes that lead there, outermost first */
	char *found, *wanted;
	bool has_effect;
	enum pam_effect effect[PAM_SUBJECTS];
	struct finding_list subjects; /* users, groups or services that it is about */
	char *what, *why, *mend;
};

struct findings {
	struct finding *v;
	size_t n, cap;
	struct finding_list checked; /* what was looked at */
	struct finding_list skipped; /* "WHAT: WHY", what could not be asked */
	bool failed;
	struct finding lost; /* where a finding goes after out of memory */
};

/* A new finding; ID lives as long as the list. Never NULL; valid until the next is added. */
struct finding *findings_add(struct findings *all, const char *id, bool trouble);

/* The text FMT becomes *FIELD of a finding of ALL, in place of what it was. */
void finding_text(struct findings *all, char **field, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* The text FMT is added to LIST. */
void finding_append(struct findings *all, struct finding_list *list, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));

/* The place of the fault: FILE and LINE. */
void finding_at(struct findings *all, struct finding *f, const char *file, unsigned line);

/* The same, and the includes that lead there. */
void finding_at_place(struct findings *all, struct finding *f, const struct pam_config *c,
		      const struct pam_place *at);

bool findings_has(const struct findings *all, const char *id, const char *service);
size_t findings_troubles(const struct findings *all);
void findings_free(struct findings *all);

#endif
