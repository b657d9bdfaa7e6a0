#include <string.h>

#include "common/name.h"
#include "rbacctl/model/checks.h"
#include "rbacctl/model/private.h"
#include "rbacctl/model/role_groups.h"

/* The names that groups.name gives the roles on this host: that they are names, and nobody else's.
 */

struct ours {
	struct policy_names names;
	int *roles;
};

/* The name of ROLE's group at host scope HOST, whole; NULL: it makes none there. */
static const char *name_at(struct policy *p, int role, size_t host)
{
	char fits[RBAC_GROUP_MAX + 1];
	const char *called = p->roles[role].name;
	size_t len = role_group_name(p, role, called, host, fits, sizeof(fits));

	if (!len)
		return NULL;
	char *name = policy_alloc(p, len + 1, 1);
	(void)role_group_name(p, role, called, host, name, len + 1);
	return name;
}

static void check_name(struct policy *p, struct problems *problems, struct ours *ours, int role,
		       size_t host)
{
	const struct policy_role *r = &p->roles[role];
	const char *name = name_at(p, role, host);

	if (!name)
		return;
	if (!rbac_name_is_group(name, strlen(name)) || strcmp(name, "root") == 0) {
		problem_error(problems, p->group_pos,
			      "groups: role \"%s\"%s%s would be the group \"%s\", expected a name "
			      "of at most %d letters, digits, _ - and .",
			      r->name, p->host_any ? "" : " at ",
			      p->host_any ? "" : p->hosts.v[host], name, RBAC_GROUP_MAX);
		return;
	}
	int there = policy_names_add(&ours->names, name);
	if (there < 0)
		ours->roles[ours->names.n - 1] = role;
	else if (ours->roles[there] != role)
		problem_error(problems, p->group_pos,
			      "groups: roles \"%s\" and \"%s\" would both be the group \"%s\"",
			      p->roles[ours->roles[there]].name, r->name, name);
}

/* One of our own as a Unix group: what a role brings would decide what roles bring. */
static void check_foreign(const struct policy *p, struct problems *problems,
			  const struct ours *ours, const struct policy_strs *list, const char *what)
{
	for (size_t i = 0; i < list->n; i++) {
		int there = policy_names_find(&ours->names, list->v[i], strlen(list->v[i]));
		if (there >= 0)
			problem_error(problems, list->pos,
				      "%s: \"%s\" is the group of our role \"%s\", "
				      "expected a group of another source",
				      what, list->v[i], p->roles[ours->roles[there]].name);
	}
}

static void check_subjects(const struct policy *p, struct problems *problems,
			   const struct ours *ours)
{
	for (size_t i = 0; i < p->n_assignments; i++) {
		const struct policy_file_assignment *a = &p->assignments[i];
		int there = a->subject && *a->subject == '%'
				    ? policy_names_find(&ours->names, a->subject + 1,
							strlen(a->subject + 1))
				    : -1;
		if (there >= 0)
			problem_error(problems, a->pos,
				      "assignment: group \"%s\" is the group of our role \"%s\", "
				      "expected a group of another source",
				      a->subject + 1, p->roles[ours->roles[there]].name);
	}
}

void policy_check_groups(struct policy *p, struct problems *problems)
{
	size_t n_hosts = p->host_any ? 1 : p->hosts.n;
	struct ours ours;

	if (!p->group_template)
		return; /* no rbac.conf */
	policy_names_init(&ours.names, &p->own->arena, p->n_roles * n_hosts);
	ours.roles = policy_alloc(p, p->n_roles * n_hosts, sizeof(*ours.roles));
	for (size_t h = 0; h < n_hosts; h++)
		for (size_t i = 0; i < p->n_roles; i++)
			check_name(p, problems, &ours, (int)i, h);
	check_foreign(p, problems, &ours, &p->exempt_groups, "exempt: groups");
	for (size_t i = 0; i < p->n_logins; i++)
		if (p->logins[i].groups.n)
			check_foreign(p, problems, &ours, &p->logins[i].groups,
				      policy_text(p, "login rule %u: groups", p->logins[i].number));
	for (size_t i = 0; i < p->n_extras; i++)
		check_foreign(p, problems, &ours, &p->extras[i].unix_groups,
			      "groups: extra: unix_groups");
	check_subjects(p, problems, &ours);
}
