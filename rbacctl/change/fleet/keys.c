#include "rbacctl/change/fleet/keys.h"

#include <errno.h>
#include <inttypes.h>
#include <sodium.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rbacctl/carrier/folder.h"
#include "rbacctl/carrier/key_file.h"
#include "rbacctl/change/fleet/acts.h"
#include "rbacctl/change/fleet/paths.h"
#include "rbacctl/human_time.h"
#include "rbacctl/store/fleet.h"

enum { ID_TEXT = 2 * FLEET_KEY_ID + 1 };

static void id_text(const uint8_t public[FLEET_PUBLIC], char out[ID_TEXT])
{
	uint8_t id[FLEET_KEY_ID];

	fleet_key_id(public, id);
	sodium_bin2hex(out, ID_TEXT, id, sizeof(id));
}

/* ---- the list of the store ---- */

struct held_list {
	struct fleet_keys keys;
	struct buf list;
	uint64_t term;
	bool authority;
};

static int read_held(const struct invocation *a, struct held_list *h, struct buf *why)
{
	struct store *s = NULL;
	struct store_txn t = { 0 };
	struct store_fleet self;
	MDB_val v;
	int err = store_open_to_read(a->store, &s, &t);

	*h = (struct held_list){ .term = 0 };
	if (!err)
		err = store_fleet_get(&t, &self);
	if (!err)
		err = store_fleet_keys(&t, &v);
	if (!err) {
		h->term = self.term;
		h->authority = self.role == STORE_FLEET_AUTHORITY;
		buf_put(&h->list, v.mv_data, v.mv_size);
		err = fleet_keys_decode(v.mv_data, v.mv_size, &h->keys);
	}
	if (err == RBAC_ABSENT)
		err = RBAC_NOTFOUND;
	return fleet_read_end(s, &t, err, "this host is in no fleet", why);
}

/* ---- a draft ---- */

static struct fleet_authority *find_authority(struct fleet_keys *k, const char *id)
{
	char own[ID_TEXT];

	for (int i = 0; i < k->n_authorities; i++) {
		id_text(k->authorities[i].public, own);
		if (strcmp(own, id) == 0)
			return &k->authorities[i];
	}
	return NULL;
}

static void end_all(struct fleet_keys *k, uint64_t term, int64_t now)
{
	for (int i = 0; i < k->n_authorities; i++)
		if (k->authorities[i].until > now && (!term || k->authorities[i].term == term))
			k->authorities[i].until = now;
}

/* A key of this host: that of a draft before is used again. */
static int own_key(const struct invocation *a, struct fleet_keys *k, uint64_t term, struct buf *why)
{
	struct fleet_path path = fleet_path(a, FLEET_NEW_KEY), folder = fleet_path(a, "");
	struct fleet_key key;

	if (mkdir(folder.text, 0700) != 0 && errno != EEXIST) {
		buf_printf(why, "%s: %s", folder.text, strerror(errno));
		return RBAC_SYSTEM;
	}
	int err = key_file_make(path.text, &key);
	if (err == RBAC_CONFLICT)
		err = key_file_read(path.text, &key);
	if (err) {
		buf_printf(why, "%s: %s", path.text,
			   err == RBAC_SYSTEM ? strerror(errno) : rbac_error_text(err));
		return err;
	}
	if (k->n_authorities == FLEET_AUTHORITIES_MAX) { /* the oldest has ended long ago */
		memmove(k->authorities, k->authorities + 1,
			(FLEET_AUTHORITIES_MAX - 1) * sizeof(*k->authorities));
		k->n_authorities--;
	}
	struct fleet_authority *new = &k->authorities[k->n_authorities++];
	memcpy(new->public, key.public, FLEET_PUBLIC);
	new->term = term;
	new->until = a->now + FLEET_KEY_LIFE;
	fleet_key_erase(&key);
	return RBAC_OK;
}

static bool add_root(struct fleet_keys *k, const char *hex)
{
	size_t len;

	return k->n_roots < FLEET_ROOTS_MAX &&
	       sodium_hex2bin(k->roots[k->n_roots], FLEET_PUBLIC, hex, strlen(hex), NULL, &len,
			      NULL) == 0 &&
	       len == FLEET_PUBLIC && ++k->n_roots;
}

static bool drop_root(struct fleet_keys *k, const char *id)
{
	char own[ID_TEXT];

	for (int i = 0; i < k->n_roots; i++) {
		id_text(k->roots[i], own);
		if (strcmp(own, id) != 0)
			continue;
		memmove(k->roots[i], k->roots[i + 1], (size_t)(k->n_roots - i - 1) * FLEET_PUBLIC);
		k->n_roots--;
		return true;
	}
	return false;
}

/* One word with its VALUE. RBAC_INVALID: it is not one of those in the header. */
static int change_keys(const struct invocation *a, const struct held_list *h, struct fleet_keys *k,
		       const char *word, const char *value, struct buf *why)
{
	struct fleet_authority *authority = value ? find_authority(k, value) : NULL;
	char *end = NULL;

	if (strcmp(word, "new") == 0) {
		end_all(k, h->term, a->now);
		return own_key(a, k, h->term, why);
	}
	if (strcmp(word, "take-over") == 0) {
		end_all(k, 0, a->now);
		return own_key(a, k, h->term + 1, why);
	}
	if (strcmp(word, "end") == 0 && authority) {
		authority->until = a->now;
		return RBAC_OK;
	}
	if (strcmp(word, "add-root") == 0 && value && add_root(k, value))
		return RBAC_OK;
	if (strcmp(word, "drop-root") == 0 && value && drop_root(k, value))
		return RBAC_OK;
	if (strcmp(word, "threshold") == 0 && value) {
		unsigned long n = strtoul(value, &end, 10);
		if (!*end && n >= 1 && n <= FLEET_ROOTS_MAX) {
			k->threshold = (uint8_t)n;
			return RBAC_OK;
		}
	}
	buf_printf(why,
		   "fleet keys draft: %s %s: expected new, take-over, end ID, add-root KEY, "
		   "drop-root ID or threshold N, with an ID or KEY that there is",
		   word, value ? value : "");
	return RBAC_INVALID;
}

static int write_draft(const char *path, const struct fleet_keys *k, struct buf *why)
{
	struct buf list = { 0 };
	struct stat st;
	int err = fleet_keys_encode(k, &list);

	if (err)
		buf_printf(why, "fleet keys draft: no list can be like that: at least as many root "
				"keys as the threshold says, and none twice");
	if (!err && lstat(path, &st) == 0) {
		buf_printf(why, "%s is there already", path);
		err = RBAC_REFUSED;
	}
	if (!err && folder_put(path, list.p, list.len, true)) {
		buf_printf(why, "%s: %s", path, strerror(errno));
		err = RBAC_SYSTEM;
	}
	buf_free(&list);
	return err;
}

int fleet_keys_draft(const struct invocation *a, const char *path, char *const *words, int n,
		     struct buf *why)
{
	struct held_list h;
	int err = read_held(a, &h, why);
	struct fleet_keys k = h.keys;

	if (!err && !h.authority) {
		buf_printf(why, "refused: this host is a member; the keys are the authority's");
		err = RBAC_REFUSED;
	}
	k.version++;
	for (int i = 0; i < n && !err; i++) {
		bool alone = strcmp(words[i], "new") == 0 || strcmp(words[i], "take-over") == 0;
		err = change_keys(a, &h, &k, words[i], !alone && i + 1 < n ? words[i + 1] : NULL,
				  why);
		i += !alone;
	}
	if (!err)
		err = write_draft(path, &k, why);
	buf_free(&h.list);
	return err;
}

int fleet_keys_add_signature(const char *path, const char *key_file, struct buf *why)
{
	struct fleet_key key;
	struct buf list = { 0 };
	int err = folder_read(path, FLEET_KEYS_MAX, &list);

	if (err) {
		buf_printf(why, "%s: %s", path,
			   err == RBAC_SYSTEM ? strerror(errno) : rbac_error_text(err));
	} else if ((err = key_file_read(key_file, &key))) {
		buf_printf(why, "%s: %s", key_file,
			   err == RBAC_SYSTEM ? strerror(errno) : rbac_error_text(err));
	} else {
		err = fleet_keys_sign(&list, &key);
		if (err)
			buf_printf(why, "%s: %s", path,
				   err == RBAC_NOTFOUND   ? "it is no list of keys"
				   : err == RBAC_CONFLICT ? "this key has signed it already"
							  : rbac_error_text(err));
		fleet_key_erase(&key);
	}
	if (!err && folder_put(path, list.p, list.len, true)) {
		buf_printf(why, "%s: %s", path, strerror(errno));
		err = RBAC_SYSTEM;
	}
	buf_free(&list);
	return err == RBAC_CONFLICT || err == RBAC_NOTFOUND ? RBAC_INVALID : err;
}

/* ---- tell ---- */

static void line(struct buf *out, const char *what, const char *text)
{
	buf_printf(out, "%s\t%s\n", what, text);
}

int fleet_keys_tell(const struct invocation *a, struct buf *lines, struct buf *why)
{
	char id[ID_TEXT], rel[64], text[200];
	struct held_list h;
	int err = read_held(a, &h, why);

	if (err) {
		buf_free(&h.list);
		return err;
	}
	snprintf(text, sizeof(text), "version %" PRIu64 ", signed by %u of %u root keys",
		 h.keys.version, h.keys.threshold, h.keys.n_roots);
	line(lines, "list", text);
	for (int i = 0; i < h.keys.n_roots; i++) {
		id_text(h.keys.roots[i], id);
		line(lines, "root", id);
	}
	for (int i = 0; i < h.keys.n_authorities; i++) {
		const struct fleet_authority *k = &h.keys.authorities[i];
		id_text(k->public, id);
		human_relative(k->until, a->now, rel, sizeof(rel));
		snprintf(text, sizeof(text), "%s, term %" PRIu64 ", %s %s", id, k->term,
			 k->until > a->now ? "ends" : "ended", rel);
		line(lines, "authority", text);
	}
	buf_free(&h.list);
	return RBAC_OK;
}

void fleet_keys_put_in_place(const struct invocation *a)
{
	struct buf why = { 0 };
	struct held_list h;

	if (read_held(a, &h, &why) == RBAC_OK)
		fleet_keys_settle(a, &h.keys);
	buf_free(&h.list);
	buf_free(&why);
}
