#include <string.h>

#include "rbacctl/config/load.h"

/* Login rules and extra groups that can never come to anything on this host, and definitions that
 * nothing uses. */

/* What can count at one of the host's scopes, and which keys there are to hold at all: bit sets. */
struct here {
	uint8_t *roles, *keys, *held;
};

static void merge(uint8_t *into, const uint8_t *from, size_t n)
{
	for (size_t i = 0; i < (n + 7) / 8; i++)
		into[i] |= from[i];
}

/* One bit for each of N, none set. */
static uint8_t *bits(struct loader *l, size_t n)
{
	return policy_arena_alloc(&l->priv->arena, n / 8 + 1, 1);
}

static void take_kind(const struct policy *p, const struct here *h, int kind)
{
	merge(h->roles, p->kinds[kind].counts, p->n_roles);
	merge(h->keys, p->kinds[kind].keys, p->n_keys);
}

static struct here gather(struct loader *l)
{
	const struct policy *p = l->p;
	struct here h = { bits(l, p->n_roles), bits(l, p->n_keys), bits(l, p->n_keys) };

	for (size_t i = 0; i < p->n_kinds; i++) {
		merge(h.held, p->kinds[i].keys, p->n_keys);
		if (p->host_any)
			take_kind(p, &h, (int)i);
	}
	for (size_t i = 0; i < p->hosts.n; i++)
		take_kind(p, &h, policy_scope_kind(p, p->hosts.v[i]));
	return h;
}

static const char *host_text(struct loader *l)
{
	const struct policy *p = l->p;

	return p->hosts.n == 1
		       ? p->hosts.v[0]
		       : load_text(l, "%s and the other scopes of this host", p->hosts.v[0]);
}

static void check_rule(struct loader *l, const struct here *h, const struct policy_login *r)
{
	const struct policy *p = l->p;
	size_t hopeful = r->users.n + r->groups.n + r->anyone;

	for (size_t i = 0; i < r->roles.n; i++) {
		const struct policy_role *role = &p->roles[r->roles.v[i]];
		bool counts = policy_bit(h->roles, (size_t)r->roles.v[i]);
		hopeful += counts;
		if (!counts && role->kind >= 0)
			problem_warn(
				l->problems, r->pos,
				"login rule %u: role \"%s\" is held at scopes of kind \"%s\" and "
				"can never count at %s",
				r->number, role->name, p->kinds[role->kind].name, host_text(l));
	}
	for (size_t i = 0; i < r->keys.n; i++) {
		const char *key = p->keys[r->keys.v[i]].name;
		bool counts = policy_bit(h->keys, (size_t)r->keys.v[i]);
		hopeful += counts;
		if (!policy_bit(h->held, (size_t)r->keys.v[i]))
			problem_warn(l->problems, r->pos, "login rule %u: no role has key \"%s\"",
				     r->number, key);
		else if (!counts)
			problem_warn(l->problems, r->pos,
				     "login rule %u: no role that can count at %s has key \"%s\"",
				     r->number, host_text(l), key);
	}
	if (!hopeful)
		problem_warn(l->problems, r->pos, "login rule %u lets nobody in: %s", r->number,
			     r->roles.n + r->keys.n ? "none of its roles and keys can count here"
						    : "its lists are empty");
}

void policy_check_rules(struct loader *l)
{
	const struct policy *p = l->p;

	/* Where something is wrong with the host or the roles themselves, that is what is to be
	 * mended first. */
	if (l->problems->errors || (!p->host_any && !p->hosts.n))
		return;
	const struct here h = gather(l);
	for (size_t i = 0; i < p->n_logins; i++)
		check_rule(l, &h, &p->logins[i]);
	for (size_t i = 0; i < p->n_extras; i++)
		if (!policy_bit(h.roles, (size_t)p->extras[i].role))
			problem_warn(l->problems, p->extras[i].pos,
				     "groups: extra: role \"%s\" can never count at %s, "
				     "so it brings nothing",
				     p->roles[p->extras[i].role].name, host_text(l));
}

static void mark(uint8_t *set, const struct policy_ints *list)
{
	for (size_t i = 0; i < list->n; i++)
		set[list->v[i] / 8] |= (uint8_t)(1u << (list->v[i] % 8));
}

void policy_check_unused(struct loader *l)
{
	const struct policy *p = l->p;
	if (l->problems->errors)
		return;
	uint8_t *keys = bits(l, p->n_keys), *chains = bits(l, p->n_keychains);

	for (size_t i = 0; i < p->n_keychains; i++)
		mark(keys, &p->keychains[i].keys);
	for (size_t i = 0; i < p->n_roles; i++)
		mark(chains, &p->roles[i].keychains);
	for (size_t i = 0; i < p->n_keys; i++)
		if (!policy_bit(keys, i))
			problem_note(l->problems, p->keys[i].pos,
				     "key \"%s\" is in no keychain: nobody can hold it",
				     p->keys[i].name);
	for (size_t i = 0; i < p->n_keychains; i++) {
		const struct policy_keychain *c = &p->keychains[i];
		if (!policy_bit(chains, i))
			problem_note(l->problems, c->pos, "keychain \"%s\" is in no role", c->name);
		else if (!c->keys.n)
			problem_warn(l->problems, c->pos,
				     "keychain \"%s\" has no key: the roles that name "
				     "it get nothing by it",
				     c->name);
	}
}
