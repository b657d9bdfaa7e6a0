#include "common/decide.h"

#include <string.h>

#include "common/error.h"

/* OWN: what the view says about this name and this uid. */
static struct rbac_subject_query query_of(const struct rbac_view *v, const struct rbac_request *rq,
					  const struct rbac_own *own)
{
	return (struct rbac_subject_query){ .view = v,
					    .user = rq->user,
					    .len = strlen(rq->user),
					    .uid = rq->uid,
					    .now = rq->now,
					    .groups = &rq->groups,
					    .n = rq->n_groups,
					    .primary = RBAC_NO_GID,
					    .own = own };
}

static bool in_groups(const struct rbac_request *rq, uint32_t gid)
{
	for (size_t i = 0; i < rq->n_groups; i++)
		if (rq->groups[i] == gid)
			return true;
	return false;
}

static bool exempt_group(const struct rbac_view *v, const struct rbac_request *rq, uint32_t *gid)
{
	if (v->meta.n_exempt_gids == 0)
		return false;
	for (size_t i = 0; i < rq->n_groups; i++) {
		uint32_t at = rq->groups[i];

		if (!rbac_meta_in_range(&v->meta, at) && rbac_meta_exempt_gid(&v->meta, at)) {
			*gid = at;
			return true;
		}
	}
	return false;
}

/* ---- the subjects of a rule ---- */

static bool rule_names_user(const struct rbac_rule *rule, const char *user)
{
	size_t len = strlen(user);
	const uint8_t *p = rule->users.p;

	for (uint32_t i = 0; i < rule->n_users; i++, p += 1 + p[0])
		if (p[0] == len && memcmp(p + 1, user, len) == 0)
			return true;
	return false;
}

static bool rule_names_group(const struct rbac_rule *rule, const struct rbac_request *rq,
			     uint32_t *gid)
{
	for (uint32_t i = 0; i < rule->n_groups; i++) {
		*gid = rbac_le32(rule->groups + 4 * (size_t)i);
		if (in_groups(rq, *gid))
			return true;
	}
	return false;
}

static bool rule_names_role(const struct rbac_rule *rule, uint32_t role)
{
	return role / 8 < rule->n_role_bytes && (rule->roles[role / 8] >> (role % 8) & 1);
}

/*
 * Look for a grant of S that counts on this host and whose role RULE lets in. RBAC_OK: *GRANT is
 * one whose window is open. RBAC_NOTFOUND: there is none; if *CLOSED, *GRANT is one whose window is
 * not open. RBAC_DAMAGED.
 */
static int find_grant(const struct rbac_subject *s, const struct rbac_rule *rule, int64_t now,
		      struct rbac_grant *grant, bool *closed)
{
	*closed = false;
	for (uint32_t i = 0; i < s->n_grants; i++) {
		struct rbac_grant g;
		int err = rbac_subject_grant(s, i, &g);

		if (err != RBAC_OK)
			return err;
		if (!(g.flags & RBAC_GRANT_HERE) || !rule_names_role(rule, g.role))
			continue;
		bool open = rbac_window_open(g.window, now);
		if (open || !*closed)
			*grant = g;
		if (open)
			return RBAC_OK;
		*closed = true;
	}
	return RBAC_NOTFOUND;
}

static void note_grant(struct rbac_verdict *out, const struct rbac_subject_hit *hit,
		       const struct rbac_grant *grant)
{
	out->grant = *grant;
	out->via_group = hit->via_group;
	out->gid = hit->via_group ? hit->gid : 0;
}

static int role_holds(const struct rbac_view *v, const struct rbac_request *rq,
		      const struct rbac_own *own, const struct rbac_rule *rule,
		      struct rbac_verdict *out)
{
	const struct rbac_subject_query query = query_of(v, rq, own);
	struct rbac_subjects it;
	struct rbac_subject_hit hit;
	int err;

	if (rule->n_role_bytes == 0)
		return RBAC_NOTFOUND;
	rbac_subjects_init(&it, &query);
	while ((err = rbac_subjects_next(&it, &hit)) == RBAC_OK) {
		struct rbac_grant grant;
		bool closed;

		err = find_grant(&hit.subject, rule, rq->now, &grant, &closed);
		if (err == RBAC_OK || (closed && !out->window_closed))
			note_grant(out, &hit, &grant);
		out->window_closed = err != RBAC_OK && (closed || out->window_closed);
		if (err != RBAC_NOTFOUND)
			return err;
	}
	return err;
}

static int subject_holds(const struct rbac_view *v, const struct rbac_request *rq,
			 const struct rbac_own *own, const struct rbac_rule *rule,
			 struct rbac_verdict *out)
{
	uint32_t gid;
	int err = RBAC_OK;

	out->how = RBAC_HOW_NONE;
	if (rule->flags & RBAC_RULE_ANYONE && (!rq->absent || own->err == RBAC_OK)) {
		out->how = RBAC_HOW_ANYONE;
	} else if (rule_names_user(rule, rq->user)) {
		out->how = RBAC_HOW_USER;
	} else if (rule_names_group(rule, rq, &gid)) {
		out->how = RBAC_HOW_GROUP;
		out->gid = gid;
	} else if ((err = role_holds(v, rq, own, rule, out)) == RBAC_OK) {
		out->how = RBAC_HOW_ROLE;
	}
	return err == RBAC_NOTFOUND ? RBAC_OK : err;
}

static int decide_rule(const struct rbac_view *v, const struct rbac_request *rq,
		       const struct rbac_own *own, const struct rbac_rule *rule,
		       struct rbac_verdict *out)
{
	*out = (struct rbac_verdict){ .generation = v->meta.generation,
				      .rule = rule->number,
				      .line = rule->line,
				      .file = rule->file,
				      .failed = rbac_conditions_failed(&v->meta, rule, rq->rhost,
								       rq->now) };
	return subject_holds(v, rq, own, rule, out);
}

int rbac_decide_rule(const struct rbac_view *v, const struct rbac_request *rq,
		     const struct rbac_rule *rule, struct rbac_verdict *out)
{
	struct rbac_own own;

	rbac_subjects_own(v, rq->user, strlen(rq->user), rq->uid, &own);
	return own.err == RBAC_DAMAGED ? own.err : decide_rule(v, rq, &own, rule, out);
}

/* ---- the whole ---- */

/* *OPEN: the window of some grant of S is open now, whatever its scope. */
static int any_open(const struct rbac_subject *s, int64_t now, bool *open)
{
	*open = false;
	for (uint32_t i = 0; !*open && i < s->n_grants; i++) {
		struct rbac_grant g;
		int err = rbac_subject_grant(s, i, &g);

		if (err != RBAC_OK)
			return err;
		*open = rbac_window_open(g.window, now);
	}
	return RBAC_OK;
}

/* No rule matches: why? */
static int why_not(const struct rbac_view *v, const struct rbac_request *rq,
		   const struct rbac_own *own, enum rbac_why *why)
{
	struct rbac_subject_query query = query_of(v, rq, own);
	struct rbac_subjects it;
	struct rbac_subject_hit hit;
	bool group_open = false;
	int err;

	if (own->second) {
		*why = RBAC_WHY_SECOND;
		return RBAC_OK;
	}
	/* `unknown=ignore` lets the other modules decide about unknown users. */
	query.prove = true;
	rbac_subjects_init(&it, &query);
	while ((err = rbac_subjects_next(&it, &hit)) == RBAC_OK && !it.recorded && !group_open) {
		err = any_open(&hit.subject, rq->now, &group_open);
		if (err != RBAC_OK)
			return err;
	}
	if (err != RBAC_OK && err != RBAC_NOTFOUND)
		return err;
	if (it.uid_differs)
		*why = RBAC_WHY_UID;
	else
		*why = it.recorded || group_open ? RBAC_WHY_MISSING : RBAC_WHY_UNKNOWN;
	return RBAC_OK;
}

/* RBAC_OK: *OUT is decided, by a rule or because no rule names the service. RBAC_NOTFOUND: no rule
 * matches; OUT->why may be RBAC_WHY_OUTSIDE. */
static int by_rules(const struct rbac_view *v, const struct rbac_request *rq,
		    const struct rbac_own *own, struct rbac_verdict *out)
{
	struct rbac_bytes rec;
	struct rbac_rules rules;
	struct rbac_rule rule;
	int err = rbac_view_get(v, RBAC_REC_LOGIN, rq->service, strlen(rq->service), &rec);

	/* `unlisted=ignore` lets the other modules decide about a service without a rule. */
	if (err == RBAC_NOTFOUND)
		err = rbac_view_prove_absent(v, RBAC_REC_LOGIN, rq->service, strlen(rq->service));
	if (err == RBAC_NOTFOUND) {
		out->why = RBAC_WHY_NO_SERVICE;
		return RBAC_OK;
	}
	if (err == RBAC_OK)
		err = rbac_rules_decode(rec, &rules);
	if (err != RBAC_OK)
		return err;
	while ((err = rbac_rules_next(&rules, &rule)) == RBAC_OK) {
		struct rbac_verdict one;

		err = decide_rule(v, rq, own, &rule, &one);
		if (err != RBAC_OK)
			return err;
		if (one.how == RBAC_HOW_NONE) {
			one.failed = 0;
			if (one.window_closed && out->rule == 0)
				*out = one;
			continue;
		}
		one.allow = one.failed == 0;
		one.why = one.allow ? RBAC_WHY_RULE : RBAC_WHY_OUTSIDE;
		if (one.allow || out->why != RBAC_WHY_OUTSIDE)
			*out = one;
		if (one.allow)
			return RBAC_OK;
	}
	return err;
}

static bool exempts(const struct rbac_view *v, const struct rbac_request *rq,
		    struct rbac_verdict *out)
{
	if (rbac_meta_exempt_user(&v->meta, rq->user, strlen(rq->user)))
		out->why = RBAC_WHY_EXEMPT_USER;
	else if (exempt_group(v, rq, &out->gid))
		out->why = RBAC_WHY_EXEMPT_GROUP;
	out->allow = out->why != 0;
	return out->allow;
}

static int decide(const struct rbac_view *v, const struct rbac_request *rq, struct rbac_own *own,
		  struct rbac_verdict *out)
{
	rbac_subjects_own(v, rq->user, strlen(rq->user), rq->uid, own);
	if (own->err == RBAC_DAMAGED)
		return RBAC_DAMAGED;
	if (own->suspended) {
		out->why = RBAC_WHY_SUSPENDED;
		return RBAC_OK;
	}
	int err = by_rules(v, rq, own, out);
	if (err != RBAC_NOTFOUND)
		return err;
	return out->why == RBAC_WHY_OUTSIDE ? RBAC_OK : why_not(v, rq, own, &out->why);
}

int rbac_decide_by_rules(const struct rbac_view *v, const struct rbac_request *rq,
			 struct rbac_verdict *out)
{
	const struct rbac_verdict denied = { .generation = v->meta.generation };
	struct rbac_own own = { 0 };

	*out = denied;
	int err = decide(v, rq, &own, out);
	if (err != RBAC_OK)
		*out = denied;
	else if (own.second)
		out->recorded = own.recorded;
	return err;
}

int rbac_decide(const struct rbac_view *v, const struct rbac_request *rq, struct rbac_verdict *out)
{
	*out = (struct rbac_verdict){ .generation = v->meta.generation };
	return exempts(v, rq, out) ? RBAC_OK : rbac_decide_by_rules(v, rq, out);
}
