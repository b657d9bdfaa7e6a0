/* role show --json. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/error.h"
#include "rbacctl/access/requestable.h"
#include "rbacctl/cmd/json_values.h"
#include "rbacctl/cmd/role.h"
#include "rbacctl/command.h"
#include "rbacctl/model/fields.h"
#include "rbacctl/model/holdings.h"

enum { SCHEMA = 1 };

/* A setting by its type in the grammar; "none" and "computed" are null. */
static json_t *setting(const struct field *f, const struct policy *p, size_t role)
{
	enum setting_type type = policy_grammar[f->of].known[f->setting].type;
	struct buf out = { 0 };
	const char *t;
	json_t *value;

	f->text(p, role, &out);
	t = buf_text(&out);
	if (f->setting == R_TITLE || f->setting == R_PURPOSE)
		value = strcmp(t, "none") == 0 ? json_null() : json_text(t);
	else if (f->list)
		value = json_items(t, '\n');
	else if (strcmp(t, "none") == 0 || strcmp(t, "computed") == 0)
		value = json_null();
	else if (type == SETTING_BOOL)
		value = json_boolean(strcmp(t, "true") == 0);
	else if ((type == SETTING_INT || type == SETTING_STRING_OR_INT) &&
		 strspn(t, "0123456789") == out.len)
		value = json_integer(strtoll(t, NULL, 10));
	else
		value = json_text(t);
	buf_free(&out);
	return value;
}

static json_t *settings(const struct role_facts *f)
{
	json_t *o = json_object();

	for (const struct field *s = field_next(NULL); s; s = field_next(s))
		if (s->of == GRAMMAR_ROLE)
			json_object_set_new(o, field_name(s),
					    setting(s, f->snap->p, (size_t)f->role));
	return o;
}

static json_t *keys(const struct role_facts *f)
{
	const struct policy *p = f->snap->p;
	const struct policy_set *set = &p->roles[f->role].keys;
	json_t *all = json_array();

	for (int k = policy_set_next(set, -1); k >= 0; k = policy_set_next(set, k)) {
		struct buf path = { 0 };
		role_key_path_text(p, f->role, k, &path);
		json_array_append_new(all, json_pack("{s:s,s:s}", "key", p->keys[k].name, "through",
						     buf_text(&path) + strlen("key ")));
		buf_free(&path);
	}
	return all;
}

static json_t *roles(const struct role_facts *f, bool upwards)
{
	const struct policy *p = f->snap->p;
	json_t *all = json_array();

	for (size_t r = 0; r < p->n_roles; r++)
		if (upwards ? role_includes(p, (int)r, f->role) : role_includes(p, f->role, (int)r))
			json_array_append_new(all, json_string(p->roles[r].name));
	return all;
}

static json_t *exclusive(const struct role_facts *f)
{
	const struct policy *p = f->snap->p;
	const struct policy_role *r = &p->roles[f->role];
	json_t *all = json_array();

	for (size_t i = 0; i < r->n_members; i++) {
		const struct policy_exclusive *x = &p->exclusives[r->members[i].set];
		json_t *with = json_array();
		for (size_t k = 0; k < x->roles.n; k++)
			json_array_append_new(with, json_string(p->roles[x->roles.v[k]].name));
		json_array_append_new(all, json_pack("{s:s,s:i,s:o}", "exclusive", x->name,
						     "at_most", (int)x->at_most, "roles", with));
	}
	return all;
}

static json_t *groups(const struct role_facts *f)
{
	json_t *all = json_array();

	for (size_t i = 0; i < f->n_groups; i++)
		json_array_append_new(all, json_pack("{s:s,s:I}", "group", f->groups[i].name, "gid",
						     (json_int_t)f->groups[i].gid));
	return all;
}

static json_t *brings(const struct role_facts *f)
{
	const struct policy *p = f->snap->p;
	json_t *all = json_array();

	for (size_t x = 0; x < p->n_extras; x++)
		if (policy_role_counts(p, f->role, p->extras[x].role))
			for (size_t g = 0; g < p->extras[x].unix_groups.n; g++)
				json_array_append_new(all,
						      json_text(p->extras[x].unix_groups.v[g]));
	return all;
}

static json_t *services(const struct role_facts *f)
{
	const struct policy *p = f->snap->p;
	json_t *all = json_array();
	char at[320];

	for (size_t i = 0; i < p->n_services; i++) {
		const struct policy_login *rule = role_rule(p, &p->services[i], f->role);
		if (!rule)
			continue;
		snprintf(at, sizeof at, "%.255s:%u", rule->pos.file, rule->pos.line);
		json_array_append_new(all, json_pack("{s:s,s:o}", "service", p->services[i].name,
						     "rule", json_text(at)));
	}
	return all;
}

static json_t *people(const struct who *w)
{
	json_t *users = json_array(), *of_groups = json_array();

	for (size_t i = 0; i < w->n; i++)
		json_array_append_new(users, json_text(w->names[i]));
	for (size_t i = 0; i < w->n_groups; i++)
		json_array_append_new(of_groups, json_text(w->groups[i]));
	return json_pack("{s:o,s:o,s:b,s:b}", "users", users, "groups", of_groups, "anyone",
			 w->anyone, "more", w->more || w->cut);
}

static json_t *may(const struct role_facts *f)
{
	json_t *o = *f->scope ? json_object() : json_null();

	for (int act = 0; act < ROLE_ACTS && *f->scope; act++)
		json_object_set_new(o, role_act_name(act), people(&f->who[act]));
	return o;
}

static json_t *request(const struct role_facts *f)
{
	const struct policy_role *r = &f->snap->p->roles[f->role];

	if (r->request_by.n == 0)
		return json_null();
	return json_string(
		COMMAND_AT(!f->member, "rbacctl request %s --scope %s --for %s --reason WHY",
			   r->name, *f->scope ? f->scope : "SCOPE", requestable_length(r)));
}

static json_t *holders(const struct role_facts *f)
{
	json_t *all = json_array();

	for (size_t i = 0; i < f->n_holders; i++) {
		const struct role_holder *h = &f->holders[i];
		json_array_append_new(all, json_pack("{s:o,s:s,s:b,s:b,s:o,s:o}", "who",
						     json_text(h->subject), "scope", h->scope,
						     "owner", h->owner, "suspended", h->suspended,
						     "begins", json_instant(h->window.from), "ends",
						     json_instant(h->window.until)));
	}
	return all;
}

int role_json(const struct role_facts *f)
{
	const struct policy_role *r = &f->snap->p->roles[f->role];
	json_t *o = json_pack("{s:i,s:s,s:o,s:i,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o}",
			      "schema", SCHEMA, "role", r->name, "file", json_text(r->pos.file),
			      "line", (int)r->pos.line, "settings", settings(f), "keys", keys(f),
			      "counts_as", roles(f, false), "included_by", roles(f, true),
			      "exclusive", exclusive(f), "groups", groups(f), "brings", brings(f),
			      "services", services(f), "scope", json_text(f->scope), "may", may(f),
			      "request", request(f), "holders", holders(f));
	return json_print(o);
}
