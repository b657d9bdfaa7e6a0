/*
 * impact.h - compare two views: whose access does a change affect, and how?
 *
 * It is computed once for each change; `diff`, --dry-run and the change itself print it. It covers
 * only this host: its services, groups and accounts.
 */
#ifndef RBACCTL_ACCESS_IMPACT_H
#define RBACCTL_ACCESS_IMPACT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rbacctl/access/snapshot.h"
#include "rbacctl/buf.h"
#include "rbacctl/lookup.h"

enum impact_kind {
	IMPACT_LOGIN,      /* gain or lose the service WHAT */
	IMPACT_TIMES,      /* keep the service WHAT, but under other conditions: WAS, now WHEN */
	IMPACT_GROUP,      /* gain or lose the group WHAT, which has the gid NUMBER */
	IMPACT_KEYS,       /* gain or lose the keys WHAT ("a, b, c") at the scope of each name */
	IMPACT_ANYONE,     /* all users that no other line names gain or lose the service WHAT */
	IMPACT_ROLE_GROUP, /* the group WHAT with the GID NUMBER appears on this host, or disappears
			    */
	IMPACT_LATER,      /* more may begin or end after IMPACT_INSTANTS instants: not computed */
	IMPACT_MINIMUM,    /* WHAT ("ROLE at SCOPE") has NUMBER holders left, fewer than LIMIT */
};

/* For each subject, access is compared now and at this many later instants at which a window begins
 * or ends. */
enum { IMPACT_INSTANTS = 4 };

/* A list of names; impact_next_name() steps through it. */
struct impact_names {
	struct buf text; /* for each name: the name, NUL, its scope or "", NUL */
	size_t n;
};

struct impact_line {
	enum impact_kind kind;
	bool gain;
	const char *what;
	const char *rule; /* "rbac.conf:3" or "exempt"; "": none, or different ones */
	const char *when; /* the conditions: "Mon-Fri 08:00-18:00 Europe/Berlin"; "": none */
	const char *was;  /* IMPACT_TIMES: the conditions before */
	int64_t at;       /* when it takes effect, seconds since 1970; RBAC_TIME_MIN: at once */
	uint32_t number;
	unsigned limit;
	struct impact_names users, groups; /* GROUPS: "%staff" stands for its members */
	char *own;                         /* the memory of the texts. Private to impact_lines.c */
};

struct impact {
	struct impact_line *v; /* in the order in which they were found */
	size_t n, cap;
	struct lookup at;                          /* finds a line in V */
	struct impact_names admins, admins_before; /* empty if they were not computed */
	bool admins_known;                         /* ADMINS and ADMINS_BEFORE are complete */
	bool admins_changed;        /* a user became an administrator, or is no longer one */
	struct buf mine;            /* the services that ME loses: "sshd, su" */
	char me[RBAC_USER_MAX + 1]; /* the user who types the command; "": nobody */
};

struct impact_question {
	const struct snapshot *before, *after;
	const char *me; /* the user who types the command; NULL: nobody */
	int64_t now;    /* seconds since 1970 */
	/* The users and "%group"s whose assignments the change touched. ALL: it may affect
	 * everybody. */
	bool all;
	const char *const *subjects;
	size_t n_subjects;
};

/*
 * Compute *OUT. Users who were never recorded count too, if a rule names them or they are members
 * of a Unix group that holds a role (members.h). If not ALL, only the subjects are compared, so the
 * time does not depend on the number of users.
 *
 * Returns RBAC_OK, RBAC_NOMEM, RBAC_SYSTEM or RBAC_DAMAGED. Free *OUT in any case.
 */
int impact_of(const struct impact_question *q, struct impact *out);
void impact_free(struct impact *i);

/* (impact_text.c) Append the lines that are printed to OUT; "effect: nobody ..." if there are none.
 */
void impact_text(const struct impact *i, int64_t now, struct buf *out);

/* Step through names: *AT is 0 at first. False: there are no more. */
bool impact_next_name(const struct impact_names *n, size_t *at, const char **name,
		      const char **scope);

#endif
