/* What only the store has of somebody: who gave what, and requests. Root reads it, others ask the
 * listener. */
#include <jansson.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rbacctl/change/read/records.h"
#include "rbacctl/change/read/requests.h"
#include "rbacctl/cmd/whoami.h"
#include "rbacctl/serve/client.h"

/* Copies the strings of R. */
static int add(struct whoami_rows *rows, const struct whoami_row *r)
{
	if (!buf_room(&rows->v, rows->n, &rows->cap, sizeof *rows->v))
		return RBAC_NOMEM;
	struct whoami_row *to = &rows->v[rows->n++];
	*to = (struct whoami_row){ .id = r->id, .request = r->request, .approves = r->approves };
	to->user = strdup(r->user ? r->user : "");
	to->role = strdup(r->role ? r->role : "");
	to->scope = strdup(r->scope ? r->scope : "");
	to->by = strdup(r->by ? r->by : "");
	to->reason = strdup(r->reason ? r->reason : "");
	return to->user && to->role && to->scope && to->by && to->reason ? RBAC_OK : RBAC_NOMEM;
}

/* ---- root: the files ---- */

static int on_assignment(void *ctx, const struct store_assignment *x,
			 const struct records_review *v)
{
	struct whoami *w = ctx;
	(void)v;
	const struct whoami_row r = { .id = x->id,
				      .user = (char *)x->subject,
				      .role = (char *)x->role,
				      .scope = (char *)x->scope,
				      .request = x->request,
				      .by = (char *)x->by,
				      .reason = (char *)x->reason };

	return strcmp(x->subject, w->person.name) == 0 ? add(&w->given, &r) : RBAC_OK;
}

static int on_request(void *ctx, const struct request_seen *s)
{
	struct whoami *w = ctx;
	const struct whoami_row r = { .id = s->r->id,
				      .user = (char *)s->r->user,
				      .role = (char *)s->r->role,
				      .scope = (char *)s->r->scope,
				      .by = (char *)s->r->asker,
				      .reason = (char *)s->r->reason,
				      .approves = s->may_approve };

	return add(&w->requests, &r);
}

static int ask_files(struct whoami *w)
{
	struct buf why = { 0 };
	int err = records_assignments(w->a->store, on_assignment, w, &why);

	if (!err)
		err = change_requests(w->a, REQUESTS_PENDING, on_request, w, &why);
	buf_free(&why);
	w->asked = err == RBAC_OK;
	return err == RBAC_NOMEM ? err : RBAC_OK;
}

/* ---- others: the listener ---- */

static char *text(const json_t *row, const char *key)
{
	return (char *)json_string_value(json_object_get(row, key));
}

static uint64_t number(const json_t *row, const char *key)
{
	return (uint64_t)json_integer_value(json_object_get(row, key));
}

static int take_assignment(struct whoami *w, const json_t *row)
{
	return add(&w->given, &(struct whoami_row){ .id = number(row, "id"),
						    .user = text(row, "subject"),
						    .role = text(row, "role"),
						    .scope = text(row, "scope"),
						    .request = number(row, "request"),
						    .by = text(row, "by"),
						    .reason = text(row, "reason") });
}

static int take_request(struct whoami *w, const json_t *row)
{
	const char *next = text(row, "next");

	return add(&w->requests,
		   &(struct whoami_row){ .id = number(row, "id"),
					 .user = text(row, "user"),
					 .role = text(row, "role"),
					 .scope = text(row, "scope"),
					 .by = text(row, "by"),
					 .reason = text(row, "reason"),
					 .approves = next && strstr(next, " approve ") });
}

/* The rows in array KEY of what the listener answers to the N words. *ASKED becomes false where
 * there is no answer. */
static int take_answer(struct whoami *w, int n, char *const *words, const char *key,
		       int (*take)(struct whoami *w, const json_t *row), bool *asked)
{
	struct buf out = { 0 };
	int status = client_fetch(w->a->socket, n, words, &out), err = RBAC_OK;
	json_t *all = status == 0 ? json_loadb((const char *)out.p, out.len, 0, NULL) : NULL;
	const json_t *rows = json_object_get(all, key), *row;
	size_t i;

	*asked &= json_is_array(rows);
	json_array_foreach(rows, i, row) if (!err) err = take(w, row);
	json_decref(all);
	buf_free(&out);
	return err;
}

static int ask_listener(struct whoami *w)
{
	char *assignments[] = { "list", "assignments", "--user", w->person.name, "--json" };
	char *requests[] = { "requests", "--json" };

	w->asked = true;
	int err = take_answer(w, 5, assignments, "assignments", take_assignment, &w->asked);
	if (!err && w->asked)
		err = take_answer(w, 2, requests, "requests", take_request, &w->asked);
	return err;
}

int whoami_ask_store(struct whoami *w)
{
	if (geteuid() == 0)
		return ask_files(w);
	return w->a->socket ? ask_listener(w) : RBAC_OK;
}

/* ---- what there is ---- */

const struct whoami_row *whoami_given(const struct whoami *w, uint64_t id)
{
	for (size_t i = 0; i < w->given.n; i++)
		if (w->given.v[i].id == id)
			return &w->given.v[i];
	return NULL;
}

bool whoami_asked_for(const struct whoami *w, const struct requestable *m)
{
	const char *role = w->snap->p->roles[m->role].name;
	bool asked = false;

	for (size_t i = 0; i < w->requests.n && !asked; i++) {
		const struct whoami_row *r = &w->requests.v[i];
		asked = strcmp(r->user, w->person.name) == 0 && strcmp(r->role, role) == 0 &&
			strcmp(r->scope, m->scope) == 0;
	}
	return asked;
}

static void free_rows(struct whoami_rows *rows)
{
	for (size_t i = 0; i < rows->n; i++) {
		const struct whoami_row *r = &rows->v[i];
		free(r->user);
		free(r->role);
		free(r->scope);
		free(r->by);
		free(r->reason);
	}
	free(rows->v);
}

void whoami_free(struct whoami *w)
{
	holdings_free(&w->h);
	effective_access_free(&w->e);
	requestables_free(&w->may);
	free_rows(&w->given);
	free_rows(&w->requests);
	free(w->gids);
	free(w->lacks);
	free(w->keeps);
}
