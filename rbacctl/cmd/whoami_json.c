/* whoami --json. */
#include <jansson.h>
#include <stdio.h>
#include <string.h>

#include "common/error.h"
#include "rbacctl/cmd/json_values.h"
#include "rbacctl/cmd/whoami.h"
#include "rbacctl/command.h"

enum { SCHEMA = 1 };

static json_t *roles(const struct whoami *w)
{
	json_t *all = json_array();

	for (size_t i = 0; i < w->h.n; i++) {
		const struct held *e = &w->h.v[i];
		const struct whoami_row *g = e->owner || e->via ? NULL : whoami_given(w, e->id);
		if (e->window.until <= w->a->now)
			continue;
		json_array_append_new(
			all,
			json_pack("{s:o,s:s,s:s,s:o,s:o,s:o,s:o,s:o,s:o}", "id",
				  e->owner ? json_null() : json_integer((json_int_t)e->id), "role",
				  w->snap->p->roles[e->role].name, "scope", e->scope, "how",
				  json_text(e->owner ? "as owner"
					    : e->via ? e->via
						     : "assigned"),
				  "begins", json_instant(e->window.from), "ends",
				  json_instant(e->window.until), "by", json_text(g ? g->by : NULL),
				  "reason", json_text(g ? g->reason : NULL), "request",
				  g && g->request ? json_integer((json_int_t)g->request)
						  : json_null()));
	}
	return all;
}

static json_t *keys(const struct whoami *w, bool *failed)
{
	json_t *all = json_array();

	for (size_t i = 0; i < w->h.n; i++) {
		struct buf list = { 0 };
		if (!whoami_first_at(w, i))
			continue;
		whoami_keys(w, w->h.v[i].scope, &list);
		*failed |= list.failed;
		json_array_append_new(all, json_pack("{s:s,s:o}", "scope", w->h.v[i].scope, "keys",
						     json_items(buf_text(&list), ' ')));
		buf_free(&list);
	}
	return all;
}

static json_t *groups(const struct whoami *w)
{
	json_t *all = json_array();

	for (size_t i = 0; i < w->e.n_groups; i++)
		json_array_append_new(all, json_pack("{s:o,s:I,s:b}", "group",
						     json_text(w->e.groups[i].name), "gid",
						     (json_int_t)w->e.groups[i].gid, "unix",
						     w->e.groups[i].extra));
	return all;
}

static json_t *services(const struct whoami *w)
{
	json_t *all = json_array();

	for (size_t i = 0; i < w->e.n_services; i++)
		json_array_append_new(all,
				      json_pack("{s:s,s:o,s:o}", "service", w->e.services[i].name,
						"rule", json_text(w->e.services[i].rule), "when",
						json_text(w->e.services[i].when)));
	return all;
}

static json_t *names(const struct whoami *w, const uint32_t *gids, size_t n)
{
	json_t *all = w->shell ? json_array() : json_null();
	char name[RBAC_UNIX_GROUP_MAX + 1];

	for (size_t i = 0; i < n; i++) {
		whoami_group(w, gids[i], name);
		json_array_append_new(all, json_text(name));
	}
	return all;
}

/* Those that are pending: the person's, or those that the person may approve. */
static json_t *requests(const struct whoami *w, bool approves)
{
	json_t *all = w->asked ? json_array() : json_null();

	for (size_t i = 0; w->asked && i < w->requests.n; i++) {
		const struct whoami_row *r = &w->requests.v[i];
		if (r->approves == approves)
			json_array_append_new(
				all,
				json_pack("{s:I,s:o,s:o,s:o,s:o}", "id", (json_int_t)r->id, "user",
					  json_text(r->user), "role", json_text(r->role), "scope",
					  json_text(r->scope), "reason", json_text(r->reason)));
	}
	return all;
}

static json_t *may_ask(const struct whoami *w)
{
	json_t *all = json_array();

	for (size_t i = 0; i < w->may.n; i++) {
		const struct policy_role *r = &w->snap->p->roles[w->may.v[i].role];
		if (whoami_asked_for(w, &w->may.v[i]))
			continue;
		const char *line = COMMAND_AT(!w->a->member,
					      "rbacctl request %s --scope %s --for %s --reason WHY",
					      r->name, w->may.v[i].scope, requestable_length(r));
		json_array_append_new(all, json_pack("{s:s,s:s,s:i,s:s}", "role", r->name, "scope",
						     w->may.v[i].scope, "approvals",
						     r->approval_required ? (int)r->approvals : 0,
						     "command", line));
	}
	return all;
}

int whoami_json(const struct whoami *w)
{
	bool failed = false;
	json_t *scopes = json_array();

	for (size_t i = 0; i < w->snap->p->hosts.n; i++)
		json_array_append_new(scopes, json_string(w->snap->p->hosts.v[i]));
	json_t *o = json_pack(
		"{s:i,s:s,s:I,s:s,s:o,s:o,s:I,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o,s:o}", "schema",
		SCHEMA, "user", w->person.name, "uid", (json_int_t)w->person.uid, "state",
		whoami_state(w), "host", json_host_name(), "scopes", scopes, "generation",
		(json_int_t)w->snap->v.meta.generation, "roles", roles(w), "keys", keys(w, &failed),
		"groups", groups(w), "services", services(w), "lacks",
		names(w, w->lacks, w->n_lacks), "keeps", names(w, w->keeps, w->n_keeps), "asked",
		requests(w, false), "waiting", requests(w, true), "requestable", may_ask(w));
	if (!failed)
		return json_print(o);
	json_decref(o);
	return RBAC_NOMEM;
}
