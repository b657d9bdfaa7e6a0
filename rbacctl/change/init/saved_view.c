/* What a published view still has of a store that is lost, as the tables of saved.h. */
#include "rbacctl/change/init/saved.h"

#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rbacctl/change/rules/from_file.h"
#include "rbacctl/config/csv.h"

struct unix_group {
	uint32_t gid;
	char *name;
};

struct recovery {
	const struct rbac_view *v;
	const struct policy *of_view; /* grants name its roles by their positions */
	const struct policy *p; /* with the files of assignments.d, where they are still there */
	struct lookup said, scopes; /* what those files say, by position in P */
	struct buf tables[SAVED_TABLES];
	struct unix_group *groups;
	size_t n_groups, cap_groups;
	uint64_t last_id;
	char when[32], reason[80];
};

static const char *text_of(struct rbac_bytes b, char out[RBAC_WALK_KEY_MAX + 1])
{
	size_t len = b.len < RBAC_WALK_KEY_MAX ? b.len : RBAC_WALK_KEY_MAX;
	memcpy(out, b.p, len);
	out[len] = '\0';
	return out;
}

/* ---- where a thing came from: a line of a file that still says so, else a command ---- */

/* What a grant says, to be looked for among the files. */
struct wanted {
	const char *subject, *role, *scope;
	struct rbac_window w;
};

static uint64_t hash_of(const struct wanted *w)
{
	uint64_t h = lookup_hash_text(
		lookup_hash_text(lookup_hash_text(LOOKUP_SEED, w->subject), w->role), w->scope);
	return lookup_hash(h, &w->w, sizeof w->w);
}

static struct wanted said_by(const struct policy *p, size_t i)
{
	const struct policy_file_assignment *f = &p->assignments[i];
	return (struct wanted){ f->subject,
				p->roles[f->role].name,
				f->scope     ? f->scope
				: p->hosts.n ? p->hosts.v[0]
					     : "",
				{ f->from, f->until } };
}

static bool says_so(const void *ctx, uint32_t number, const void *key)
{
	const struct wanted *w = key, f = said_by(ctx, number);
	return strcmp(f.subject, w->subject) == 0 && strcmp(f.role, w->role) == 0 &&
	       strcmp(f.scope, w->scope) == 0 && f.w.from == w->w.from && f.w.until == w->w.until;
}

static const struct policy_file_assignment *file_says(const struct recovery *r,
						      const struct wanted *w)
{
	uint32_t i = lookup_find(&r->said, hash_of(w), says_so, r->p, w);
	return i == LOOKUP_NONE ? NULL : &r->p->assignments[i];
}

static bool is_scope(const void *ctx, uint32_t number, const void *key)
{
	return strcmp(((const struct policy *)ctx)->scopes[number].scope, key) == 0;
}

static int read_files(struct recovery *r)
{
	int err = RBAC_OK;
	for (size_t i = 0; i < r->p->n_assignments && !err; i++) {
		struct wanted w = said_by(r->p, i);
		err = lookup_add(&r->said, hash_of(&w), (uint32_t)i);
	}
	for (size_t i = 0; i < r->p->n_scopes && !err; i++)
		err = lookup_add(&r->scopes, lookup_hash_text(LOOKUP_SEED, r->p->scopes[i].scope),
				 (uint32_t)i);
	return err;
}

static void put_source(struct buf *out, const struct policy_pos *pos)
{
	char source[400] = "command";
	if (pos)
		apply_source(*pos, source, sizeof source);
	csv_put(out, source, false);
}

/* ---- records ---- */

static int put_grants(struct recovery *r, const char *subject, const struct rbac_subject *s)
{
	struct buf *out = &r->tables[SAVED_ASSIGNMENTS];
	for (uint32_t i = 0; i < s->n_grants; i++) {
		struct rbac_grant g;
		char scope[RBAC_WALK_KEY_MAX + 1];
		int err = rbac_subject_grant(s, i, &g);
		if (err || g.role >= r->of_view->n_roles)
			return err ? err : RBAC_DAMAGED;
		if (g.flags & RBAC_GRANT_OWNER) /* the record of the scope has the owner */
			continue;
		const char *role = r->of_view->roles[g.role].name;
		text_of(g.scope, scope);
		const struct policy_file_assignment *f = file_says(
			r, &(struct wanted){ subject, role, scope, g.window });
		saved_put_number(out, g.id, false);
		csv_put(out, subject, false);
		csv_put(out, role, false);
		csv_put(out, scope, false);
		saved_put_time(out, g.window.from);
		saved_put_time(out, g.window.until);
		csv_put(out, f ? f->reason : r->reason, false);
		csv_put(out, "unknown", false);
		csv_put(out, r->when, false);
		put_source(out, f ? &f->pos : NULL);
		saved_put_number(out, 0, false);
		for (int asked = SAVED_ASKED; asked > 0; asked--)
			csv_put(out, "", asked == 1);
		r->last_id = g.id > r->last_id ? g.id : r->last_id;
	}
	return RBAC_OK;
}

/* Is USER whom UID was recorded for first? */
static bool is_first(const struct recovery *r, const char *user, uint32_t uid)
{
	uint8_t key[RBAC_NUMBER_KEY];
	struct rbac_bytes rec, name;
	rbac_number_key(key, uid);
	return rbac_view_get(r->v, RBAC_REC_UID, key, sizeof key, &rec) ||
	       rbac_uid_decode(rec, &name) ||
	       (name.len == strlen(user) && memcmp(name.p, user, name.len) == 0);
}

static int on_user(struct recovery *r, struct rbac_bytes name, struct rbac_bytes rec)
{
	struct buf *out = &r->tables[SAVED_USERS];
	struct rbac_subject s;
	char user[RBAC_WALK_KEY_MAX + 1];
	int err = rbac_subject_decode(rec, &s);
	if (err)
		return err;
	csv_put(out, text_of(name, user), false);
	if (s.uid == RBAC_NO_UID)
		csv_put(out, "", false);
	else
		saved_put_number(out, s.uid, false);
	csv_put(out, s.flags & RBAC_SUBJECT_SUSPENDED ? "yes" : "no", false);
	saved_put_number(out, !is_first(r, user, s.uid), true);
	return put_grants(r, user, &s);
}

static int by_gid(const void *a, const void *b)
{
	const struct unix_group *x = a, *y = b;
	return x->gid < y->gid ? -1 : x->gid > y->gid;
}

static int on_unix_subject(struct recovery *r, struct rbac_bytes name, struct rbac_bytes rec)
{
	struct rbac_subject s;
	char subject[RBAC_UNIX_GROUP_MAX + 2];
	int err = rbac_subject_decode(rec, &s);
	uint32_t gid = 0;
	for (size_t i = 0; i < name.len; i++)
		gid = gid << 8 | name.p[i];
	struct unix_group key = { .gid = gid };
	const struct unix_group *g =
		r->n_groups ? bsearch(&key, r->groups, r->n_groups, sizeof key, by_gid) : NULL;
	if (err || !g)
		return err ? err : RBAC_DAMAGED; /* publish writes what it looked up */
	snprintf(subject, sizeof subject, "%%%s", g->name);
	return put_grants(r, subject, &s);
}

static int on_scope(struct recovery *r, struct rbac_bytes name, struct rbac_bytes rec)
{
	struct buf *out = &r->tables[SAVED_SCOPES];
	struct rbac_scope_rec s;
	char scope[RBAC_WALK_KEY_MAX + 1], value[RBAC_WALK_KEY_MAX + 1];
	int err = rbac_scope_decode(rec, &s);
	if (err)
		return err;
	csv_put(out, text_of(name, scope), false);
	csv_put(out, text_of(s.owner, value), false);
	csv_put(out, text_of(s.plan, value), false);
	uint32_t i = lookup_find(&r->scopes, lookup_hash_text(LOOKUP_SEED, scope), is_scope, r->p,
				 scope);
	put_source(out, i == LOOKUP_NONE ? NULL : &r->p->scopes[i].pos);
	saved_put_number(out, s.created, true);
	return RBAC_OK;
}

static int on_group(struct recovery *r, struct rbac_bytes rec)
{
	struct rbac_group g;
	int err = rbac_group_decode(rec, &g);
	if (err || (g.flags & RBAC_GROUP_EXTRA))
		return err;
	saved_put_number(&r->tables[SAVED_GROUPS], g.gid, false);
	csv_put(&r->tables[SAVED_GROUPS], (const char *)g.name, false);
	csv_put(&r->tables[SAVED_GROUPS], "living", true);
	return RBAC_OK;
}

/* u32 gid (0xffffffff: no such group), ... */
static int on_host(struct recovery *r, struct rbac_bytes name, struct rbac_bytes rec)
{
	char text[RBAC_WALK_KEY_MAX + 1];
	if (rec.len < 4)
		return RBAC_DAMAGED;
	if (!buf_room(&r->groups, r->n_groups, &r->cap_groups, sizeof *r->groups))
		return RBAC_NOMEM;
	struct unix_group *g = &r->groups[r->n_groups];
	*g = (struct unix_group){ rbac_le32(rec.p), strdup(text_of(name, text)) };
	if (!g->name)
		return RBAC_NOMEM;
	r->n_groups++;
	return RBAC_OK;
}

/* The names of Unix groups come first: subjects have their gids. */
static int on_record(struct recovery *r, struct rbac_bytes key, struct rbac_bytes rec, bool names)
{
	struct rbac_bytes name = { key.p + 1, key.len - 1 };
	uint8_t type = key.p[0];
	if (names)
		return type == RBAC_REC_HOST ? on_host(r, name, rec) : RBAC_OK;
	switch (type) {
	case RBAC_REC_USER:
		return on_user(r, name, rec);
	case RBAC_REC_UNIX:
		return on_unix_subject(r, name, rec);
	case RBAC_REC_SCOPE:
		return on_scope(r, name, rec);
	case RBAC_REC_GROUP:
		return on_group(r, rec);
	default:
		return RBAC_OK;
	}
}

static int walk(struct recovery *r, bool names)
{
	struct rbac_bytes key = { 0 }, next, rec;
	int err;
	while ((err = rbac_view_next(r->v, key, &next, &rec, NULL)) == RBAC_OK) {
		err = on_record(r, next, rec, names);
		if (err)
			return err;
		key = next;
	}
	return err == RBAC_NOTFOUND ? RBAC_OK : err;
}

int saved_from_view(const struct snapshot *snap, const struct policy *p, struct policy_sources *out)
{
	struct recovery r = { .v = &snap->v, .of_view = snap->p, .p = p };
	policy_time_print(snap->v.meta.published, r.when);
	r.last_id = snap->v.meta.generation; /* an id is never less than the number of its change */
	snprintf(r.reason, sizeof r.reason, "recovered from the view of change %" PRIu64,
		 snap->v.meta.generation);
	for (int i = 0; i < SAVED_TABLES; i++)
		buf_printf(&r.tables[i], "%s\n", saved_columns[i]);
	int err = read_files(&r);
	if (!err)
		err = walk(&r, true);
	if (!err && r.n_groups)
		qsort(r.groups, r.n_groups, sizeof *r.groups, by_gid);
	if (!err)
		err = walk(&r, false);
	buf_printf(&r.tables[SAVED_NUMBERS], "format,%d\nlast_id,%" PRIu64 "\n", SAVED_FORMAT,
		   r.last_id);
	for (int i = 0; i < SAVED_TABLES; i++) {
		if (!err)
			err = r.tables[i].failed
				      ? RBAC_NOMEM
				      : policy_sources_add(out, saved_files[i],
							   buf_text(&r.tables[i]), r.tables[i].len);
		buf_free(&r.tables[i]);
	}
	for (size_t i = 0; i < r.n_groups; i++)
		free(r.groups[i].name);
	free(r.groups);
	lookup_free(&r.said);
	lookup_free(&r.scopes);
	return err;
}
