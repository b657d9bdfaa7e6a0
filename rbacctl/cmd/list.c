/* list roles|keys|keychains|scopes|users|groups|assignments */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rbacctl/access/rules.h"
#include "rbacctl/buf.h"
#include "rbacctl/change/records.h"
#include "rbacctl/cmd/cmd.h"
#include "rbacctl/human_time.h"
#include "rbacctl/model/by.h"
#include "rbacctl/model/problem.h"
#include "rbacctl/plain_text.h"
#include "rbacctl/table.h"

static int finish(struct table *t, int err)
{
	if (!err)
		err = table_print(t);
	table_free(t);
	return err;
}

/* ---- what the policy has ---- */

static const struct table_column role_columns[] = {
	{ "ROLE", "role", TABLE_TEXT },           { "KIND", "kind", TABLE_TEXT },
	{ "KEYCHAINS", "keychains", TABLE_TEXT }, { "INCLUDES", "includes", TABLE_TEXT },
	{ "ASSIGN-BY", "assign-by", TABLE_TEXT }, { "HOLDERS", "holders", TABLE_TEXT },
	{ "TITLE", "title", TABLE_TEXT },
};

static int list_roles(const struct invocation *a, const struct snapshot *l)
{
	const struct policy *p = l->p;
	struct table *t = table_new("roles", a->json, role_columns,
				    sizeof role_columns / sizeof *role_columns);
	for (size_t i = 0; i < p->n_roles; i++) {
		const struct policy_role *r = &p->roles[i];
		struct buf chains = { 0 }, includes = { 0 }, by = { 0 }, holders = { 0 };
		for (size_t j = 0; j < r->keychains.n; j++)
			buf_printf(&chains, "%s%s", j ? " " : "",
				   p->keychains[r->keychains.v[j]].name);
		for (size_t j = 0; j < r->includes.n; j++)
			buf_printf(&includes, "%s%s", j ? " " : "",
				   p->roles[r->includes.v[j]].name);
		policy_by_text(p, &r->assign_by, &by);
		buf_printf(&holders, "%u to ", r->min);
		if (r->max_is == POLICY_MAX_NUMBER)
			buf_printf(&holders, "%u", r->max);
		else
			buf_printf(&holders, "%s", r->max_is == POLICY_MAX_PLAN ? "plan" : "many");
		table_row(t, -1,
			  (const char *[]){ r->name, p->kinds[r->kind].name, buf_text(&chains),
					    buf_text(&includes), buf_text(&by), buf_text(&holders),
					    r->title });
		buf_free(&chains);
		buf_free(&includes);
		buf_free(&by);
		buf_free(&holders);
	}
	return finish(t, RBAC_OK);
}

/* For each of N things the names of those that have it, in words; NULL: out of memory. To be freed
 * with free_words. */
static struct buf *words_for(size_t n)
{
	return calloc(n + 1, sizeof(struct buf));
}

static void add_words(struct buf *words, const struct policy_ints *list, const char *name)
{
	for (size_t i = 0; words && i < list->n; i++)
		buf_printf(&words[list->v[i]], "%s%s", words[list->v[i]].len ? " " : "", name);
}

static void free_words(struct buf *words, size_t n)
{
	for (size_t i = 0; words && i < n; i++)
		buf_free(&words[i]);
	free(words);
}

static const struct table_column key_columns[] = {
	{ "KEY", "key", TABLE_TEXT },
	{ "TITLE", "title", TABLE_TEXT },
	{ "KEYCHAINS", "keychains", TABLE_TEXT },
};

static int list_keys(const struct invocation *a, const struct snapshot *l)
{
	const struct policy *p = l->p;
	struct table *t = table_new("keys", a->json, key_columns,
				    sizeof key_columns / sizeof *key_columns);
	struct buf *chains = words_for(p->n_keys);
	for (size_t j = 0; j < p->n_keychains; j++)
		add_words(chains, &p->keychains[j].keys, p->keychains[j].name);
	for (size_t i = 0; chains && i < p->n_keys; i++)
		table_row(t, -1,
			  (const char *[]){ p->keys[i].name, p->keys[i].title,
					    buf_text(&chains[i]) });
	free_words(chains, p->n_keys);
	return finish(t, chains ? RBAC_OK : RBAC_NOMEM);
}

static const struct table_column keychain_columns[] = {
	{ "KEYCHAIN", "keychain", TABLE_TEXT },
	{ "KEYS", "keys", TABLE_TEXT },
	{ "ROLES", "roles", TABLE_TEXT },
};

static int list_keychains(const struct invocation *a, const struct snapshot *l)
{
	const struct policy *p = l->p;
	struct table *t = table_new("keychains", a->json, keychain_columns,
				    sizeof keychain_columns / sizeof *keychain_columns);
	struct buf *roles = words_for(p->n_keychains);
	for (size_t j = 0; j < p->n_roles; j++)
		add_words(roles, &p->roles[j].keychains, p->roles[j].name);
	for (size_t i = 0; roles && i < p->n_keychains; i++) {
		struct buf keys = { 0 };
		for (size_t j = 0; j < p->keychains[i].keys.n; j++)
			buf_printf(&keys, "%s%s", j ? " " : "",
				   p->keys[p->keychains[i].keys.v[j]].name);
		table_row(t, -1,
			  (const char *[]){ p->keychains[i].name, buf_text(&keys),
					    buf_text(&roles[i]) });
		buf_free(&keys);
	}
	free_words(roles, p->n_keychains);
	return finish(t, roles ? RBAC_OK : RBAC_NOMEM);
}

/* ---- what the view has ---- */

struct rows {
	const struct invocation *a;
	const struct snapshot *l;
	struct table *t;
};

static int on_user(void *ctx, const char *user)
{
	struct rows *r = ctx;
	struct holdings h;
	struct buf roles = { 0 };
	char uid[16] = "";
	struct source source = snapshot_source(r->l);
	int err = source_holdings(&source, user, &h);
	size_t owns = 0;
	for (size_t i = 0; i < h.n; i++) {
		owns += h.v[i].owner;
		if (!h.v[i].owner && rbac_window_open(h.v[i].window, r->a->now))
			buf_printf(&roles, "%s%s@%s", roles.len ? " " : "",
				   r->l->p->roles[h.v[i].role].name, h.v[i].scope);
	}
	if (h.uid != RBAC_NO_UID)
		snprintf(uid, sizeof uid, "%u", h.uid);
	char owned[32];
	snprintf(owned, sizeof owned, "%zu", owns);
	table_row(r->t, -1,
		  (const char *[]){ user, uid,
				    h.suspended     ? "suspended"
				    : h.second      ? "second name"
				    : h.uid_changed ? "another uid"
						    : "active",
				    owned, buf_text(&roles) });
	buf_free(&roles);
	holdings_free(&h);
	return err;
}

static const struct table_column user_columns[] = {
	{ "USER", "user", TABLE_TEXT },   { "UID", "uid", TABLE_TEXT },
	{ "STATE", "state", TABLE_TEXT }, { "OWNS", "owns", TABLE_NUMBER },
	{ "ROLES", "roles", TABLE_TEXT },
};

static int list_users(const struct invocation *a, const struct snapshot *l)
{
	struct rows r = { a, l,
			  table_new("users", a->json, user_columns,
				    sizeof user_columns / sizeof *user_columns) };
	return finish(r.t, snapshot_users(l, on_user, &r));
}

/* A group's members as getgrnam would give them now. */
static int group_row(const struct invocation *a, struct table *t, const struct rbac_group *g)
{
	struct buf members = { 0 };
	struct rbac_window w;
	const uint8_t *name;
	uint8_t len;
	size_t at = 0;
	char gid[16], last[256] = "";
	const uint8_t *p = g->always;
	for (uint32_t i = 0; i < g->n_always; p += g->always_lens[i] + 1, i++)
		buf_printf(&members, "%s%s", members.len ? " " : "", (const char *)p);
	int err;
	while ((err = rbac_group_windowed(g, &at, &w, &name, &len)) == RBAC_OK)
		if (rbac_window_open(w, a->now) && strcmp(last, (const char *)name) != 0) {
			snprintf(last, sizeof last, "%s", (const char *)name);
			buf_printf(&members, "%s%s", members.len ? " " : "", last);
		}
	snprintf(gid, sizeof gid, "%u", g->gid);
	table_row(
		t, -1,
		(const char *[]){ (const char *)g->name, gid,
				  g->flags & RBAC_GROUP_EXTRA ? "Unix, brought by a role" : "role",
				  buf_text(&members) });
	buf_free(&members);
	return err == RBAC_NOTFOUND ? RBAC_OK : err;
}

static const struct table_column group_columns[] = {
	{ "GROUP", "group", TABLE_TEXT },
	{ "GID", "gid", TABLE_NUMBER },
	{ "FROM", "from", TABLE_TEXT },
	{ "MEMBERS", "members", TABLE_TEXT },
};

static int list_groups(const struct invocation *a, const struct snapshot *l)
{
	struct table *t = table_new("groups", a->json, group_columns,
				    sizeof group_columns / sizeof *group_columns);
	const uint8_t type = RBAC_REC_GROUP;
	struct rbac_bytes key = { &type, 1 }, next, rec;
	struct rbac_group g;
	int err;
	while ((err = rbac_view_next(&l->v, key, &next, &rec, NULL)) == RBAC_OK &&
	       next.p[0] == type) {
		err = rbac_group_decode(rec, &g);
		if (!err)
			err = group_row(a, t, &g);
		if (err)
			break;
		key = next;
	}
	return finish(t, err == RBAC_NOTFOUND ? RBAC_OK : err);
}

/* ---- what only the store has ---- */

static int on_assignment(void *ctx, const struct store_assignment *x)
{
	struct rows *r = ctx;
	char id[32], ends[64], when[64];
	snprintf(id, sizeof id, "%" PRIu64, x->id);
	cmd_end(x->until, r->a->now, r->a->json, ends, sizeof ends);
	if (r->a->json)
		cmd_end(x->when, r->a->now, true, when, sizeof when);
	else
		human_instant(x->when, r->a->now, when, sizeof when);
	struct buf reason = { 0 };
	plain_text_escape(&reason, x->reason);
	const char *state = x->until <= r->a->now ? "expired"
			    : x->from > r->a->now ? "not yet"
						  : "active";
	table_row(r->t, -1,
		  (const char *[]){ id, x->subject, x->role, x->scope, state, ends, x->by,
				    x->source, when, buf_text(&reason) });
	buf_free(&reason);
	return RBAC_OK;
}

static const struct table_column assignment_columns[] = {
	{ "ID", "id", TABLE_NUMBER },     { "SUBJECT", "subject", TABLE_TEXT },
	{ "ROLE", "role", TABLE_TEXT },   { "SCOPE", "scope", TABLE_TEXT },
	{ "STATE", "state", TABLE_TEXT }, { "ENDS", "ends", TABLE_TEXT },
	{ "BY", "by", TABLE_TEXT },       { "FROM", "from", TABLE_TEXT },
	{ "WHEN", "when", TABLE_TEXT },   { "REASON", "reason", TABLE_TEXT },
};

static int list_assignments(const struct invocation *a)
{
	struct rows r = { a, NULL,
			  table_new("assignments", a->json, assignment_columns,
				    sizeof assignment_columns / sizeof *assignment_columns) };
	struct buf why = { 0 };
	int err = records_assignments(a->store, on_assignment, &r, &why);
	if (err)
		complain("%s", buf_text(&why));
	buf_free(&why);
	return finish(r.t, err);
}

int cmd_list(struct invocation *a, const struct args *args)
{
	static const struct {
		const char *what;
		int (*list)(const struct invocation *, const struct snapshot *);
	} lists[] = {
		{ "roles", list_roles }, { "keys", list_keys },     { "keychains", list_keychains },
		{ "users", list_users }, { "groups", list_groups },
	};
	static const char *const names[] = { "roles",  "keys",   "keychains",  "users",
					     "groups", "scopes", "assignments" };
	struct snapshot l;
	const char *what = args->v[0];
	if (strcmp(what, "scopes") == 0)
		return cmd_scope_list(a, args);
	if (strcmp(what, "assignments") == 0)
		return cmd_done(exit_of(list_assignments(a)));
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
		if (strcmp(what, lists[i].what) == 0) {
			int err = snapshot_open(&l, a->view);
			if (!err)
				err = lists[i].list(a, &l);
			snapshot_close(&l);
			return cmd_done(exit_of(err));
		}
	const char *near = problem_nearest(what, names, sizeof names / sizeof *names);
	complain("list %s: expected roles, keys, keychains, scopes, users, "
		 "groups or assignments%s%s%s",
		 what, near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "");
	return EXIT_USAGE;
}
