/* The settings of policy.d but for roles, as text. */
#include "rbacctl/model/by.h"
#include "rbacctl/model/field_texts.h"

TEXT(kind_parent)
{
	field_word(out, p->kinds[i].parent < 0 ? NULL : p->kinds[p->kinds[i].parent].name);
}
TEXT(kind_create_by)
{
	policy_by_text(p, &p->kinds[i].create_by, out);
}
TEXT(kind_delete_by)
{
	policy_by_text(p, &p->kinds[i].delete_by, out);
}
TEXT(kind_transfer_by)
{
	policy_by_text(p, &p->kinds[i].transfer_by, out);
}
TEXT(kind_plan_by)
{
	policy_by_text(p, &p->kinds[i].plan_by, out);
}
TEXT(kind_owner)
{
	field_word(out, p->kinds[i].owner_role < 0 ? NULL : p->roles[p->kinds[i].owner_role].name);
}
TEXT(kind_per_user)
{
	field_word(out, p->kinds[i].per_user);
}
TEXT(kind_plan)
{
	field_word(out, p->kinds[i].plan);
}
TEXT(kind_renamed)
{
	field_word(out, p->kinds[i].renamed_from);
}

TEXT(users_add_by)
{
	(void)i;
	policy_by_text(p, &p->add_by, out);
}
TEXT(users_suspend_by)
{
	(void)i;
	policy_by_text(p, &p->suspend_by, out);
}
TEXT(users_forget_by)
{
	(void)i;
	policy_by_text(p, &p->forget_by, out);
}

TEXT(key_title)
{
	field_word(out, p->keys[i].title);
}
TEXT(key_renamed)
{
	field_word(out, p->keys[i].renamed_from);
}

TEXT(keychain_keys)
{
	for (size_t k = 0; k < p->keychains[i].keys.n; k++)
		buf_printf(out, "%s\n", p->keys[p->keychains[i].keys.v[k]].name);
}

TEXT(plan_limits)
{
	for (size_t k = 0; k < p->plans[i].n; k++)
		buf_printf(out, "%s = %u\n", p->plans[i].limits[k].name,
			   p->plans[i].limits[k].number);
}

TEXT(exclusive_at_most)
{
	buf_printf(out, "%u", p->exclusives[i].at_most);
}

TEXT(exclusive_roles)
{
	for (size_t k = 0; k < p->exclusives[i].roles.n; k++)
		buf_printf(out, "%s\n", p->roles[p->exclusives[i].roles.v[k]].name);
}

static const struct field rows[] = {
	{ GRAMMAR_KIND, K_PARENT, false, kind_parent },
	{ GRAMMAR_KIND, K_CREATE_BY, false, kind_create_by },
	{ GRAMMAR_KIND, K_DELETE_BY, false, kind_delete_by },
	{ GRAMMAR_KIND, K_TRANSFER_BY, false, kind_transfer_by },
	{ GRAMMAR_KIND, K_PLAN_BY, false, kind_plan_by },
	{ GRAMMAR_KIND, K_OWNER, false, kind_owner },
	{ GRAMMAR_KIND, K_PER_USER, false, kind_per_user },
	{ GRAMMAR_KIND, K_PLAN, false, kind_plan },
	{ GRAMMAR_KIND, K_RENAMED, false, kind_renamed },
	{ GRAMMAR_USERS, U_ADD_BY, false, users_add_by },
	{ GRAMMAR_USERS, U_SUSPEND_BY, false, users_suspend_by },
	{ GRAMMAR_USERS, U_FORGET_BY, false, users_forget_by },
	{ GRAMMAR_KEY, KEY_TITLE, false, key_title },
	{ GRAMMAR_KEY, KEY_RENAMED, false, key_renamed },
	{ GRAMMAR_POLICY, P_KEYCHAINS, true, keychain_keys },
	{ GRAMMAR_POLICY, P_PLANS, true, plan_limits },
	{ GRAMMAR_EXCLUSIVE, XC_ROLES, true, exclusive_roles },
	{ GRAMMAR_EXCLUSIVE, XC_AT_MOST, false, exclusive_at_most },
};

const struct field_table fields_policy = { rows, sizeof rows / sizeof *rows };
