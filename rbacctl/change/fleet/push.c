/* push: from the authority's store into a folder. */
#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <poll.h>
#include <stdlib.h>
#include <string.h>
#include <sys/file.h>
#include <unistd.h>

#include "rbacctl/carrier/folder.h"
#include "rbacctl/carrier/key_file.h"
#include "rbacctl/change/fleet/fleet.h"
#include "rbacctl/change/fleet/ack.h"
#include "rbacctl/change/fleet/keys.h"
#include "rbacctl/change/fleet/numbers.h"
#include "rbacctl/change/fleet/paths.h"
#include "rbacctl/change/fleet/reads.h"
#include "rbacctl/change/fleet/sheets.h"
#include "rbacctl/command.h"
#include "rbacctl/store/help.h"

/* How long a push to a folder waits for another one. */
enum { LOCK_TRY_MS = 100, LOCK_TRIES = 600 };

struct pushing {
	const struct invocation *a;
	const char *dir;
	bool hosts;
	struct store_txn t;
	struct store_fleet self;
	struct fleet_keys keys;
	struct fleet_key key;
	struct buf *why;
	struct push_result *out;
	/* The sheets that changed last. */
	struct recent {
		char *name;
		uint64_t number;
	} * recent;
	size_t n_recent, cap_recent;
};

static int fail(struct pushing *p, int err, const char *what)
{
	if (!p->why->len)
		buf_printf(p->why, "%s: %s", what,
			   err == RBAC_SYSTEM ? strerror(errno) : rbac_error_text(err));
	return err;
}

static int store_trouble(struct store *s, int err, struct buf *why)
{
	if (err == RBAC_NOTFOUND)
		buf_printf(why, "this host is not the authority of a fleet; to make it one: %s",
			   COMMAND("rbacctl fleet init NAME"));
	else
		buf_printf(why, "%s%s", store_why(s), STORE_HELP(err));
	return err == RBAC_NOTFOUND ? RBAC_REFUSED : err;
}

/* ---- one sheet ---- */

/* What DIR has of the sheet NAME, when this authority signed it. False: nothing that counts. */
static bool there(struct pushing *p, const char *name, struct buf *bytes, struct fleet_head *h)
{
	return folder_read_head(p->dir, name, bytes) == RBAC_OK &&
	       fleet_head_decode(bytes->p, bytes->len, h) == RBAC_OK &&
	       fleet_signed_by(bytes->p, bytes->len, p->key.public) && h->term == p->self.term &&
	       strcmp(h->name, name) == 0;
}

/* Is DIR to get the sheet NAME, whose number is NUMBER? RBAC_CONFLICT: it has a newer one. */
static int is_due(struct pushing *p, const char *name, uint64_t number, bool *due)
{
	struct buf bytes = { 0 };
	struct fleet_head h;
	int err = RBAC_OK;

	*due = true;
	if (there(p, name, &bytes, &h)) {
		if (h.number > number) {
			buf_printf(p->why,
				   "refused: %s has %s at change %" PRIu64
				   ", which this authority signed, and the store has it at change "
				   "%" PRIu64 ": an old store was put back here. Members take no "
				   "lower number",
				   p->dir, name, h.number, number);
			err = RBAC_CONFLICT;
		}
		*due = h.number != number || h.issued + FLEET_RESIGN <= p->a->now ||
		       !folder_has_chunks(p->dir, &h);
	}
	buf_free(&bytes);
	return err;
}

static int sign_and_write(struct pushing *p, struct fleet_head *h, struct fleet_records *r,
			  const struct fleet_recent *recent)
{
	struct fleet_chunk_ref *refs;
	struct buf *chunks, head = { 0 };
	int err = fleet_chunks_make(r, &chunks, &refs, &h->n_chunks);

	if (!err)
		err = fleet_head_encode(h, recent, refs, &head);
	if (!err)
		err = fleet_sign(&p->key, &head);
	if (!err)
		err = folder_write_sheet(p->dir, h->name, &head, chunks, refs, h->n_chunks);
	fleet_chunks_free(chunks, refs, h->n_chunks);
	buf_free(&head);
	if (!err)
		p->out->written++;
	return err;
}

static struct fleet_head new_head(const struct pushing *p, const char *name, uint64_t number)
{
	struct fleet_head h = { .name = name,
				.owner = "",
				.plan = "",
				.exists = true,
				.term = p->self.term,
				.number = number,
				.issued = p->a->now };

	memcpy(h.fleet, p->self.id, FLEET_ID);
	memcpy(h.key, p->key.id, FLEET_KEY_ID);
	return h;
}

static int push_scope(struct pushing *p, const char *name, uint64_t number)
{
	struct fleet_head h = new_head(p, name, number);
	struct fleet_records r = { 0 };
	bool due;
	int err = is_due(p, name, number, &due);

	if (err || !due)
		return err;
	err = fleet_sheet_of_scope(&p->t, name, p->self.uids, &h, &r);
	if (!err)
		err = sign_and_write(p, &h, &r, NULL);
	fleet_records_free(&r);
	return err ? fail(p, err, name) : RBAC_OK;
}

/* ---- the fleet's own sheet, last and always ---- */

static int by_number(const void *a, const void *b)
{
	const struct recent *x = a, *y = b;

	if (x->number != y->number)
		return x->number > y->number ? -1 : 1;
	return strcmp(x->name, y->name);
}

static int push_fleet(struct pushing *p, uint64_t number)
{
	struct fleet_recent recent[FLEET_RECENT_MAX];
	struct fleet_head h = new_head(p, FLEET_SHEET, number);
	struct fleet_records r = { 0 };
	bool due;
	int err = is_due(p, FLEET_SHEET, number, &due);

	if (p->n_recent)
		qsort(p->recent, p->n_recent, sizeof(*p->recent), by_number);
	h.interval = p->self.interval;
	h.keys = p->keys.version;
	while (h.n_recent < p->n_recent && h.n_recent < FLEET_RECENT_MAX) {
		recent[h.n_recent] = (struct fleet_recent){ p->recent[h.n_recent].name,
							    p->recent[h.n_recent].number };
		h.n_recent++;
	}
	if (!err)
		err = fleet_sheet_of_fleet(&p->t, &r);
	if (!err)
		err = sign_and_write(p, &h, &r, recent);
	fleet_records_free(&r);
	return err ? fail(p, err, FLEET_SHEET) : RBAC_OK;
}

/* ---- all of it ---- */

static int on_sheet(void *ctx, const char *name, const struct store_sheet *s)
{
	struct pushing *p = ctx;

	p->out->sheets++;
	if (strcmp(name, FLEET_SHEET) == 0)
		return RBAC_OK;
	if (!buf_room(&p->recent, p->n_recent, &p->cap_recent, sizeof(*p->recent)))
		return fail(p, RBAC_NOMEM, name);
	p->recent[p->n_recent] = (struct recent){ strdup(name), s->number };
	return p->recent[p->n_recent++].name ? RBAC_OK : fail(p, RBAC_NOMEM, name);
}

static int push_all(struct pushing *p)
{
	struct store_sheet fleet;
	int err = store_sheets_all(&p->t, on_sheet, p);

	for (size_t i = 0; i < p->n_recent && !err; i++)
		err = push_scope(p, p->recent[i].name, p->recent[i].number);
	if (!err)
		err = store_sheet_get(&p->t, FLEET_SHEET, &fleet);
	return err ? err : push_fleet(p, fleet.number);
}

/* The key in the file is the one of this term in the list, and has not ended. */
static int check_key(struct pushing *p)
{
	struct fleet_path path = fleet_path(p->a, FLEET_AUTHORITY_KEY);
	fleet_keys_settle(p->a, &p->keys);
	int err = key_file_read(path.text, &p->key);

	if (err)
		return fail(p, err, path.text);
	const struct fleet_authority *own = fleet_keys_find(&p->keys, p->key.id);
	if (!own || own->term != p->self.term) {
		buf_printf(p->why, "%s: it is not the key of the authority of this fleet",
			   path.text);
		return RBAC_DAMAGED;
	}
	p->out->key_until = own->until;
	if (own->until > p->a->now)
		return RBAC_OK;
	buf_printf(p->why, "refused: the authority's key has ended, and no member takes what it "
			   "signs");
	return RBAC_REFUSED;
}

/* One that the folder has not. */
static int push_old_list(struct pushing *p, uint64_t version)
{
	struct buf list = { 0 };
	MDB_val v;
	int err = folder_read_keys(p->dir, version, &list);

	if (err == RBAC_NOTFOUND) {
		err = store_fleet_list(&p->t, version, &v);
		buf_put(&list, err ? NULL : v.mv_data, err ? 0 : v.mv_size);
		if (!err)
			err = list.failed ? RBAC_NOMEM : folder_write_keys(p->dir, version, &list);
	}
	buf_free(&list);
	return err == RBAC_NOTFOUND ? RBAC_OK : err;
}

/* The folder has a list that the root keys have signed after ours: another host has taken over. */
static int check_newer_list(struct pushing *p, const struct buf *own)
{
	struct buf list = { 0 };
	struct fleet_keys new;
	enum fleet_keys_verdict v = FLEET_KEYS_SAME;

	if (folder_read_keys(p->dir, p->keys.version + 1, &list) == RBAC_OK)
		v = fleet_keys_judge(&p->keys, own, NULL, list.p, list.len, &new);
	buf_free(&list);
	if (v != FLEET_KEYS_TAKE)
		return RBAC_OK;
	buf_printf(p->why,
		   "refused: %s has a newer list of keys, %" PRIu64
		   ", which the root keys have signed: another host is the authority now",
		   p->dir, new.version);
	return RBAC_CONFLICT;
}

static int push_keys(struct pushing *p)
{
	struct buf list = { 0 };
	MDB_val v;
	int err = store_fleet_keys(&p->t, &v);

	if (!err)
		err = fleet_keys_decode(v.mv_data, v.mv_size, &p->keys);
	if (err)
		return fail(p, err, "the list of keys");
	err = check_key(p);
	if (!err)
		err = folder_begin(p->dir);
	for (uint64_t version = 1; version < p->keys.version && !err; version++)
		err = push_old_list(p, version);
	buf_put(&list, v.mv_data, v.mv_size);
	if (!err)
		err = check_newer_list(p, &list);
	if (!err)
		err = list.failed ? RBAC_NOMEM : folder_write_keys(p->dir, p->keys.version, &list);
	buf_free(&list);
	return err ? fail(p, err, p->dir) : RBAC_OK;
}

/* Which sheets changed, under the lock: nothing else is done under it. */
static int note_numbers(const struct invocation *a, struct buf *why)
{
	struct store *s = NULL;
	struct store_txn t = { 0 };
	int err = store_open(a->store, STORE_CHANGE, &s);

	if (!err)
		err = store_begin(s, &t);
	struct store_fleet self;
	if (!err)
		err = store_fleet_get(&t, &self);
	if (!err && self.role != STORE_FLEET_AUTHORITY)
		err = RBAC_NOTFOUND;
	if (!err)
		err = fleet_numbers_update(&t);
	if (!err)
		err = store_commit(&t);
	if (err)
		err = store_trouble(s, err, why);
	store_abort(&t);
	store_close(s);
	return err;
}

/* What the store holds at one instant. *AGAIN: a change came in between, and its sheets are not
 * noted. */
static int push_snapshot(struct pushing *p, bool *again)
{
	struct store *s = NULL;
	int err = store_open_to_read(p->a->store, &s, &p->t);

	if (!err)
		err = store_fleet_get(&p->t, &p->self);
	if (!err)
		err = store_generation(&p->t, &p->out->generation);
	if (err)
		err = store_trouble(s, err, p->why);
	*again = !err && p->self.noted != p->out->generation;
	if (!err && !*again)
		err = push_keys(p);
	if (!err && !*again)
		err = push_all(p);
	if (!err && !*again)
		fleet_acks_keep(&p->t, p->a, p->dir);
	if (!err && !*again && p->hosts)
		err = fleet_push_hosts(&p->t, p->dir, p->why);
	if (err && !p->why->len)
		buf_printf(p->why, "%s", store_why(s));
	store_abort(&p->t);
	store_close(s);
	return err;
}

/* One push to a folder at a time: from cron and after a change, they would write to one file. */
int fleet_push_to_folder(const struct invocation *a, const char *dir, struct push_result *out,
			 struct buf *why)
{
	struct fleet_path path = fleet_path(a, FLEET_PUSH_LOCK);
	int fd = open(path.text, O_RDWR | O_CREAT | O_CLOEXEC | O_NOFOLLOW, 0600), tries = 0;

	while (fd >= 0 && flock(fd, LOCK_EX | LOCK_NB) != 0 && errno == EWOULDBLOCK &&
	       tries++ < LOCK_TRIES)
		poll(NULL, 0, LOCK_TRY_MS);
	if (tries > LOCK_TRIES) {
		buf_printf(why, "another push is under way (%s)", path.text);
		close(fd);
		return RBAC_SYSTEM;
	}
	int err = fleet_push(a, dir, false, out, why);
	if (fd >= 0)
		close(fd);
	return err;
}

int fleet_push(const struct invocation *a, const char *dir, bool hosts, struct push_result *out,
	       struct buf *why)
{
	struct pushing p = { .a = a, .dir = dir, .hosts = hosts, .why = why, .out = out };
	bool again = true;
	int err = RBAC_OK;

	*out = (struct push_result){ 0 };
	while (again && !err) {
		err = note_numbers(a, why);
		if (!err)
			err = push_snapshot(&p, &again);
	}
	for (size_t i = 0; i < p.n_recent; i++)
		free(p.recent[i].name);
	free(p.recent);
	fleet_key_erase(&p.key);
	return err;
}
