/* What one user, or the members of one Unix group, gain and lose. */
#include "rbacctl/access/impact_parts.h"

#include <string.h>

#include "common/error.h"

/* Of one subject: what is compared, at which instant, and what the lines say about when. */
struct pair {
	struct impact_work *w;
	const char *name; /* "bob", "%staff" */
	uint32_t gid;     /* of the group */
	bool group;
	int64_t t, at;
	struct impact_said said; /* what need not be said again of a later instant */
};

static int tell(struct pair *p, const struct impact_line *l)
{
	return impact_is_said(&p->said, l, "") ? RBAC_OK : impact_count(p->w->out, l, p->name, "");
}

/* ---- logins ---- */

static int tell_login(struct pair *p, const struct effective_service *s, bool gain)
{
	struct impact *i = p->w->out;
	const struct impact_line l = { .kind = IMPACT_LOGIN,
				       .gain = gain,
				       .what = s->name,
				       .rule = s->rule,
				       .when = s->when,
				       .at = p->at };
	if (!gain && p->w->me && strcmp(p->name, p->w->me) == 0 && p->at == RBAC_TIME_MIN)
		buf_printf(&i->mine, "%s%s", i->mine.len ? ", " : "", s->name);
	return tell(p, &l);
}

static int tell_times(struct pair *p, const struct effective_service *was,
		      const struct effective_service *is)
{
	const struct impact_line l = { .kind = IMPACT_TIMES,
				       .gain = true,
				       .what = is->name,
				       .rule = is->rule,
				       .when = is->when,
				       .was = was->when,
				       .at = p->at };
	return tell(p, &l);
}

static int compare_logins(struct pair *p, const struct effective_access *before,
			  const struct effective_access *after)
{
	int err = RBAC_OK;
	for (size_t i = 0; i < before->n_services && !err; i++)
		if (!effective_service(after, before->services[i].name))
			err = tell_login(p, &before->services[i], false);
	for (size_t i = 0; i < after->n_services && !err; i++) {
		const struct effective_service *is = &after->services[i],
					       *was = effective_service(before, is->name);
		if (!was)
			err = tell_login(p, is, true);
		else if (strcmp(was->when, is->when) != 0)
			err = tell_times(p, was, is);
	}
	return err;
}

/* ---- groups ---- */

/* The groups of A that B has not. */
static int compare_groups(struct pair *p, const struct effective_access *a,
			  const struct effective_access *b, bool gain)
{
	int err = RBAC_OK;
	for (size_t i = 0; i < a->n_groups && !err; i++) {
		const struct effective_group *g = &a->groups[i];
		const struct impact_line l = { .kind = IMPACT_GROUP,
					       .gain = gain,
					       .what = g->name,
					       .number = g->gid,
					       .at = p->at };
		if (!effective_access_has_group(b, g->name))
			err = tell(p, &l);
	}
	return err;
}

/* ---- one instant ---- */

static int access_at(const struct pair *p, const struct snapshot *snap, struct effective_access *s)
{
	return p->group ? effective_access_of_members(snap, p->name, p->gid, p->t, s)
			: effective_access_of(snap, p->name, p->t, s);
}

static int compare_at(struct pair *p, const struct holdings *was, const struct holdings *is)
{
	struct effective_access before, after = { 0 };
	int err = access_at(p, p->w->old, &before);
	if (!err)
		err = access_at(p, p->w->new, &after);
	if (!err)
		err = compare_logins(p, &before, &after);
	if (!err)
		err = compare_groups(p, &before, &after, false);
	if (!err)
		err = compare_groups(p, &after, &before, true);
	if (!err)
		err = impact_keys_compare(
			&(struct impact_asked){ p->w, p->name, p->t, p->at, &p->said }, was, is);
	effective_access_free(&before);
	effective_access_free(&after);
	return err;
}

/* ---- instants ---- */

/* The first instants at which something begins or ends that only one side has, rising. */
struct instants {
	int64_t v[IMPACT_INSTANTS];
	size_t n;
	bool more; /* than these */
};

static void add_instant(struct instants *s, int64_t t, int64_t now)
{
	size_t i = s->n;
	if (t <= now || t == RBAC_TIME_MAX)
		return;
	for (size_t k = 0; k < s->n; k++)
		if (s->v[k] == t)
			return;
	s->more |= i == IMPACT_INSTANTS;
	if (i == IMPACT_INSTANTS && t >= s->v[i - 1])
		return;
	i = i == IMPACT_INSTANTS ? IMPACT_INSTANTS - 1 : s->n++;
	for (; i > 0 && s->v[i - 1] > t; i--)
		s->v[i] = s->v[i - 1];
	s->v[i] = t;
}

static bool is_held(const void *ctx, uint32_t number, const void *key)
{
	const struct held *a = &((const struct holdings *)ctx)->v[number], *b = key;
	return a->id == b->id && a->window.from == b->window.from &&
	       a->window.until == b->window.until && strcmp(a->scope, b->scope) == 0;
}

static uint64_t hash_of(const struct held *e)
{
	return lookup_hash(LOOKUP_SEED, &e->id, sizeof e->id);
}

/* Those of what A has and B has not. */
static int add_instants(struct instants *s, const struct holdings *a, const struct holdings *b,
			int64_t now)
{
	struct lookup at = { 0 };
	int err = RBAC_OK;
	for (size_t i = 0; i < b->n && !err; i++)
		err = lookup_add(&at, hash_of(&b->v[i]), (uint32_t)i);
	for (size_t i = 0; i < a->n && !err; i++) {
		const struct held *e = &a->v[i];
		if (lookup_find(&at, hash_of(e), is_held, b, e) != LOOKUP_NONE)
			continue;
		add_instant(s, e->window.from, now);
		add_instant(s, e->window.until, now);
	}
	lookup_free(&at);
	return err;
}

static int holdings_of(const struct pair *p, const struct snapshot *snap, struct holdings *h)
{
	struct source source = snapshot_source(snap);
	return p->group ? source_of_group(&source, p->gid, h)
			: source_effective(&source, p->name, h);
}

/* ---- administration ---- */

static void note_administration(struct pair *p, const struct holdings *before,
				const struct holdings *after)
{
	struct impact *i = p->w->out;
	bool was = effective_access_administers(p->w->old, before, p->w->now),
	     is = effective_access_administers(p->w->new, after, p->w->now);
	i->admins_changed |= was != is;
	if (was)
		impact_add_name(&i->admins_before, p->name, "");
	if (is)
		impact_add_name(&i->admins, p->name, "");
}

static int compare(struct pair *p)
{
	struct holdings before, after = { 0 };
	int64_t now = p->w->now;
	int err = holdings_of(p, p->w->old, &before);
	if (!err)
		err = holdings_of(p, p->w->new, &after);
	if (!err)
		note_administration(p, &before, &after);
	if (!err)
		err = compare_at(p, &before, &after);
	struct instants later = { .n = 0 };
	if (!err)
		err = add_instants(&later, &after, &before, now);
	if (!err)
		err = add_instants(&later, &before, &after, now);
	for (size_t i = 0; i < later.n && !err; i++) {
		p->t = p->at = later.v[i];
		err = compare_at(p, &before, &after);
	}
	if (later.more && !err)
		err = tell(p, &(struct impact_line){ .kind = IMPACT_LATER, .at = RBAC_TIME_MIN });
	holdings_free(&before);
	holdings_free(&after);
	impact_said_free(&p->said);
	return err;
}

int impact_user(struct impact_work *w, const char *name)
{
	struct pair p = { .w = w, .name = name, .t = w->now, .at = RBAC_TIME_MIN };
	return compare(&p);
}

int impact_members(struct impact_work *w, const char *name, uint32_t gid)
{
	struct pair p = {
		.w = w, .name = name, .gid = gid, .group = true, .t = w->now, .at = RBAC_TIME_MIN
	};
	return compare(&p);
}
