/* explain --json. */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "common/error.h"
#include "rbacctl/cmd/explain.h"
#include "rbacctl/cmd/json_values.h"

enum { SCHEMA = 1 };

static const char *why_word(const struct explained_service *s)
{
	static const char *const words[] = {
		[RBAC_WHY_RULE] = "rule",
		[RBAC_WHY_EXEMPT_USER] = "exempt",
		[RBAC_WHY_EXEMPT_GROUP] = "exempt",
		[RBAC_WHY_SUSPENDED] = "suspended",
		[RBAC_WHY_NO_SERVICE] = "no-rule-for-service",
		[RBAC_WHY_OUTSIDE] = "outside",
		[RBAC_WHY_UID] = "another-uid",
		[RBAC_WHY_SECOND] = "second-name",
		[RBAC_WHY_UNKNOWN] = "unknown",
		[RBAC_WHY_MISSING] = "missing",
	};

	return s->root ? "root" : s->line ? "pam-line" : words[s->verdict.why];
}

/* The rule that lets in, or that would but for its conditions or the time of a role. */
static json_t *rule(const struct explained_service *s)
{
	const struct rbac_verdict *v = &s->verdict;
	char file[300];

	snprintf(file, sizeof file, "%.*s", (int)v->file.len, (const char *)v->file.p);
	if (s->root || s->line || !v->rule)
		return json_null();
	return json_pack("{s:i,s:o,s:i}", "number", (int)v->rule, "file", json_text(file), "line",
			 (int)v->line);
}

static json_t *services(const struct explained *x)
{
	json_t *all = json_array();

	for (size_t i = 0; i < x->n_services; i++) {
		const struct explained_service *s = &x->services[i];
		json_array_append_new(all, json_pack("{s:s,s:b,s:s,s:o,s:o,s:o,s:o}", "service",
						     s->service, "allowed", (int)s->allowed, "why",
						     why_word(s), "rule", rule(s), "text",
						     json_lines(buf_text(&s->why)), "mend",
						     json_lines(buf_text(&s->mend)), "notes",
						     json_lines(buf_text(&s->notes))));
	}
	return all;
}

/* Those that hold at the time that is asked about. */
static json_t *roles(const struct question *q)
{
	json_t *all = json_array();

	for (size_t i = 0; i < q->h->n; i++) {
		const struct held *e = &q->h->v[i];
		if (!rbac_window_open(e->window, q->t))
			continue;
		json_array_append_new(all, json_pack("{s:s,s:s,s:b,s:o,s:o}", "role",
						     q->snap->p->roles[e->role].name, "scope",
						     e->scope, "owner", (int)e->owner, "through",
						     json_text(e->via), "ends",
						     json_instant(e->window.until)));
	}
	return all;
}

static json_t *groups(const struct explained *x)
{
	json_t *all = json_array();

	for (size_t i = 0; i < x->access.n_groups; i++) {
		const struct effective_group *g = &x->access.groups[i];
		json_array_append_new(all,
				      json_pack("{s:o,s:I,s:b}", "group", json_text(g->name), "gid",
						(json_int_t)g->gid, "unix", (int)g->extra));
	}
	return all;
}

int explain_json(const struct explained *x)
{
	const struct question *q = x->q;
	const struct person *p = x->person;
	json_t *scopes = json_array();

	for (size_t i = 0; i < q->snap->p->hosts.n; i++)
		json_array_append_new(scopes, json_string(q->snap->p->hosts.v[i]));
	json_t *o = json_pack("{s:i,s:o,s:o,s:o,s:o,s:I,s:o,s:o,s:o,s:o,s:o}", "schema", SCHEMA,
			      "user", json_text(q->user), "uid",
			      p->state == PERSON_KNOWN ? json_integer((json_int_t)p->uid)
						       : json_null(),
			      "host", json_host_name(), "scopes", scopes, "generation",
			      (json_int_t)q->snap->v.meta.generation, "at", json_instant(q->t),
			      "roles", roles(q), "groups", x->whole ? groups(x) : json_null(),
			      "services", services(x), "notes", json_lines(buf_text(&x->notes)));
	return json_print(o);
}
