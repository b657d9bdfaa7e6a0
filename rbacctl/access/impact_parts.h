/*
 * impact_parts.h - what the files impact_*.c share. Private to them.
 */
#ifndef RBACCTL_ACCESS_IMPACT_PARTS_H
#define RBACCTL_ACCESS_IMPACT_PARTS_H

#include "rbacctl/access/effective_access.h"
#include "rbacctl/access/impact.h"

struct impact_keys;

/* The state of one impact_of(). */
struct impact_work {
	const struct snapshot *old, *new;
	const char *me;
	int64_t now;
	struct impact *out;
	struct impact_keys *keys; /* one numbering for the keys of both policies */
};

/* ---- impact_lines.c ---- */

/*
 * Find the line of I that is equal to LINE, or add a copy of LINE; then add WHO at SCOPE to its
 * names. WHO is a user, or "%staff" for its members, or NULL for nobody; SCOPE is "" for none.
 * Returns RBAC_OK or RBAC_NOMEM.
 */
int impact_count(struct impact *i, const struct impact_line *line, const char *who,
		 const char *scope);
void impact_add_name(struct impact_names *n, const char *name, const char *scope);

/* The lines that one subject has already, for an earlier instant; all zeros: none. Free it. */
struct impact_said {
	struct buf texts; /* each with its NUL */
	struct lookup at; /* finds a text in TEXTS */
};

/* Does S have LINE at SCOPE? If not, add it. */
bool impact_is_said(struct impact_said *s, const struct impact_line *line, const char *scope);
void impact_said_free(struct impact_said *s);

/* ---- impact_subject.c ---- */

/*
 * Compare the access of the user NAME, or of the members of the Unix group GID (NAME is "%staff"),
 * before and after, now and at the next IMPACT_INSTANTS instants.
 */
int impact_user(struct impact_work *w, const char *name);
int impact_members(struct impact_work *w, const char *name, uint32_t gid);

/* ---- impact_keys.c ---- */

int impact_keys_begin(struct impact_work *w); /* RBAC_OK or RBAC_NOMEM */
void impact_keys_end(struct impact_work *w);

/* The subject NAME whose keys are compared at the instant T. AT is the time of the lines; SAID is
 * for impact_is_said(). */
struct impact_asked {
	struct impact_work *w;
	const char *name;
	int64_t t, at;
	struct impact_said *said;
};

/* Add lines for the keys that the subject gains and loses. RBAC_OK or RBAC_NOMEM. */
int impact_keys_compare(const struct impact_asked *q, const struct holdings *before,
			const struct holdings *after);

/* ---- impact_minimum.c ---- */

/* Add a line for each role and scope that has fewer holders than `min`, and fewer than before.
 * SUBJECTS NULL: at every scope; otherwise at the scopes where one of the N subjects held a role
 * before, or holds one after. RBAC_OK or RBAC_NOMEM. */
int impact_minimum(struct impact_work *w, const char *const *subjects, size_t n);

#endif
