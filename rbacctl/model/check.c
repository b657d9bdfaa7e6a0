#include <string.h>

#include "rbacctl/model/checks.h"
#include "rbacctl/model/private.h"

/* What no single setting can be blamed for. */

/* ---- kinds ---- */

static void report_kind_cycle(struct policy *p, struct problems *problems, int start)
{
	struct policy_kind *kinds = p->kinds;
	const char *path = kinds[start].name;
	int i = start;

	do {
		int up = kinds[i].parent;
		path = policy_text(p, "%s > %s", path, kinds[up].name);
		kinds[i].parent = -1; /* cut, so that what follows ends */
		i = up;
	} while (i != start);
	problem_error(problems, kinds[start].pos, "kinds are below each other in a circle: %s",
		      path);
}

void policy_check_kinds(struct policy *p, struct problems *problems)
{
	for (size_t i = 0; i < p->n_kinds; i++) {
		int up = p->kinds[i].parent;
		for (size_t steps = 0; up >= 0 && up != (int)i && steps < p->n_kinds; steps++)
			up = p->kinds[up].parent;
		if (up == (int)i)
			report_kind_cycle(p, problems, up);
	}
	for (size_t i = 0; i < p->n_kinds; i++) {
		struct policy_kind *k = &p->kinds[i];
		for (int up = (int)i; up >= 0; up = p->kinds[up].parent)
			k->depth++;
		if (k->depth > POLICY_DEPTH_MAX)
			problem_error(problems, k->pos,
				      "kind \"%s\" is %u levels deep, expected at most %d", k->name,
				      k->depth, POLICY_DEPTH_MAX);
	}
}

static void check_owner_roles(const struct policy *p, struct problems *problems)
{
	for (size_t i = 0; i < p->n_kinds; i++) {
		const struct policy_kind *k = &p->kinds[i];
		if (k->owner_role < 0)
			continue;
		const struct policy_role *r = &p->roles[k->owner_role];
		if (r->kind >= 0 && r->kind != (int)i)
			problem_error(problems, k->owner_pos,
				      "kind \"%s\": owner: role \"%s\" is of kind \"%s\", "
				      "expected a role of kind \"%s\"",
				      k->name, r->name, p->kinds[r->kind].name, k->name);
	}
}

/* ---- limits ---- */

static bool is_bestowed(const struct policy *p, int role)
{
	if (p->roles[role].bootstrap)
		return true;
	for (size_t i = 0; i < p->n_kinds; i++)
		if (p->kinds[i].owner_role == role)
			return true;
	return false;
}

/* The limits that plans have, each once: the lowest number that a plan gives it, and which plan
 * does. */
struct limits {
	struct policy_names names;
	unsigned *lowest;
	const struct policy_plan **plan;
};

static void find_limits(struct policy *p, struct limits *limits)
{
	size_t n = 0;

	for (size_t i = 0; i < p->n_plans; i++)
		n += p->plans[i].n;
	policy_names_init(&limits->names, &p->own->arena, n);
	limits->lowest = policy_alloc(p, n, sizeof(*limits->lowest));
	limits->plan = policy_alloc(p, n, sizeof(*limits->plan));
	for (size_t i = 0; i < p->n_plans; i++)
		for (size_t k = 0; k < p->plans[i].n; k++) {
			const struct policy_limit *x = &p->plans[i].limits[k];
			int there = policy_names_add(&limits->names, x->name);
			size_t at = there < 0 ? limits->names.n - 1 : (size_t)there;
			if (there >= 0 && limits->lowest[at] <= x->number)
				continue;
			limits->lowest[at] = x->number;
			limits->plan[at] = &p->plans[i];
		}
}

static void check_plan_max(struct policy *p, struct problems *problems, const struct policy_role *r,
			   const struct limits *limits)
{
	int at = policy_names_find(&limits->names, r->max_plan, strlen(r->max_plan));

	if (at < 0)
		problem_warn(problems, r->max_pos,
			     "role \"%s\": max: no plan has a limit \"%s\", so there is none%s",
			     r->name, r->max_plan,
			     policy_hint(p, r->max_plan, limits->names.v, limits->names.n));
	else if (limits->lowest[at] < r->min)
		problem_error(problems, r->max_pos,
			      "role \"%s\": min = %u is more than %s = %u of plan \"%s\"", r->name,
			      r->min, r->max_plan, limits->lowest[at], limits->plan[at]->name);
}

static void check_limits(struct policy *p, struct problems *problems, int role,
			 const struct limits *limits)
{
	const struct policy_role *r = &p->roles[role];

	if (r->min && !is_bestowed(p, role))
		problem_error(problems, r->min_pos,
			      "role \"%s\": min = %u, but nobody gets the role at the start: "
			      "expected bootstrap = true, or owner = \"%s\" on a kind",
			      r->name, r->min, r->name);
	if (r->max_is == POLICY_MAX_NUMBER && r->min > r->max)
		problem_error(problems, r->min_pos, "role \"%s\": min = %u is more than max = %u",
			      r->name, r->min, r->max);
	if (r->max_is == POLICY_MAX_PLAN)
		check_plan_max(p, problems, r, limits);
}

/* A limit that no role asks for is most likely misspelt here or there. */
static void check_limits_used(struct policy *p, struct problems *problems)
{
	struct policy_names used;

	policy_names_init(&used, &p->own->arena, p->n_roles);
	for (size_t i = 0; i < p->n_roles; i++)
		if (p->roles[i].max_plan)
			(void)policy_names_add(&used, p->roles[i].max_plan);
	for (size_t i = 0; i < p->n_plans; i++)
		for (size_t k = 0; k < p->plans[i].n; k++) {
			const struct policy_limit *x = &p->plans[i].limits[k];
			if (policy_names_find(&used, x->name, strlen(x->name)) < 0)
				problem_warn(problems, x->pos,
					     "plan \"%s\": no role has max = \"plan:%s\", "
					     "the limit has no effect%s",
					     p->plans[i].name, x->name,
					     policy_hint(p, x->name, used.v, used.n));
		}
}

/* ---- exclusive sets ---- */

/* Role R amounts to the places from V up to END, all of one set. */
static void check_exclusive(struct policy *p, struct problems *problems,
			    const struct policy_role *r, const struct policy_member *v,
			    const struct policy_member *end)
{
	const struct policy_exclusive *x = &p->exclusives[v->set];
	const char *members = "";

	if ((size_t)(end - v) <= x->at_most)
		return;
	for (const struct policy_member *m = v; m < end; m++)
		members = policy_listed(p, members, (size_t)(m - v),
					p->roles[x->roles.v[m->at]].name);
	problem_error(problems, r->pos,
		      "role \"%s\" includes %zu roles of exclusive \"%s\" (%s:%u), "
		      "at most %u may be held: %s",
		      r->name, (size_t)(end - v), x->name, x->pos.file, x->pos.line, x->at_most,
		      members);
}

static void check_exclusives(struct policy *p, struct problems *problems)
{
	for (size_t i = 0; i < p->n_roles; i++) {
		const struct policy_role *r = &p->roles[i];
		const struct policy_member *end, *next;
		if (!r->n_members)
			continue; /* to add to no array is undefined */
		end = r->members + r->n_members;
		for (const struct policy_member *v = r->members; v < end; v = next) {
			for (next = v; next < end && next->set == v->set;)
				next++;
			check_exclusive(p, problems, r, v, next);
		}
	}
}

/* ---- gids ---- */

static bool has_gid(const void *ctx, uint32_t number, const void *key)
{
	return ((const struct policy *)ctx)->roles[number].gid == *(const uint32_t *)key;
}

static void check_gids(struct policy *p, struct problems *problems)
{
	struct lookup gids;
	size_t slots = lookup_slots_for(p->n_roles);

	lookup_use(&gids, policy_alloc(p, slots, sizeof(struct lookup_slot)), slots);
	for (size_t i = 0; i < p->n_roles; i++) {
		const struct policy_role *r = &p->roles[i];
		if (!r->gid)
			continue;
		if (r->gid < p->gid_min || r->gid > p->gid_max)
			problem_error(problems, r->gid_pos,
				      "role \"%s\": gid = %u is outside groups.gid_min and "
				      "gid_max, expected %u to %u",
				      r->name, r->gid, p->gid_min, p->gid_max);
		uint64_t hash = lookup_hash(LOOKUP_SEED, &r->gid, sizeof(r->gid));
		uint32_t k = lookup_find(&gids, hash, has_gid, p, &r->gid);
		if (k == LOOKUP_NONE)
			(void)lookup_add(&gids, hash,
					 (uint32_t)i); /* there is room for all of them */
		else
			problem_error(
				problems, r->gid_pos,
				"role \"%s\": gid = %u is that of role \"%s\" already (%s:%u)",
				r->name, r->gid, p->roles[k].name, p->roles[k].pos.file,
				p->roles[k].pos.line);
	}
}

/* ---- exempt groups that a role brings ---- */

/* The roles that bring what X does by inclusion, for people: "" or ", and by inclusion a, b,". */
static const char *bringing_too(struct policy *p, const struct policy_extra *x)
{
	const char *names = "";
	size_t n = 0;

	for (size_t i = 0; i < p->n_roles; i++)
		if ((int)i != x->role && policy_role_counts(p, (int)i, x->role))
			names = policy_listed(p, names, n++, p->roles[i].name);
	return n ? policy_text(p, ", and by inclusion %s,", names) : "";
}

/* pam_rbac allows exempt users before it checks anything else: such a role opens every service,
 * suspended or not. */
static void check_exempt(struct policy *p, struct problems *problems)
{
	struct policy_names exempt;

	policy_names_init(&exempt, &p->own->arena, p->exempt_groups.n);
	for (size_t k = 0; k < p->exempt_groups.n; k++)
		(void)policy_names_add(&exempt, p->exempt_groups.v[k]);
	for (size_t i = 0; i < p->n_extras; i++)
		for (size_t g = 0; g < p->extras[i].unix_groups.n; g++) {
			const struct policy_role *r = &p->roles[p->extras[i].role];
			const char *group = p->extras[i].unix_groups.v[g];
			if (policy_names_find(&exempt, group, strlen(group)) >= 0)
				problem_warn(problems, p->extras[i].pos,
					     "groups: extra: role \"%s\" (%s:%u)%s brings the "
					     "Unix group \"%s\", "
					     "which is exempt (%s:%u): "
					     "pam_rbac allows every holder every service; "
					     "exempt a group that no role brings, or users",
					     r->name, r->pos.file, r->pos.line,
					     bringing_too(p, &p->extras[i]), group,
					     p->exempt_groups.pos.file, p->exempt_groups.pos.line);
		}
}

/* ---- renames ---- */

static void check_renamed_twice(struct policy *p, struct problems *problems)
{
	struct policy_names old;
	size_t *of = policy_alloc(p, p->n_roles, sizeof(*of));

	policy_names_init(&old, &p->own->arena, p->n_roles);
	for (size_t i = 0; i < p->n_roles; i++) {
		if (!p->roles[i].renamed_from)
			continue;
		int there = policy_names_add(&old, p->roles[i].renamed_from);
		if (there < 0)
			of[old.n - 1] = i;
		else
			problem_error(problems, p->roles[i].pos,
				      "role \"%s\": renamed_from: \"%s\" is what role \"%s\" was "
				      "renamed from already (%s:%u)",
				      p->roles[i].name, p->roles[i].renamed_from,
				      p->roles[of[there]].name, p->roles[of[there]].pos.file,
				      p->roles[of[there]].pos.line);
	}
}

/* ---- by lists: an entry that can never hold is a slip ---- */

static void check_bys(struct policy *p, struct problems *problems, const struct policy_bys *bys,
		      const char *what, int kind)
{
	for (size_t i = 0; kind >= 0 && i < bys->n; i++) {
		const struct policy_by *b = &bys->v[i];
		if (b->what == BY_ROLE && !policy_can_count(p, b->ref, kind))
			problem_warn(problems, bys->pos,
				     "%s: role \"%s\" can never count at a scope of kind \"%s\", "
				     "the entry has no effect",
				     what, p->roles[b->ref].name, p->kinds[kind].name);
		if (b->what == BY_KEY && !policy_key_can_count(p, b->ref, kind))
			problem_warn(
				problems, bys->pos,
				"%s: no role that can count at a scope of kind \"%s\" holds key "
				"\"%s\", the entry has no effect",
				what, p->kinds[kind].name, p->keys[b->ref].name);
	}
}

void policy_check_bys(struct policy *p, struct problems *problems)
{
	for (size_t i = 0; i < p->n_kinds; i++) {
		const struct policy_kind *k = &p->kinds[i];
		check_bys(p, problems, &k->create_by,
			  policy_text(p, "kind \"%s\": create_by", k->name), k->parent);
		check_bys(p, problems, &k->delete_by,
			  policy_text(p, "kind \"%s\": delete_by", k->name), (int)i);
		check_bys(p, problems, &k->transfer_by,
			  policy_text(p, "kind \"%s\": transfer_by", k->name), (int)i);
		check_bys(p, problems, &k->plan_by, policy_text(p, "kind \"%s\": plan_by", k->name),
			  (int)i);
	}
	for (size_t i = 0; i < p->n_roles; i++) {
		const struct policy_role *r = &p->roles[i];
		check_bys(p, problems, &r->assign_by,
			  policy_text(p, "role \"%s\": assign_by", r->name), r->kind);
		check_bys(p, problems, &r->request_by,
			  policy_text(p, "role \"%s\": request_by", r->name), r->kind);
		if (r->approve_by.given)
			check_bys(p, problems, &r->approve_by,
				  policy_text(p, "role \"%s\": approve_by", r->name), r->kind);
		if (r->review_by.given)
			check_bys(p, problems, &r->review_by,
				  policy_text(p, "role \"%s\": review_by", r->name), r->kind);
		if (r->remove_by.given)
			check_bys(p, problems, &r->remove_by,
				  policy_text(p, "role \"%s\": remove_by", r->name), r->kind);
	}
}

void policy_check_roles(struct policy *p, struct problems *problems)
{
	struct limits limits;

	check_owner_roles(p, problems);
	find_limits(p, &limits);
	for (size_t i = 0; i < p->n_roles; i++)
		check_limits(p, problems, (int)i, &limits);
	check_limits_used(p, problems);
	check_exclusives(p, problems);
	check_gids(p, problems);
	check_exempt(p, problems);
	check_renamed_twice(p, problems);
}
