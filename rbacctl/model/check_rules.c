#include <string.h>

#include "rbacctl/model/checks.h"
#include "rbacctl/model/private.h"

/* Login rules, extra groups and exclusive sets that can never come to anything on this host, and
 * definitions that nothing uses. */

/* What can count at one of the host's scopes, and which keys there are to hold at all. */
struct here {
	struct policy_set roles, keys, held;
};

static struct here gather(struct policy *p)
{
	struct policy_gatherer roles = { .end = 0 }, keys = { .end = 0 }, held = { .end = 0 };

	for (size_t i = 0; i < p->n_kinds; i++) {
		policy_gather_set(&held, &p->kinds[i].keys);
		if (!p->host_any)
			continue;
		policy_gather_set(&roles, &p->kinds[i].counts);
		policy_gather_set(&keys, &p->kinds[i].keys);
	}
	for (size_t i = 0; i < p->hosts.n; i++) {
		int kind = policy_scope_kind(p, p->hosts.v[i]);
		policy_gather_set(&roles, &p->kinds[kind].counts);
		policy_gather_set(&keys, &p->kinds[kind].keys);
	}
	return (struct here){ policy_gathered(&roles, &p->own->arena),
			      policy_gathered(&keys, &p->own->arena),
			      policy_gathered(&held, &p->own->arena) };
}

static const char *host_text(struct policy *p)
{
	return p->hosts.n == 1
		       ? p->hosts.v[0]
		       : policy_text(p, "%s and the other scopes of this host", p->hosts.v[0]);
}

static bool has_root(const struct policy_strs *users)
{
	for (size_t i = 0; i < users->n; i++)
		if (strcmp(users->v[i], "root") == 0)
			return true;
	return false;
}

static void check_rule(struct policy *p, struct problems *problems, const struct here *h,
		       const struct policy_login *r)
{
	size_t named = r->users.n - has_root(&r->users), hopeful = named + r->groups.n + r->anyone;

	if (named < r->users.n)
		problem_warn(problems, r->pos,
			     "login rule %u: users: root needs no rule: uid 0 always passes",
			     r->number);
	for (size_t i = 0; i < r->roles.n; i++) {
		const struct policy_role *role = &p->roles[r->roles.v[i]];
		bool counts = policy_set_has(&h->roles, r->roles.v[i]);
		hopeful += counts;
		if (!counts && role->kind >= 0)
			problem_warn(
				problems, r->pos,
				"login rule %u: role \"%s\" is held at scopes of kind \"%s\" and "
				"can never count at %s",
				r->number, role->name, p->kinds[role->kind].name, host_text(p));
	}
	for (size_t i = 0; i < r->keys.n; i++) {
		const char *key = p->keys[r->keys.v[i]].name;
		bool counts = policy_set_has(&h->keys, r->keys.v[i]);
		hopeful += counts;
		if (!policy_set_has(&h->held, r->keys.v[i]))
			problem_warn(problems, r->pos, "login rule %u: no role has key \"%s\"",
				     r->number, key);
		else if (!counts)
			problem_warn(problems, r->pos,
				     "login rule %u: no role that can count at %s has key \"%s\"",
				     r->number, host_text(p), key);
	}
	if (!hopeful)
		problem_warn(problems, r->pos, "login rule %u lets nobody in: %s", r->number,
			     r->roles.n + r->keys.n ? "none of its roles and keys can count here"
			     : named < r->users.n   ? "nobody else is named"
						    : "its lists are empty");
}

/* ---- exclusive sets that can never refuse anything ---- */

static void check_meeting(struct policy *p, struct problems *problems,
			  const struct policy_exclusive *x)
{
	size_t most = 0;

	for (size_t k = 0; k < p->n_kinds && most <= x->at_most; k++) {
		size_t n = 0;
		for (size_t i = 0; i < x->roles.n; i++)
			n += policy_can_count(p, x->roles.v[i], (int)k);
		most = n > most ? n : most;
	}
	if (most <= x->at_most)
		problem_warn(problems, x->pos,
			     "exclusive \"%s\": at most %zu of its roles can count at one scope, "
			     "so it never refuses anything",
			     x->name, most);
}

void policy_check_rules(struct policy *p, struct problems *problems)
{
	/* Where something is wrong with the host or the roles themselves, that is what is to be
	 * mended first. */
	if (problems->errors || (!p->host_any && !p->hosts.n))
		return;
	const struct here h = gather(p);
	for (size_t i = 0; i < p->n_logins; i++)
		check_rule(p, problems, &h, &p->logins[i]);
	if (has_root(&p->exempt_users))
		problem_warn(problems, p->exempt_users.pos,
			     "exempt: users: root needs no exemption: uid 0 always passes");
	for (size_t i = 0; i < p->n_exclusives; i++)
		check_meeting(p, problems, &p->exclusives[i]);
	for (size_t i = 0; i < p->n_extras; i++)
		if (!policy_set_has(&h.roles, p->extras[i].role))
			problem_warn(problems, p->extras[i].pos,
				     "groups: extra: role \"%s\" can never count at %s, "
				     "so it brings nothing",
				     p->roles[p->extras[i].role].name, host_text(p));
}

static void mark(bool *used, const struct policy_ints *list)
{
	for (size_t i = 0; i < list->n; i++)
		used[list->v[i]] = true;
}

void policy_check_unused(struct policy *p, struct problems *problems)
{
	if (problems->errors)
		return;
	bool *keys = policy_alloc(p, p->n_keys, sizeof(*keys)),
	     *chains = policy_alloc(p, p->n_keychains, sizeof(*chains));

	for (size_t i = 0; i < p->n_keychains; i++)
		mark(keys, &p->keychains[i].keys);
	for (size_t i = 0; i < p->n_roles; i++)
		mark(chains, &p->roles[i].keychains);
	for (size_t i = 0; i < p->n_keys; i++)
		if (!keys[i])
			problem_note(problems, p->keys[i].pos,
				     "key \"%s\" is in no keychain: nobody can hold it",
				     p->keys[i].name);
	for (size_t i = 0; i < p->n_keychains; i++) {
		const struct policy_keychain *c = &p->keychains[i];
		if (!chains[i])
			problem_note(problems, c->pos, "keychain \"%s\" is in no role", c->name);
		else if (!c->keys.n)
			problem_warn(problems, c->pos,
				     "keychain \"%s\" has no key: the roles that name "
				     "it get nothing by it",
				     c->name);
	}
}
