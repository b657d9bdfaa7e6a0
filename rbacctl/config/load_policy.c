#include <string.h>

#include "common/error.h"
#include "common/name.h"
#include "rbacctl/config/parts.h"
#include "rbacctl/config/setting.h"

/* The settings of what declare.c found: keys, keychains, plans, exclusive sets, users. Roles have
 * load_role.c. */

const char *load_renamed_from(struct loader *l, config_setting_t *s, const char *what,
			      const struct policy_names *table,
			      bool (*is_name)(const char *, size_t), const char *word)
{
	if (!s)
		return NULL;
	const char *old = config_setting_get_string(s);
	if (!is_name(old, strlen(old)))
		load_error(l, s, "%s: renamed_from: \"%s\" is no name for a %s", what, old, word);
	else if (policy_names_find(table, old, strlen(old)) >= 0)
		load_error(l, s,
			   "%s: renamed_from: \"%s\" is still defined, "
			   "expected a name that is gone",
			   what, old);
	return policy_arena_strdup(&l->p->own->arena, old);
}

void load_keys(struct loader *l)
{
	config_setting_t *got[KEY_COUNT];
	struct policy *p = l->p;

	p->n_keys = l->p->own->keys.n;
	p->keys = policy_alloc(l->p, p->n_keys, sizeof(*p->keys));
	for (size_t i = 0; i < p->n_keys; i++) {
		struct policy_key *k = &p->keys[i];
		l->file = l->keys[i].file;
		k->name = l->p->own->keys.v[i];
		const char *what = load_text(l, "key \"%s\"", k->name);
		load_settings(l, l->keys[i].s, what, GRAMMAR_KEY, got);
		k->pos = load_pos(l, l->keys[i].s);
		k->title = load_line(l, got[KEY_TITLE], what, k->name);
		k->renamed_from = load_renamed_from(l, got[KEY_RENAMED], what, &l->p->own->keys,
						    rbac_name_is_key, "key");
	}
}

void load_keychains(struct loader *l)
{
	struct policy *p = l->p;

	p->n_keychains = l->p->own->keychains.n;
	p->keychains = policy_alloc(l->p, p->n_keychains, sizeof(*p->keychains));
	for (size_t i = 0; i < p->n_keychains; i++) {
		struct policy_keychain *c = &p->keychains[i];
		l->file = l->keychains[i].file;
		c->name = l->p->own->keychains.v[i];
		c->pos = load_pos(l, l->keychains[i].s);
		load_refs(l, l->keychains[i].s, load_text(l, "keychain \"%s\"", c->name),
			  &l->p->own->keys, "key", &c->keys);
	}
}

static void load_plan(struct loader *l, config_setting_t *s, struct policy_plan *plan)
{
	const char *what = load_text(l, "plan \"%s\"", plan->name);

	plan->limits = policy_alloc(l->p, (size_t)config_setting_length(s), sizeof(*plan->limits));
	for (int i = 0; i < config_setting_length(s); i++) {
		config_setting_t *e = config_setting_get_elem(s, (unsigned)i);
		const char *name = config_setting_name(e);
		if (!load_is_setting_name(name, strlen(name)))
			load_error(l, e, "%s: \"%s\" is no name for a limit", what, name);
		else if (!load_is_type(e, SETTING_INT) || config_setting_get_int(e) < 1)
			load_error(l, e,
				   "%s: limit %s must be a whole number of at least 1; "
				   "leave it out for no limit",
				   what, name);
		else
			plan->limits[plan->n++] = (struct policy_limit){
				policy_arena_strdup(&l->p->own->arena, name),
				(unsigned)config_setting_get_int(e), load_pos(l, e)
			};
	}
}

void load_plans(struct loader *l)
{
	struct policy *p = l->p;

	p->n_plans = l->p->own->plans.n;
	p->plans = policy_alloc(l->p, p->n_plans, sizeof(*p->plans));
	for (size_t i = 0; i < p->n_plans; i++) {
		l->file = l->plans[i].file;
		p->plans[i].name = l->p->own->plans.v[i];
		p->plans[i].pos = load_pos(l, l->plans[i].s);
		load_plan(l, l->plans[i].s, &p->plans[i]);
	}
}

/* ---- sections without names in the policy's own table ---- */

static void load_exclusive(struct loader *l, config_setting_t *s, struct policy_names *names)
{
	config_setting_t *got[XC_COUNT];
	struct policy_exclusive *x = &l->p->exclusives[l->p->n_exclusives];

	load_settings(l, s, "exclusive", GRAMMAR_EXCLUSIVE, got);
	const char *name = got[XC_NAME] ? config_setting_get_string(got[XC_NAME]) : NULL;
	if (!name || !rbac_name_is_word(name, strlen(name))) {
		load_error(l, got[XC_NAME] ? got[XC_NAME] : s, "exclusive: expected a name");
		return;
	}
	*x = (struct policy_exclusive){ .name = policy_arena_strdup(&l->p->own->arena, name),
					.pos = load_pos(l, s),
					.at_most = 1 };
	int there = policy_names_add(names, x->name);
	if (there >= 0) {
		load_error(l, got[XC_NAME], "exclusive \"%s\" is defined already in %s:%u", x->name,
			   l->p->exclusives[there].pos.file, l->p->exclusives[there].pos.line);
		return;
	}
	l->p->n_exclusives++;
	const char *what = load_text(l, "exclusive \"%s\"", x->name);
	size_t named = got[XC_ROLES] ? (size_t)config_setting_length(got[XC_ROLES]) : 0;
	load_refs(l, got[XC_ROLES], load_text(l, "%s: roles", what), &l->p->own->roles, "role",
		  &x->roles);
	if (named < 2 && (got[XC_ROLES] || !config_setting_get_member(s, "roles")))
		load_error(l, got[XC_ROLES] ? got[XC_ROLES] : s, "%s: expected two roles or more",
			   what);
	int at_most = got[XC_AT_MOST] ? config_setting_get_int(got[XC_AT_MOST]) : 1;
	if (at_most < 1 || (named >= 2 && (size_t)at_most >= named))
		load_error(l, got[XC_AT_MOST] ? got[XC_AT_MOST] : s,
			   "%s: at_most = %d: expected 1 up to one less than the %zu roles", what,
			   at_most, named);
	else
		x->at_most = (unsigned)at_most;
}

void load_exclusives(struct loader *l)
{
	struct policy_names names;
	size_t n = 0;

	for (int pass = 0; pass < 2; pass++) {
		for (size_t i = 0; i < l->n_files; i++) {
			l->file = &l->files[i];
			config_setting_t *s = l->file->where == FILE_POLICY
						      ? config_lookup(&l->file->config, "exclusive")
						      : NULL;
			if (!s || !load_is_type(s, SETTING_GROUPS))
				continue;
			for (int k = 0; pass && k < config_setting_length(s); k++)
				load_exclusive(l, config_setting_get_elem(s, (unsigned)k), &names);
			n += (size_t)config_setting_length(s);
		}
		if (pass)
			break;
		policy_names_init(&names, &l->p->own->arena, n);
		l->p->exclusives = policy_alloc(l->p, n, sizeof(*l->p->exclusives));
	}
}

void load_users(struct loader *l)
{
	const struct setting_known *known = policy_grammar[GRAMMAR_USERS].known;
	struct policy_bys *const out[U_COUNT] = { &l->p->add_by, &l->p->suspend_by,
						  &l->p->forget_by };
	config_setting_t *got[U_COUNT];

	for (size_t i = 0; i < l->n_files; i++) {
		l->file = &l->files[i];
		config_setting_t *s = l->file->where == FILE_POLICY
					      ? config_lookup(&l->file->config, "users")
					      : NULL;
		if (!s || !load_is_type(s, SETTING_GROUP))
			continue;
		load_settings(l, s, "users", GRAMMAR_USERS, got);
		for (size_t k = 0; k < U_COUNT; k++) {
			if (got[k] && out[k]->given)
				load_error(l, got[k], "users: %s is defined already in %s:%u",
					   known[k].name, out[k]->pos.file, out[k]->pos.line);
			else if (got[k])
				load_bys(l, got[k], "users", LOAD_BY_USERS, -1, out[k]);
		}
	}
}
