#include <string.h>

#include "common/error.h"
#include "common/name.h"
#include "rbacctl/config/parts.h"
#include "rbacctl/config/setting.h"

/* The settings of the roles that declare.c found. */

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
	l->p->limits_length = true;
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
	r->renamed_from = load_renamed_from(l, got[R_RENAMED], what, &l->p->own->roles,
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
