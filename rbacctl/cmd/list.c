/* list roles|keys|keychains|scopes|users|groups|assignments */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rbacctl/access/rules.h"
#include "rbacctl/buf.h"
#include "rbacctl/cmd/cmd.h"
#include "rbacctl/command.h"
#include "rbacctl/human_time.h"
#include "rbacctl/model/fields.h"
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

/* What is in a column that no setting is in: the name, or what the list has computed. */
enum { NAME = -1, COMPUTED = -2 };

/* A column and the setting that is in it: one of section OF, or one of the above. */
struct policy_column {
	struct table_column shown;
	int setting;
};

struct policy_table {
	struct table *t;
	const struct policy *p;
	enum grammar_of of;
	const struct policy_column *columns;
	size_t n;
};

enum { COLUMNS_MAX = 8 };

static struct policy_table policy_table_new(const char *name, const struct invocation *a,
					    const struct policy *p, enum grammar_of of,
					    const struct policy_column *columns, size_t n)
{
	struct table_column shown[COLUMNS_MAX];
	for (size_t i = 0; i < n; i++)
		shown[i] = columns[i].shown;
	return (struct policy_table){ table_new(name, a->json, shown, n), p, of, columns, n };
}

/* The row of element I, called NAME. The items of a list are separated by spaces. */
static void policy_table_row(const struct policy_table *x, size_t i, const char *name,
			     const char *computed)
{
	struct buf texts[COLUMNS_MAX] = { 0 };
	const char *cells[COLUMNS_MAX];
	for (size_t k = 0; k < x->n; k++) {
		int setting = x->columns[k].setting;
		if (setting < 0) {
			cells[k] = setting == NAME ? name : computed;
			continue;
		}
		field_line(field_of(x->of, setting), x->p, i, &texts[k]);
		cells[k] = buf_text(&texts[k]);
	}
	table_row_of(x->t, -1, cells, x->n);
	for (size_t k = 0; k < x->n; k++)
		buf_free(&texts[k]);
}

static const struct policy_column role_columns[] = {
	{ { "ROLE", "role", TABLE_TEXT }, NAME },
	{ { "KIND", "kind", TABLE_TEXT }, R_KIND },
	{ { "KEYCHAINS", "keychains", TABLE_LIST }, R_KEYCHAINS },
	{ { "INCLUDES", "includes", TABLE_LIST }, R_INCLUDES },
	{ { "ASSIGN-BY", "assign-by", TABLE_TEXT }, R_ASSIGN_BY },
	{ { "HOLDERS", "holders", TABLE_TEXT }, COMPUTED },
	{ { "TITLE", "title", TABLE_TEXT }, R_TITLE },
};

_Static_assert(sizeof role_columns / sizeof *role_columns <= COLUMNS_MAX, "policy_table_row()");

/* "MIN to MAX" */
static void holders_text(const struct policy_role *r, struct buf *out)
{
	buf_printf(out, "%u to ", r->min);
	if (r->max_is == POLICY_MAX_NUMBER)
		buf_printf(out, "%u", r->max);
	else
		buf_printf(out, "%s", r->max_is == POLICY_MAX_PLAN ? "plan" : "many");
}

static int list_roles(const struct invocation *a, const struct snapshot *snap)
{
	const struct policy *p = snap->p;
	struct policy_table x = policy_table_new("roles", a, p, GRAMMAR_ROLE, role_columns,
						 sizeof role_columns / sizeof *role_columns);
	for (size_t i = 0; i < p->n_roles; i++) {
		struct buf holders = { 0 };
		holders_text(&p->roles[i], &holders);
		policy_table_row(&x, i, p->roles[i].name, buf_text(&holders));
		buf_free(&holders);
	}
	return finish(x.t, RBAC_OK);
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

static const struct policy_column key_columns[] = {
	{ { "KEY", "key", TABLE_TEXT }, NAME },
	{ { "TITLE", "title", TABLE_TEXT }, KEY_TITLE },
	{ { "KEYCHAINS", "keychains", TABLE_LIST }, COMPUTED },
};

static int list_keys(const struct invocation *a, const struct snapshot *snap)
{
	const struct policy *p = snap->p;
	struct policy_table x = policy_table_new("keys", a, p, GRAMMAR_KEY, key_columns,
						 sizeof key_columns / sizeof *key_columns);
	struct buf *chains = words_for(p->n_keys);
	for (size_t j = 0; j < p->n_keychains; j++)
		add_words(chains, &p->keychains[j].keys, p->keychains[j].name);
	for (size_t i = 0; chains && i < p->n_keys; i++)
		policy_table_row(&x, i, p->keys[i].name, buf_text(&chains[i]));
	free_words(chains, p->n_keys);
	return finish(x.t, chains ? RBAC_OK : RBAC_NOMEM);
}

static const struct policy_column keychain_columns[] = {
	{ { "KEYCHAIN", "keychain", TABLE_TEXT }, NAME },
	{ { "KEYS", "keys", TABLE_LIST }, P_KEYCHAINS },
	{ { "ROLES", "roles", TABLE_LIST }, COMPUTED },
};

static int list_keychains(const struct invocation *a, const struct snapshot *snap)
{
	const struct policy *p = snap->p;
	struct policy_table x = policy_table_new(
		"keychains", a, p, GRAMMAR_POLICY, keychain_columns,
		sizeof keychain_columns / sizeof *keychain_columns);
	struct buf *roles = words_for(p->n_keychains);
	for (size_t j = 0; j < p->n_roles; j++)
		add_words(roles, &p->roles[j].keychains, p->roles[j].name);
	for (size_t i = 0; roles && i < p->n_keychains; i++)
		policy_table_row(&x, i, p->keychains[i].name, buf_text(&roles[i]));
	free_words(roles, p->n_keychains);
	return finish(x.t, roles ? RBAC_OK : RBAC_NOMEM);
}

/* ---- what the view has ---- */

struct rows {
	const struct invocation *a;
	const struct snapshot *snap;
	struct table *t;
};

static int on_user(void *ctx, const char *user)
{
	struct rows *r = ctx;
	struct holdings h;
	struct buf roles = { 0 };
	char uid[16] = "";
	struct source source = snapshot_source(r->snap);
	int err = source_holdings(&source, user, &h);
	size_t owns = 0;
	for (size_t i = 0; i < h.n; i++) {
		owns += h.v[i].owner;
		if (!h.v[i].owner && rbac_window_open(h.v[i].window, r->a->now))
			buf_printf(&roles, "%s%s@%s", roles.len ? " " : "",
				   r->snap->p->roles[h.v[i].role].name, h.v[i].scope);
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
	{ "USER", "user", TABLE_TEXT },   { "UID", "uid", TABLE_NUMBER },
	{ "STATE", "state", TABLE_TEXT }, { "OWNS", "owns", TABLE_NUMBER },
	{ "ROLES", "roles", TABLE_LIST },
};

static int list_users(const struct invocation *a, const struct snapshot *snap)
{
	struct rows r = { a, snap,
			  table_new("users", a->json, user_columns,
				    sizeof user_columns / sizeof *user_columns) };
	return finish(r.t, snapshot_users(snap, on_user, &r));
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
	{ "MEMBERS", "members", TABLE_LIST },
};

static int list_groups(const struct invocation *a, const struct snapshot *snap)
{
	struct table *t = table_new("groups", a->json, group_columns,
				    sizeof group_columns / sizeof *group_columns);
	const uint8_t type = RBAC_REC_GROUP;
	struct rbac_bytes key = { &type, 1 }, next, rec;
	struct rbac_group g;
	int err;
	while ((err = rbac_view_next(&snap->v, key, &next, &rec, NULL)) == RBAC_OK &&
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

/* --user, --role and --scope choose among assignments. */
static bool takes_no_filter(const char *what, const struct args *args)
{
	const char *user = args->value[OPT_USER], *role = args->value[OPT_ROLE],
		   *scope = args->value[OPT_SCOPE];

	if (user)
		complain("list %s: --user is for assignments (%s)", what,
			 COMMAND("rbacctl list assignments --user %s", user));
	else if (role)
		complain("list %s: --role is for assignments (%s)", what,
			 COMMAND("rbacctl list assignments --role %s", role));
	else if (scope)
		complain("list %s: --scope is for assignments (%s)", what,
			 COMMAND("rbacctl list assignments --scope %s", scope));
	return !user && !role && !scope;
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
	struct snapshot snap;
	const char *what = args->v[0];
	if (strcmp(what, "assignments") == 0)
		return cmd_list_assignments(a, args);
	if (!takes_no_filter(what, args))
		return EXIT_USAGE;
	if (strcmp(what, "scopes") == 0)
		return cmd_scope_list(a, args);
	for (size_t i = 0; i < sizeof lists / sizeof *lists; i++)
		if (strcmp(what, lists[i].what) == 0) {
			int err = snapshot_open(&snap, a->view);
			if (!err)
				err = lists[i].list(a, &snap);
			snapshot_close(&snap);
			return cmd_done(exit_of(err));
		}
	const char *near = problem_nearest(what, names, sizeof names / sizeof *names);
	complain("list %s: expected roles, keys, keychains, scopes, users, "
		 "groups or assignments%s%s%s",
		 what, near ? "; did you mean \"" : "", near ? near : "", near ? "\"?" : "");
	return EXIT_USAGE;
}
