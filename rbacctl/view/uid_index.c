#include "rbacctl/view/uid_index.h"

#include <stdlib.h>
#include <string.h>

#include "common/error.h"
#include "rbacctl/buf.h"

int uid_index_note(struct uid_index *u, const char *name, const struct store_user *record)
{
	if (record->uid == RBAC_NO_UID)
		return RBAC_OK;
	if (!buf_room(&u->v, u->n, &u->cap, sizeof *u->v))
		return RBAC_NOMEM;
	char *own = strdup(name);
	if (!own)
		return RBAC_NOMEM;
	u->v[u->n++] = (struct uid_owner){ record->uid, record->change, own };
	return RBAC_OK;
}

void uid_index_free(struct uid_index *u)
{
	for (size_t i = 0; i < u->n; i++)
		free(u->v[i].name);
	free(u->v);
	*u = (struct uid_index){ 0 };
}

/* By uid; of one uid, who was recorded first. */
static int order(const void *a, const void *b)
{
	const struct uid_owner *x = a, *y = b;
	if (x->uid != y->uid)
		return x->uid < y->uid ? -1 : 1;
	if (x->change != y->change)
		return x->change < y->change ? -1 : 1;
	return strcmp(x->name, y->name);
}

static void key_of(uint32_t uid, uint8_t key[4])
{
	for (int i = 0; i < 4; i++)
		key[i] = (uint8_t)(uid >> (24 - 8 * i));
}

int uid_index_put(struct uid_index *u, struct output *o, struct buf *b)
{
	int err = RBAC_OK;
	if (u->n > 1)
		qsort(u->v, u->n, sizeof *u->v, order);
	for (size_t i = 0; i < u->n && !err; i++) {
		uint8_t key[4];
		if (i > 0 && u->v[i].uid == u->v[i - 1].uid)
			continue;
		key_of(u->v[i].uid, key);
		buf_reset(b);
		encode_uid(b, u->v[i].name);
		err = output_put(o, RBAC_REC_UID, key, sizeof key, b, true);
	}
	return err;
}

struct search {
	uint32_t uid;
	struct uid_index found;
};

static int on_user(void *ctx, const char *name, const struct store_user *record)
{
	struct search *s = ctx;
	return record->uid == s->uid ? uid_index_note(&s->found, name, record) : RBAC_OK;
}

int uid_index_replace(struct store_txn *t, uint32_t uid, struct output *o, struct buf *b)
{
	struct search s = { .uid = uid };
	uint8_t key[4];
	key_of(uid, key);
	int err = store_users_all(t, on_user, &s);
	if (err) {
		output_fail(o, err, "%s", err == RBAC_NOMEM ? "out of memory" : store_why(t->s));
	} else if (s.found.n == 0) {
		err = output_remove(o, RBAC_REC_UID, key, sizeof key);
	} else {
		qsort(s.found.v, s.found.n, sizeof *s.found.v, order);
		buf_reset(b);
		encode_uid(b, s.found.v[0].name);
		err = output_replace(o, RBAC_REC_UID, key, sizeof key, b);
	}
	uid_index_free(&s.found);
	return err;
}
