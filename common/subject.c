#include "common/subject.h"

#include <string.h>

#include "common/error.h"

enum { OWN, LISTED, BROUGHT, END };

/* A record. With PROVE, damage that hides the record is RBAC_DAMAGED and not RBAC_NOTFOUND. */
static int get(const struct rbac_view *v, uint8_t type, const void *name, size_t len, bool prove,
	       struct rbac_bytes *rec)
{
	int err = rbac_view_get(v, type, name, len, rec);

	return err == RBAC_NOTFOUND && prove ? rbac_view_prove_absent(v, type, name, len) : err;
}

static int get_number(const struct rbac_view *v, uint8_t type, uint32_t n, bool prove,
		      struct rbac_bytes *rec)
{
	uint8_t key[RBAC_NUMBER_KEY];

	rbac_number_key(key, n);
	return get(v, type, key, sizeof(key), prove, rec);
}

static int gid_record(const struct rbac_view *v, uint32_t gid, bool prove, struct rbac_subject *s)
{
	struct rbac_bytes rec;
	int err = get_number(v, RBAC_REC_UNIX, gid, prove, &rec);

	return err == RBAC_OK ? rbac_subject_decode(rec, s) : err;
}

static int name_record(const struct rbac_view *v, const void *name, size_t len, bool prove,
		       struct rbac_subject *s)
{
	struct rbac_bytes rec;
	int err = get(v, RBAC_REC_USER, name, len, prove, &rec);

	return err == RBAC_OK ? rbac_subject_decode(rec, s) : err;
}

/* The name that UID is recorded under, if it is not USER. */
static int find_recorded(const struct rbac_view *v, const char *user, size_t len, uint32_t uid,
			 struct rbac_own *own)
{
	struct rbac_bytes rec;
	struct rbac_subject first;
	int err = get_number(v, RBAC_REC_UID, uid, true, &rec);

	if (err == RBAC_OK)
		err = rbac_uid_decode(rec, &own->recorded);
	if (err != RBAC_OK)
		return err == RBAC_NOTFOUND ? RBAC_OK : err;
	own->second = own->recorded.len != len || memcmp(own->recorded.p, user, len) != 0;
	if (!own->second)
		return RBAC_OK;
	err = name_record(v, own->recorded.p, own->recorded.len, false, &first);
	if (err != RBAC_OK)
		return RBAC_DAMAGED; /* publish writes a record for each name in the index */
	own->suspended |= (first.flags & RBAC_SUBJECT_SUSPENDED) != 0;
	return RBAC_OK;
}

void rbac_subjects_own(const struct rbac_view *v, const char *user, size_t len, uint32_t uid,
		       struct rbac_own *own)
{
	*own = (struct rbac_own){ 0 };
	own->err = name_record(v, user, len, true, &own->subject);
	own->suspended = own->err == RBAC_OK && (own->subject.flags & RBAC_SUBJECT_SUSPENDED);
	if (uid != RBAC_NO_UID && own->err != RBAC_DAMAGED) {
		int err = find_recorded(v, user, len, uid, own);

		if (err != RBAC_OK)
			own->err = err;
	}
}

static int user_record(const struct rbac_subject_query *q, struct rbac_subject *s)
{
	/* A user without a record has the roles of their Unix groups; with a record, they may be
	 * suspended. So a missing record is proven wherever a Unix group holds a role. */
	if (!q->own)
		return name_record(q->view, q->user, q->len, q->view->meta.n_unix > 0, s);
	if (q->own->err == RBAC_OK)
		*s = q->own->subject;
	return q->own->err;
}

/* Note the extra Unix groups that S brings: roles that are assigned to them count too. */
static int note_brought(struct rbac_subjects *it, const struct rbac_subject *s)
{
	const struct rbac_meta *meta = &it->query->view->meta;

	if (meta->n_extra == 0 || meta->n_unix == 0)
		return RBAC_OK;
	for (uint32_t i = 0; i < s->n_gids; i++) {
		uint32_t gid;
		struct rbac_window w;
		int err = rbac_subject_gid(s, i, &gid, &w);

		if (err != RBAC_OK)
			return err;
		int k = rbac_meta_extra(meta, gid);
		if (k >= 0 && rbac_window_open(w, it->query->now))
			it->brought |= UINT64_C(1) << k;
	}
	return RBAC_OK;
}

static int next_own(struct rbac_subjects *it, struct rbac_subject_hit *hit)
{
	struct rbac_subject *s = &hit->subject;

	it->stage = it->query->view->meta.n_unix > 0 ? LISTED : END;
	if (it->query->own && it->query->own->second) {
		it->stage = END;
		return RBAC_NOTFOUND;
	}
	int err = user_record(it->query, s);
	if (err != RBAC_OK)
		return err;
	it->recorded = true;
	if (s->flags & RBAC_SUBJECT_SUSPENDED) {
		it->suspended = true;
		it->stage = END;
		return RBAC_NOTFOUND;
	}
	it->uid_differs = (s->flags & RBAC_SUBJECT_UID_CHANGED) ||
			  (s->uid != RBAC_NO_UID && it->query->uid != RBAC_NO_UID &&
			   s->uid != it->query->uid);
	if (it->uid_differs || (it->query->by_name && (s->flags & RBAC_SUBJECT_ABSENT)))
		return RBAC_NOTFOUND;
	hit->via_group = false;
	hit->gid = RBAC_NO_GID;
	return note_brought(it, s);
}

static int group_hit(struct rbac_subjects *it, uint32_t gid, struct rbac_subject_hit *hit)
{
	const struct rbac_meta *meta = &it->query->view->meta;

	if (gid == RBAC_NO_GID || rbac_meta_in_range(meta, gid))
		return RBAC_NOTFOUND;
	int k = rbac_meta_extra(meta, gid);
	if (k >= 0)
		it->done |= UINT64_C(1) << k;
	int err = gid_record(it->query->view, gid, it->query->prove, &hit->subject);
	if (err != RBAC_OK)
		return err;
	hit->via_group = true;
	hit->gid = gid;
	return note_brought(it, &hit->subject);
}

/* The primary group comes first; the list usually has it too. */
static int next_listed(struct rbac_subjects *it, struct rbac_subject_hit *hit)
{
	while (it->next <= it->query->n) {
		size_t i = it->next++;
		uint32_t gid = i == 0 ? it->query->primary : (*it->query->groups)[i - 1];

		if (i > 0 && gid == it->query->primary)
			continue;
		int err = group_hit(it, gid, hit);
		if (err != RBAC_NOTFOUND)
			return err;
	}
	it->stage = BROUGHT;
	return RBAC_NOTFOUND;
}

static int next_brought(struct rbac_subjects *it, struct rbac_subject_hit *hit)
{
	uint64_t left;

	while ((left = it->brought & ~it->done) != 0) {
		int k = __builtin_ctzll(left);

		it->done |= UINT64_C(1) << k;
		int err = group_hit(it, rbac_le32(it->query->view->meta.extra + 4 * (size_t)k),
				    hit);
		if (err != RBAC_NOTFOUND)
			return err;
	}
	it->stage = END;
	return RBAC_NOTFOUND;
}

void rbac_subjects_init(struct rbac_subjects *it, const struct rbac_subject_query *query)
{
	*it = (struct rbac_subjects){ .query = query, .stage = OWN };
}

int rbac_subjects_next(struct rbac_subjects *it, struct rbac_subject_hit *hit)
{
	int err = RBAC_NOTFOUND;

	while (err == RBAC_NOTFOUND && it->stage != END) {
		if (it->stage == OWN)
			err = next_own(it, hit);
		else if (it->stage == LISTED)
			err = next_listed(it, hit);
		else
			err = next_brought(it, hit);
	}
	return err;
}

static int collect_one(const struct rbac_subject_query *q, const struct rbac_subject *s,
		       int (*add)(void *ctx, uint32_t gid), void *ctx)
{
	for (uint32_t i = 0; i < s->n_gids; i++) {
		uint32_t gid;
		struct rbac_window w;
		int err = rbac_subject_gid(s, i, &gid, &w);

		if (err != RBAC_OK)
			return err;
		if (!rbac_window_open(w, q->now))
			continue;
		/* A view decides nothing about other groups, whatever a record says. */
		if (!rbac_meta_in_range(&q->view->meta, gid) &&
		    rbac_meta_extra(&q->view->meta, gid) < 0)
			continue;
		err = add(ctx, gid);
		if (err != RBAC_OK)
			return err;
	}
	return RBAC_OK;
}

int rbac_groups_collect(const struct rbac_subject_query *query, int (*add)(void *ctx, uint32_t gid),
			void *ctx)
{
	struct rbac_subjects it;
	struct rbac_subject_hit hit;
	bool any = false;
	int err;

	rbac_subjects_init(&it, query);
	while ((err = rbac_subjects_next(&it, &hit)) == RBAC_OK) {
		any = true;
		err = collect_one(query, &hit.subject, add, ctx);
		if (err != RBAC_OK)
			return err;
	}
	return err == RBAC_NOTFOUND && (any || it.recorded) ? RBAC_OK : err;
}
