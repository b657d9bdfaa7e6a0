/* A list of keys that enough root keys have signed becomes the one that counts; perhaps this host
 * takes over with it. */
#include <errno.h>
#include <inttypes.h>
#include <string.h>
#include <unistd.h>

#include "rbacctl/carrier/folder.h"
#include "rbacctl/carrier/key_file.h"
#include "rbacctl/change/fleet/acts.h"
#include "rbacctl/change/fleet/keys.h"
#include "rbacctl/change/fleet/paths.h"

/* The authority of K whose secret half is in the file NAME here; NULL: it is not there. */
static const struct fleet_authority *key_here(const struct invocation *a,
					      const struct fleet_keys *k, const char *name)
{
	struct fleet_key key;

	if (key_file_read(fleet_path(a, name).text, &key))
		return NULL;
	const struct fleet_authority *found = fleet_keys_find(k, key.id);
	fleet_key_erase(&key);
	return found;
}

void fleet_keys_settle(const struct invocation *a, const struct fleet_keys *k)
{
	/* What cannot be renamed now is at the next push, which says what is wrong. */
	if (key_here(a, k, FLEET_NEW_KEY))
		(void)rename(fleet_path(a, FLEET_NEW_KEY).text,
			     fleet_path(a, FLEET_AUTHORITY_KEY).text);
}

static int judge_list(struct change *c, const char *path, const struct buf *list,
		      struct fleet_keys *new)
{
	struct fleet_keys held;
	struct buf bytes = { 0 };
	MDB_val v;
	int err = store_fleet_keys(&c->t, &v);

	if (!err)
		err = fleet_keys_decode(v.mv_data, v.mv_size, &held);
	if (err)
		return change_store_fail(c, err);
	buf_put(&bytes, v.mv_data, v.mv_size);
	enum fleet_keys_verdict verdict = fleet_keys_judge(&held, &bytes, NULL, list->p, list->len,
							   new);
	buf_free(&bytes);
	if (verdict != FLEET_KEYS_TAKE)
		return change_fail(c, RBAC_REFUSED, "refused: %s: %s", path,
				   verdict == FLEET_KEYS_SAME ? "it is not newer than the list here"
							      : fleet_keys_text(verdict));
	if (new->version == held.version + 1)
		return RBAC_OK;
	return change_fail(c, RBAC_REFUSED,
			   "refused: %s is version %" PRIu64 ", and %" PRIu64 " is the next", path,
			   new->version, held.version + 1);
}

static int take_list(struct change *c, const char *path, const struct buf *list, bool *took_over)
{
	struct store_fleet self;
	struct fleet_keys new;
	char name[FLEET_NAME_MAX + 1];
	int err = fleet_need_authority(c, &self);

	if (!err)
		err = judge_list(c, path, list, &new);
	if (err)
		return err;
	const struct fleet_authority *own = key_here(c->a, &new, FLEET_NEW_KEY);
	if (!own)
		own = key_here(c->a, &new, FLEET_AUTHORITY_KEY);
	if (!own || own->until <= c->a->now || own->term < self.term)
		return change_fail(
			c, RBAC_REFUSED,
			"refused: no key of this host would be in that list, and nothing "
			"could be pushed from here");
	*took_over = own->term > self.term;
	snprintf(name, sizeof(name), "%s", self.name); /* borrowed, and this writes */
	buf_printf(&c->done, "fleet keys %" PRIu64 "%s\n", new.version,
		   *took_over ? ", taken over by this host" : "");
	err = store_fleet_keys_put(&c->t, list->p, list->len);
	if (!err)
		err = store_fleet_list_put(&c->t, new.version, list->p, list->len);
	/* The fleet's head says that there is a new list; what was signed with an old key is signed
	 * anew, as push finds. */
	self.term = own->term;
	self.noted = *took_over ? c->change : self.noted;
	self.name = name;
	self.host = "";
	if (!err)
		err = store_fleet_put(&c->t, &self);
	if (err)
		return change_store_fail(c, err);
	return *took_over ? fleet_number_sheets(c, self.term) : RBAC_OK;
}

int change_fleet_keys(struct change *c, const char *path, bool *took_over)
{
	struct buf list = { 0 };

	*took_over = false;
	c->verb = c->verb ? c->verb : "fleet keys";
	int err = fleet_need_root(c);
	if (!err && (err = folder_read(path, FLEET_KEYS_MAX, &list)))
		change_fail(c, err, "%s: %s", path,
			    err == RBAC_SYSTEM ? strerror(errno) : rbac_error_text(err));
	if (!err)
		err = take_list(c, path, &list, took_over);
	buf_free(&list);
	return err;
}
