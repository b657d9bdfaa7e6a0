/*
 * impact.h - compare two views: whose access a change affects, and how.
 *
 * Computed once for each change; `diff`, --dry-run and the change itself print it. It covers only
 * this host: its services, groups and accounts.
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
	IMPACT_ANYONE,     /* everybody whom no line names gains or loses the service WHAT */
	IMPACT_ROLE_GROUP, /* the group WHAT with the GID NUMBER appears on this host, or disappears
			    */
	IMPACT_LATER,   /* more may begin or end after IMPACT_INSTANTS instants: not worked out */
	IMPACT_MINIMUM, /* WHAT ("ROLE at SCOPE") has NUMBER holders left, fewer than LIMIT */
};

/* The later instants, at which a window begins or ends, that are looked at for each subject. */
enum { IMPACT_INSTANTS = 4 };

struct impact_names {
	struct buf text; /* for each the name and the scope ("": none), each with its NUL */
	size_t n;
};

struct impact_line {
	enum impact_kind kind;
	bool gain;
	const char *what;
	const char *rule; /* "rbac.conf:3", "exempt"; "": none, or not one for all of them */
	const char *when; /* the conditions: "Mon-Fri 08:00-18:00 Europe/Berlin"; "": none */
	const char *was;  /* IMPACT_TIMES: those before */
	int64_t at;       /* from this instant on; RBAC_TIME_MIN: at once */
	uint32_t number;
	unsigned limit;
	struct impact_names users, groups; /* groups: the members of "%staff" */
	char *own;                         /* the texts above. Private to impact_lines.c */
};

struct impact {
	struct impact_line *v; /* in the order in which they were found */
	size_t n, cap;
	struct lookup at;                          /* numbers in V */
	struct impact_names admins, admins_before; /* empty where nothing was worked out */
	bool admins_known;                         /* ADMINS and ADMINS_BEFORE have all of them */
	bool admins_changed; /* somebody became an administrator, or is none any more */
	struct buf mine;     /* the services that who types it loses: "sshd, su" */
	char me[RBAC_USER_MAX + 1];
};

struct impact_question {
	const struct snapshot *before, *after;
	const char *me; /* who types it; NULL: none */
	int64_t now;
	/* Whom the change touched: users and "%group"s. ALL: everybody may be. */
	bool all;
	const char *const *subjects;
	size_t n_subjects;
};

/*
 * Work it out into *OUT. Users who were never recorded are counted where they are named or are
 * members of a Unix group that counts (members.h). Where not ALL, only the subjects are looked at:
 * a change to one user takes as long as that user, however many there are.
 *
 * RBAC_OK, RBAC_NOMEM, RBAC_SYSTEM, RBAC_DAMAGED. To be freed in any case.
 */
int impact_of(const struct impact_question *q, struct impact *out);
void impact_free(struct impact *i);

/* (impact_text.c) The lines for people; "effect: nobody ..." where there are none. */
void impact_text(const struct impact *i, int64_t now, struct buf *out);

/* Step through names: *AT is 0 at first. False: there are no more. */
bool impact_next_name(const struct impact_names *n, size_t *at, const char **name,
		      const char **scope);

#endif
