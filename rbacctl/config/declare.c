#include <string.h>

#include "common/name.h"
#include "rbacctl/config/parts.h"
#include "rbacctl/config/setting.h"
#include "rbacctl/config/split.h"

/*
 * The first look over all files of policy.d: which kinds, keys, keychains, roles and plans there
 * are. A reference may then point forward, or into another file.
 */

/* What is declared: a table, its word for messages, which names it takes. */
struct table {
	const char *section, *word;
	bool (*is_name)(const char *, size_t);
	struct policy_names *names;
	struct load_item *items;
	size_t max;
};

static size_t count(struct loader *l, const char *section)
{
	size_t n = 0;

	for (size_t i = 0; i < l->n_files; i++) {
		config_setting_t *s;
		for (unsigned k = 0;
		     l->files[i].where == FILE_POLICY && (s = load_piece(&l->files[i], section, k));
		     k++)
			n += config_setting_is_aggregate(s) ? (size_t)config_setting_length(s) : 0;
	}
	return n;
}

static void prepare(struct loader *l, struct table *t)
{
	size_t n = count(l, t->section);

	policy_names_init(t->names, &l->p->own->arena, n);
	t->items = policy_alloc(l->p, n, sizeof(*t->items));
}

static void declare(struct loader *l, struct table *t, config_setting_t *s, config_setting_t *named,
		    const char *name)
{
	if (!t->is_name(name, strlen(name))) {
		load_error(l, named, "\"%s\" is no name for a %s: expected %s, at most %d bytes",
			   name, t->word,
			   t->is_name == load_is_setting_name
				   ? "a letter, then letters, digits, - and _"
				   : "a letter, a digit or _, then also - and .",
			   RBAC_WORD_MAX);
		return;
	}
	if (load_is_reserved(name)) {
		load_error(l, named, "\"%s\" is reserved, expected another name for this %s", name,
			   t->word);
		return;
	}
	int there = policy_names_add(t->names, policy_arena_strdup(&l->p->own->arena, name));
	if (there >= 0) {
		const struct load_item *other = &t->items[there];
		load_error(l, named, "%s \"%s\" is defined already in %s:%u", t->word, name,
			   other->file->shown, config_setting_source_line(other->s));
		return;
	}
	t->items[t->names->n - 1] = (struct load_item){ .s = s, .file = l->file };
}

static void declare_piece(struct loader *l, struct table *t, config_setting_t *section,
			  enum setting_type type)
{
	for (int i = 0; i < config_setting_length(section); i++) {
		config_setting_t *s = config_setting_get_elem(section, (unsigned)i);
		if (!load_is_type(s, type))
			load_error(l, s, "%s \"%s\" must be %s", t->word, config_setting_name(s),
				   load_type_text(type));
		else
			declare(l, t, s, s, config_setting_name(s));
	}
}

/* SECTION: the first piece, of a type that was checked; NULL: there is none. */
static void declare_named(struct loader *l, struct table *t, config_setting_t *section,
			  enum setting_type type)
{
	for (unsigned k = 1; section; section = load_piece(l->file, t->section, k++))
		declare_piece(l, t, section, type);
}

static void declare_keys(struct loader *l, struct table *t, config_setting_t *section)
{
	for (int i = 0; section && i < config_setting_length(section); i++) {
		config_setting_t *s = config_setting_get_elem(section, (unsigned)i);
		config_setting_t *name = config_setting_get_member(s, "name");
		if (!name)
			load_error(l, s, "key without a name, expected { name = \"...\"; }");
		else if (!load_is_type(name, SETTING_STRING))
			load_error(l, name, "key: name must be a string");
		else
			declare(l, t, s, name, config_setting_get_string(name));
	}
}

static void check_size(struct loader *l, const struct table *t)
{
	if (t->names->n <= t->max)
		return;
	l->file = t->items[t->max].file;
	load_error(l, t->items[t->max].s, "more than %zu %s", t->max, t->section);
}

void load_declare(struct loader *l)
{
	struct policy_private *v = l->p->own;
	struct table kinds = { "kinds",   "kind", load_is_setting_name,
			       &v->kinds, NULL,   POLICY_KINDS_MAX };
	struct table keys = { "keys", "key", rbac_name_is_key, &v->keys, NULL, POLICY_KEYS_MAX };
	struct table keychains = { "keychains",   "keychain", load_is_setting_name,
				   &v->keychains, NULL,       POLICY_KEYS_MAX };
	struct table roles = { "roles",   "role", load_is_setting_name,
			       &v->roles, NULL,   POLICY_ROLES_MAX };
	struct table plans = { "plans",   "plan", load_is_setting_name,
			       &v->plans, NULL,   POLICY_PLANS_MAX };
	struct table *const all[] = { &kinds, &keys, &keychains, &roles, &plans };
	config_setting_t *got[P_COUNT];

	for (size_t i = 0; i < LOAD_COUNT(all); i++)
		prepare(l, all[i]);
	for (size_t i = 0; i < l->n_files; i++) {
		if (l->files[i].where != FILE_POLICY)
			continue;
		l->file = &l->files[i];
		load_settings(l, config_root_setting(&l->file->config), "", GRAMMAR_POLICY, got);
		declare_named(l, &kinds, got[P_KINDS], SETTING_GROUP);
		declare_keys(l, &keys, got[P_KEYS]);
		declare_named(l, &keychains, got[P_KEYCHAINS], SETTING_STRINGS);
		declare_named(l, &roles, got[P_ROLES], SETTING_GROUP);
		declare_named(l, &plans, got[P_PLANS], SETTING_GROUP);
	}
	for (size_t i = 0; i < LOAD_COUNT(all); i++)
		check_size(l, all[i]);
	l->kinds = kinds.items;
	l->keys = keys.items;
	l->keychains = keychains.items;
	l->roles = roles.items;
	l->plans = plans.items;
}
