#include <string.h>

#include "common/error.h"
#include "common/name.h"
#include "rbacctl/config/parts.h"
#include "rbacctl/config/setting.h"

/* The settings of what declare.c found: keys, keychains, roles, plans, exclusive sets, users. */

static const char *renamed_from(struct loader *l, config_setting_t *s, const char *what,
				const struct policy_names *table,
				bool (*is_name)(const char *, size_t), const char *word)
{
	if (!s)
		return NULL;
	const char *old = config_setting_get_string(s);
	if (!is_name(old, strlen(old)))
		load_error(l, s, "%s: renamed_from: \"%s\" is no name for a %s", what, old, word);
	else if (policy_names_find(table, old, strlen(old)) >= 0)
		load_error(l, s,
			   "%s: renamed_from: \"%s\" is still defined, "
			   "expected a name that is gone",
			   what, old);
	return policy_arena_strdup(&l->p->own->arena, old);
}

void load_keys(struct loader *l)
{
	config_setting_t *got[KEY_COUNT];
	struct policy *p = l->p;

	p->n_keys = l->p->own->keys.n;
	p->keys = policy_alloc(l->p, p->n_keys, sizeof(*p->keys));
	for (size_t i = 0; i < p->n_keys; i++) {
		struct policy_key *k = &p->keys[i];
		l->file = l->keys[i].file;
		k->name = l->p->own->keys.v[i];
		const char *what = load_text(l, "key \"%s\"", k->name);
		load_settings(l, l->keys[i].s, what, GRAMMAR_KEY, got);
		k->pos = load_pos(l, l->keys[i].s);
		k->title = load_line(l, got[KEY_TITLE], what, k->name);
		k->renamed_from = renamed_from(l, got[KEY_RENAMED], what, &l->p->own->keys,
					       rbac_name_is_key, "key");
	}
}

void load_keychains(struct loader *l)
{
	struct policy *p = l->p;

	p->n_keychains = l->p->own->keychains.n;
	p->keychains = policy_alloc(l->p, p->n_keychains, sizeof(*p->keychains));
	for (size_t i = 0; i < p->n_keychains; i++) {
		struct policy_keychain *c = &p->keychains[i];
		l->file = l->keychains[i].file;
		c->name = l->p->own->keychains.v[i];
		c->pos = load_pos(l, l->keychains[i].s);
		load_refs(l, l->keychains[i].s, load_text(l, "keychain \"%s\"", c->name),
			  &l->p->own->keys, "key", &c->keys);
	}
}

static void load_plan(struct loader *l, config_setting_t *s, struct policy_plan *plan)
{
	const char *what = load_text(l, "plan \"%s\"", plan->name);

	plan->limits = policy_alloc(l->p, (size_t)config_setting_length(s), sizeof(*plan->limits));
	for (int i = 0; i < config_setting_length(s); i++) {
		config_setting_t *e = config_setting_get_elem(s, (unsigned)i);
		const char *name = config_setting_name(e);
		if (!load_is_setting_name(name, strlen(name)))
			load_error(l, e, "%s: \"%s\" is no name for a limit", what, name);
		else if (!load_is_type(e, SETTING_INT) || config_setting_get_int(e) < 1)
			load_error(l, e,
				   "%s: limit %s must be a whole number of at least 1; "
				   "leave it out for no limit",
				   what, name);
		else
			plan->limits[plan->n++] = (struct policy_limit){
				policy_arena_strdup(&l->p->own->arena, name),
				(unsigned)config_setting_get_int(e), load_pos(l, e)
			};
	}
}

void load_plans(struct loader *l)
{
	struct policy *p = l->p;

	p->n_plans = l->p->own->plans.n;
	p->plans = policy_alloc(l->p, p->n_plans, sizeof(*p->plans));
	for (size_t i = 0; i < p->n_plans; i++) {
		l->file = l->plans[i].file;
		p->plans[i].name = l->p->own->plans.v[i];
		p->plans[i].pos = load_pos(l, l->plans[i].s);
		load_plan(l, l->plans[i].s, &p->plans[i]);
	}
}

static void load_max(struct loader *l, config_setting_t *s, const char *what, struct policy_role *r)
{
	static const char plan[] = "plan:";

	r->max_pos = load_pos(l, s);
	if (config_setting_type(s) == CONFIG_TYPE_INT) {
		int n = config_setting_get_int(s);
		if (n < 1)
			load_error(l, s,
				   "%s: max = %d: expected at least 1; leave it out for no limit",
				   what, n);
		r->max_is = POLICY_MAX_NUMBER;
		r->max = n < 1 ? 1 : (unsigned)n;
		return;
	}
	const char *text = config_setting_get_string(s);
	if (strncmp(text, plan, sizeof(plan) - 1) != 0 ||
	    !load_is_setting_name(text + 5, strlen(text + 5))) {
		load_error(l, s, "%s: max = \"%s\": expected a number or \"plan:LIMIT\"", what,
			   text);
		return;
	}
	r->max_is = POLICY_MAX_PLAN;
	r->max_plan = policy_arena_strdup(&l->p->own->arena, text + 5);
}

static void load_numbers(struct loader *l, config_setting_t **got, const char *what,
			 struct policy_role *r)
{
	if (got[R_MIN]) {
		int n = config_setting_get_int(got[R_MIN]);
		r->min_pos = load_pos(l, got[R_MIN]);
		if (n < 0)
			load_error(l, got[R_MIN], "%s: min = %d: expected 0 or more", what, n);
		r->min = n < 0 ? 0 : (unsigned)n;
	}
	if (got[R_MAX])
		load_max(l, got[R_MAX], what, r);
	if (got[R_GID]) {
		int n = config_setting_get_int(got[R_GID]);
		r->gid_pos = load_pos(l, got[R_GID]);
		if (n < 65536)
			load_error(
				l, got[R_GID],
				"%s: gid = %d: expected a number within groups.gid_min and gid_max",
				what, n);
		else
			r->gid = (uint32_t)n;
	}
}

/* The one word that a setting such as `end` has. */
static bool load_required(struct loader *l, config_setting_t *s, const char *what)
{
	if (!s)
		return false;
	const char *text = config_setting_get_string(s);
	if (strcmp(text, "required") != 0)
		load_error(l, s, "%s: %s = \"%s\": expected \"required\", or leave it out", what,
			   config_setting_name(s), text);
	return true;
}

static void load_asked(struct loader *l, config_setting_t **got, const char *what,
		       struct policy_role *r)
{
	r->end_required = load_required(l, got[R_END], what);
	r->reason_required = load_required(l, got[R_REASON], what);
	if (got[R_END])
		r->end_pos = load_pos(l, got[R_END]);
	if (got[R_REASON])
		r->reason_pos = load_pos(l, got[R_REASON]);
	if (!got[R_MAX_FOR])
		return;
	const char *text = config_setting_get_string(got[R_MAX_FOR]);
	r->max_for_pos = load_pos(l, got[R_MAX_FOR]);
	r->max_for_text = policy_arena_strdup(&l->p->own->arena, text);
	if (policy_duration_parse(text, &r->max_for) != RBAC_OK) {
		load_error(l, got[R_MAX_FOR],
			   "%s: max_for = \"%s\": expected a duration as \"30m\", \"8h\" or "
			   "\"7d\"",
			   what, text);
		r->max_for = 1;
	}
	if (!r->end_required)
		r->end_pos = r->max_for_pos;
	r->end_required = true;
}

/* What counts on the members of a fleet. */
static void load_fleet(struct loader *l, config_setting_t **got, const char *what,
		       struct policy_role *r)
{
	enum { LEAST = 600 }; /* a member hears of the authority once a minute, or less often */

	r->local = load_bool(got[R_LOCAL], false);
	if (!got[R_MAX_STALE])
		return;
	const char *text = config_setting_get_string(got[R_MAX_STALE]);
	r->max_stale_text = policy_arena_strdup(&l->p->own->arena, text);
	if (policy_duration_parse(text, &r->max_stale) != RBAC_OK || r->max_stale < LEAST) {
		load_error(l, got[R_MAX_STALE],
			   "%s: max_stale = \"%s\": expected a duration of at least 10m, as "
			   "\"12h\" or \"2d\"",
			   what, text);
		r->max_stale = LEAST;
	}
}

/* Who may ask for the role, who approves, and how long a request waits. */
static void load_requests(struct loader *l, config_setting_t **got, const char *what,
			  struct policy_role *r)
{
	enum { PENDING_MAX = 30 * 24 * 3600, APPROVALS_MAX = 5 };
	int n = got[R_APPROVALS] ? config_setting_get_int(got[R_APPROVALS]) : 1;

	load_bys(l, got[R_REQUEST_BY], what, LOAD_BY_KIND, r->kind, &r->request_by);
	load_bys(l, got[R_APPROVE_BY], what, LOAD_BY_KIND, r->kind, &r->approve_by);
	r->approval_required = load_required(l, got[R_APPROVAL], what);
	if (got[R_APPROVAL])
		r->approval_pos = load_pos(l, got[R_APPROVAL]);
	if (n < 1 || n > APPROVALS_MAX)
		load_error(l, got[R_APPROVALS], "%s: approvals = %d: expected 1 to %d", what, n,
			   APPROVALS_MAX);
	r->approvals = n < 1 ? 1 : (unsigned)n;
	if (got[R_APPROVALS])
		r->approvals_pos = load_pos(l, got[R_APPROVALS]);
	const char *text = got[R_PENDING_FOR] ? config_setting_get_string(got[R_PENDING_FOR])
					      : "24h";
	r->pending_for_text = policy_arena_strdup(&l->p->own->arena, text);
	if (policy_duration_parse(text, &r->pending_for) != RBAC_OK || r->pending_for > PENDING_MAX)
		load_error(l, got[R_PENDING_FOR],
			   "%s: pending_for = \"%s\": expected a duration of at most 30d", what,
			   text);
}

/* How often a grant is reviewed, by whom, and what becomes of one that is not. */
static void load_review(struct loader *l, config_setting_t **got, const char *what,
			struct policy_role *r)
{
	static const char usual[] = "14d";
	const char *every = got[R_REVIEW_EVERY] ? config_setting_get_string(got[R_REVIEW_EVERY])
						: NULL;
	const char *grace = got[R_REVIEW_GRACE] ? config_setting_get_string(got[R_REVIEW_GRACE])
						: usual;
	const char *then = got[R_UNREVIEWED] ? config_setting_get_string(got[R_UNREVIEWED])
					     : "keep";

	load_bys(l, got[R_REVIEW_BY], what, LOAD_BY_KIND, r->kind, &r->review_by);
	r->review_every_text = every ? policy_arena_strdup(&l->p->own->arena, every) : NULL;
	r->review_grace_text = policy_arena_strdup(&l->p->own->arena, grace);
	r->review_pos = got[R_REVIEW_EVERY] ? load_pos(l, got[R_REVIEW_EVERY]) : r->pos;
	r->unreviewed_pos = got[R_UNREVIEWED] ? load_pos(l, got[R_UNREVIEWED]) : r->pos;
	r->unreviewed_ends = strcmp(then, "end") == 0;
	if (!r->unreviewed_ends && strcmp(then, "keep") != 0)
		load_error(l, got[R_UNREVIEWED],
			   "%s: unreviewed = \"%s\": expected \"keep\" or \"end\"", what, then);
	if (every && policy_duration_parse(every, &r->review_every) != RBAC_OK)
		load_error(l, got[R_REVIEW_EVERY],
			   "%s: review_every = \"%s\": expected a duration as \"30d\" or \"12w\"",
			   what, every);
	if (policy_duration_parse(grace, &r->review_grace) != RBAC_OK)
		load_error(l, got[R_REVIEW_GRACE],
			   "%s: review_grace = \"%s\": expected a duration as \"7d\" or \"2w\"",
			   what, grace);
}

static void load_role(struct loader *l, config_setting_t *s, struct policy_role *r)
{
	const char *what = load_text(l, "role \"%s\"", r->name);
	config_setting_t *got[R_COUNT];

	load_settings(l, s, what, GRAMMAR_ROLE, got);
	r->pos = load_pos(l, s);
	r->kind = -1;
	if (got[R_KIND])
		r->kind = load_ref(l, got[R_KIND], what, &l->p->own->kinds, "kind");
	else if (!config_setting_get_member(s, "kind"))
		load_error(l, s,
			   "%s: kind is missing, expected the kind of scope where it is assigned",
			   what);
	r->title = load_line(l, got[R_TITLE], what, r->name);
	r->purpose = load_line(l, got[R_PURPOSE], what, "");
	r->renamed_from = renamed_from(l, got[R_RENAMED], what, &l->p->own->roles,
				       load_is_setting_name, "role");
	load_refs(l, got[R_KEYCHAINS], load_text(l, "%s: keychains", what), &l->p->own->keychains,
		  "keychain", &r->keychains);
	load_refs(l, got[R_INCLUDES], load_text(l, "%s: includes", what), &l->p->own->roles, "role",
		  &r->includes);
	r->cascade = load_bool(got[R_CASCADE], true);
	r->bootstrap = load_bool(got[R_BOOTSTRAP], false);
	r->end_sessions = load_bool(got[R_END_SESSIONS], false);
	load_numbers(l, got, what, r);
	load_asked(l, got, what, r);
	load_fleet(l, got, what, r);
	load_bys(l, got[R_ASSIGN_BY], what, LOAD_BY_KIND, r->kind, &r->assign_by);
	load_bys(l, got[R_REMOVE_BY], what, LOAD_BY_KIND, r->kind, &r->remove_by);
	load_requests(l, got, what, r);
	load_review(l, got, what, r);
	if (!config_setting_get_member(s, "remove_by")) {
		r->remove_by = r->assign_by;
		r->remove_by.given = false;
	}
	if (!config_setting_get_member(s, "review_by")) {
		r->review_by = r->remove_by;
		r->review_by.given = false;
	}
	if (!config_setting_get_member(s, "approve_by")) {
		r->approve_by = r->assign_by;
		r->approve_by.given = false;
	}
}

void load_roles(struct loader *l)
{
	struct policy *p = l->p;

	p->n_roles = l->p->own->roles.n;
	p->roles = policy_alloc(l->p, p->n_roles, sizeof(*p->roles));
	for (size_t i = 0; i < p->n_roles; i++) {
		l->file = l->roles[i].file;
		p->roles[i].name = l->p->own->roles.v[i];
		load_role(l, l->roles[i].s, &p->roles[i]);
	}
}

/* ---- sections without names in the policy's own table ---- */

static void load_exclusive(struct loader *l, config_setting_t *s, struct policy_names *names)
{
	config_setting_t *got[XC_COUNT];
	struct policy_exclusive *x = &l->p->exclusives[l->p->n_exclusives];

	load_settings(l, s, "exclusive", GRAMMAR_EXCLUSIVE, got);
	const char *name = got[XC_NAME] ? config_setting_get_string(got[XC_NAME]) : NULL;
	if (!name || !rbac_name_is_word(name, strlen(name))) {
		load_error(l, got[XC_NAME] ? got[XC_NAME] : s, "exclusive: expected a name");
		return;
	}
	*x = (struct policy_exclusive){ .name = policy_arena_strdup(&l->p->own->arena, name),
					.pos = load_pos(l, s),
					.at_most = 1 };
	int there = policy_names_add(names, x->name);
	if (there >= 0) {
		load_error(l, got[XC_NAME], "exclusive \"%s\" is defined already in %s:%u", x->name,
			   l->p->exclusives[there].pos.file, l->p->exclusives[there].pos.line);
		return;
	}
	l->p->n_exclusives++;
	const char *what = load_text(l, "exclusive \"%s\"", x->name);
	size_t named = got[XC_ROLES] ? (size_t)config_setting_length(got[XC_ROLES]) : 0;
	load_refs(l, got[XC_ROLES], load_text(l, "%s: roles", what), &l->p->own->roles, "role",
		  &x->roles);
	if (named < 2 && (got[XC_ROLES] || !config_setting_get_member(s, "roles")))
		load_error(l, got[XC_ROLES] ? got[XC_ROLES] : s, "%s: expected two roles or more",
			   what);
	int at_most = got[XC_AT_MOST] ? config_setting_get_int(got[XC_AT_MOST]) : 1;
	if (at_most < 1 || (named >= 2 && (size_t)at_most >= named))
		load_error(l, got[XC_AT_MOST] ? got[XC_AT_MOST] : s,
			   "%s: at_most = %d: expected 1 up to one less than the %zu roles", what,
			   at_most, named);
	else
		x->at_most = (unsigned)at_most;
}

void load_exclusives(struct loader *l)
{
	struct policy_names names;
	size_t n = 0;

	for (int pass = 0; pass < 2; pass++) {
		for (size_t i = 0; i < l->n_files; i++) {
			l->file = &l->files[i];
			config_setting_t *s = l->file->where == FILE_POLICY
						      ? config_lookup(&l->file->config, "exclusive")
						      : NULL;
			if (!s || !load_is_type(s, SETTING_GROUPS))
				continue;
			for (int k = 0; pass && k < config_setting_length(s); k++)
				load_exclusive(l, config_setting_get_elem(s, (unsigned)k), &names);
			n += (size_t)config_setting_length(s);
		}
		if (pass)
			break;
		policy_names_init(&names, &l->p->own->arena, n);
		l->p->exclusives = policy_alloc(l->p, n, sizeof(*l->p->exclusives));
	}
}

void load_users(struct loader *l)
{
	const struct setting_known *known = policy_grammar[GRAMMAR_USERS].known;
	struct policy_bys *const out[U_COUNT] = { &l->p->add_by, &l->p->suspend_by,
						  &l->p->forget_by };
	config_setting_t *got[U_COUNT];

	for (size_t i = 0; i < l->n_files; i++) {
		l->file = &l->files[i];
		config_setting_t *s = l->file->where == FILE_POLICY
					      ? config_lookup(&l->file->config, "users")
					      : NULL;
		if (!s || !load_is_type(s, SETTING_GROUP))
			continue;
		load_settings(l, s, "users", GRAMMAR_USERS, got);
		for (size_t k = 0; k < U_COUNT; k++) {
			if (got[k] && out[k]->given)
				load_error(l, got[k], "users: %s is defined already in %s:%u",
					   known[k].name, out[k]->pos.file, out[k]->pos.line);
			else if (got[k])
				load_bys(l, got[k], "users", LOAD_BY_USERS, -1, out[k]);
		}
	}
}
