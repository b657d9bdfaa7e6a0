#include <string.h>

#include "common/name.h"
#include "rbacctl/config/parts.h"
#include "rbacctl/config/setting.h"

/* groups = { } of rbac.conf: how roles become groups here. */

static const char *const placeholders[] = { "role", "scope", "kind" };

/* Every % begins one of the three; %{scope} only where there is a scope. */
static bool check_template(struct loader *l, const config_setting_t *s, const char *text)
{
	size_t before = l->problems->errors;

	for (const char *p = strchr(text, '%'); p; p = strchr(p + 1, '%')) {
		size_t len = p[1] == '{' ? strcspn(p + 2, "}") : 0;
		if (p[1] != '{' || p[2 + len] != '}') {
			load_error(l, s,
				   "groups: name = \"%s\": expected %%{role}, "
				   "%%{scope} or %%{kind} at a %%",
				   text);
			return false;
		}
		const char *word = load_text(l, "%.*s", (int)len, p + 2);
		size_t i = 0;
		while (i < LOAD_COUNT(placeholders) && strcmp(placeholders[i], word) != 0)
			i++;
		if (i == LOAD_COUNT(placeholders))
			load_error(l, s,
				   "groups: name: unknown %%{%s}, expected %%{role}, "
				   "%%{scope} or %%{kind}%s",
				   word,
				   load_hint(l, word, placeholders, LOAD_COUNT(placeholders)));
		if (i == 1 && l->p->host_any)
			load_error(
				l, s,
				"groups: name: %%{scope} needs a host scope, but host is \"any\"");
	}
	if (!strstr(text, "%{role}") && l->p->n_roles > 1)
		load_error(l, s,
			   "groups: name = \"%s\" gives every role the same group, "
			   "expected %%{role} in it",
			   text);
	return l->problems->errors == before;
}

static uint32_t load_gid(struct loader *l, config_setting_t *s, uint32_t otherwise)
{
	if (!s)
		return otherwise;
	int n = config_setting_get_int(s);
	if (n < 65536) {
		load_error(l, s,
			   "groups: %s = %d: expected 65536 to 2147483647, "
			   "outside of what local accounts use",
			   config_setting_name(s), n);
		return otherwise;
	}
	return (uint32_t)n;
}

static void load_range(struct loader *l, config_setting_t *min, config_setting_t *max)
{
	struct policy *p = l->p;
	const config_setting_t *at = max ? max : min;

	p->gid_min = load_gid(l, min, POLICY_GID_MIN);
	p->gid_max = load_gid(l, max, POLICY_GID_MAX);
	if (p->gid_min > p->gid_max)
		load_error(l, at, "groups: gid_min = %u is above gid_max = %u", p->gid_min,
			   p->gid_max);
	else if (at && p->gid_max - p->gid_min + 1 < p->n_roles)
		load_error(l, at,
			   "groups: %u gids from gid_min to gid_max for %zu roles, "
			   "expected a wider range",
			   p->gid_max - p->gid_min + 1, p->n_roles);
}

static void load_extra(struct loader *l, config_setting_t *s, struct policy_names *groups)
{
	static const char what[] = "groups: extra";
	config_setting_t *got[X_COUNT];
	struct policy_extra *x = &l->p->extras[l->p->n_extras];

	load_settings(l, s, what, GRAMMAR_EXTRA, got);
	for (size_t i = 0; i < X_COUNT; i++)
		if (!config_setting_get_member(s, policy_grammar[GRAMMAR_EXTRA].known[i].name))
			load_error(l, s, "%s: %s is missing", what,
				   policy_grammar[GRAMMAR_EXTRA].known[i].name);
	x->pos = load_pos(l, s);
	x->role = got[X_ROLE] ? load_ref(l, got[X_ROLE], what, &l->p->own->roles, "role") : -1;
	load_strings(l, got[X_UNIX_GROUPS], what, rbac_name_is_unix_group, "a Unix group's name",
		     &x->unix_groups);
	for (size_t i = 0; i < x->unix_groups.n; i++) {
		const char *g = x->unix_groups.v[i];
		if (strcmp(g, "root") == 0)
			load_error(l, got[X_UNIX_GROUPS],
				   "%s: unix_groups: \"root\" is refused, a role cannot "
				   "bring the group of gid 0",
				   what);
		if (groups->n < groups->cap)
			(void)policy_names_add(groups, g);
		else if (policy_names_find(groups, g, strlen(g)) < 0)
			load_error(l, got[X_UNIX_GROUPS],
				   "%s: \"%s\" is one too many, at most %d "
				   "different Unix groups in all",
				   what, g, RBAC_EXTRA_MAX);
	}
	if (x->role >= 0)
		l->p->n_extras++;
}

void load_host_groups(struct loader *l, config_setting_t *s)
{
	config_setting_t *got[G_COUNT] = { 0 };
	struct policy_names groups;
	struct policy *p = l->p;

	if (s)
		load_settings(l, s, "groups", GRAMMAR_GROUPS, got);
	p->group_template = got[G_NAME]
				    ? policy_arena_strdup(&l->p->own->arena,
							  config_setting_get_string(got[G_NAME]))
				    : "%{role}";
	p->group_pos = got[G_NAME] ? load_pos(l, got[G_NAME])
		       : s         ? load_pos(l, s)
				   : load_pos_file(l);
	if (got[G_NAME] && !check_template(l, got[G_NAME], p->group_template))
		p->group_template = "%{role}"; /* so that no name it gives is reported as well */
	load_range(l, got[G_GID_MIN], got[G_GID_MAX]);
	p->members = load_bool(got[G_MEMBERS], true);
	p->enumerate = load_bool(got[G_ENUMERATE], true);
	size_t n = got[G_EXTRA] ? (size_t)config_setting_length(got[G_EXTRA]) : 0;
	p->extras = policy_alloc(l->p, n, sizeof(*p->extras));
	policy_names_init(&groups, &l->p->own->arena, RBAC_EXTRA_MAX);
	for (size_t i = 0; i < n; i++)
		load_extra(l, config_setting_get_elem(got[G_EXTRA], (unsigned)i), &groups);
}
