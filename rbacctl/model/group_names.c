#include <string.h>

#include "common/name.h"
#include "rbacctl/config/load.h"

/* The names that groups.name gives the roles on this host: that they are names, and nobody else's.
 */

static const char *fill(struct loader *l, const char *role, const char *scope, const char *kind)
{
	const char *text = l->p->group_template, *out = "";

	for (const char *p; (p = strchr(text, '%')) && p[1] == '{'; text = p) {
		const char *word = p + 2;
		const char *value = *word == 'r' ? role : *word == 's' ? scope : kind;
		out = load_text(l, "%s%.*s%s", out, (int)(p - text), text, value);
		p = strchr(word, '}');
		p = p ? p + 1 : word + strlen(word);
	}
	return load_text(l, "%s%s", out, text);
}

static const char *last_component(const char *scope)
{
	const char *slash = strrchr(scope, '/');

	return slash ? slash + 1 : strchr(scope, ':') + 1;
}

struct ours {
	struct policy_names names;
	int *roles;
};

static void check_name(struct loader *l, struct ours *ours, int role, const char *scope, int kind)
{
	const struct policy_role *r = &l->p->roles[role];
	const char *name = fill(l, r->name, *scope ? last_component(scope) : "",
				kind >= 0 ? l->p->kinds[kind].name : "");

	if (!rbac_name_is_group(name, strlen(name)) || strcmp(name, "root") == 0) {
		problem_error(l->problems, l->p->group_pos,
			      "groups: role \"%s\"%s%s would be the group \"%s\", expected a name "
			      "of at most %d letters, digits, _ - and .",
			      r->name, *scope ? " at " : "", scope, name, RBAC_GROUP_MAX);
		return;
	}
	int there = policy_names_add(&ours->names, name);
	if (there < 0)
		ours->roles[ours->names.n - 1] = role;
	else if (ours->roles[there] != role)
		problem_error(l->problems, l->p->group_pos,
			      "groups: roles \"%s\" and \"%s\" would both be the group \"%s\"",
			      l->p->roles[ours->roles[there]].name, r->name, name);
}

/* One of our own as a Unix group: what a role brings would decide what roles bring. */
static void check_foreign(struct loader *l, const struct ours *ours, const struct policy_strs *list,
			  const char *what)
{
	for (size_t i = 0; i < list->n; i++) {
		int there = policy_names_find(&ours->names, list->v[i], strlen(list->v[i]));
		if (there >= 0)
			problem_error(l->problems, list->pos,
				      "%s: \"%s\" is the group of our role \"%s\", "
				      "expected a group of another source",
				      what, list->v[i], l->p->roles[ours->roles[there]].name);
	}
}

static void check_subjects(struct loader *l, const struct ours *ours)
{
	for (size_t i = 0; i < l->p->n_assignments; i++) {
		const struct policy_file_assignment *a = &l->p->assignments[i];
		int there = a->subject && *a->subject == '%'
				    ? policy_names_find(&ours->names, a->subject + 1,
							strlen(a->subject + 1))
				    : -1;
		if (there >= 0)
			problem_error(l->problems, a->pos,
				      "assignment: group \"%s\" is the group of our role \"%s\", "
				      "expected a group of another source",
				      a->subject + 1, l->p->roles[ours->roles[there]].name);
	}
}

void policy_check_group_names(struct loader *l)
{
	const struct policy *p = l->p;
	size_t n_hosts = p->host_any ? 1 : p->hosts.n;
	struct ours ours;

	if (!p->group_template)
		return; /* no rbac.conf */
	policy_names_init(&ours.names, &l->priv->arena, p->n_roles * n_hosts);
	ours.roles = policy_arena_alloc(&l->priv->arena, p->n_roles * n_hosts, sizeof(*ours.roles));
	for (size_t h = 0; h < n_hosts; h++) {
		int at = p->host_any ? -1 : policy_scope_kind(p, p->hosts.v[h]);
		for (size_t i = 0; i < p->n_roles; i++) {
			if (p->host_any)
				check_name(l, &ours, (int)i, "", p->roles[i].kind);
			else if (policy_can_count(p, (int)i, at))
				check_name(l, &ours, (int)i, p->hosts.v[h], at);
		}
	}
	check_foreign(l, &ours, &p->exempt_groups, "exempt: groups");
	for (size_t i = 0; i < p->n_logins; i++)
		check_foreign(l, &ours, &p->logins[i].groups,
			      load_text(l, "login rule %u: groups", p->logins[i].number));
	for (size_t i = 0; i < p->n_extras; i++)
		check_foreign(l, &ours, &p->extras[i].unix_groups, "groups: extra: unix_groups");
	check_subjects(l, &ours);
}
