#include "rbacctl/view/update.h"

#include <stdlib.h>
#include <string.h>

#include "common/error.h"
#include "rbacctl/view/finish.h"
#include "rbacctl/view/output.h"
#include "rbacctl/view/records.h"
#include "rbacctl/view/same_facts.h"
#include "rbacctl/view/subjects.h"
#include "rbacctl/view/uid_index.h"
#include "rbacctl/view/via.h"

struct update {
	const struct compile *c;
	struct output out;
	struct subjects subjects;
	struct buf buf, group;
	uint32_t n_unix;
	struct encode_member *members;
	size_t n_members, cap_members;
	struct via via;
};

static int store_trouble(struct update *u, int err)
{
	return output_fail(&u->out, err, "%s",
			   err == RBAC_NOMEM ? "out of memory" : store_why(u->c->txn->s));
}

static int no_memory(struct update *u)
{
	return output_fail(&u->out, RBAC_NOMEM, "out of memory");
}

/* ---- a group: its members without USER, and USER as its record now says: the N windows at NOW are
 * those of this group ---- */

static int add_member(struct update *u, const char *name, struct rbac_window w)
{
	if (!buf_room(&u->members, u->n_members, &u->cap_members, sizeof *u->members))
		return no_memory(u);
	u->members[u->n_members++] = (struct encode_member){ name, w };
	return RBAC_OK;
}

/* The N windows of USER at NOW, in their place among the others. */
static int add_user(struct update *u, const char *user, const struct encode_gid *now, size_t n)
{
	int err = RBAC_OK;
	for (size_t i = 0; i < n && !err; i++)
		err = add_member(u, user, now[i].window);
	return err;
}

/* Merge the two sorted halves of the record (always, windowed) and USER; names borrow the record.
 */
static int merge(struct update *u, const struct rbac_group *g, const char *user,
		 const struct encode_gid *now, size_t n)
{
	static const struct rbac_window always = { RBAC_TIME_MIN, RBAC_TIME_MAX };
	const uint8_t *a = g->always, *name = NULL;
	uint32_t i = 0;
	size_t at = 0;
	struct rbac_window w;
	uint8_t len;
	bool placed = false;
	int err = RBAC_OK, more = rbac_group_windowed(g, &at, &w, &name, &len);
	u->n_members = 0;
	while (!err && (i < g->n_always || more == RBAC_OK)) {
		bool first = i < g->n_always &&
			     (more != RBAC_OK || strcmp((const char *)a, (const char *)name) <= 0);
		const char *next = (const char *)(first ? a : name);
		int order = strcmp(next, user);
		if (order > 0 && !placed) {
			err = add_user(u, user, now, n);
			placed = true;
		}
		if (order != 0 && !err)
			err = add_member(u, next, first ? always : w);
		if (first)
			a += g->always_lens[i++] + 1;
		else
			more = rbac_group_windowed(g, &at, &w, &name, &len);
	}
	if (!err && more != RBAC_OK && more != RBAC_NOTFOUND)
		err = more;
	return err || placed ? err : add_user(u, user, now, n);
}

static int rewrite_group(struct update *u, uint32_t gid, const char *user,
			 const struct encode_gid *now, size_t n)
{
	const struct role_groups *roles = u->c->groups;
	int at = subjects_group(&u->subjects, gid);
	struct rbac_bytes rec;
	struct rbac_group g;
	if (at < 0)
		return RBAC_NOTFOUND; /* the view that is there has a group that we do not make:
					 from scratch */
	const char *name = (size_t)at < roles->n ? roles->v[at].name
						 : u->subjects.extra_name[(size_t)at - roles->n];
	int err = output_get(&u->out, RBAC_REC_GROUP, name, strlen(name), &rec);
	if (!err)
		err = rbac_group_decode(rec, &g);
	if (!err && g.gid != gid)
		err = RBAC_NOTFOUND;
	if (!err)
		err = merge(u, &g, user, now, n);
	if (err)
		return err;
	buf_reset(&u->group);
	encode_group(&u->group, gid, g.flags, name, u->members, u->n_members);
	return output_replace(&u->out, RBAC_REC_GROUP, name, strlen(name), &u->group);
}

/* ---- users ---- */

/* The gids, to be freed, and the uid of USER's present record. */
static int old_record(struct update *u, const char *user, uint32_t **gids, size_t *n, uint32_t *uid)
{
	struct rbac_bytes rec;
	struct rbac_subject s;
	*gids = NULL;
	*n = 0;
	*uid = RBAC_NO_UID;
	int err = output_get(&u->out, RBAC_REC_USER, user, strlen(user), &rec);
	if (err == RBAC_NOTFOUND)
		return RBAC_OK;
	if (!err)
		err = rbac_subject_decode(rec, &s);
	if (err)
		return err;
	*uid = s.uid;
	*gids = calloc((size_t)s.n_gids + 1, sizeof **gids);
	if (!*gids)
		return no_memory(u);
	for (uint32_t i = 0; i < s.n_gids && !err; i++) {
		struct rbac_window w;
		err = rbac_subject_gid(&s, i, &(*gids)[*n], &w);
		*n += err == RBAC_OK;
	}
	return err;
}

struct numbered {
	struct encode_gid g;
	size_t at;
};

/* The windows of one gid stay in the order in which they would be compiled. */
static int by_gid(const void *a, const void *b)
{
	const struct numbered *x = a, *y = b;
	if (x->g.gid != y->g.gid)
		return x->g.gid < y->g.gid ? -1 : 1;
	return x->at < y->at ? -1 : x->at > y->at;
}

static bool sort_by_gid(struct encode_gid *v, size_t n)
{
	struct numbered *w = calloc(n + 1, sizeof *w);
	for (size_t i = 0; w && i < n; i++)
		w[i] = (struct numbered){ v[i], i };
	if (w && n)
		qsort(w, n, sizeof *w, by_gid);
	for (size_t i = 0; w && i < n; i++)
		v[i] = w[i].g;
	free(w);
	return w != NULL;
}

static int gid_order(const void *a, const void *b)
{
	uint32_t x = *(const uint32_t *)a, y = *(const uint32_t *)b;
	return x < y ? -1 : x > y;
}

/* Sorted, each once. How many are left. */
static size_t each_once(uint32_t *v, size_t n)
{
	size_t kept = 0;
	if (n)
		qsort(v, n, sizeof *v, gid_order);
	for (size_t i = 0; i < n; i++)
		if (kept == 0 || v[kept - 1] != v[i])
			v[kept++] = v[i];
	return kept;
}

/* What makes USER a member of groups, and which those are, were, or may have been. */
struct membership {
	struct encode_gid *now;
	size_t n_now, cap_now;
	uint32_t *gids;
	size_t n_gids, cap_gids;
};

static int note_gid(struct update *u, struct membership *m, uint32_t gid)
{
	if (!buf_room(&m->gids, m->n_gids, &m->cap_gids, sizeof *m->gids))
		return no_memory(u);
	m->gids[m->n_gids++] = gid;
	return RBAC_OK;
}

static int note_now(struct update *u, struct membership *m, const struct encode_gid *v, size_t n)
{
	int err = RBAC_OK;
	for (size_t i = 0; i < n && !err; i++) {
		if (!buf_room(&m->now, m->n_now, &m->cap_now, sizeof *m->now))
			return no_memory(u);
		m->now[m->n_now++] = v[i];
		err = note_gid(u, m, v[i].gid);
	}
	return err;
}

/* The groups that may name USER so far: by the N gids of their record, taken for always open, and
 * by their Unix groups. */
static int note_before(struct update *u, struct membership *m, const char *user,
		       const uint32_t *old, size_t n)
{
	static const struct rbac_window always = { RBAC_TIME_MIN, RBAC_TIME_MAX };
	struct encode_gid *own = calloc(n + 1, sizeof *own);
	int err = own ? RBAC_OK : no_memory(u);
	for (size_t i = 0; i < n && !err; i++) {
		own[i] = (struct encode_gid){ old[i], always };
		err = note_gid(u, m, old[i]);
	}
	if (!err && via_of(&u->via, &u->subjects, user, own, n))
		err = no_memory(u);
	for (size_t i = 0; i < u->via.n_gids && !err; i++)
		err = note_gid(u, m, u->via.gids[i].gid);
	free(own);
	return err;
}

/* OWN: what they hold themselves counts; OTHERS: what their Unix groups bring counts. */
static int note_membership(struct update *u, struct membership *m, const char *user, bool own,
			   bool others)
{
	size_t n = own ? u->subjects.n_gids : 0;
	int err = note_now(u, m, u->subjects.gids, n);
	if (!err && others && via_of(&u->via, &u->subjects, user, u->subjects.gids, n))
		err = no_memory(u);
	if (!err && others)
		err = note_now(u, m, u->via.gids, u->via.n_gids);
	return !err && !sort_by_gid(m->now, m->n_now) ? no_memory(u) : err;
}

/* Rewrite every group that USER was in, or is now. FLAGS: of the record; GONE: there is none any
 * more. */
static int update_groups(struct update *u, const char *user, const uint32_t *old, size_t n_old,
			 uint32_t flags, bool gone)
{
	struct membership m = { 0 };
	if (!u->c->policy->members)
		return RBAC_OK;
	int err = note_before(u, &m, user, old, n_old);
	if (!err)
		err = note_membership(u, &m, user, !gone && !flags,
				      gone || !(flags & RBAC_SUBJECT_SUSPENDED));
	size_t n = err ? 0 : each_once(m.gids, m.n_gids);
	for (size_t i = 0, at = 0, next; i < n && !err; i++, at = next) {
		for (next = at; next < m.n_now && m.now[next].gid == m.gids[i];)
			next++;
		err = rewrite_group(u, m.gids[i], user, m.now + at, next - at);
	}
	free(m.now);
	free(m.gids);
	return err;
}

/* Whose the uids are that a user had before and has now: there it may have been another's turn. */
static int update_uids(struct update *u, uint32_t before, uint32_t now)
{
	int err = RBAC_OK;
	if (before == now)
		return err;
	if (before != RBAC_NO_UID)
		err = uid_index_replace(u->c->txn, before, &u->out, &u->buf);
	if (!err && now != RBAC_NO_UID)
		err = uid_index_replace(u->c->txn, now, &u->out, &u->buf);
	return err;
}

static int update_user(struct update *u, const char *user)
{
	struct store_user record = { .uid = RBAC_NO_UID };
	uint32_t *old, flags = 0, old_uid;
	size_t n_old;
	int err = old_record(u, user, &old, &n_old, &old_uid);
	if (!err) {
		err = store_user_get(u->c->txn, user, &record);
		bool gone = err == RBAC_NOTFOUND;
		if (!gone && !err)
			err = subjects_of_user(&u->subjects, user, &record, &u->buf, &flags);
		if (err && !gone)
			store_trouble(u, err);
		else
			err = gone ? output_remove(&u->out, RBAC_REC_USER, user, strlen(user))
				   : output_replace(&u->out, RBAC_REC_USER, user, strlen(user),
						    &u->buf);
		if (!err)
			err = update_groups(u, user, old, n_old, flags, gone);
		if (!err)
			err = update_uids(u, old_uid, gone ? RBAC_NO_UID : record.uid);
	}
	free(old);
	return err;
}

/* ---- scopes ---- */

static int update_scope(struct update *u, const char *scope)
{
	struct store_scope s;
	int err = store_scope_get(u->c->txn, scope, &s);
	if (err == RBAC_NOTFOUND)
		return output_remove(&u->out, RBAC_REC_SCOPE, scope, strlen(scope));
	if (err)
		return store_trouble(u, err);
	buf_reset(&u->buf);
	encode_scope(&u->buf, s.change, s.owner[0] ? s.owner : NULL, s.plan[0] ? s.plan : NULL);
	return output_replace(&u->out, RBAC_REC_SCOPE, scope, strlen(scope), &u->buf);
}

static int rewrite(struct update *u)
{
	const struct store_touched *t = &u->c->txn->touched;
	int err = RBAC_OK;
	for (size_t i = 0; i < t->n_subjects && !err; i++)
		err = update_user(u, t->subjects[i]);
	for (size_t i = 0; i < t->n_scopes && !err; i++)
		err = update_scope(u, t->scopes[i]);
	if (!err)
		err = records_put_meta(&u->out, u->c, &u->buf, u->subjects.extra,
				       u->subjects.n_extra, u->n_unix);
	return err;
}

/* What is assigned to a Unix group shows in the lists of all groups that it brings: that is no
 * small change. */
static bool is_small(const struct store_touched *t)
{
	for (size_t i = 0; i < t->n_subjects; i++)
		if (t->subjects[i][0] == '%')
			return false;
	return !t->all;
}

int update_view(const struct compile *c, const char *from, const char *path, char *why,
		size_t why_size)
{
	struct update u = { .c = c };
	why[0] = 0;
	if (!is_small(&c->txn->touched))
		return RBAC_NOTFOUND;
	int err = output_begin_copy(&u.out, from, path, why, why_size);
	if (!err && subjects_begin(&u.subjects, c))
		err = no_memory(&u);
	if (!err)
		err = same_facts(&u.out, c, &u.subjects, &u.n_unix);
	if (!err && c->policy->members && (err = via_begin(&u.via, &u.subjects)))
		store_trouble(&u, err);
	if (!err)
		err = rewrite(&u);
	if (!err)
		err = finish_view(&u.out);
	if (err) {
		if (!why[0])
			output_fail(&u.out, err, "%s", rbac_error_text(err));
		output_discard(&u.out);
	}
	via_end(&u.via);
	subjects_end(&u.subjects);
	free(u.members);
	buf_free(&u.buf);
	buf_free(&u.group);
	return err;
}
