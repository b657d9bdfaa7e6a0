#include "rbacctl/store/uids.h"

#include <stdlib.h>
#include <string.h>

#include "common/error.h"
#include "common/wire.h"

enum { SLOTS_FIRST = 1024, WALKS = 2 };

/* Knuth, The Art of Computer Programming 3, 6.4: multiply by the golden ratio, take the upper bits.
 */
static size_t slot_of(const struct uids *u, uint32_t uid)
{
	return (size_t)((uint64_t)(uid * UINT32_C(2654435769)) * u->n_slots >> 32);
}

static size_t next_slot(const struct uids *u, size_t i)
{
	return i + 1 == u->n_slots ? 0 : i + 1;
}

static void place(struct uids *u, struct uid_name e)
{
	size_t i = slot_of(u, e.uid);

	while (u->slots[i].name)
		i = next_slot(u, i);
	u->slots[i] = e;
	u->n++;
}

static int grow(struct uids *u)
{
	struct uids wider = { .n_slots = u->n_slots ? 2 * u->n_slots : SLOTS_FIRST };

	wider.slots = calloc(wider.n_slots, sizeof(*wider.slots));
	if (!wider.slots)
		return RBAC_NOMEM;
	for (size_t i = 0; i < u->n_slots; i++)
		if (u->slots[i].name)
			place(&wider, u->slots[i]);
	free(u->slots);
	u->slots = wider.slots;
	u->n_slots = wider.n_slots;
	return RBAC_OK;
}

static int add(struct uids *u, uint32_t uid, const char *name, uint64_t change)
{
	if (uid == RBAC_NO_UID)
		return RBAC_OK;
	if (2 * u->n >= u->n_slots && grow(u))
		return RBAC_NOMEM;
	char *copy = strdup(name);
	if (!copy)
		return RBAC_NOMEM;
	place(u, (struct uid_name){ uid, change, copy });
	return RBAC_OK;
}

int uids_add(struct uids *u, uint32_t uid, const char *name, uint64_t change)
{
	u->known = false;
	return u->read ? add(u, uid, name, change) : RBAC_OK;
}

void uids_remove(struct uids *u, uint32_t uid, const char *name)
{
	u->known = false;
	if (!u->n_slots || uid == RBAC_NO_UID)
		return;
	for (size_t i = slot_of(u, uid); u->slots[i].name; i = next_slot(u, i))
		if (u->slots[i].uid == uid && strcmp(u->slots[i].name, name) == 0)
			u->slots[i].name[0] = 0;
}

static int on_user(void *ctx, const char *name, const struct store_user *s)
{
	return add(ctx, s->uid, name, s->change);
}

static int read_all(struct uids *u, struct store_txn *t)
{
	int err = u->read ? RBAC_OK : store_users_all(t, on_user, u);

	u->read = !err;
	return err;
}

int uids_other(struct uids *u, struct store_txn *t, uint32_t uid, const char *name,
	       const char *also, const char **other)
{
	int err = read_all(u, t);

	*other = NULL;
	if (err || !u->n_slots || uid == RBAC_NO_UID)
		return err;
	for (size_t i = slot_of(u, uid); u->slots[i].name; i = next_slot(u, i)) {
		const struct uid_name *e = &u->slots[i];
		if (e->uid != uid || !e->name[0] || strcmp(e->name, name) == 0 ||
		    (also && strcmp(e->name, also) == 0))
			continue;
		*other = e->name;
		break;
	}
	return RBAC_OK;
}

/* ---- the first name ---- */

struct first_name {
	uint32_t uid;
	uint64_t change;
	char *out; /* RBAC_USER_MAX + 1 bytes; "": none yet */
};

static void take_if_first(struct first_name *f, const char *name, uint64_t change)
{
	bool before = !f->out[0] || change < f->change ||
		      (change == f->change && strcmp(name, f->out) < 0);

	if (!before || strlen(name) > RBAC_USER_MAX)
		return;
	f->change = change;
	strcpy(f->out, name);
}

static int on_first(void *ctx, const char *name, const struct store_user *u)
{
	struct first_name *f = ctx;

	if (u->uid == f->uid)
		take_if_first(f, name, u->change);
	return RBAC_OK;
}

int uids_first(struct uids *u, struct store_txn *t, uint32_t uid, char *out)
{
	struct first_name f = { .uid = uid, .out = out };
	int err = RBAC_OK;

	out[0] = 0;
	if (uid == RBAC_NO_UID)
		return RBAC_OK;
	if (u->known && u->uid == uid) {
		strcpy(out, u->first);
		return RBAC_OK;
	}
	if (!u->read && u->asked++ < WALKS)
		err = store_users_all(t, on_first, &f);
	else
		err = read_all(u, t);
	for (size_t i = u->n_slots ? slot_of(u, uid) : 0;
	     !err && u->read && u->n_slots && u->slots[i].name; i = next_slot(u, i))
		if (u->slots[i].uid == uid && u->slots[i].name[0])
			take_if_first(&f, u->slots[i].name, u->slots[i].change);
	if (err)
		return err;
	u->known = true;
	u->uid = uid;
	strcpy(u->first, out);
	return RBAC_OK;
}

void uids_free(struct uids *u)
{
	for (size_t i = 0; i < u->n_slots; i++)
		free(u->slots[i].name);
	free(u->slots);
	*u = (struct uids){ 0 };
}
