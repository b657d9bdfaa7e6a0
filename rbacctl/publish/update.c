#include "rbacctl/publish/update.h"

#include <stdlib.h>
#include <string.h>

#include "common/error.h"
#include "rbacctl/publish/output.h"
#include "rbacctl/publish/records.h"
#include "rbacctl/publish/subjects.h"
#include "rbacctl/publish/uid_index.h"

struct update {
	const struct compile *c;
	struct output out;
	struct subjects subjects;
	struct buf buf, group;
	uint32_t n_unix;
	struct encode_member *members; size_t n_members, cap_members;
};

static int store_trouble(struct update *u, int err)
{
	return output_fail(&u->out, err, "%s", err == RBAC_NOMEM ? "out of memory" : store_why(u->c->txn->s));
}

static int no_memory(struct update *u)
{
	return output_fail(&u->out, RBAC_NOMEM, "out of memory");
}

/* ---- a group: its members without USER, and USER as its record now says: the N windows at NOW are those of this group ---- */

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

/* Merge the two sorted halves of the record (always, windowed) and USER; names borrow the record. */
static int merge(struct update *u, const struct rbac_group *g, const char *user, const struct encode_gid *now, size_t n)
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
		bool first = i < g->n_always && (more != RBAC_OK || strcmp((const char *)a, (const char *)name) <= 0);
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

static int rewrite_group(struct update *u, uint32_t gid, const char *user, const struct encode_gid *now, size_t n)
{
	const struct role_groups *roles = u->c->groups;
	int at = subjects_group(&u->subjects, gid);
	struct rbac_bytes rec;
	struct rbac_group g;
	if (at < 0)
		return RBAC_NOTFOUND;   /* the view that is there has a group that we do not make: from scratch */
	const char *name = (size_t)at < roles->n ? roles->v[at].name : u->subjects.extra_name[(size_t)at - roles->n];
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

/* The gids, to be freed, and the uid of USER's record as it stands. */
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

struct numbered { struct encode_gid g; size_t at; };

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

/* Every group that USER was in, or is now. */
static int update_groups(struct update *u, const char *user, const uint32_t *old, size_t n_old, bool counts)
{
	struct encode_gid *now = u->subjects.gids;
	size_t n_now = counts ? u->subjects.n_gids : 0;
	uint32_t *both = u->c->policy->members ? calloc(n_old + n_now + 1, sizeof *both) : NULL;
	int err = RBAC_OK;
	if (!u->c->policy->members)
		return RBAC_OK;
	if (!both || !sort_by_gid(now, n_now)) {
		free(both);
		return no_memory(u);
	}
	for (size_t i = 0; i < n_old; i++)
		both[i] = old[i];
	for (size_t i = 0; i < n_now; i++)
		both[n_old + i] = now[i].gid;
	size_t n = each_once(both, n_old + n_now);
	for (size_t i = 0, at = 0, next; i < n && !err; i++, at = next) {
		for (next = at; next < n_now && now[next].gid == both[i];)
			next++;
		err = rewrite_group(u, both[i], user, now + at, next - at);
	}
	free(both);
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
			err = gone ? output_remove(&u->out, RBAC_REC_USER, user, strlen(user)) : output_replace(&u->out, RBAC_REC_USER, user, strlen(user), &u->buf);
		if (!err)
			err = update_groups(u, user, old, n_old, !gone && !flags);
		if (!err)
			err = update_uids(u, old_uid, gone ? RBAC_NO_UID : record.uid);
	}
	free(old);
	return err;
}

/* ---- Unix groups, scopes ---- */

static int update_unix_group(struct update *u, const char *subject)
{
	uint32_t gid;
	size_t n;
	struct rbac_bytes rec;
	int err = subjects_of_unix_group(&u->subjects, subject, &gid, &n, &u->buf);
	if (err)
		return err == RBAC_NOTFOUND ? err : store_trouble(u, err);   /* its gid is not known any more: from scratch */
	const uint8_t key[4] = { (uint8_t)(gid >> 24), (uint8_t)(gid >> 16), (uint8_t)(gid >> 8), (uint8_t)gid };
	bool before = output_get(&u->out, RBAC_REC_UNIX, key, sizeof key, &rec) == RBAC_OK;
	u->n_unix += (n > 0) - before;
	return n ? output_replace(&u->out, RBAC_REC_UNIX, key, sizeof key, &u->buf) : output_remove(&u->out, RBAC_REC_UNIX, key, sizeof key);
}

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

/* The host is as it was when the view was compiled: the same extra Unix groups. */
static int check_meta(struct update *u)
{
	struct rbac_bytes rec;
	struct rbac_meta m;
	int err = output_get(&u->out, RBAC_REC_META, NULL, 0, &rec);
	if (!err)
		err = rbac_meta_decode(rec, &m);
	if (err)
		return err;
	u->n_unix = m.n_unix;
	if (m.n_extra != u->subjects.n_extra)
		return RBAC_NOTFOUND;
	for (size_t i = 0; i < m.n_extra; i++)
		if (rbac_le32(m.extra + 4 * i) != u->subjects.extra[i])
			return RBAC_NOTFOUND;
	return RBAC_OK;
}

static int rewrite(struct update *u)
{
	const struct store_touched *t = &u->c->txn->touched;
	int err = check_meta(u);
	for (size_t i = 0; i < t->n_subjects && !err; i++)
		err = t->subjects[i][0] == '%' ? update_unix_group(u, t->subjects[i]) : update_user(u, t->subjects[i]);
	for (size_t i = 0; i < t->n_scopes && !err; i++)
		err = update_scope(u, t->scopes[i]);
	if (!err)
		err = records_put_meta(&u->out, u->c, &u->buf, u->subjects.extra, u->subjects.n_extra, u->n_unix);
	return err;
}

int update_view(const struct compile *c, const char *from, const char *path, char *why, size_t why_size)
{
	struct update u = { .c = c };
	why[0] = 0;
	if (c->txn->touched.all)
		return RBAC_NOTFOUND;
	int err = output_begin_copy(&u.out, from, path, why, why_size);
	if (!err && subjects_begin(&u.subjects, c))
		err = no_memory(&u);
	if (!err)
		err = rewrite(&u);
	if (!err)
		err = output_finish(&u.out);
	if (err) {
		if (!why[0])
			output_fail(&u.out, err, "%s", rbac_error_text(err));
		output_discard(&u.out);
	}
	subjects_end(&u.subjects);
	free(u.members);
	buf_free(&u.buf);
	buf_free(&u.group);
	return err;
}
