/* scope create|delete|transfer|set|show|list */
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rbacctl/buf.h"
#include "rbacctl/change/change.h"
#include "rbacctl/cmd/cmd.h"
#include "rbacctl/command.h"
#include "rbacctl/lookup.h"
#include "rbacctl/table.h"

int cmd_scope_create(struct invocation *a, const struct args *args)
{
	struct change c;
	char *owner = (char *)args->value[OPT_OWNER];
	int err = cmd_open(&c, a, &owner, owner != NULL);
	return cmd_finish(&c,
			  err ? err : change_scope_create(&c, args->v[0], args->value[OPT_OWNER]));
}

int cmd_scope_delete(struct invocation *a, const struct args *args)
{
	struct change c;
	a->touches_all = true;
	int err = change_open(&c, a, false);
	return cmd_finish(&c, err ? err
				  : change_scope_delete(&c, args->v[0],
							args->value[OPT_RECURSIVE] != NULL,
							args->value[OPT_FORCE] != NULL));
}

int cmd_scope_transfer(struct invocation *a, const struct args *args)
{
	struct change c;
	int err = cmd_open(&c, a, args->v + 1, 1);
	return cmd_finish(&c, err ? err
				  : change_scope_transfer(&c, args->v[0], args->v[1],
							  args->value[OPT_KEEP_ROLE] != NULL));
}

int cmd_scope_set(struct invocation *a, const struct args *args)
{
	struct change c;
	if (!args->value[OPT_PLAN]) {
		complain("scope set: --plan PLAN is missing");
		return EXIT_USAGE;
	}
	int err = change_open(&c, a, false);
	return cmd_finish(&c, err ? err : change_scope_plan(&c, args->v[0], args->value[OPT_PLAN]));
}

/* ---- show ---- */

struct show {
	const struct snapshot *snap;
	const char *scope;
	struct table *t;
	int64_t now;
	bool json;
};

static int add_rows(void *ctx, const char *subject, struct holdings *h)
{
	struct show *s = ctx;

	for (size_t i = 0; i < h->n; i++) {
		char ends[128], begins[64], state[96];
		const struct held *e = &h->v[i];
		if (strcmp(e->scope, s->scope) != 0 || e->window.until <= s->now)
			continue;
		cmd_end(e->window.until, s->now, s->json, ends, sizeof ends);
		cmd_end(e->window.from, s->now, true, begins, sizeof begins);
		table_row(s->t, -1,
			  (const char *[]){ subject, s->snap->p->roles[e->role].name,
					    e->owner ? "as owner" : "assigned",
					    h->suspended
						    ? "suspended"
						    : cmd_window_state(e->window, s->now, s->json,
								       state, sizeof state),
					    ends, begins });
	}
	return RBAC_OK;
}

static const struct table_column holder_columns[] = {
	{ "USER", "user", TABLE_TEXT }, { "ROLE", "role", TABLE_TEXT },
	{ "HOW", "how", TABLE_TEXT },   { "STATE", "state", TABLE_TEXT },
	{ "ENDS", "ends", TABLE_TEXT }, { "BEGINS", "begins", TABLE_TEXT }, /* in JSON alone */
};

int cmd_scope_show(struct invocation *a, const struct args *args)
{
	struct snapshot snap;
	struct rbac_scope_rec rec;
	int err = snapshot_open(&snap, a->view);
	int status = exit_of(err);
	if (!err && (policy_scope_kind(snap.p, args->v[0]) < 0 ||
		     snapshot_scope(&snap, args->v[0], &rec))) {
		struct buf near = { 0 };
		snapshot_nearest_scope(&snap, args->v[0], &near);
		complain("scope %s does not exist%s (%s)", args->v[0], buf_text(&near),
			 COMMAND("rbacctl scope list"));
		buf_free(&near);
		status = EXIT_USAGE;
	} else if (!err) {
		const struct policy_kind *k = &snap.p->kinds[policy_scope_kind(snap.p, args->v[0])];
		struct show s = { &snap, args->v[0],
				  table_new("holders", a->json, holder_columns,
					    sizeof holder_columns / sizeof *holder_columns),
				  a->now, a->json };
		if (!a->json) {
			table_hide_last(s.t, 1);
			printf("%s  kind %s, made by change %" PRIu64 "\n", args->v[0], k->name,
			       rec.created);
			if (k->owner_role >= 0)
				printf("  owner %.*s, who holds %s\n",
				       rec.owner.len ? (int)rec.owner.len : 6,
				       rec.owner.len ? (const char *)rec.owner.p : "nobody",
				       snap.p->roles[k->owner_role].name);
			if (rec.plan.len || k->plan)
				printf("  plan  %.*s%s\n",
				       rec.plan.len ? (int)rec.plan.len : (int)strlen(k->plan),
				       rec.plan.len ? (const char *)rec.plan.p : k->plan,
				       rec.plan.len ? "" : " (default of its kind)");
		}
		struct source source = snapshot_source(&snap);
		err = source_subjects(&source, add_rows, &s);
		if (!err && (a->json || table_rows(s.t)))
			err = table_print(s.t);
		table_free(s.t);
		status = exit_of(err);
	}
	snapshot_close(&snap);
	return cmd_done(status);
}

/* ---- list ---- */

struct tree {
	const struct snapshot *snap;
	struct table *t;
	char **names;
	size_t n, cap;
	struct lookup at;
	bool failed;
};

static bool is_row(const void *ctx, uint32_t number, const void *key)
{
	return strcmp(((const struct tree *)ctx)->names[number], key) == 0;
}

/* The row of SCOPE's parent, -1 for a root. Names sort parents of one kind before others only by
 * accident: rows are made top down. */
static int row_of(const struct tree *t, const char *scope)
{
	char parent[RBAC_SCOPE_MAX + 1];
	if (policy_scope_parent(t->snap->p, scope, parent))
		return -1;
	uint32_t row = lookup_find(&t->at, lookup_hash_text(LOOKUP_SEED, parent), is_row, t,
				   parent);
	return row == LOOKUP_NONE ? -1 : (int)row;
}

struct level {
	struct tree *t;
	unsigned depth;
};

static int on_scope(void *ctx, const char *scope, const struct rbac_scope_rec *rec)
{
	struct level *lv = ctx;
	struct tree *t = lv->t;
	char owner[RBAC_USER_MAX + 1], plan[256];
	if (rbac_name_scope_depth(scope, strlen(scope)) != lv->depth)
		return RBAC_OK;
	int parent = row_of(t, scope);
	if (!buf_room(&t->names, t->n, &t->cap, sizeof *t->names) ||
	    !(t->names[t->n] = strdup(scope)))
		return RBAC_NOMEM;
	if (lookup_add(&t->at, lookup_hash_text(LOOKUP_SEED, scope), (uint32_t)t->n++))
		return RBAC_NOMEM;
	snprintf(owner, sizeof owner, "%.*s", (int)rec->owner.len, (const char *)rec->owner.p);
	snprintf(plan, sizeof plan, "%.*s", (int)rec->plan.len, (const char *)rec->plan.p);
	bool here = false;
	for (size_t i = 0; i < t->snap->p->hosts.n; i++)
		here |= strcmp(t->snap->p->hosts.v[i], scope) == 0;
	int kind = policy_scope_kind(t->snap->p, scope);
	table_row(t->t, parent,
		  (const char *[]){ scope, kind >= 0 ? t->snap->p->kinds[kind].name : "?",
				    owner[0] ? owner : "-", plan[0] ? plan : "-",
				    here ? "this host" : "" });
	return RBAC_OK;
}

static const struct table_column scope_columns[] = {
	{ "SCOPE", "scope", TABLE_TREE }, { "KIND", "kind", TABLE_TEXT },
	{ "OWNER", "owner", TABLE_TEXT }, { "PLAN", "plan", TABLE_TEXT },
	{ "HOST", "host", TABLE_YES },
};

int cmd_scope_list(struct invocation *a, const struct args *args)
{
	struct snapshot snap;
	(void)args;
	int err = snapshot_open(&snap, a->view);
	if (!err) {
		struct tree t = { .snap = &snap,
				  .t = table_new("scopes", a->json, scope_columns,
						 sizeof scope_columns / sizeof *scope_columns) };
		for (unsigned depth = 1; depth <= POLICY_DEPTH_MAX && !err; depth++)
			err = snapshot_scopes(&snap, on_scope, &(struct level){ &t, depth });
		if (!err)
			err = table_print(t.t);
		table_free(t.t);
		for (size_t i = 0; i < t.n; i++)
			free(t.names[i]);
		free(t.names);
		lookup_free(&t.at);
	}
	snapshot_close(&snap);
	return cmd_done(exit_of(err));
}
