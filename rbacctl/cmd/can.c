/* can, who */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "rbacctl/access/members.h"
#include "rbacctl/access/who.h"
#include "rbacctl/cmd/cmd.h"
#include "rbacctl/cmd/json_values.h"
#include "rbacctl/command.h"
#include "rbacctl/model/by.h"
#include "rbacctl/table.h"

static int find_key(const struct snapshot *snap, const char *name, int *key)
{
	*key = policy_key_find(snap->p, name);
	return *key >= 0 ? EXIT_DONE
			 : cmd_unknown("key", name, policy_key_nearest(snap->p, name), "keys");
}

/* ---- can ---- */

/* Why nothing of this user counts at all; "" when something may. */
static const char *effective_access_of_user(const struct holdings *h)
{
	return h->suspended            ? "; suspended"
	       : h->second             ? "; a second name of a recorded person, which has no roles"
	       : h->uid_changed        ? "; has another uid than the recorded one"
	       : !h->recorded && !h->n ? "; holds no role"
				       : "";
}

static int can_key(const struct snapshot *snap, const char *user, const char *name,
		   const char *scope, int64_t t, struct buf *out)
{
	struct holdings h;
	struct buf path = { 0 };
	int key, status = find_key(snap, name, &key);
	if (status)
		return status;
	struct source source = snapshot_source(snap);
	int err = source_effective(&source, user, &h);
	const struct held *e = err ? NULL : holdings_key_at(snap->p, &h, key, scope, t);
	const struct held *else_where = err || e ? NULL
						 : holdings_key_at(snap->p, &h, key, NULL, t);
	if (err)
		complain("%s", rbac_error_text(err));
	else if (e) {
		held_path_text(snap->p, e, key, -1, &path);
		buf_printf(out, "yes  %s: %s\n", user, buf_text(&path));
	} else {
		buf_printf(out, "no   %s: key %s at %s%s%s%s\n", user, name, scope,
			   effective_access_of_user(&h), else_where ? "; held only at " : "",
			   else_where ? else_where->scope : "");
	}
	buf_free(&path);
	holdings_free(&h);
	return err ? exit_of(err) : e ? EXIT_DONE : EXIT_NO;
}

static int say_who_may_give(const struct snapshot *snap, int role, const char *scope, int64_t t,
			    struct buf *out)
{
	struct who_scopes one = { (char *[]){ (char *)scope }, 1, 1 };
	struct who who;
	struct source source = snapshot_source(snap);
	int err = who_may(
		&(struct who_question){ &source, &snap->p->roles[role].assign_by, &one, role, t },
		&who);
	if (!err)
		who_text(&who, false, out);
	return err;
}

static int can_assign(const struct snapshot *snap, const char *user, const char *name,
		      const char *scope, int64_t t, struct buf *out)
{
	struct holdings h;
	struct rules_answer answer;
	struct buf text = { 0 }, may = { 0 };
	int role, status = cmd_find_role(snap, name, &role);
	if (status)
		return status;
	const struct policy_role *r = &snap->p->roles[role];
	int kind = policy_scope_kind(snap->p, scope);
	if (r->kind != kind) {
		complain("%s is assigned at scopes of kind %s, and %s is of kind %s: "
			 "name one with --scope",
			 name, snap->p->kinds[r->kind].name, scope, snap->p->kinds[kind].name);
		return EXIT_USAGE;
	}
	const struct policy_extra *lacks;
	struct source source = snapshot_source(snap);
	int err = who_user_may_give(&source, user, role, scope, t, &h, &answer, &lacks);
	if (!err && !answer.yes)
		err = say_who_may_give(snap, role, scope, t, &may);
	policy_by_text(snap->p, &r->assign_by, &text);
	if (err)
		complain("%s", rbac_error_text(err));
	else if (lacks) {
		buf_printf(
			out,
			"no   %s may not assign %s at %s: it brings the Unix group %s\n"
			"  rule  %s:%u: the person who gives it must hold %s there\n  may   %s\n",
			user, name, scope, lacks->unix_groups.v[0], lacks->pos.file,
			lacks->pos.line, snap->p->roles[lacks->role].name, buf_text(&may));
	} else if (answer.yes && strcmp(user, "root") == 0) {
		buf_printf(out, "yes  root may assign %s at %s, with --as root\n", name, scope);
	} else if (answer.yes) {
		buf_printf(out, "yes  %s may assign %s at %s  (%s:%u: %s)\n", user, name, scope,
			   r->assign_by.pos.file, r->assign_by.pos.line, buf_text(&text));
	} else {
		buf_printf(out,
			   "no   %s may not assign %s at %s\n  rule  %s:%u: %s%s%s%s\n  may   %s\n",
			   user, name, scope, r->assign_by.pos.file, r->assign_by.pos.line,
			   buf_text(&text), effective_access_of_user(&h),
			   answer.elsewhere ? "; held only at " : "",
			   answer.elsewhere ? answer.elsewhere->scope : "", buf_text(&may));
	}
	buf_free(&text);
	buf_free(&may);
	holdings_free(&h);
	return err ? exit_of(err) : answer.yes ? EXIT_DONE : EXIT_NO;
}

struct can_answer {
	const struct person *person;
	bool assign; /* may the user assign the role WHAT? else: does the key WHAT count? */
	const char *what, *scope;
	int64_t t;
	bool yes;
	const struct buf *text; /* as it is printed without --json */
};

static int can_json(const struct snapshot *snap, const struct can_answer *c)
{
	const char *text = buf_text(c->text);
	json_t *o = json_object();

	text += strcspn(text, " \n"); /* yes, no */
	json_object_set_new(o, "schema", json_integer(1));
	json_object_set_new(o, "user", json_text(c->person->name));
	json_object_set_new(o, "key", c->assign ? json_null() : json_text(c->what));
	json_object_set_new(o, "assign", c->assign ? json_text(c->what) : json_null());
	json_object_set_new(o, "scope", json_text(c->scope));
	json_object_set_new(o, "at", json_instant(c->t));
	json_object_set_new(o, "generation", json_integer((json_int_t)snap->v.meta.generation));
	json_object_set_new(o, "yes", json_boolean(c->yes));
	json_object_set_new(o, "text", json_lines(text));
	return json_print(o);
}

int cmd_can(struct invocation *a, const struct args *args)
{
	struct snapshot snap;
	struct person p;
	const char *scope;
	char meant[RBAC_SCOPE_MAX + 1];
	int64_t t;
	int role = -1;
	struct buf out = { 0 };
	bool assign = args->n == 3;
	if (assign != (strcmp(args->v[1], "assign") == 0)) {
		complain("can: expected USER KEY, or USER assign ROLE");
		return EXIT_USAGE;
	}
	int status = cmd_at(a, args, &t);
	if (status)
		return status;
	int err = snapshot_open(&snap, a->view);
	status = exit_of(err);
	if (!status && assign)
		status = cmd_find_role(&snap, args->v[2], &role);
	if (!status)
		status = cmd_scope(&snap, args, role, meant, &scope);
	if (!status)
		status = snapshot_person(&snap, args->v[0], &p);
	if (!status)
		status = assign ? can_assign(&snap, p.name, args->v[2], scope, t, &out)
				: can_key(&snap, p.name, args->v[1], scope, t, &out);
	if (a->json && (status == EXIT_DONE || status == EXIT_NO)) {
		struct can_answer answer = { &p,    assign, args->v[assign ? 2 : 1],
					     scope, t,      status == EXIT_DONE,
					     &out };
		err = can_json(&snap, &answer);
		status = err ? exit_of(err) : status;
	} else {
		cmd_print(&out);
	}
	buf_free(&out);
	snapshot_close(&snap);
	return cmd_done(status);
}

/* ---- who ---- */

struct ask {
	const struct snapshot *snap;
	int role, key; /* one of them, or the role that may be assigned */
	bool may_assign, json;
	const char *scope;
	int64_t t;
	struct table *table;
};

static void holder_row(const struct ask *q, const char *subject, const struct held *e,
		       const char *path)
{
	char ends[128];
	cmd_end(e->window.until, q->t, q->json, ends, sizeof ends);
	table_row(q->table, -1, (const char *[]){ subject, path, ends });
}

static int holder(const struct ask *q, const char *subject, const struct holdings *h)
{
	struct buf path = { 0 };
	const struct held *e = q->key >= 0
				       ? holdings_key_at(q->snap->p, h, q->key, q->scope, q->t)
				       : holdings_role_at(q->snap->p, h, q->role, q->scope, q->t);
	if (!e)
		return RBAC_OK;
	held_path_text(q->snap->p, e, q->key, q->role, &path);
	holder_row(q, subject, e, buf_text(&path));
	buf_free(&path);
	return RBAC_OK;
}

/* WHO may give the role, by what ANSWER says. */
static void may_row(const struct ask *q, const char *who, const struct rules_answer *answer)
{
	struct buf path = { 0 };
	if (answer->through)
		held_path_text(q->snap->p, answer->through,
			       answer->by.what == BY_KEY ? answer->by.ref : -1,
			       answer->by.what == BY_ROLE ? answer->by.ref : -1, &path);
	else
		buf_printf(&path, "%s",
			   answer->by.what == BY_ANYONE  ? "any recorded user"
			   : answer->by.what == BY_OWNER ? "its owner"
							 : "owner above");
	table_row(q->table, -1, (const char *[]){ who, buf_text(&path), "-" });
	buf_free(&path);
}

static int who_user(void *ctx, const char *user)
{
	struct ask *q = ctx;
	struct holdings h = { 0 };
	struct rules_answer answer;
	const struct policy_extra *lacks;
	struct source source = snapshot_source(q->snap);
	int err = q->may_assign ? who_user_may_give(&source, user, q->role, q->scope, q->t, &h,
						    &answer, &lacks)
				: source_effective(&source, user, &h);
	if (!err && !q->may_assign)
		err = holder(q, user, &h);
	else if (!err && answer.yes)
		may_row(q, user, &answer);
	holdings_free(&h);
	return err;
}

static int members_may_give(const struct ask *q, const struct source *source, uint32_t gid,
			    struct holdings *h)
{
	struct who_scopes one = { (char *[]){ (char *)q->scope }, 1, 1 };
	struct who_question may = { source, &q->snap->p->roles[q->role].assign_by, &one, q->role,
				    q->t };
	struct rules_answer answer;
	int err = who_members_may(&may, gid, h, &answer);
	if (!err && answer.yes && h->n)
		may_row(q, h->v[0].via, &answer);
	return err;
}

/* Unix groups that hold it stand for whoever is in them. */
static int on_group(void *ctx, uint32_t gid)
{
	struct ask *q = ctx;
	struct holdings h;
	struct source source = snapshot_source(q->snap);
	int err = q->may_assign ? members_may_give(q, &source, gid, &h)
				: source_of_group(&source, gid, &h);
	if (!err && h.n && !q->may_assign)
		err = holder(q, h.v[0].via, &h);
	holdings_free(&h);
	return err;
}

/* Which question it is; exit status. */
static int read_question(struct ask *q, const struct args *args)
{
	const char *may = args->value[OPT_MAY_ASSIGN], *key = args->value[OPT_KEY];
	if ((args->n == 1) + (may != NULL) + (key != NULL) != 1) {
		complain("who: expected just one of ROLE, --key KEY, --may-assign ROLE");
		return EXIT_USAGE;
	}
	q->role = q->key = -1;
	q->may_assign = may != NULL;
	if (key)
		return find_key(q->snap, key, &q->key);
	if (!may && policy_role_find(q->snap->p, args->v[0]) < 0 &&
	    snapshot_has_user(q->snap, args->v[0])) {
		complain("who: %s is a user, and who asks about a role; what they hold: %s",
			 args->v[0], COMMAND("rbacctl user show %s", args->v[0]));
		return EXIT_USAGE;
	}
	return cmd_find_role(q->snap, may ? may : args->v[0], &q->role);
}

/* Is the role assigned at scopes like this one? */
static int check_kind(const struct ask *q)
{
	const struct policy_role *role = &q->snap->p->roles[q->role];

	if (role->kind == policy_scope_kind(q->snap->p, q->scope))
		return EXIT_DONE;
	complain("%s is assigned at scopes of kind %s: name one with --scope", role->name,
		 q->snap->p->kinds[role->kind].name);
	return EXIT_USAGE;
}

static const struct table_column who_columns[] = {
	{ "WHO", "who", TABLE_TEXT },
	{ "THROUGH", "through", TABLE_TEXT },
	{ "ENDS", "ends", TABLE_TEXT },
};

static int who_fleet(struct invocation *a, const struct args *args)
{
	if (args->n == 1 && !args->value[OPT_KEY] && !args->value[OPT_MAY_ASSIGN] &&
	    !args->value[OPT_SCOPE] && !args->value[OPT_AT] && !args->value[OPT_AS_OF])
		return cmd_who_fleet(a, args->v[0]);
	complain("who --fleet: expected USER and nothing else (%s)", COMMAND("rbacctl who --help"));
	return EXIT_USAGE;
}

int cmd_who(struct invocation *a, const struct args *args)
{
	if (args->value[OPT_FLEET])
		return who_fleet(a, args);
	struct snapshot snap;
	struct ask q = { .snap = &snap, .json = a->json };
	char meant[RBAC_SCOPE_MAX + 1];
	int status = cmd_at(a, args, &q.t);
	if (status)
		return status;
	int err = snapshot_open(&snap, a->view);
	status = err ? exit_of(err) : read_question(&q, args);
	if (!status)
		status = cmd_scope(&snap, args, q.may_assign ? q.role : -1, meant, &q.scope);
	if (!status && q.may_assign)
		status = check_kind(&q);
	if (!status) {
		q.table = table_new("who", a->json, who_columns,
				    sizeof who_columns / sizeof *who_columns);
		err = snapshot_users(&snap, who_user, &q);
		if (!err)
			err = members_each(&snap, who_user, &q); /* by a Unix group alone, as far as
								 this host lists its members */
		if (!err)
			err = snapshot_unix_groups(&snap, on_group, &q);
		if (!err && !a->json && table_rows(q.table) == 0)
			printf("nobody at %s%s\n", q.scope,
			       q.may_assign ? "; root with --as root" : "");
		else if (!err)
			err = table_print(q.table);
		status = err ? exit_of(err) : table_rows(q.table) ? EXIT_DONE : EXIT_NO;
		table_free(q.table);
	}
	snapshot_close(&snap);
	return cmd_done(status);
}
