/*
 * impact_parts.h - what the files impact_*.c share. For them only.
 */
#ifndef RBACCTL_ACCESS_IMPACT_PARTS_H
#define RBACCTL_ACCESS_IMPACT_PARTS_H

#include "rbacctl/access/effective_access.h"
#include "rbacctl/access/impact.h"

struct impact_keys;

/* The work in hand. */
struct impact_work {
	const struct snapshot *old, *new;
	const char *me;
	int64_t now;
	struct impact *out;
	struct impact_keys *keys; /* the keys of both policies, under one numbering */
};

/* ---- impact_lines.c ---- */

/*
 * The line that is like LINE (its texts are copied), with WHO at SCOPE ("": none) added to its
 * names: a user, or a group's members ("%staff"). WHO NULL: nobody. RBAC_OK or RBAC_NOMEM.
 */
int impact_count(struct impact *i, const struct impact_line *line, const char *who,
		 const char *scope);
void impact_add_name(struct impact_names *n, const char *name, const char *scope);

/* What has been said of one subject; all zeros: nothing. To be freed. */
struct impact_said {
	struct buf texts; /* each with its NUL; the table has their places */
	struct lookup at;
};

/* Is LINE, at SCOPE, in S as something of an earlier instant? It is noted there when not. */
bool impact_is_said(struct impact_said *s, const struct impact_line *line, const char *scope);
void impact_said_free(struct impact_said *s);

/* ---- impact_subject.c ---- */

/*
 * Compare what USER, or the members of the Unix group GID, have before and after; NAME is the
 * user's or "%staff". A window that begins later counts from its beginning on.
 */
int impact_user(struct impact_work *w, const char *name);
int impact_members(struct impact_work *w, const char *name, uint32_t gid);

/* ---- impact_keys.c ---- */

int impact_keys_begin(struct impact_work *w); /* RBAC_OK or RBAC_NOMEM */
void impact_keys_end(struct impact_work *w);

/* The subject whose keys are compared: at the instant T; AT is what the lines say about when; SAID
 * is for impact_is_said(). */
struct impact_asked {
	struct impact_work *w;
	const char *name;
	int64_t t, at;
	struct impact_said *said;
};

/* The keys that it gains and loses, by the roles that count before and after. RBAC_OK or
 * RBAC_NOMEM. */
int impact_keys_compare(const struct impact_asked *q, const struct holdings *before,
			const struct holdings *after);

/* ---- impact_minimum.c ---- */

/* The roles and scopes that have fewer holders than `min` asks for, and have not had so few before.
 * SUBJECTS NULL: at every scope; else where one of the N held something or does now. */
int impact_minimum(struct impact_work *w, const char *const *subjects, size_t n);

#endif
