#include <stdlib.h>
#include <string.h>

#include "rbacctl/model/private.h"

/* A policy's memory, and its names. */

struct policy *policy_new(void)
{
	struct policy *p = calloc(1, sizeof(*p));

	if (p)
		p->own = calloc(1, sizeof(*p->own));
	if (p && !p->own) {
		free(p);
		p = NULL;
	}
	return p;
}

void policy_free(struct policy *p)
{
	if (!p)
		return;
	policy_arena_free(&p->own->arena);
	free(p->own);
	free(p);
}

const char *policy_keep(struct policy *p, const char *text)
{
	const char *volatile kept = NULL;
	jmp_buf full;

	p->own->arena.full = &full;
	if (!setjmp(full))
		kept = policy_arena_strdup(&p->own->arena, text);
	p->own->arena.full = NULL;
	return kept;
}

int policy_kind_find(const struct policy *p, const char *name, size_t len)
{
	return policy_names_find(&p->own->kinds, name, len);
}

int policy_key_find(const struct policy *p, const char *name)
{
	return policy_names_find(&p->own->keys, name, strlen(name));
}

int policy_keychain_find(const struct policy *p, const char *name)
{
	return policy_names_find(&p->own->keychains, name, strlen(name));
}

int policy_role_find(const struct policy *p, const char *name)
{
	return policy_names_find(&p->own->roles, name, strlen(name));
}

const struct policy_plan *policy_plan_find(const struct policy *p, const char *name)
{
	int i = policy_names_find(&p->own->plans, name, strlen(name));

	return i < 0 ? NULL : &p->plans[i];
}

const char *policy_role_nearest(const struct policy *p, const char *word)
{
	return problem_nearest(word, p->own->roles.v, p->own->roles.n);
}

const char *policy_key_nearest(const struct policy *p, const char *word)
{
	return problem_nearest(word, p->own->keys.v, p->own->keys.n);
}

const char *policy_hint(struct policy *p, const char *word, const char *const *names, size_t n)
{
	const char *near = problem_nearest(word, names, n);

	return near ? policy_text(p, " (did you mean \"%s\"?)", near) : "";
}

const char *policy_listed(struct policy *p, const char *list, size_t n, const char *name)
{
	enum { NAMES = 20 };

	if (n > NAMES)
		return list;
	return n == NAMES ? policy_text(p, "%s, ...", list)
			  : policy_text(p, "%s%s%s", list, n ? ", " : "", name);
}
