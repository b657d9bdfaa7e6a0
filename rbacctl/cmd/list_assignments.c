/* list assignments: what only the store has. */
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "rbacctl/access/may_see.h"
#include "rbacctl/access/snapshot.h"
#include "rbacctl/buf.h"
#include "rbacctl/change/read/records.h"
#include "rbacctl/cmd/cmd.h"
#include "rbacctl/human_time.h"
#include "rbacctl/plain_text.h"
#include "rbacctl/table.h"

struct rows {
	const struct invocation *a;
	struct table *t;
	const struct may_see *sees;
	const char *subject;      /* only this one's; NULL: all */
	const char *role, *scope; /* NULL: any */
	const char *typed; /* how the subject was typed: an older version may have recorded that */
	size_t n;
};

/* Nothing was found: a name that nobody and nothing has is a mistake, and is told. */
static int check_names(const struct rows *r, const struct args *args)
{
	struct snapshot snap;
	struct person p;
	const char *scope;
	int role;
	char room[RBAC_SCOPE_MAX + 1];
	int err = snapshot_open(&snap, r->a->view), status = exit_of(err);

	if (!status && r->subject && r->subject[0] != '%')
		status = snapshot_person(&snap, r->subject, &p);
	if (!status && r->role)
		status = cmd_find_role(&snap, r->role, &role);
	if (!status && r->scope)
		status = cmd_scope(&snap, args, -1, room, &scope);
	snapshot_close(&snap);
	return status;
}

static int on_assignment(void *ctx, const struct store_assignment *x,
			 const struct records_review *v)
{
	struct rows *r = ctx;
	char id[32], ends[128], when[64], request[32] = "-", from[48], due[64], reviewed[64];
	char begins[64], state[96];
	struct rbac_window window = { x->from, x->until };
	if (r->subject && strcmp(x->subject, r->subject) != 0 && strcmp(x->subject, r->typed) != 0)
		return RBAC_OK;
	if ((r->role && strcmp(x->role, r->role) != 0) ||
	    (r->scope && strcmp(x->scope, r->scope) != 0))
		return RBAC_OK;
	if (!may_see_grant(r->sees, x->subject, x->role, x->scope, x->by))
		return RBAC_OK;
	snprintf(id, sizeof id, "%" PRIu64, x->id);
	if (x->request)
		snprintf(request, sizeof request, "%" PRIu64, x->request);
	snprintf(from, sizeof from, "request %.20s", request);
	cmd_end(v->ends, r->a->now, r->a->json, ends, sizeof ends);
	cmd_end(v->due, r->a->now, true, due, sizeof due);
	cmd_end(x->reviewed ? x->reviewed : RBAC_TIME_MIN, r->a->now, true, reviewed,
		sizeof reviewed);
	if (r->a->json)
		cmd_end(x->when, r->a->now, true, when, sizeof when);
	else
		human_instant(x->when, r->a->now, when, sizeof when);
	struct buf reason = { 0 };
	plain_text_escape(&reason, x->reason);
	bool unreviewed = x->until > r->a->now && v->ends <= r->a->now;
	cmd_end(x->from, r->a->now, true, begins, sizeof begins);
	r->n++;
	table_row(r->t, -1,
		  (const char *[]){ id, x->subject, x->role, x->scope,
				    unreviewed ? "unreviewed"
					       : cmd_window_state(window, r->a->now, r->a->json,
								  state, sizeof state),
				    ends, x->by, x->request && !r->a->json ? from : x->source, when,
				    buf_text(&reason), request, reviewed, x->reviewed_by, due,
				    begins });
	buf_free(&reason);
	return RBAC_OK;
}

static const struct table_column assignment_columns[] = {
	{ "ID", "id", TABLE_NUMBER },
	{ "SUBJECT", "subject", TABLE_TEXT },
	{ "ROLE", "role", TABLE_TEXT },
	{ "SCOPE", "scope", TABLE_TEXT },
	{ "STATE", "state", TABLE_TEXT },
	{ "ENDS", "ends", TABLE_TEXT },
	{ "BY", "by", TABLE_TEXT },
	{ "FROM", "from", TABLE_TEXT },
	{ "WHEN", "when", TABLE_TEXT },
	{ "REASON", "reason", TABLE_TEXT },
	/* in JSON alone */
	{ "REQUEST", "request", TABLE_NUMBER },
	{ "REVIEWED", "reviewed", TABLE_TEXT },
	{ "REVIEWED BY", "reviewed_by", TABLE_TEXT },
	{ "DUE", "due", TABLE_TEXT },
	{ "BEGINS", "begins", TABLE_TEXT },
};
enum {
	ASSIGNMENT_COLUMNS = sizeof assignment_columns / sizeof *assignment_columns,
	IN_JSON_ALONE = 5
};

int cmd_list_assignments(struct invocation *a, const struct args *args)
{
	const char *user = args->value[OPT_USER];
	struct may_see sees;
	struct person p;
	struct rows r = {
		.a = a,
		.t = table_new("assignments", a->json, assignment_columns, ASSIGNMENT_COLUMNS),
		.sees = &sees,
		.subject = cmd_person(user, &p),
		.typed = user,
		.role = args->value[OPT_ROLE],
		.scope = args->value[OPT_SCOPE],
	};
	struct buf why = { 0 };
	if (!a->json)
		table_hide_last(r.t, IN_JSON_ALONE);
	int err = may_see_open(a, &sees);
	if (!err) {
		err = a->as_of ? records_assignments_as_of(a->store, a->as_of, on_assignment, &r,
							   &why)
			       : records_assignments(a->store, on_assignment, &r, &why);
		if (err)
			complain("%s", buf_text(&why));
	}
	may_see_close(&sees);
	buf_free(&why);
	int status = exit_of(err);
	if (!err && r.n == 0)
		status = check_names(&r, args);
	if (!status)
		status = exit_of(table_print(r.t));
	table_free(r.t);
	return cmd_done(status);
}
