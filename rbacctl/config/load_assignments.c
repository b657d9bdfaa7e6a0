#include <string.h>

#include "common/error.h"
#include "common/name.h"
#include "rbacctl/config/parts.h"
#include "rbacctl/config/setting.h"

/* assignments.d: scopes and assignments that stand in files. */

static void load_file_scope(struct loader *l, config_setting_t *s, struct policy_names *seen)
{
	struct policy *p = l->p;
	struct policy_file_scope *f = &p->scopes[p->n_scopes];
	config_setting_t *got[S_COUNT];

	load_settings(l, s, "scopes", GRAMMAR_SCOPE, got);
	if (!config_setting_get_member(s, "scope"))
		load_error(l, s, "scopes: scope is missing, expected { scope = \"KIND:NAME\"; }");
	if (!got[S_SCOPE])
		return;
	f->scope = policy_arena_strdup(&l->p->own->arena, config_setting_get_string(got[S_SCOPE]));
	f->pos = load_pos(l, s);
	int kind = load_scope(l, got[S_SCOPE], "scopes", f->scope);
	int there = policy_names_add(seen, f->scope);
	if (there >= 0) {
		load_error(l, got[S_SCOPE], "scope \"%s\" is defined already in %s:%u", f->scope,
			   p->scopes[there].pos.file, p->scopes[there].pos.line);
		return;
	}
	p->n_scopes++;
	const char *what = load_text(l, "scope \"%s\"", f->scope);
	if (got[S_OWNER]) {
		const char *owner = config_setting_get_string(got[S_OWNER]);
		f->owner = policy_arena_strdup(&l->p->own->arena, owner);
		if (!rbac_name_is_user(owner, strlen(owner)))
			load_error(l, got[S_OWNER], "%s: owner: \"%s\" is not a user's name", what,
				   owner);
		else if (strcmp(owner, "root") == 0)
			load_error(l, got[S_OWNER],
				   "%s: owner: root owns nothing, it may do everything as it is",
				   what);
		else if (kind >= 0 && !config_setting_get_member(l->kinds[kind].s, "owner"))
			load_error(l, got[S_OWNER],
				   "%s: owner: scopes of kind \"%s\" have no owners", what,
				   p->kinds[kind].name);
	}
	if (got[S_PLAN]) {
		int plan = load_ref(l, got[S_PLAN], what, &l->p->own->plans, "plan");
		f->plan = plan < 0 ? NULL : l->p->own->plans.v[plan];
	}
}

static void load_subject(struct loader *l, config_setting_t *s, config_setting_t **got,
			 struct policy_file_assignment *a)
{
	bool user = config_setting_get_member(s, "user"),
	     group = config_setting_get_member(s, "group");

	if (user == group)
		load_error(l, s, "assignment: %s, expected user or group",
			   user ? "both user and group" : "neither user nor group");
	if (user == group || (!got[A_USER] && !got[A_GROUP]))
		return;
	const char *name = config_setting_get_string(user ? got[A_USER] : got[A_GROUP]);
	bool ok = user ? rbac_name_is_user(name, strlen(name))
		       : rbac_name_is_unix_group(name, strlen(name));
	if (!ok)
		load_error(
			l, user ? got[A_USER] : got[A_GROUP], "assignment: \"%s\" is not a %s%s",
			name, user ? "user's name" : "Unix group's name",
			*name == '%'
				? (user ? " (for a Unix group write group = \"...\", without the %)"
					: " (write it without the %)")
				: "");
	if (strcmp(name, "root") == 0)
		load_error(l, user ? got[A_USER] : got[A_GROUP],
			   user ? "assignment: root needs no role and gets none: "
				  "pam_rbac always allows uid 0"
				: "assignment: the group root is no subject, "
				  "expected another Unix group");
	a->subject = user ? policy_arena_strdup(&l->p->own->arena, name)
			  : load_text(l, "%%%s", name);
}

static bool load_time(struct loader *l, config_setting_t *s, int64_t *out)
{
	if (!s || policy_time_parse(config_setting_get_string(s), out) == RBAC_OK)
		return true;
	load_error(l, s,
		   "assignment: %s: \"%s\" is not a time, expected one like "
		   "\"2026-01-31T18:00:00Z\" or \"2026-01-31\"",
		   config_setting_name(s), config_setting_get_string(s));
	return false;
}

static void load_place(struct loader *l, config_setting_t *s, config_setting_t **got,
		       struct policy_file_assignment *a)
{
	const struct policy *p = l->p;
	const config_setting_t *at = got[A_SCOPE];
	int kind = -1;

	if (at) {
		a->scope = policy_arena_strdup(&l->p->own->arena, config_setting_get_string(at));
		kind = load_scope(l, at, "assignment", a->scope);
	} else if (!config_setting_get_member(s, "scope")) {
		at = s;
		if (p->host_any || p->hosts.n != 1)
			load_error(l, s,
				   "assignment: scope is missing: this host is not exactly one "
				   "scope, expected scope = \"KIND:NAME\"");
		else
			kind = policy_scope_kind(p, p->hosts.v[0]);
	}
	if (kind < 0 || a->role < 0 || p->roles[a->role].kind < 0 || p->roles[a->role].kind == kind)
		return;
	load_error(l, at,
		   "assignment: role \"%s\" is assigned at scopes of kind \"%s\", "
		   "\"%s\" is of kind \"%s\"",
		   p->roles[a->role].name, p->kinds[p->roles[a->role].kind].name,
		   a->scope ? a->scope : p->hosts.v[0], p->kinds[kind].name);
}

/* The assignments that were sound so far, and the text of each: entries that were in error are not
 * among them. */
struct seen {
	struct policy_names texts;
	const struct policy_file_assignment **of;
};

/* The same twice over would be one assignment with two homes. */
static void check_twice(struct loader *l, struct seen *seen, const struct policy_file_assignment *a)
{
	if (!a->subject || a->role < 0)
		return;
	int there = policy_names_add(&seen->texts,
				     load_text(l, "%s %d %s %lld %lld", a->subject, a->role,
					       a->scope ? a->scope : "", (long long)a->from,
					       (long long)a->until));
	if (there < 0)
		seen->of[seen->texts.n - 1] = a;
	else
		problem_error(l->problems, a->pos, "assignment: the same one is in %s:%u already",
			      seen->of[there]->pos.file, seen->of[there]->pos.line);
}

/* What the role asks of every assignment; how long it may be takes the time of the apply. */
static void check_asked(struct loader *l, config_setting_t *s,
			const struct policy_file_assignment *a)
{
	if (a->role < 0)
		return;
	const struct policy_role *r = &l->p->roles[a->role];
	if (r->end_required && a->until == RBAC_TIME_MAX)
		load_error(l, s, "assignment: until is missing, role \"%s\" has %s (%s:%u)",
			   r->name, r->max_for ? "max_for" : "end = \"required\"", r->end_pos.file,
			   r->end_pos.line);
	if (r->reason_required && !*a->reason)
		load_error(l, s,
			   "assignment: reason is missing, role \"%s\" has reason = \"required\" "
			   "(%s:%u)",
			   r->name, r->reason_pos.file, r->reason_pos.line);
}

static void load_assignment(struct loader *l, config_setting_t *s, struct seen *seen)
{
	struct policy_file_assignment *a = &l->p->assignments[l->p->n_assignments++];
	config_setting_t *got[A_COUNT];

	load_settings(l, s, "assignment", GRAMMAR_ASSIGNMENT, got);
	a->pos = load_pos(l, s);
	load_subject(l, s, got, a);
	a->role = got[A_ROLE] ? load_ref(l, got[A_ROLE], "assignment", &l->p->own->roles, "role")
			      : -1;
	if (!config_setting_get_member(s, "role"))
		load_error(l, s, "assignment: role is missing");
	load_place(l, s, got, a);
	a->from = RBAC_TIME_MIN;
	a->until = RBAC_TIME_MAX;
	bool from = load_time(l, got[A_FROM], &a->from),
	     until = load_time(l, got[A_UNTIL], &a->until);
	if (from && until && a->from >= a->until)
		load_error(l, got[A_UNTIL] ? got[A_UNTIL] : s,
			   "assignment: until is not after from");
	a->reason = load_line(l, got[A_REASON], "assignment", "");
	if (a->role >= 0 && a->subject && *a->subject == '%' &&
	    l->p->roles[a->role].max_is != POLICY_MAX_NONE)
		load_error(l, s,
			   "assignment: group \"%s\" cannot hold role \"%s\", which has a max "
			   "(%s:%u): its members cannot be counted",
			   a->subject + 1, l->p->roles[a->role].name,
			   l->p->roles[a->role].max_pos.file, l->p->roles[a->role].max_pos.line);
	if (until)
		check_asked(l, s, a);
	if (from && until)
		check_twice(l, seen, a);
}

static size_t count(const struct loader *l, const char *section)
{
	size_t n = 0;

	for (size_t i = 0; i < l->n_files; i++) {
		const config_setting_t *s = l->files[i].where == FILE_ASSIGNMENTS
						    ? config_lookup(&l->files[i].config, section)
						    : NULL;
		n += s && config_setting_is_aggregate(s) ? (size_t)config_setting_length(s) : 0;
	}
	return n;
}

void load_assignments(struct loader *l)
{
	size_t n_scopes = count(l, "scopes"), n = count(l, "assignments");
	config_setting_t *got[F_COUNT];
	struct policy_names scopes;
	struct seen seen;

	l->p->scopes = policy_alloc(l->p, n_scopes, sizeof(*l->p->scopes));
	l->p->assignments = policy_alloc(l->p, n, sizeof(*l->p->assignments));
	policy_names_init(&scopes, &l->p->own->arena, n_scopes);
	policy_names_init(&seen.texts, &l->p->own->arena, n);
	seen.of = policy_alloc(l->p, n, sizeof(*seen.of));
	for (size_t i = 0; i < l->n_files; i++) {
		l->file = &l->files[i];
		if (l->file->where != FILE_ASSIGNMENTS)
			continue;
		load_settings(l, config_root_setting(&l->file->config), "", GRAMMAR_FILES, got);
		for (int k = 0; got[F_SCOPES] && k < config_setting_length(got[F_SCOPES]); k++)
			load_file_scope(l, config_setting_get_elem(got[F_SCOPES], (unsigned)k),
					&scopes);
		for (int k = 0; got[F_ASSIGNMENTS] && k < config_setting_length(got[F_ASSIGNMENTS]);
		     k++)
			load_assignment(l, config_setting_get_elem(got[F_ASSIGNMENTS], (unsigned)k),
					&seen);
	}
}
