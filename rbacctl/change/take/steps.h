/*
 * steps.h - the steps of a take, each in a file of its own. For this folder only.
 */
#ifndef RBACCTL_CHANGE_TAKE_STEPS_H
#define RBACCTL_CHANGE_TAKE_STEPS_H

#include <string.h>

#include "rbacctl/change/fleet/fleet.h"
#include "rbacctl/change/fleet/reads.h"
#include "rbacctl/change/internal.h"
#include "rbacctl/change/take/take.h"
#include "rbacctl/fleet/judge.h"
#include "rbacctl/store/fleet.h"

struct take {
	struct change *c;
	const char *dir;
	struct take_result *out;
	/* From the token until the first take, then from the store. */
	struct fleet_token token;
	bool first; /* nothing was ever taken */
	struct fleet_keys keys;
	struct buf list; /* of the keys, as bytes */
	uint64_t term;   /* the highest that was taken */
	uint32_t interval;
	int64_t fleet_issued;
	/* From the head of the fleet's sheet: what changed last. */
	struct fleet_recent_copy {
		char name[RBAC_SCOPE_MAX + 1];
		uint64_t number;
	} * recent;
	size_t n_recent;
	struct fleet_reads reads; /* the scopes that are followed */
	struct buf ack;           /* for the authority */
	/* What the sheets that are taken say of UIDs. */
	struct fleet_uid_copy {
		char name[RBAC_USER_MAX + 1];
		uint32_t uid;
	} * uids;
	size_t n_uids, cap_uids;
	int64_t basis;     /* from when max_stale counts */
	bool again;        /* the scopes are taken again, as BASIS or the policy is new */
	bool nothing_came; /* there is no folder */
	struct buf notes;  /* lines for status: what is refused, left out, waited for */
	bool wrote;        /* rows of the fleet's own bookkeeping have changed */
	bool rows;         /* rows that count have changed: a change with an audit record */
};

/* Did a row with this source come with a sheet? */
static inline bool take_is_fleets(const char *source)
{
	return strcmp(source, STORE_SOURCE_FLEET) == 0;
}

/* Note a line for status, which needs attention. */
void take_note(struct take *k, const char *fmt, ...) __attribute__((format(printf, 2, 3)));

/* The notes behind a message, from a new line on, into TEXT; "": there are none. Returns TEXT. */
enum { TAKE_NOTES = 2000 };
const char *take_notes_behind(const struct take *k, char text[TAKE_NOTES]);

/* ---- arrived.c: what DIR has, judged ---- */

/* The keys: those of the store, and what DIR has of newer lists. RBAC_REFUSED with a message: there
 * is no list that the token trusts. */
int take_keys(struct take *k);

/*
 * Judge what DIR has of the sheet NAME. J->verdict is FLEET_TAKE: it is to be taken, then
 * take_taken() notes it; otherwise what there is to note has been noted. *J is to be freed with
 * take_arrived_free().
 */
struct arrived {
	struct fleet_judgement j;
	struct buf head;
	struct fleet_bytes *chunks;
	size_t n_chunks;
};
int take_judge(struct take *k, const char *name, struct arrived *a);
void take_arrived_free(struct arrived *a);
int take_taken(struct take *k, const char *name, const struct fleet_judgement *j);

/* ---- scope.c ---- */

/* The rows of the scope NAME become those of J; J NULL: the scope is followed no more. */
int take_scope(struct take *k, const char *name, const struct fleet_judgement *j);

/* Before the scopes: from when max_stale counts. */
void take_basis(struct take *k);

/* ---- fresh.c ---- */

/* Note what is old, or is known to be newer on the authority; F: the scopes that are followed. */
int take_check_fresh(struct take *k, const struct fleet_reads *f);

/* ---- people.c ---- */

/* Note what R, a FLEET_UID, says. */
int take_uid(struct take *k, const struct fleet_record *r);

/* After the scopes: record each user who holds a fleet's assignment or owns a scope, with the UID
 * that the sheets say, else with that of passwd here. */
int take_people(struct take *k);

/* With uids = "fleet": note who has another UID here. C has read passwd. */
int take_compare_uids(struct take *k);

/* ---- policy.c ---- */

/* Policy and host.conf become the applied policy, where they can be read here; who is suspended;
 * GIDs. J NULL: the fleet's sheet is not new, and host.conf alone may be. */
int take_fleet(struct take *k, const struct fleet_judgement *j);

#endif
