/* user add|rename|rebind|suspend|resume|forget|show */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "rbacctl/change/change.h"
#include "rbacctl/cmd/cmd.h"
#include "rbacctl/command.h"
#include "rbacctl/table.h"

/* All of them name nothing but users. */
static int open_change(struct change *c, struct invocation *a, const struct args *args)
{
	return cmd_open(c, a, args->v, (size_t)args->n);
}

/* Its uid is of this host alone. */
static int open_here(struct change *c, struct invocation *a, const struct args *args)
{
	a->names = args->v;
	a->n_names = (size_t)args->n;
	int err = change_open_on_member(c, a, false);
	a->names = NULL;
	a->n_names = 0;
	return err;
}

int cmd_user_add(struct invocation *a, const struct args *args)
{
	struct change c;
	int err = open_change(&c, a, args);
	return cmd_finish(&c, err ? err
				  : change_user_add(&c, args->v[0], args->value[OPT_SCOPE],
						    args->value[OPT_FORCE] != NULL));
}

int cmd_user_rename(struct invocation *a, const struct args *args)
{
	struct change c;
	int err = open_change(&c, a, args);
	return cmd_finish(&c, err ? err : change_user_rename(&c, args->v[0], args->v[1]));
}

int cmd_user_rebind(struct invocation *a, const struct args *args)
{
	struct change c;
	bool all = args->value[OPT_ALL] != NULL;
	if (all == (args->n == 1)) {
		complain("user rebind: expected USER, or --all");
		return EXIT_USAGE;
	}
	int err = all ? change_open_to_rebind(&c, a) : open_here(&c, a, args);
	return cmd_finish(&c, err   ? err
			      : all ? change_user_rebind_all(&c)
				    : change_user_rebind(&c, args->v[0]));
}

int cmd_user_suspend(struct invocation *a, const struct args *args)
{
	struct change c;
	a->lists_sessions = true;
	int err = open_change(&c, a, args);
	return cmd_finish(&c, err ? err
				  : change_user_suspend(&c, args->v[0], true,
							args->value[OPT_FORCE] != NULL));
}

int cmd_user_resume(struct invocation *a, const struct args *args)
{
	struct change c;
	int err = open_change(&c, a, args);
	return cmd_finish(&c, err ? err : change_user_suspend(&c, args->v[0], false, false));
}

int cmd_user_forget(struct invocation *a, const struct args *args)
{
	struct change c;
	a->lists_sessions = true;
	int err = open_change(&c, a, args);
	return cmd_finish(&c, err ? err : change_user_forget(&c, args->v[0]));
}

/* ---- show ---- */

static const char *state_of(const struct invocation *a, const struct holdings *h,
			    const struct held *e, char *out, size_t size)
{
	return h->suspended     ? "suspended"
	       : h->second      ? "second name"
	       : h->uid_changed ? "another uid"
				: cmd_window_state(e->window, a->now, a->json, out, size);
}

static const struct table_column columns[] = {
	{ "ID", "id", TABLE_NUMBER },       { "ROLE", "role", TABLE_TEXT },
	{ "SCOPE", "scope", TABLE_TEXT },   { "HOW", "how", TABLE_TEXT },
	{ "STATE", "state", TABLE_TEXT },   { "ENDS", "ends", TABLE_TEXT },
	{ "BEGINS", "begins", TABLE_TEXT }, /* in JSON alone */
};

static int show(const struct invocation *a, const struct snapshot *snap, const char *user)
{
	struct holdings h;
	struct source source = snapshot_source(snap);
	struct person p;
	char first[RBAC_USER_MAX + 1] = "";
	int err = source_everything(&source, user, &h);
	/* The record of a name that passwd spells otherwise, or whose uid is recorded under another
	 * name. */
	if (!err && person_find(user, &p) == RBAC_OK)
		err = source_first_name(&source, &p, first);
	h.second |= first[0] || (h.recorded && p.differs);
	if (!err && !h.recorded && h.n == 0) {
		if (user[0] == '%')
			complain("user show: %s is a Unix group, not a user; "
				 "to see its assignments: %s",
				 user, COMMAND("rbacctl list assignments"));
		else
			complain("user %s is not recorded here, and no group "
				 "assignment applies (%s)",
				 user, COMMAND("rbacctl list users"));
		holdings_free(&h);
		return RBAC_NOTFOUND;
	}
	struct table *t = table_new("holdings", a->json, columns, sizeof columns / sizeof *columns);
	if (!a->json)
		table_hide_last(t, 1);
	for (size_t i = 0; i < h.n && !err; i++) {
		char id[32], ends[128], begins[64], state[96];
		const struct held *e = &h.v[i];
		cmd_end(e->window.from, a->now, true, begins, sizeof begins);
		snprintf(id, sizeof id, "%" PRIu64, e->id);
		cmd_end(e->window.until, a->now, a->json, ends, sizeof ends);
		table_row(t, -1,
			  (const char *[]){
				  e->owner ? "-" : id, snap->p->roles[e->role].name, e->scope,
				  e->owner ? "as owner"
				  : e->via ? e->via
					   : "assigned",
				  state_of(a, &h, e, state, sizeof state), ends, begins });
	}
	if (!err && !a->json) {
		printf("%s%s%s", user, h.recorded ? "" : "  not recorded, known through a group",
		       h.suspended ? "  suspended" : "");
		if (h.uid != RBAC_NO_UID)
			printf("  uid %u when recorded", h.uid);
		putchar('\n');
	}
	if (!err && (a->json || table_rows(t)))
		err = table_print(t);
	table_free(t);
	holdings_free(&h);
	return err;
}

int cmd_user_show(struct invocation *a, const struct args *args)
{
	struct snapshot snap;
	struct person p;
	const char *user = args->v[0];
	int err = snapshot_open(&snap, a->view);
	/* A record of just this name comes first: a second name of an old store can be looked at.
	 */
	if (!err && user[0] != '%' && person_find(user, &p) == RBAC_OK && p.differs &&
	    !snapshot_has_user(&snap, user)) {
		remark("%s is %s here", user, p.name);
		user = p.name;
	}
	if (!err)
		err = show(a, &snap, user);
	snapshot_close(&snap);
	return cmd_done(exit_of(err));
}
