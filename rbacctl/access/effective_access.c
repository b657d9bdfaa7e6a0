#include "rbacctl/access/effective_access.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rbacctl/host/nss/accounts.h"
#include "rbacctl/lookup.h"
#include "rbacctl/model/rules.h"

/* ---- groups ---- */

struct gid_sink {
	uint32_t *v;
	size_t n, cap;
	struct lookup at;
};

static bool is_gid(const void *ctx, uint32_t number, const void *key)
{
	return ((const struct gid_sink *)ctx)->v[number] == *(const uint32_t *)key;
}

static int sink_add(void *ctx, uint32_t gid)
{
	struct gid_sink *s = ctx;
	uint64_t hash = lookup_hash(LOOKUP_SEED, &gid, sizeof gid);
	if (lookup_find(&s->at, hash, is_gid, s, &gid) != LOOKUP_NONE)
		return RBAC_OK;
	if (!buf_room(&s->v, s->n, &s->cap, sizeof *s->v) ||
	    lookup_add(&s->at, hash, (uint32_t)s->n))
		return RBAC_NOMEM;
	s->v[s->n++] = gid;
	return RBAC_OK;
}

/* The name of a gid the view knows, role's or extra; RBAC_NOTFOUND for any other. */
static int group_name(const struct snapshot *snap, uint32_t gid, struct effective_group *out)
{
	uint8_t key[RBAC_NUMBER_KEY];
	struct rbac_bytes rec;
	struct rbac_group g;
	rbac_number_key(key, gid);
	int err = rbac_view_get(&snap->v, RBAC_REC_GID, key, sizeof key, &rec);
	if (!err)
		err = rbac_group_decode(rec, &g);
	if (err)
		return err;
	snprintf(out->name, sizeof out->name, "%s", (const char *)g.name);
	out->gid = gid;
	out->extra = g.flags & RBAC_GROUP_EXTRA;
	return RBAC_OK;
}

/* The subject: a user with the current groups, or a member of a group. */
struct subject {
	const char *name;
	uint32_t uid;
	struct gids gids;
	bool absent; /* no such user, nor the members of a group */
};

static int group_order(const void *a, const void *b)
{
	return strcmp((*(const struct effective_group *const *)a)->name,
		      (*(const struct effective_group *const *)b)->name);
}

static int sort_groups(struct effective_access *s)
{
	s->by_name = calloc(s->n_groups + 1, sizeof *s->by_name);
	if (!s->by_name)
		return RBAC_NOMEM;
	for (size_t i = 0; i < s->n_groups; i++)
		s->by_name[i] = &s->groups[i];
	qsort(s->by_name, s->n_groups, sizeof *s->by_name, group_order);
	return RBAC_OK;
}

static int take_groups(const struct snapshot *snap, const struct subject *who, int64_t now,
		       struct effective_access *s)
{
	struct gid_sink others = { 0 }, brought = { 0 };
	int err = RBAC_OK;
	/* Groups of other sources count for %group; the groups of roles and the extra groups among
	 * them are computed again. */
	for (size_t i = 0; i < who->gids.n && !err; i++)
		if (!rbac_meta_in_range(&snap->v.meta, who->gids.v[i]) &&
		    rbac_meta_extra(&snap->v.meta, who->gids.v[i]) < 0)
			err = sink_add(&others, who->gids.v[i]);
	const uint32_t *groups = others.v;
	const struct rbac_subject_query query = { .view = &snap->v,
						  .user = who->name,
						  .len = strlen(who->name),
						  .uid = who->uid,
						  .by_name = true,
						  .now = now,
						  .groups = &groups,
						  .n = others.n,
						  .primary = RBAC_NO_GID };
	if (!err)
		err = rbac_groups_collect(&query, sink_add, &brought);
	err = err == RBAC_NOTFOUND ? RBAC_OK : err;
	s->groups = calloc(brought.n + 1, sizeof *s->groups);
	if (!err && !s->groups)
		err = RBAC_NOMEM;
	for (size_t i = 0; i < brought.n && !err; i++) {
		err = group_name(snap, brought.v[i], &s->groups[s->n_groups]);
		s->n_groups += err == RBAC_OK;
		err = err == RBAC_NOTFOUND ? RBAC_OK : err;
	}
	free(others.v);
	free(brought.v);
	lookup_free(&others.at);
	lookup_free(&brought.at);
	return err ? err : sort_groups(s);
}

/* ---- services ---- */

/* "Mon-Fri 08:00-18:00 Europe/Berlin from 192.0.2.0/24" */
static void conditions_text(const struct policy *p, const struct policy_login *rule,
			    struct buf *out)
{
	size_t begin = out->len;
	for (int k = RBAC_CONDITIONS; k-- > 0;) {
		const struct policy_strs *texts = &rule->conditions[k].texts;
		if (texts->n == 0)
			continue;
		buf_printf(out, "%s", out->len > begin ? " " : "");
		if (k != RBAC_CONDITION_HOURS)
			buf_printf(out, "%s ", policy_conditions[k].within);
		for (size_t i = 0; i < texts->n; i++)
			buf_printf(out, "%s%s", i ? " or " : "", texts->v[i]);
		if (k == RBAC_CONDITION_HOURS)
			buf_printf(out, " %s", p->zone ? p->zone : "local time");
	}
}

/* The rules that name the user, and their conditions. */
struct matching {
	struct buf when;
	char rule[64];
	bool always;
};

/* Add the conditions of one more matching rule to those of the others. */
static void add_rule(const struct policy *p, const struct rbac_rule *r, struct matching *m)
{
	bool always = true;
	for (int k = 0; k < RBAC_CONDITIONS; k++)
		always &= r->conditions[k].n == 0;
	const struct policy_login *rule = r->number >= 1 && r->number <= p->n_logins
						  ? &p->logins[r->number - 1]
						  : NULL;
	if (!m->rule[0] || (always && !m->always))
		snprintf(m->rule, sizeof m->rule, "%.*s:%u", (int)r->file.len,
			 (const char *)r->file.p, r->line);
	m->always |= always;
	if (always || !rule)
		return;
	if (m->when.len)
		buf_printf(&m->when, ", or ");
	conditions_text(p, rule, &m->when);
}

static int matching_rules(const struct snapshot *snap, const struct rbac_request *rq,
			  struct matching *m)
{
	struct rbac_bytes rec;
	struct rbac_rules rules;
	struct rbac_rule rule;
	int err = rbac_view_get(&snap->v, RBAC_REC_LOGIN, rq->service, strlen(rq->service), &rec);
	if (!err)
		err = rbac_rules_decode(rec, &rules);
	while (!err && (err = rbac_rules_next(&rules, &rule)) == RBAC_OK) {
		struct rbac_verdict v;
		err = rbac_decide_rule(&snap->v, rq, &rule, &v);
		if (!err && v.how != RBAC_HOW_NONE)
			add_rule(snap->p, &rule, m);
	}
	return err == RBAC_NOTFOUND ? RBAC_OK : err;
}

static int take_service(const struct snapshot *snap, const struct rbac_request *rq,
			struct effective_access *s)
{
	struct rbac_verdict v;
	struct matching m = { .rule = "" };
	int err = rbac_decide(&snap->v, rq, &v);
	if (err || (!v.allow && v.why != RBAC_WHY_OUTSIDE))
		return err;
	if (v.why == RBAC_WHY_EXEMPT_USER || v.why == RBAC_WHY_EXEMPT_GROUP)
		snprintf(m.rule, sizeof m.rule, "exempt");
	else
		err = matching_rules(snap, rq, &m);
	struct effective_service *to = &s->services[s->n_services];
	*to = (struct effective_service){ .name = rq->service };
	memcpy(to->rule, m.rule, sizeof to->rule);
	to->when = strdup(m.always ? "" : buf_text(&m.when));
	if (to->when)
		s->n_services++;
	else if (!err)
		err = RBAC_NOMEM;
	buf_free(&m.when);
	return err;
}

static int take_services(const struct snapshot *snap, const struct subject *who, int64_t now,
			 struct effective_access *s)
{
	const struct policy *p = snap->p;
	s->services = calloc(p->n_services + 1, sizeof *s->services);
	int err = s->services ? RBAC_OK : RBAC_NOMEM;
	for (size_t i = 0; i < p->n_services && !err; i++) {
		const struct rbac_request rq = { .user = who->name,
						 .uid = who->uid,
						 .service = p->services[i].name,
						 .groups = who->gids.v,
						 .n_groups = who->gids.n,
						 .now = now,
						 .absent = who->absent };
		err = take_service(snap, &rq, s);
	}
	return err;
}

int effective_access_of(const struct snapshot *snap, const char *user, int64_t now,
			struct effective_access *s)
{
	struct holdings h;
	struct source source = snapshot_source(snap);
	*s = (struct effective_access){ 0 };
	int err = source_effective(&source, user, &h);
	s->recorded = h.recorded;
	s->suspended = h.suspended;
	s->uid_changed = h.uid_changed;
	s->second = h.second;
	s->absent = h.absent;
	holdings_free(&h);
	struct subject who = { .name = user, .uid = accounts_uid(snap->accounts, user) };
	who.absent = who.uid == RBAC_NO_UID;
	if (!err)
		err = accounts_gids(snap->accounts, user, &who.gids);
	if (!err)
		err = take_groups(snap, &who, now, s);
	if (!err)
		err = take_services(snap, &who, now, s);
	gids_free(&who.gids);
	return err;
}

int effective_access_of_members(const struct snapshot *snap, const char *group, uint32_t gid,
				int64_t now, struct effective_access *s)
{
	const struct subject who = { group, RBAC_NO_UID, { &gid, 1 }, false };
	*s = (struct effective_access){ 0 };
	int err = take_groups(snap, &who, now, s);
	return err ? err : take_services(snap, &who, now, s);
}

void effective_access_free(struct effective_access *s)
{
	for (size_t i = 0; i < s->n_services; i++)
		free(s->services[i].when);
	free(s->groups);
	free(s->by_name);
	free(s->services);
	*s = (struct effective_access){ 0 };
}

bool effective_access_has_group(const struct effective_access *s, const char *name)
{
	struct effective_group key;
	const struct effective_group *want = &key;
	snprintf(key.name, sizeof key.name, "%s", name);
	return s->n_groups &&
	       bsearch(&want, s->by_name, s->n_groups, sizeof *s->by_name, group_order);
}

const struct effective_service *effective_service(const struct effective_access *s,
						  const char *name)
{
	for (size_t i = 0; i < s->n_services; i++)
		if (strcmp(s->services[i].name, name) == 0)
			return &s->services[i];
	return NULL;
}

/* ---- administrators ---- */

bool effective_access_administers(const struct snapshot *snap, const struct holdings *h,
				  int64_t now)
{
	for (size_t i = 0; i < h->n; i++)
		if (snap->p->roles[h->v[i].role].administers &&
		    rbac_window_open(h->v[i].window, now))
			return true;
	return false;
}

bool effective_access_is_admin(const struct snapshot *snap, const char *user, int64_t now)
{
	struct holdings h;
	struct source source = snapshot_source(snap);
	/* Most users are no administrators by their records: no need to look them up here. */
	bool yes = !source_recorded(&source, user, &h) &&
		   (snap->v.meta.n_unix || effective_access_administers(snap, &h, now));
	holdings_free(&h);
	if (!yes)
		return false;
	yes = !source_effective(&source, user, &h) && effective_access_administers(snap, &h, now);
	holdings_free(&h);
	return yes;
}

bool effective_access_are_admins(const struct snapshot *snap, uint32_t gid, int64_t now)
{
	struct holdings h;
	struct source source = snapshot_source(snap);
	bool yes = !source_of_group(&source, gid, &h) &&
		   effective_access_administers(snap, &h, now);
	holdings_free(&h);
	return yes;
}
