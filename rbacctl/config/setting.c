#include <string.h>

#include "common/name.h"
#include "rbacctl/config/setting.h"

bool load_is_setting_name(const char *s, size_t len)
{
	return rbac_name_is_word(s, len) && !memchr(s, '.', len) &&
	       ((*s >= 'a' && *s <= 'z') || (*s >= 'A' && *s <= 'Z'));
}

bool load_is_reserved(const char *name)
{
	return strcmp(name, "owner") == 0 || strcmp(name, "anyone") == 0 ||
	       strcmp(name, "root") == 0;
}

static bool is_list(const config_setting_t *s)
{
	return config_setting_is_array(s) || config_setting_is_list(s);
}

static bool all_of(const config_setting_t *s, int type)
{
	for (int i = 0; i < config_setting_length(s); i++)
		if (config_setting_type(config_setting_get_elem(s, (unsigned)i)) != type)
			return false;
	return true;
}

bool load_is_type(const config_setting_t *s, enum setting_type type)
{
	int is = config_setting_type(s);

	switch (type) {
	case SETTING_STRING:
		return is == CONFIG_TYPE_STRING;
	case SETTING_INT:
		return is == CONFIG_TYPE_INT;
	case SETTING_BOOL:
		return is == CONFIG_TYPE_BOOL;
	case SETTING_STRINGS:
		return is_list(s) && all_of(s, CONFIG_TYPE_STRING);
	case SETTING_STRINGS_OR_STRING:
		return is == CONFIG_TYPE_STRING || (is_list(s) && all_of(s, CONFIG_TYPE_STRING));
	case SETTING_STRING_OR_INT:
		return is == CONFIG_TYPE_STRING || is == CONFIG_TYPE_INT;
	case SETTING_GROUP:
		return is == CONFIG_TYPE_GROUP;
	case SETTING_GROUPS:
		return is_list(s) && all_of(s, CONFIG_TYPE_GROUP);
	}
	return false;
}

const char *load_type_text(enum setting_type type)
{
	static const char *const text[] = {
		[SETTING_STRING] = "a string",
		[SETTING_INT] = "a whole number",
		[SETTING_BOOL] = "true or false",
		[SETTING_STRINGS] = "a list of strings",
		[SETTING_STRINGS_OR_STRING] = "a string or a list of strings",
		[SETTING_STRING_OR_INT] = "a whole number or a string",
		[SETTING_GROUP] = "a group { }",
		[SETTING_GROUPS] = "a list of groups ( { }, ... )",
	};

	return text[type];
}

static const char *joint(const char *what)
{
	return *what ? ": " : "";
}

/* Settings of the other files, for those who look for them in the wrong one. */
static const char *elsewhere(const struct loader *l, const char *name)
{
	static const char *const folder[] = {
		[FILE_RBAC] = " (it belongs in rbac.conf)",
		[FILE_POLICY] = " (it belongs in a file of policy.d)",
		[FILE_ASSIGNMENTS] = " (it belongs in a file of assignments.d)",
	};

	for (size_t i = 0; i < GRAMMAR_COUNT; i++) {
		const struct grammar_section *top = &policy_grammar[i];
		for (size_t k = 0; !*top->name && top->where != l->file->where && k < top->n; k++)
			if (strcmp(top->known[k].name, name) == 0)
				return folder[top->where];
	}
	return NULL;
}

static void unknown(struct loader *l, config_setting_t *s, const char *what,
		    const struct setting_known *known, size_t n)
{
	const char **names = policy_alloc(l->p, n, sizeof(*names));
	const char *name = config_setting_name(s), *hint = *what ? NULL : elsewhere(l, name);

	for (size_t i = 0; i < n; i++)
		names[i] = known[i].name;
	if (!hint)
		hint = load_hint(l, name, names, n);
	if (!*hint) {
		char *list = load_text(l, ", expected %s", names[0]);
		for (size_t i = 1; i < n; i++)
			list = load_text(l, "%s%s%s", list, i + 1 < n ? ", " : " or ", names[i]);
		hint = list;
	}
	load_error(l, s, "%s%sunknown setting \"%s\"%s", what, joint(what), name, hint);
}

void load_settings(struct loader *l, config_setting_t *s, const char *what, enum grammar_of of,
		   config_setting_t **got)
{
	const struct setting_known *known = policy_grammar[of].known;
	size_t n = policy_grammar[of].n;

	memset(got, 0, n * sizeof(*got));
	for (int k = 0; k < config_setting_length(s); k++) {
		config_setting_t *e = config_setting_get_elem(s, (unsigned)k);
		size_t i = 0;
		while (i < n && strcmp(known[i].name, config_setting_name(e)) != 0)
			i++;
		if (i == n && l->file->split && !*what && strchr(config_setting_name(e), '*'))
			continue; /* a piece of a wide group */
		if (i == n)
			unknown(l, e, what, known, n);
		else if (!load_is_type(e, known[i].type))
			load_error(l, e, "%s%s%s must be %s", what, joint(what), known[i].name,
				   load_type_text(known[i].type));
		else
			got[i] = e;
	}
}

const char *load_line(struct loader *l, config_setting_t *s, const char *what,
		      const char *otherwise)
{
	if (!s)
		return otherwise;
	const char *text = config_setting_get_string(s);
	for (size_t len = strlen(text), i = 0, n; i < len; i += n) {
		uint32_t c;
		n = rbac_text_character(text + i, len - i, &c);
		if (!n || rbac_text_steers(c)) {
			load_error(l, s,
				   "%s: %s holds a control character or is not UTF-8, "
				   "expected one line of text",
				   what, config_setting_name(s));
			break;
		}
	}
	return policy_arena_strdup(&l->p->own->arena, text);
}

bool load_bool(config_setting_t *s, bool otherwise)
{
	return s ? config_setting_get_bool(s) != 0 : otherwise;
}

static size_t list_length(const config_setting_t *s)
{
	if (!s)
		return 0;
	return config_setting_type(s) == CONFIG_TYPE_STRING ? 1 : (size_t)config_setting_length(s);
}

static config_setting_t *list_elem(config_setting_t *s, size_t i)
{
	return config_setting_type(s) == CONFIG_TYPE_STRING
		       ? s
		       : config_setting_get_elem(s, (unsigned)i);
}

void load_strings(struct loader *l, config_setting_t *s, const char *what,
		  bool (*is_name)(const char *, size_t), const char *description,
		  struct policy_strs *out)
{
	size_t n = list_length(s);

	*out = (struct policy_strs){ 0 };
	if (!s)
		return;
	struct policy_names seen;
	policy_names_init(&seen, &l->p->own->arena, n);
	out->pos = load_pos(l, s);
	out->v = policy_alloc(l->p, n, sizeof(*out->v));
	for (size_t i = 0; i < n; i++) {
		config_setting_t *e = list_elem(s, i);
		const char *text = config_setting_get_string(e);
		if (!is_name(text, strlen(text)))
			load_error(l, e, "%s%s%s: \"%s\" is not %s%s", what, joint(what),
				   config_setting_name(s), text, description,
				   *text == '%' && strcmp(config_setting_name(s), "users") == 0
					   ? " (for a Unix group write groups, without the %)"
					   : "");
		else if (policy_names_add(&seen, text) >= 0)
			load_error(l, e, "%s%s%s: \"%s\" occurs twice", what, joint(what),
				   config_setting_name(s), text);
		else
			out->v[out->n++] = policy_arena_strdup(&l->p->own->arena, text);
	}
}

static int find(struct loader *l, config_setting_t *e, const char *what,
		const struct policy_names *table, const char *word)
{
	const char *text = config_setting_get_string(e);
	int i = policy_names_find(table, text, strlen(text));

	if (i < 0)
		load_error(l, e, "%s: no %s \"%s\"%s", what, word, text,
			   load_hint(l, text, table->v, table->n));
	return i;
}

void load_refs(struct loader *l, config_setting_t *s, const char *what,
	       const struct policy_names *table, const char *word, struct policy_ints *out)
{
	size_t n = list_length(s);

	*out = (struct policy_ints){ 0 };
	if (!n)
		return;
	struct policy_names seen;
	policy_names_init(&seen, &l->p->own->arena, n);
	out->v = policy_alloc(l->p, n, sizeof(*out->v));
	for (size_t i = 0; i < n; i++) {
		config_setting_t *e = list_elem(s, i);
		int ref = find(l, e, what, table, word);
		if (ref < 0)
			continue;
		if (policy_names_add(&seen, table->v[ref]) >= 0)
			load_error(l, e, "%s: \"%s\" occurs twice", what, table->v[ref]);
		else
			out->v[out->n++] = ref;
	}
}

int load_ref(struct loader *l, config_setting_t *s, const char *what,
	     const struct policy_names *table, const char *word)
{
	return find(l, s, load_text(l, "%s: %s", what, config_setting_name(s)), table, word);
}
