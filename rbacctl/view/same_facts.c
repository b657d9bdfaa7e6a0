#include "rbacctl/view/same_facts.h"

#include <string.h>

#include "common/error.h"
#include "rbacctl/view/records.h"

/* ---- Unix groups, extra ones, the zone ---- */

static size_t count_type(struct output *o, uint8_t type, int *err)
{
	struct output_place at;
	struct rbac_bytes key, rec;
	size_t n = 0;

	*err = output_first(o, type, &at);
	while (!*err && (*err = output_next(&at, &key, &rec)) == RBAC_OK)
		n++;
	if (*err == RBAC_NOTFOUND)
		*err = RBAC_OK;
	output_end(&at);
	return n;
}

static int same_groups(struct output *o, const struct facts *f)
{
	struct buf now = { 0 };
	struct rbac_bytes rec;
	int err;
	size_t n = count_type(o, RBAC_REC_HOST, &err);

	if (!err && n != f->n_groups)
		err = RBAC_NOTFOUND;
	for (size_t i = 0; i < f->n_groups && !err; i++) {
		records_fact(&now, &f->groups[i]);
		err = now.failed ? RBAC_NOMEM
				 : output_get(o, RBAC_REC_HOST, f->groups[i].name,
					      strlen(f->groups[i].name), &rec);
		if (!err && (rec.len != now.len || memcmp(rec.p, now.p, now.len) != 0))
			err = RBAC_NOTFOUND;
	}
	buf_free(&now);
	return err;
}

static bool same_zone(const struct rbac_meta *m, const struct facts *f)
{
	bool same = m->n_zone == f->n_zone;

	for (size_t i = 0; i < f->n_zone && same; i++)
		same = (int64_t)rbac_le64(m->zone + 12 * i) == f->zone[i].from &&
		       (int32_t)rbac_le32(m->zone + 12 * i + 8) == f->zone[i].offset;
	return same;
}

static int same_meta(struct output *o, const struct compile *c, const struct subjects *s,
		     uint32_t *n_unix)
{
	struct rbac_bytes rec;
	struct rbac_meta m;
	int err = output_get(o, RBAC_REC_META, NULL, 0, &rec);

	if (!err)
		err = rbac_meta_decode(rec, &m);
	if (err)
		return err;
	*n_unix = m.n_unix;
	bool same = m.n_extra == s->n_extra && same_zone(&m, c->facts);
	for (size_t i = 0; same && i < m.n_extra; i++)
		same = rbac_le32(m.extra + 4 * i) == s->extra[i];
	return same ? RBAC_OK : RBAC_NOTFOUND;
}

/* ---- users: both the store and the copy have them in the order of their names ---- */

struct users {
	const struct compile *c;
	struct output_place at;
};

static bool is_touched(const struct store_touched *t, const char *name)
{
	for (size_t i = 0; i < t->n_subjects; i++)
		if (strcmp(t->subjects[i], name) == 0)
			return true;
	return false;
}

static bool is_user(struct rbac_bytes key, const char *name)
{
	return key.len == strlen(name) + 1 && memcmp(key.p + 1, name, key.len - 1) == 0;
}

static int on_user(void *ctx, const char *name, const struct store_user *u)
{
	struct users *w = ctx;
	const uint32_t facts = RBAC_SUBJECT_UID_CHANGED | RBAC_SUBJECT_ABSENT;
	struct rbac_bytes key, rec;
	struct rbac_subject s;
	int err;

	if (is_touched(&w->c->txn->touched, name))
		return RBAC_OK;
	/* A touched user of the copy may be gone from the store. */
	while ((err = output_next(&w->at, &key, &rec)) == RBAC_OK && !is_user(key, name))
		;
	if (!err)
		err = rbac_subject_decode(rec, &s);
	if (!err && (s.flags & facts) != (subjects_user_facts(w->c->facts, name, u) & facts))
		err = RBAC_NOTFOUND;
	return err;
}

static int same_users(struct output *o, const struct compile *c)
{
	struct users w = { .c = c };
	int err = output_first(o, RBAC_REC_USER, &w.at);

	if (!err)
		err = store_users_all(c->txn, on_user, &w);
	output_end(&w.at);
	return err;
}

int same_facts(struct output *o, const struct compile *c, const struct subjects *s,
	       uint32_t *n_unix)
{
	int err = same_meta(o, c, s, n_unix);

	if (!err)
		err = same_groups(o, c->facts);
	return err ? err : same_users(o, c);
}
