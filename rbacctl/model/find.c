#include <string.h>

#include "rbacctl/config/load.h"

static const struct policy_private *private(const struct policy *p)
{
	return p->arena;
}

int policy_kind_find(const struct policy *p, const char *name, size_t len)
{
	return policy_names_find(&private(p)->kinds, name, len);
}

int policy_key_find(const struct policy *p, const char *name)
{
	return policy_names_find(&private(p)->keys, name, strlen(name));
}

int policy_keychain_find(const struct policy *p, const char *name)
{
	return policy_names_find(&private(p)->keychains, name, strlen(name));
}

int policy_role_find(const struct policy *p, const char *name)
{
	return policy_names_find(&private(p)->roles, name, strlen(name));
}

const struct policy_plan *policy_plan_find(const struct policy *p, const char *name)
{
	int i = policy_names_find(&private(p)->plans, name, strlen(name));

	return i < 0 ? NULL : &p->plans[i];
}

const char *policy_role_nearest(const struct policy *p, const char *word)
{
	return problem_nearest(word, private(p)->roles.v, private(p)->roles.n);
}

const char *policy_key_nearest(const struct policy *p, const char *word)
{
	return problem_nearest(word, private(p)->keys.v, private(p)->keys.n);
}
