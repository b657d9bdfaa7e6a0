/* What a store held, from texts into a new one: saved.h. */
#include "rbacctl/change/init/saved.h"

#include <errno.h>
#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rbacctl/change/rules/people.h"
#include "rbacctl/config/csv.h"

enum { COLUMNS_MAX = 15 };

struct reading {
	struct change *c;
	struct problems *problems;
	struct saved_count *n;
	const char *file;
	unsigned line;
	const char *v[COLUMNS_MAX]; /* the values of the line */
	uint64_t last_id, largest;
	bool known_format;
};

__attribute__((format(printf, 2, 3))) static int wrong(struct reading *r, const char *fmt, ...)
{
	char text[1200];
	va_list ap;
	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	problem_error(r->problems, (struct policy_pos){ r->file, r->line }, "%s", text);
	return RBAC_OK;
}

/* ---- values ---- */

static bool number(struct reading *r, const char *what, const char *text, uint64_t most,
		   uint64_t *out)
{
	char *end = NULL;
	errno = 0;
	*out = *text >= '0' && *text <= '9' ? strtoull(text, &end, 10) : 0;
	if (end && !*end && !errno && *out <= most)
		return true;
	wrong(r, "%s \"%s\": expected a number", what, text);
	return false;
}

static bool instant(struct reading *r, const char *what, const char *text, int64_t otherwise,
		    int64_t *out)
{
	*out = otherwise;
	if (!*text || policy_time_parse(text, out) == RBAC_OK)
		return true;
	wrong(r, "%s \"%s\": expected an instant as 2026-01-31T18:00:00Z, or nothing", what, text);
	return false;
}

static bool choice(struct reading *r, const char *what, const char *text, const char *yes,
		   const char *no, bool *out)
{
	*out = strcmp(text, yes) == 0;
	if (*out || strcmp(text, no) == 0)
		return true;
	wrong(r, "%s \"%s\": expected %s or %s", what, text, yes, no);
	return false;
}

/* ---- tables ---- */

static int read_number(struct reading *r)
{
	uint64_t value;
	if (!number(r, r->v[0], r->v[1], UINT64_MAX, &value))
		return RBAC_OK;
	if (strcmp(r->v[0], "format") == 0) {
		r->known_format = value == SAVED_FORMAT;
		return value == SAVED_FORMAT
			       ? RBAC_OK
			       : wrong(r, "format %s, and this rbacctl knows format %d", r->v[1],
				       SAVED_FORMAT);
	}
	if (strcmp(r->v[0], "last_id") != 0)
		return wrong(r, "there is no number \"%s\": expected format or last_id", r->v[0]);
	r->last_id = value;
	return RBAC_OK;
}

static int read_group(struct reading *r)
{
	struct store_txn *t = &r->c->t;
	const char *group = r->v[1], *there;
	const char *state = r->v[2];
	uint64_t gid;
	uint32_t other, flags;
	bool kept = strcmp(state, "kept") == 0, gone = false;
	if (!number(r, "gid", r->v[0], UINT32_MAX - 1, &gid) ||
	    (!kept && !choice(r, "state", state, "gone", "living", &gone)))
		return RBAC_OK;
	if (!*group || strlen(group) > RBAC_GROUP_MAX)
		return wrong(r, "group \"%s\": expected the name of a group", group);
	if (store_gid_name(t, (uint32_t)gid, &there) == RBAC_OK)
		return wrong(r, "gid %s occurs twice", r->v[0]);
	if (!kept && store_gid_get(t, group, &other, &flags) == RBAC_OK)
		return wrong(r, "the group %s has two gids, %u and %s", group, other, r->v[0]);
	r->n->groups++;
	return kept ? store_gid_keep(t, group, (uint32_t)gid)
		    : store_gid_put(t, group, (uint32_t)gid, gone ? STORE_GID_GONE : 0);
}

static int read_user(struct reading *r)
{
	struct store_user u = { .uid = RBAC_NO_UID }, there;
	uint64_t uid = RBAC_NO_UID;
	bool suspended;
	const char *name = r->v[0];
	if (!rbac_name_is_user(name, strlen(name)))
		return wrong(r, "user \"%s\": expected a user's name", name);
	bool fine = !*r->v[1] || number(r, "uid", r->v[1], UINT32_MAX - 1, &uid);
	fine &= choice(r, "suspended", r->v[2], "yes", "no", &suspended);
	fine &= number(r, "change", r->v[3], UINT64_MAX, &u.change);
	if (!fine)
		return RBAC_OK;
	if (store_user_get(&r->c->t, name, &there) == RBAC_OK)
		return wrong(r, "user %s occurs twice", name);
	u.uid = (uint32_t)uid;
	u.flags = suspended ? STORE_USER_SUSPENDED : 0;
	r->n->users++;
	return change_put_user(r->c, name, &u);
}

/* USER is recorded, or it is said. */
static bool recorded(struct reading *r, const char *what, const char *user)
{
	struct store_user u;
	if (store_user_get(&r->c->t, user, &u) == RBAC_OK)
		return true;
	wrong(r, "%s \"%s\": users.csv has no such user", what, user);
	return false;
}

static int read_scope(struct reading *r)
{
	const struct policy *p = r->c->p;
	const char *scope = r->v[0], *owner = r->v[1], *plan = r->v[2];
	struct store_scope new = { .owner = owner, .plan = plan, .source = r->v[3] }, there;
	int kind = policy_scope_kind(p, scope);
	if (kind < 0)
		return wrong(r, "\"%s\": expected a scope of the policy, KIND:NAME/NAME", scope);
	if (!number(r, "change", r->v[4], UINT64_MAX, &new.change))
		return RBAC_OK;
	if (*owner && p->kinds[kind].owner_role < 0)
		return wrong(r, "scopes of kind %s have no owners", p->kinds[kind].name);
	if (*plan && !policy_plan_find(p, plan))
		return wrong(r, "the policy has no plan \"%s\"", plan);
	if (store_scope_get(&r->c->t, scope, &there) == RBAC_OK)
		return wrong(r, "scope %s occurs twice", scope);
	if (*owner && !recorded(r, "owner", owner))
		return RBAC_OK;
	r->n->scopes++;
	return store_scope_put(&r->c->t, scope, &new);
}

/* The subject, role and scope of the line go together. */
static bool fits(struct reading *r, const struct store_assignment *a)
{
	const struct policy *p = r->c->p;
	struct store_scope there;
	int role = policy_role_find(p, a->role), kind = policy_scope_kind(p, a->scope);
	if (role < 0)
		wrong(r, "the policy has no role \"%s\"", a->role);
	else if (store_scope_get(&r->c->t, a->scope, &there))
		wrong(r, "scopes.csv has no scope \"%s\"", a->scope);
	else if (p->roles[role].kind != kind)
		wrong(r, "%s is assigned at a scope of kind %s, and %s is of another", a->role,
		      p->kinds[p->roles[role].kind].name, a->scope);
	else if (a->subject[0] != '%')
		return recorded(r, "subject", a->subject);
	else if (!rbac_name_is_unix_group(a->subject + 1, strlen(a->subject + 1)))
		wrong(r, "\"%s\": expected %% and the name of a Unix group", a->subject);
	else
		return true;
	return false;
}

static int read_assignment(struct reading *r)
{
	const char **v = r->v;
	struct store_assignment a = { .subject = v[1],
				      .role = v[2],
				      .scope = v[3],
				      .reason = v[6],
				      .by = v[7],
				      .source = v[9],
				      .reviewed_by = v[14] },
				there;
	bool fine = number(r, "id", v[0], UINT64_MAX - 1, &a.id);
	fine &= instant(r, "from", v[4], RBAC_TIME_MIN, &a.from);
	fine &= instant(r, "until", v[5], RBAC_TIME_MAX, &a.until);
	fine &= instant(r, "when", v[8], 0, &a.when);
	fine &= number(r, "change", v[10], UINT64_MAX, &a.change);
	fine &= !*v[11] || number(r, "request", v[11], UINT64_MAX, &a.request);
	fine &= instant(r, "review_from", v[12], 0, &a.review_from);
	fine &= instant(r, "reviewed", v[13], 0, &a.reviewed);
	fine &= fits(r, &a);
	if (!fine)
		return RBAC_OK;
	if (a.id == 0 || a.until <= a.from)
		return wrong(r, a.id ? "until is not after from"
				     : "id 0: expected a number from 1 on");
	if (store_assignment_get(&r->c->t, a.id, &there) == RBAC_OK)
		return wrong(r, "id %s occurs twice", v[0]);
	r->largest = a.id > r->largest ? a.id : r->largest;
	r->n->assignments++;
	return store_assignment_put(&r->c->t, &a);
}

/* ---- files ---- */

static int (*const readers[SAVED_TABLES])(struct reading *r) = {
	[SAVED_NUMBERS] = read_number,
	[SAVED_GROUPS] = read_group,
	[SAVED_USERS] = read_user,
	[SAVED_SCOPES] = read_scope,
	[SAVED_ASSIGNMENTS] = read_assignment,
};

/* Are the values the first COLUMNS of the line NAMES? */
static bool is_first_line(const struct csv_record *v, const char *names, size_t columns)
{
	for (size_t i = 0; i < v->n && i < v->most; i++) {
		size_t len = strlen(v->v[i]);
		if (strncmp(names, v->v[i], len) != 0 || (names[len] && names[len] != ','))
			return false;
		names += len + (names[len] == ',');
	}
	return v->n == columns;
}

/* How many columns a file of TABLE has, whose first line has N. */
static size_t columns_of(enum saved_table table, size_t n)
{
	size_t all = 1;
	for (const char *p = saved_columns[table]; *p; p++)
		all += *p == ',';
	return table == SAVED_ASSIGNMENTS && n == all - SAVED_ASKED ? n : all;
}

static int read_text(struct reading *r, enum saved_table table, char *text)
{
	char *values[COLUMNS_MAX];
	struct csv csv;
	struct csv_record v = { .v = values, .most = COLUMNS_MAX };
	int err = RBAC_OK;
	csv_begin(&csv, text);
	csv.many_lines = true;
	r->line = 1;
	bool there = csv_next(&csv, &v);
	size_t columns = columns_of(table, there ? v.n : 0);
	for (size_t i = 0; i < COLUMNS_MAX; i++)
		r->v[i] = "";
	if (!there || !is_first_line(&v, saved_columns[table], columns))
		return wrong(r, "expected the first line %s", saved_columns[table]);
	while (!err && csv_next(&csv, &v)) {
		r->line = csv.line;
		for (size_t i = 0; i < columns && i < v.n; i++)
			r->v[i] = v.v[i];
		err = v.wrong          ? wrong(r, "%s", v.wrong)
		      : v.n != columns ? wrong(r, "%zu values, expected %zu: %s", v.n, columns,
					       saved_columns[table])
				       : readers[table](r);
	}
	return err;
}

static int read_table(struct reading *r, const struct policy_sources *files, enum saved_table table)
{
	const struct policy_text *t = policy_sources_find(files, saved_files[table]);
	r->file = saved_files[table];
	r->line = 0;
	if (!t)
		return wrong(r, "the file is missing");
	char *text = strdup(t->text);
	int err = text ? read_text(r, table, text) : RBAC_NOMEM;
	free(text);
	return err;
}

/* The scope above each scope is there; that of a row may come behind it. */
static int on_scope(void *ctx, const char *scope, const struct store_scope *s)
{
	struct reading *r = ctx;
	struct store_scope above;
	char parent[RBAC_SCOPE_MAX + 1];
	(void)s;
	if (policy_scope_parent(r->c->p, scope, parent) == RBAC_OK &&
	    store_scope_get(&r->c->t, parent, &above))
		wrong(r, "scope %s lies in %s, which is not there", scope, parent);
	return RBAC_OK;
}

int saved_read(struct change *c, const struct policy_sources *files, struct problems *problems,
	       struct saved_count *n)
{
	struct reading r = { .c = c, .problems = problems, .n = n };
	size_t before = problems->errors;
	int err = RBAC_OK;
	*n = (struct saved_count){ 0 };
	for (int i = 0; i < SAVED_TABLES && !err; i++) {
		err = read_table(&r, files, (enum saved_table)i);
		if (i == SAVED_NUMBERS && !r.known_format)
			break;
		if (i == SAVED_SCOPES && !err) {
			r.line = 0;
			err = store_scopes_all(&c->t, on_scope, &r);
		}
	}
	if (err)
		return change_store_fail(c, err);
	r.file = saved_files[SAVED_NUMBERS];
	r.line = 0;
	if (!r.known_format && problems->errors == before)
		wrong(&r, "format is missing");
	if (r.last_id < r.largest)
		wrong(&r, "last_id is %llu, and assignments.csv has id %llu",
		      (unsigned long long)r.last_id, (unsigned long long)r.largest);
	if (problems->errors > before)
		return RBAC_INVALID;
	err = store_last_id_put(&c->t, r.last_id);
	return err ? change_store_fail(c, err) : RBAC_OK;
}
