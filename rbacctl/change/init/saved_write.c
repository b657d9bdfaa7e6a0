/* What the store holds, as texts: saved.h. */
#include "rbacctl/change/init/saved.h"

#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "rbacctl/command.h"
#include "rbacctl/config/csv.h"
#include "rbacctl/store/help.h"

const char *const saved_files[SAVED_TABLES] = {
	[SAVED_NUMBERS] = "numbers.csv",
	[SAVED_GROUPS] = "groups.csv",
	[SAVED_USERS] = "users.csv",
	[SAVED_SCOPES] = "scopes.csv",
	[SAVED_ASSIGNMENTS] = "assignments.csv",
};
#define ASSIGNMENT_COLUMNS                                                                         \
	"id,subject,role,scope,from,until,reason,by,when,source,change,"                           \
	"request,review_from,reviewed,reviewed_by"
const char *const saved_columns[SAVED_TABLES] = {
	[SAVED_NUMBERS] = "name,value",
	[SAVED_GROUPS] = "gid,group,state",
	[SAVED_USERS] = "user,uid,suspended,change",
	[SAVED_SCOPES] = "scope,owner,plan,source,change",
	[SAVED_ASSIGNMENTS] = ASSIGNMENT_COLUMNS,
};

void saved_put_number(struct buf *out, uint64_t n, bool last)
{
	char text[32];
	snprintf(text, sizeof text, "%" PRIu64, n);
	csv_put(out, text, last);
}

void saved_put_time(struct buf *out, int64_t t)
{
	char text[32] = "";
	if (t != RBAC_TIME_MIN && t != RBAC_TIME_MAX)
		policy_time_print(t, text);
	csv_put(out, text, false);
}

static int on_gid(void *ctx, const char *group, uint32_t gid, uint32_t flags)
{
	saved_put_number(ctx, gid, false);
	csv_put(ctx, group, false);
	csv_put(ctx,
		flags & STORE_GID_KEPT   ? "kept"
		: flags & STORE_GID_GONE ? "gone"
					 : "living",
		true);
	return RBAC_OK;
}

static int on_user(void *ctx, const char *name, const struct store_user *u)
{
	csv_put(ctx, name, false);
	if (u->uid == RBAC_NO_UID)
		csv_put(ctx, "", false);
	else
		saved_put_number(ctx, u->uid, false);
	csv_put(ctx, u->flags & STORE_USER_SUSPENDED ? "yes" : "no", false);
	saved_put_number(ctx, u->change, true);
	return RBAC_OK;
}

static int on_scope(void *ctx, const char *scope, const struct store_scope *s)
{
	csv_put(ctx, scope, false);
	csv_put(ctx, s->owner, false);
	csv_put(ctx, s->plan, false);
	csv_put(ctx, s->source, false);
	saved_put_number(ctx, s->change, true);
	return RBAC_OK;
}

static int on_assignment(void *ctx, const struct store_assignment *a)
{
	saved_put_number(ctx, a->id, false);
	csv_put(ctx, a->subject, false);
	csv_put(ctx, a->role, false);
	csv_put(ctx, a->scope, false);
	saved_put_time(ctx, a->from);
	saved_put_time(ctx, a->until);
	csv_put(ctx, a->reason, false);
	csv_put(ctx, a->by, false);
	saved_put_time(ctx, a->when);
	csv_put(ctx, a->source, false);
	saved_put_number(ctx, a->change, false);
	if (a->request)
		saved_put_number(ctx, a->request, false);
	else
		csv_put(ctx, "", false);
	saved_put_time(ctx, a->review_from ? a->review_from : RBAC_TIME_MIN);
	saved_put_time(ctx, a->reviewed ? a->reviewed : RBAC_TIME_MIN);
	csv_put(ctx, a->reviewed_by, true);
	return RBAC_OK;
}

static int put_table(struct store_txn *t, enum saved_table table, struct buf *out)
{
	uint64_t last;
	buf_printf(out, "%s\n", saved_columns[table]);
	switch (table) {
	case SAVED_GROUPS:
		return store_gids_given(t, on_gid, out);
	case SAVED_USERS:
		return store_users_all(t, on_user, out);
	case SAVED_SCOPES:
		return store_scopes_all(t, on_scope, out);
	case SAVED_ASSIGNMENTS:
		return store_assignments_all(t, on_assignment, out);
	default:
		buf_printf(out, "format,%d\n", SAVED_FORMAT);
		int err = store_last_id(t, &last);
		buf_printf(out, "last_id,%" PRIu64 "\n", last);
		return err;
	}
}

static int put_tables(struct store_txn *t, void (*step)(const char *file),
		      struct policy_sources *files)
{
	int err = RBAC_OK;
	for (int i = 0; i < SAVED_TABLES && !err; i++) {
		struct buf text = { 0 };
		if (step)
			step(saved_files[i]);
		err = put_table(t, (enum saved_table)i, &text);
		if (!err)
			err = text.failed ? RBAC_NOMEM
					  : policy_sources_add(files, saved_files[i],
							       buf_text(&text), text.len);
		buf_free(&text);
	}
	return err;
}

int saved_write(const struct invocation *a, void (*step)(const char *file),
		struct policy_sources *files, uint64_t *generation, struct buf *why)
{
	struct store *s;
	struct store_txn t = { 0 };
	*files = (struct policy_sources){ 0 };
	int err = store_open_to_read(a->store, &s, &t);
	if (!err)
		err = store_generation(&t, generation);
	if (!err)
		err = store_texts_get(&t, 0, files);
	if (err == RBAC_NOTFOUND)
		buf_printf(why, "no policy has been applied yet: %s", COMMAND_TO_INIT());
	if (!err)
		err = put_tables(&t, step, files);
	if (err && !why->len)
		buf_printf(why, "%s%s", s && *store_why(s) ? store_why(s) : rbac_error_text(err),
			   STORE_HELP(err));
	store_abort(&t);
	store_close(s);
	return err;
}
