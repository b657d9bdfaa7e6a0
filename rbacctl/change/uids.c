#include "rbacctl/change/uids.h"

#include <stdlib.h>
#include <string.h>

#include "common/error.h"
#include "common/wire.h"

enum { SLOTS_FIRST = 1024 };

/* Knuth, The Art of Computer Programming 3, 6.4: multiply by the golden ratio, take the upper bits.
 */
static size_t slot_of(const struct uids *u, uint32_t uid)
{
	return (size_t)((uint64_t)(uid * UINT32_C(2654435769)) * u->n_slots >> 32);
}

static void place(struct uids *u, struct uid_name e)
{
	size_t i = slot_of(u, e.uid);

	while (u->slots[i].name)
		i = i + 1 == u->n_slots ? 0 : i + 1;
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
	*u = wider;
	return RBAC_OK;
}

int uids_add(struct uids *u, uint32_t uid, const char *name)
{
	if (uid == RBAC_NO_UID)
		return RBAC_OK;
	if (2 * u->n >= u->n_slots && grow(u))
		return RBAC_NOMEM;
	char *copy = strdup(name);
	if (!copy)
		return RBAC_NOMEM;
	place(u, (struct uid_name){ uid, copy });
	return RBAC_OK;
}

static int on_user(void *ctx, const char *name, const struct store_user *s)
{
	return uids_add(ctx, s->uid, name);
}

int uids_read(struct uids *u, struct store_txn *t)
{
	return store_users_all(t, on_user, u);
}

const char *uids_other(const struct uids *u, uint32_t uid, const char *name, const char *also)
{
	if (!u->n_slots || uid == RBAC_NO_UID)
		return NULL;
	for (size_t i = slot_of(u, uid); u->slots[i].name; i = i + 1 == u->n_slots ? 0 : i + 1) {
		const struct uid_name *e = &u->slots[i];
		if (e->uid == uid && strcmp(e->name, name) != 0 &&
		    (!also || strcmp(e->name, also) != 0))
			return e->name;
	}
	return NULL;
}

void uids_free(struct uids *u)
{
	for (size_t i = 0; i < u->n_slots; i++)
		free(u->slots[i].name);
	free(u->slots);
	*u = (struct uids){ 0 };
}
