/*
 * Freshness: what a carrier holds back is told. The head of the fleet's sheet names the sheets that
 * changed last, and no more of them than it has room for: what it has named once is remembered.
 */
#include <inttypes.h>

#include "rbacctl/change/take/steps.h"

/* The head that was signed last is too old, or newer than the clock here says. */
static void check_head(struct take *k)
{
	int64_t age = k->c->a->now - k->fleet_issued, clock = k->c->a->now - k->c->a->behind,
		ahead = k->fleet_issued - clock, most = (int64_t)k->interval * FLEET_STALE_AFTER;

	/* By such a clock nothing gets old. */
	if (k->interval && ahead > most)
		take_note(k,
			  "clock: the clock of this host is %" PRId64
			  " seconds behind the newest state from the authority: whether there is "
			  "a newer one cannot be known",
			  ahead);
	if (k->interval && age > most)
		take_note(k,
			  "stale: the newest state from the authority is %" PRId64
			  " seconds old; it "
			  "comes every %u",
			  age, k->interval);
}

static int remember(struct take *k, const struct fleet_recent_copy *recent)
{
	struct store_sheet s = { 0 };
	int err = store_sheet_get(&k->c->t, recent->name, &s);

	if (err && err != RBAC_NOTFOUND)
		return err;
	if (s.named_term == k->term && s.named >= recent->number)
		return RBAC_OK;
	s.named = recent->number;
	s.named_term = k->term;
	return store_sheet_put(&k->c->t, recent->name, &s);
}

/* The authority signs the head of each sheet anew from time to time: one that is much older than
 * that of the fleet's sheet is held back, even if no head names it. */
static int check_sheet(struct take *k, const char *name)
{
	const int64_t most = FLEET_RESIGN + (int64_t)k->interval * FLEET_STALE_AFTER;
	struct store_sheet s;
	int err = store_sheet_get(&k->c->t, name, &s);

	if (err)
		return err == RBAC_NOTFOUND ? RBAC_OK : err;
	if (s.term <= k->term && s.named_term == k->term && s.number < s.named)
		take_note(k, "waiting: %s is at %" PRIu64 " on the authority, at %" PRIu64 " here",
			  name, s.named, s.number);
	else if (s.here && k->fleet_issued - s.issued > most)
		take_note(k,
			  "waiting: %s was signed %" PRId64
			  " seconds before the newest state from the authority, which signs it "
			  "every %d",
			  name, k->fleet_issued - s.issued, FLEET_RESIGN);
	return RBAC_OK;
}

int take_check_fresh(struct take *k, const struct fleet_reads *f)
{
	int err = RBAC_OK;

	check_head(k);
	for (size_t i = 0; i < k->n_recent && !err; i++)
		if (fleet_reads_has(f, k->recent[i].name))
			err = remember(k, &k->recent[i]);
	for (size_t i = 0; i < f->n && !err; i++)
		err = check_sheet(k, f->v[i]);
	return err;
}
