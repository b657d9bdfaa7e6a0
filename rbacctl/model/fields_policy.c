/* The settings of policy.d but for roles, as text. */
#include "rbacctl/model/field_texts.h"

FIELD_WORD(kind_parent, p->kinds[i].parent < 0 ? NULL : p->kinds[p->kinds[i].parent].name)
FIELD_BY(kind_create_by, p->kinds[i].create_by)
FIELD_BY(kind_delete_by, p->kinds[i].delete_by)
FIELD_BY(kind_transfer_by, p->kinds[i].transfer_by)
FIELD_BY(kind_plan_by, p->kinds[i].plan_by)
FIELD_WORD(kind_owner, p->kinds[i].owner_role < 0 ? NULL : p->roles[p->kinds[i].owner_role].name)
FIELD_WORD(kind_per_user, p->kinds[i].per_user)
FIELD_WORD(kind_plan, p->kinds[i].plan)
FIELD_WORD(kind_renamed, p->kinds[i].renamed_from)
FIELD_BY(users_add_by, p->add_by)
FIELD_BY(users_suspend_by, p->suspend_by)
FIELD_BY(users_forget_by, p->forget_by)
FIELD_WORD(key_title, p->keys[i].title)
FIELD_WORD(key_renamed, p->keys[i].renamed_from)

FIELD_NAMES(keychain_keys, p->keychains[i].keys, p->keys)

TEXT(plan_limits)
{
	for (size_t k = 0; k < p->plans[i].n; k++)
		buf_printf(out, "%s = %u\n", p->plans[i].limits[k].name,
			   p->plans[i].limits[k].number);
}

FIELD_NUMBER(exclusive_at_most, p->exclusives[i].at_most)

FIELD_NAMES(exclusive_roles, p->exclusives[i].roles, p->roles)

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
