#include <string.h>

#include "common/name.h"
#include "rbacctl/config/parts.h"
#include "rbacctl/config/setting.h"
#include "rbacctl/model/checks.h"
#include "rbacctl/model/template.h"

static const char *name_of(struct loader *l, size_t i)
{
	return load_text(l, "kind \"%s\"", l->p->kinds[i].name);
}

/* Parents and owners: what the by lists of all kinds are then judged by. */
static void load_frame(struct loader *l, size_t i, config_setting_t **got)
{
	struct policy_kind *k = &l->p->kinds[i];
	const char *what = name_of(l, i);

	k->pos = load_pos(l, l->kinds[i].s);
	k->parent = got[K_PARENT] ? load_ref(l, got[K_PARENT], what, &l->p->own->kinds, "kind")
				  : -1;
	if (got[K_OWNER])
		k->owner_pos = load_pos(l, got[K_OWNER]);
	k->owner_role = got[K_OWNER] ? load_ref(l, got[K_OWNER], what, &l->p->own->roles, "role")
				     : -1;
	if (got[K_RENAMED]) {
		const char *old = config_setting_get_string(got[K_RENAMED]);
		if (!load_is_setting_name(old, strlen(old)))
			load_error(l, got[K_RENAMED],
				   "%s: renamed_from: \"%s\" is no name for a kind", what, old);
		else if (policy_names_find(&l->p->own->kinds, old, strlen(old)) >= 0)
			load_error(l, got[K_RENAMED],
				   "%s: renamed_from: \"%s\" is still defined, "
				   "expected a name that is gone",
				   what, old);
		k->renamed_from = policy_arena_strdup(&l->p->own->arena, old);
	}
}

/* "%{user}" once, and around it only what a scope's component may hold. */
static bool is_per_user(const char *text)
{
	static const char user[] = "%{user}";
	char name[RBAC_WORD_MAX + 1];
	const char *at = strstr(text, user);

	if (!at || strlen(text) > RBAC_WORD_MAX || strstr(at + 1, user))
		return false;
	(void)template_fill(text, &(struct template_value){ "user", "u" }, 1, name, sizeof(name));
	return rbac_name_is_word(name, strlen(name));
}

static void load_per_user(struct loader *l, size_t i, config_setting_t *s)
{
	struct policy_kind *k = &l->p->kinds[i];
	const char *text = config_setting_get_string(s), *what = name_of(l, i);

	k->per_user = policy_arena_strdup(&l->p->own->arena, text);
	if (!is_per_user(text))
		load_error(l, s,
			   "%s: per_user = \"%s\": expected a name with %%{user} "
			   "in it, like \"%%{user}\"",
			   what, text);
	if (!config_setting_get_member(l->kinds[i].s, "owner"))
		load_error(l, s,
			   "%s: per_user without owner: expected owner = \"ROLE\", what the user "
			   "then is of that scope",
			   what);
	if (!config_setting_get_member(l->kinds[i].s, "parent"))
		load_error(l, s,
			   "%s: per_user on a root kind, which is made by init and by root only",
			   what);
}

/* Does the scope above the user's own exist? Either it is the root, or made for the user as well.
 */
static void check_per_user_parent(struct loader *l, size_t i, config_setting_t *s)
{
	const struct policy_kind *k = &l->p->kinds[i];

	if (k->parent < 0)
		return;
	const struct policy_kind *up = &l->p->kinds[k->parent];
	if (up->parent >= 0 && !config_setting_get_member(l->kinds[k->parent].s, "per_user"))
		load_error(l, s,
			   "%s: per_user needs per_user on its parent \"%s\" too: "
			   "there is no scope of the user's to make it in",
			   name_of(l, i), up->name);
}

static void load_rights(struct loader *l, size_t i, config_setting_t **got)
{
	struct policy_kind *k = &l->p->kinds[i];
	const char *what = name_of(l, i);
	bool root = !config_setting_get_member(l->kinds[i].s, "parent");

	if (got[K_CREATE_BY] && root)
		load_error(l, got[K_CREATE_BY],
			   "%s: create_by on a root kind, which is made by init and by root only",
			   what);
	else
		load_bys(l, got[K_CREATE_BY], what, LOAD_BY_PARENT, (int)i, &k->create_by);
	load_bys(l, got[K_DELETE_BY], what, LOAD_BY_KIND, (int)i, &k->delete_by);
	if (got[K_TRANSFER_BY] && !config_setting_get_member(l->kinds[i].s, "owner"))
		load_error(l, got[K_TRANSFER_BY],
			   "%s: transfer_by without owner: expected owner = \"ROLE\", "
			   "there is nothing to transfer",
			   what);
	else
		load_bys(l, got[K_TRANSFER_BY], what, LOAD_BY_KIND, (int)i, &k->transfer_by);
	load_bys(l, got[K_PLAN_BY], what, LOAD_BY_KIND, (int)i, &k->plan_by);
	if (got[K_PLAN]) {
		int plan = load_ref(l, got[K_PLAN], what, &l->p->own->plans, "plan");
		k->plan = plan >= 0 ? l->p->own->plans.v[plan] : NULL;
	}
	if (got[K_PER_USER]) {
		load_per_user(l, i, got[K_PER_USER]);
		check_per_user_parent(l, i, got[K_PER_USER]);
	}
}

void load_kinds(struct loader *l)
{
	struct policy *p = l->p;

	p->n_kinds = l->p->own->kinds.n;
	p->kinds = policy_alloc(l->p, p->n_kinds, sizeof(*p->kinds));
	config_setting_t *(*got)[K_COUNT] = policy_alloc(l->p, p->n_kinds, sizeof(*got));

	for (size_t i = 0; i < p->n_kinds; i++)
		p->kinds[i].name = l->p->own->kinds.v[i];
	for (size_t i = 0; i < p->n_kinds; i++) {
		l->file = l->kinds[i].file;
		load_settings(l, l->kinds[i].s, name_of(l, i), GRAMMAR_KIND, got[i]);
		load_frame(l, i, got[i]);
	}
	policy_check_kinds(l->p, l->problems);
	for (size_t i = 0; i < p->n_kinds; i++) {
		l->file = l->kinds[i].file;
		load_rights(l, i, got[i]);
	}
}
