#include "common/subject.h"

#include <string.h>

#include "common/error.h"

enum { OWN, LISTED, BROUGHT, END };

/* A record; with PROVE, RBAC_NOTFOUND is the truth and not what damage has made of it. */
static int get(const struct rbac_view *v, uint8_t type, const void *name, size_t len, bool prove,
	       struct rbac_bytes *rec)
{
	int rc = rbac_view_get(v, type, name, len, rec);
	return rc == RBAC_NOTFOUND && prove ? rbac_view_absent(v, type, name, len) : rc;
}

static int get_number(const struct rbac_view *v, uint8_t type, uint32_t n, bool prove,
		      struct rbac_bytes *rec)
{
	const uint8_t be[4] = { (uint8_t)(n >> 24), (uint8_t)(n >> 16), (uint8_t)(n >> 8),
				(uint8_t)n };
	return get(v, type, be, sizeof(be), prove, rec);
}

static int gid_record(const struct rbac_view *v, uint32_t gid, bool prove, struct rbac_subject *s)
{
	struct rbac_bytes rec;
	int rc = get_number(v, RBAC_REC_UNIX, gid, prove, &rec);
	return rc == RBAC_OK ? rbac_subject_decode(rec, s) : rc;
}

static int name_record(const struct rbac_view *v, const void *name, size_t len, bool prove,
		       struct rbac_subject *s)
{
	struct rbac_bytes rec;
	int rc = get(v, RBAC_REC_USER, name, len, prove, &rec);
	return rc == RBAC_OK ? rbac_subject_decode(rec, s) : rc;
}

/* The name that UID is recorded under, where it is another than USER. */
static int find_recorded(const struct rbac_view *v, const char *user, size_t len, uint32_t uid,
			 struct rbac_own *own)
{
	struct rbac_bytes rec;
	struct rbac_subject first;
	int rc = get_number(v, RBAC_REC_UID, uid, true, &rec);
	if (rc == RBAC_OK)
		rc = rbac_uid_decode(rec, &own->recorded);
	if (rc != RBAC_OK)
		return rc == RBAC_NOTFOUND ? RBAC_OK : rc;
	own->second = own->recorded.len != len || memcmp(own->recorded.p, user, len) != 0;
	if (!own->second)
		return RBAC_OK;
	rc = name_record(v, own->recorded.p, own->recorded.len, false, &first);
	if (rc != RBAC_OK)
		return RBAC_DAMAGED; /* the record that the uid leads to is always there */
	own->suspended |= (first.flags & RBAC_SUBJECT_SUSPENDED) != 0;
	return RBAC_OK;
}

void rbac_subjects_own(const struct rbac_view *v, const char *user, size_t len, uint32_t uid,
		       struct rbac_own *own)
{
	*own = (struct rbac_own){ 0 };
	own->rc = name_record(v, user, len, true, &own->subject);
	own->suspended = own->rc == RBAC_OK && (own->subject.flags & RBAC_SUBJECT_SUSPENDED);
	if (uid != RBAC_NO_UID && own->rc != RBAC_DAMAGED) {
		int rc = find_recorded(v, user, len, uid, own);
		if (rc != RBAC_OK)
			own->rc = rc;
	}
}

static int user_record(const struct rbac_subjects *it, struct rbac_subject *s)
{
	/* Someone without a record has what their Unix groups have; with one, they may be
	 * suspended. */
	if (!it->own)
		return name_record(it->view, it->user, it->len, it->view->meta.n_unix > 0, s);
	if (it->own->rc == RBAC_OK)
		*s = it->own->subject;
	return it->own->rc;
}

/* Note the extra Unix groups that S brings: what is assigned to those applies as well. */
static int note_brought(struct rbac_subjects *it, const struct rbac_subject *s)
{
	const struct rbac_meta *meta = &it->view->meta;
	if (meta->n_extra == 0 || meta->n_unix == 0)
		return RBAC_OK;
	for (uint32_t i = 0; i < s->n_gids; i++) {
		uint32_t gid;
		struct rbac_window w;
		int rc = rbac_subject_gid(s, i, &gid, &w);
		if (rc != RBAC_OK)
			return rc;
		int k = rbac_meta_extra(meta, gid);
		if (k >= 0 && rbac_window_open(w, it->now))
			it->brought |= UINT64_C(1) << k;
	}
	return RBAC_OK;
}

static int next_own(struct rbac_subjects *it, struct rbac_subject_hit *hit)
{
	struct rbac_subject *s = &hit->subject;
	it->stage = it->view->meta.n_unix > 0 ? LISTED : END;
	if (it->own && it->own->second) {
		it->stage = END;
		return RBAC_NOTFOUND;
	}
	int rc = user_record(it, s);
	if (rc != RBAC_OK)
		return rc;
	it->recorded = true;
	if (s->flags & RBAC_SUBJECT_SUSPENDED) {
		it->suspended = true;
		it->stage = END;
		return RBAC_NOTFOUND;
	}
	it->uid_differs = (s->flags & RBAC_SUBJECT_UID_CHANGED) ||
			  (s->uid != RBAC_NO_UID && it->uid != RBAC_NO_UID && s->uid != it->uid);
	if (it->uid_differs || (it->by_name && (s->flags & RBAC_SUBJECT_ABSENT)))
		return RBAC_NOTFOUND;
	hit->via_group = false;
	hit->gid = RBAC_NO_GID;
	return note_brought(it, s);
}

static int group_hit(struct rbac_subjects *it, uint32_t gid, struct rbac_subject_hit *hit)
{
	const struct rbac_meta *meta = &it->view->meta;
	if (gid == RBAC_NO_GID || rbac_meta_in_range(meta, gid))
		return RBAC_NOTFOUND;
	int k = rbac_meta_extra(meta, gid);
	if (k >= 0)
		it->done |= UINT64_C(1) << k;
	int rc = gid_record(it->view, gid, it->prove, &hit->subject);
	if (rc != RBAC_OK)
		return rc;
	hit->via_group = true;
	hit->gid = gid;
	return note_brought(it, &hit->subject);
}

/* The primary group comes first; it usually stands in the list as well. */
static int next_listed(struct rbac_subjects *it, struct rbac_subject_hit *hit)
{
	while (it->next <= it->n) {
		size_t i = it->next++;
		uint32_t gid = i == 0 ? it->primary : (*it->groups)[i - 1];
		if (i > 0 && gid == it->primary)
			continue;
		int rc = group_hit(it, gid, hit);
		if (rc != RBAC_NOTFOUND)
			return rc;
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
		int rc = group_hit(it, rbac_le32(it->view->meta.extra + 4 * (size_t)k), hit);
		if (rc != RBAC_NOTFOUND)
			return rc;
	}
	it->stage = END;
	return RBAC_NOTFOUND;
}

int rbac_subjects_next(struct rbac_subjects *it, struct rbac_subject_hit *hit)
{
	int rc = RBAC_NOTFOUND;
	while (rc == RBAC_NOTFOUND && it->stage != END) {
		if (it->stage == OWN)
			rc = next_own(it, hit);
		else if (it->stage == LISTED)
			rc = next_listed(it, hit);
		else
			rc = next_brought(it, hit);
	}
	return rc;
}

static int collect_one(const struct rbac_subjects *it, const struct rbac_subject *s,
		       int (*add)(void *ctx, uint32_t gid), void *ctx)
{
	for (uint32_t i = 0; i < s->n_gids; i++) {
		uint32_t gid;
		struct rbac_window w;
		int rc = rbac_subject_gid(s, i, &gid, &w);
		if (rc != RBAC_OK)
			return rc;
		if (!rbac_window_open(w, it->now))
			continue;
		/* A view has no say about any other group, whatever a record holds. */
		if (!rbac_meta_in_range(&it->view->meta, gid) &&
		    rbac_meta_extra(&it->view->meta, gid) < 0)
			continue;
		rc = add(ctx, gid);
		if (rc != RBAC_OK)
			return rc;
	}
	return RBAC_OK;
}

int rbac_groups_collect(struct rbac_subjects *it, int (*add)(void *ctx, uint32_t gid), void *ctx)
{
	struct rbac_subject_hit hit;
	bool any = false;
	int rc;
	while ((rc = rbac_subjects_next(it, &hit)) == RBAC_OK) {
		any = true;
		rc = collect_one(it, &hit.subject, add, ctx);
		if (rc != RBAC_OK)
			return rc;
	}
	return rc == RBAC_NOTFOUND && (any || it->recorded) ? RBAC_OK : rc;
}
