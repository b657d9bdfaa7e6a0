#include <string.h>

#include "rbacctl/config/parts.h"

/* By lists: owner, owner:KIND, a role, key:NAME, anyone. */

struct by_context {
	struct loader *l;
	config_setting_t *list;
	const char *what;
	enum load_by_at at;
	int kind; /* where it is judged; -1: not known, or nowhere in particular */
};

static bool is_above(const struct policy *p, int top, int kind)
{
	for (size_t i = 0; kind >= 0 && i <= p->n_kinds; i++, kind = p->kinds[kind].parent)
		if (kind == top)
			return true;
	return false;
}

/* Is the owner of a scope of KIND someone here? */
static bool check_owner(const struct by_context *c, const config_setting_t *e, int kind)
{
	const struct policy *p = c->l->p;
	const char *setting = config_setting_name(c->list), *text = config_setting_get_string(e);

	if (c->at == LOAD_BY_USERS) {
		load_error(
			c->l, e,
			"%s: %s: \"%s\" is not possible: a user has no scope, and no owner of one",
			c->what, setting, text);
		return false;
	}
	if (c->kind < 0 || kind < 0)
		return false; /* reported where the kind is named */
	if (!is_above(p, kind, c->kind)) {
		load_error(c->l, e,
			   "%s: %s: \"%s\": a scope of kind \"%s\" lies in none of kind \"%s\"",
			   c->what, setting, text, p->kinds[c->kind].name, p->kinds[kind].name);
		return false;
	}
	if (!config_setting_get_member(c->l->kinds[kind].s, "owner")) {
		load_error(c->l, e,
			   "%s: %s: \"%s\": scopes of kind \"%s\" have no owners (owner = \"ROLE\" "
			   "on the kind gives them)",
			   c->what, setting, text, p->kinds[kind].name);
		return false;
	}
	return true;
}

static bool by_kind(const struct by_context *c, const config_setting_t *e, const char *name,
		    struct policy_by *out)
{
	const struct policy_names *kinds = &c->l->p->own->kinds;
	int kind = policy_names_find(kinds, name, strlen(name));

	if (kind < 0) {
		load_error(c->l, e, "%s: %s: owner:%s: no kind \"%s\"%s", c->what,
			   config_setting_name(c->list), name, name,
			   load_hint(c->l, name, kinds->v, kinds->n));
		return false;
	}
	*out = (struct policy_by){ BY_OWNER_OF, kind };
	return check_owner(c, e, kind);
}

static bool by_key(const struct by_context *c, const config_setting_t *e, const char *name,
		   struct policy_by *out)
{
	const struct policy_names *keys = &c->l->p->own->keys;
	int key = policy_names_find(keys, name, strlen(name));

	if (key < 0)
		load_error(c->l, e, "%s: %s: no key \"%s\"%s", c->what,
			   config_setting_name(c->list), name,
			   load_hint(c->l, name, keys->v, keys->n));
	*out = (struct policy_by){ BY_KEY, key };
	return key >= 0;
}

static bool by_role(const struct by_context *c, const config_setting_t *e, const char *name,
		    struct policy_by *out)
{
	const struct policy_names *roles = &c->l->p->own->roles;
	int role = policy_names_find(roles, name, strlen(name));

	*out = (struct policy_by){ BY_ROLE, role };
	if (role >= 0)
		return true;
	const char **near = policy_arena_alloc(&c->l->p->own->arena, roles->n + 2, sizeof(*near));
	near[0] = "owner";
	near[1] = "anyone";
	for (size_t i = 0; i < roles->n; i++)
		near[i + 2] = roles->v[i];
	const char *hint = load_hint(c->l, name, near, roles->n + 2);
	if (!*hint && policy_names_find(&c->l->p->own->keys, name, strlen(name)) >= 0)
		hint = load_text(c->l, " (did you mean \"key:%s\"?)", name);
	load_error(
		c->l, e,
		"%s: %s: no role \"%s\", expected a role, key:NAME, owner, owner:KIND or anyone%s",
		c->what, config_setting_name(c->list), name, hint);
	return false;
}

static bool by(const struct by_context *c, const config_setting_t *e, struct policy_by *out)
{
	const char *text = config_setting_get_string(e);

	if (strcmp(text, "anyone") == 0) {
		*out = (struct policy_by){ BY_ANYONE, -1 };
		return true;
	}
	if (strcmp(text, "owner") == 0) {
		*out = (struct policy_by){ BY_OWNER, -1 };
		return check_owner(c, e, c->kind);
	}
	if (strncmp(text, "owner:", 6) == 0)
		return by_kind(c, e, text + 6, out);
	if (strncmp(text, "key:", 4) == 0)
		return by_key(c, e, text + 4, out);
	return by_role(c, e, text, out);
}

void load_bys(struct loader *l, config_setting_t *s, const char *what, enum load_by_at at, int kind,
	      struct policy_bys *out)
{
	struct policy_names seen;
	struct by_context c = { .l = l, .list = s, .what = what, .at = at, .kind = kind };

	*out = (struct policy_bys){ 0 };
	if (!s)
		return;
	if (at == LOAD_BY_PARENT && kind >= 0)
		c.kind = l->p->kinds[kind].parent;
	size_t n = (size_t)config_setting_length(s);
	out->given = true;
	out->pos = load_pos(l, s);
	out->v = policy_alloc(l->p, n, sizeof(*out->v));
	policy_names_init(&seen, &l->p->own->arena, n);
	for (size_t i = 0; i < n; i++) {
		struct policy_by *b = &out->v[out->n];
		const config_setting_t *e = config_setting_get_elem(s, (unsigned)i);
		if (!by(&c, e, b))
			continue;
		out->n++;
		/* Each entry has one spelling. */
		if (policy_names_add(&seen, config_setting_get_string(e)) >= 0)
			load_error(l, e, "%s: %s: \"%s\" occurs twice", what,
				   config_setting_name(s), config_setting_get_string(e));
	}
}
