#include "rbacctl/change/undo/log_prune.h"

#include <errno.h>
#include <inttypes.h>
#include <stdio.h>
#include <string.h>

#include "rbacctl/carrier/key_file.h"
#include "rbacctl/change/internal.h"
#include "rbacctl/change/commit/unconfirmed.h"
#include "rbacctl/command.h"
#include "rbacctl/host/time/local_time.h"
#include "rbacctl/number.h"
#include "rbacctl/store/journal.h"
#include "rbacctl/store/prune.h"

_Static_assert((int)BASELINE_PUBLIC == (int)FLEET_PUBLIC, "a public key");
_Static_assert((int)BASELINE_SIGNATURE == (int)FLEET_SIGNATURE, "a signature");

/* ---- words ---- */

void log_prune_text(const struct store_baseline *b, struct buf *out)
{
	if (b->pruned)
		buf_printf(out, "the changes up to %" PRIu64 " were pruned from the log",
			   b->change);
	else
		buf_printf(out,
			   "the changes up to %" PRIu64 " were made by an older rbac, which kept "
			   "no journal",
			   b->change);
}

int log_pruned(const char *store, uint64_t *change)
{
	struct store *s;
	struct store_txn t = { 0 };
	struct store_baseline b = { 0 };
	int err = store_open_to_read(store, &s, &t);

	if (!err)
		err = store_baseline_get(&t, &b);
	*change = b.pruned ? b.change : 0;
	store_abort(&t);
	store_close(s);
	return err;
}

static void put_hex(struct buf *out, const uint8_t *p, size_t len)
{
	for (size_t i = 0; i < len; i++)
		buf_printf(out, "%02x", p[i]);
}

/* ---- the key ---- */

static void key_path(const struct invocation *a, char *out, size_t size)
{
	snprintf(out, size, "%.4000s/log.key", a->store);
}

static int key_fail(struct change *c, int err, const char *path)
{
	if (err == RBAC_UNTRUSTED)
		return change_fail(c, err,
				   "%s: others than root can read or write the key of the log; "
				   "a new one is made when it is gone",
				   path);
	if (err == RBAC_DAMAGED)
		return change_fail(c, err, "%s is no key; a new one is made when it is gone", path);
	return change_fail(c, err, "%s: %s", path, strerror(errno));
}

/* MADE: there was none. With --dry-run none is made. */
static int need_key(struct change *c, struct fleet_key *key, bool *made)
{
	char path[4200];

	key_path(c->a, path, sizeof(path));
	int err = key_file_read(path, key);
	*made = err == RBAC_NOTFOUND;
	if (*made && !c->a->dry_run)
		err = key_file_make(path, key);
	if (*made && c->a->dry_run)
		return RBAC_OK;
	return err ? key_fail(c, err, path) : RBAC_OK;
}

static int sign(struct change *c, const struct fleet_key *key, struct store_baseline *b)
{
	struct buf message = { 0 };

	memcpy(b->public, key->public, sizeof(b->public));
	store_baseline_message(b, &message);
	int err = message.failed ? RBAC_NOMEM : fleet_sign(key, &message);
	if (!err)
		memcpy(b->signature, message.p + message.len - sizeof(b->signature),
		       sizeof(b->signature));
	buf_free(&message);
	return err ? change_fail(c, err, "out of memory") : RBAC_OK;
}

enum log_signed log_prune_signed(const struct invocation *a, const struct store_baseline *b)
{
	char path[4200];
	struct fleet_key key = { 0 };
	struct buf message = { 0 };

	if (!b->pruned)
		return LOG_NOT_PRUNED;
	store_baseline_message(b, &message);
	buf_put(&message, b->signature, sizeof(b->signature));
	bool good = !message.failed && fleet_signed_by(message.p, message.len, b->public);
	buf_free(&message);
	if (!good)
		return LOG_FORGED;
	key_path(a, path, sizeof(path));
	bool here = key_file_read(path, &key) == RBAC_OK;
	bool same = here && memcmp(key.public, b->public, sizeof(key.public)) == 0;
	fleet_key_erase(&key);
	return same ? LOG_SIGNED : here ? LOG_OTHER_KEY : LOG_NO_KEY;
}

/* ---- is it sound? ---- */

static void on_fault(void *ctx, const char *what)
{
	size_t *n = ctx;

	(void)what;
	++*n;
}

/* Traces of whoever wrote to the store are not pruned away. */
static int check_sound(struct change *c)
{
	size_t faults = 0;
	uint64_t bad;
	int err = store_audit_verify(&c->t, &bad);

	if (!err)
		err = store_journal_verify(&c->t, on_fault, &faults);
	if (err && err != RBAC_DAMAGED)
		return change_store_fail(c, err);
	return err || faults ? change_fail(c, RBAC_REFUSED,
					   "refused: the log is not sound, and what shows that "
					   "would be lost: %s",
					   COMMAND("rbacctl verify"))
			     : RBAC_OK;
}

/* ---- up to which change ---- */

struct before {
	int64_t time;
	uint64_t change; /* the first that was not made before TIME; 0: all were */
};

static int on_change(void *ctx, const struct store_audit *a)
{
	struct before *b = ctx;

	if (!b->change && a->when >= b->time)
		b->change = a->change;
	return RBAC_OK;
}

static int find_time(struct change *c, const char *text, uint64_t *upto)
{
	struct before b = { 0 };
	const char *why;

	if (local_time_parse(text, c->a->now, &b.time, &why))
		return change_fail(c, RBAC_INVALID,
				   "--prune %s: expected the number of a change, or a time: %s",
				   text, why);
	if (b.time > c->a->now)
		return change_fail(c, RBAC_INVALID, "--prune %s: expected a time that is past",
				   text);
	int err = store_audit_each(&c->t, 0, on_change, &b);
	*upto = b.change ? b.change - 1 : c->change - 1;
	return err ? change_store_fail(c, err) : RBAC_OK;
}

static int find_upto(struct change *c, const char *text, uint64_t *upto)
{
	if (!number_parse(text, 0, upto))
		return find_time(c, text, upto);
	if (*upto == 0)
		return change_fail(c, RBAC_INVALID,
				   "--prune 0: there is no change 0: the first one is 1");
	if (*upto >= c->change)
		return change_fail(c, RBAC_INVALID,
				   "there is no change %" PRIu64 ": the last one is %" PRIu64,
				   *upto, c->change - 1);
	--*upto;
	return RBAC_OK;
}

/* ---- the act ---- */

static int check_upto(struct change *c, const struct store_baseline *old, uint64_t upto)
{
	char first[32];

	c->nothing = upto == 0 || (old->pruned && upto <= old->change);
	snprintf(first, sizeof(first), "%" PRIu64, old->change + 1);
	if (c->nothing)
		buf_printf(&c->notes, "the log begins with change %" PRIu64 ": nothing to do\n",
			   old->pruned ? old->change + 1 : 1);
	else if (upto < old->change)
		return change_fail(c, RBAC_REFUSED,
				   "refused: the changes up to %" PRIu64 " were made by an older "
				   "rbac, and can only go together: %s",
				   old->change, COMMAND("rbacctl log --prune %s", first));
	return RBAC_OK;
}

/* To take a change back, the rows that it wrote must be known. */
static int check_unconfirmed(struct change *c, uint64_t upto)
{
	struct unconfirmed pending;
	int err = unconfirmed_read(&c->t, c->a->now, &pending);

	if (err)
		return change_store_fail(c, err);
	if (pending.change == 0 || upto < pending.change)
		return RBAC_OK;
	return change_fail(c, RBAC_REFUSED,
			   "refused: change %" PRIu64
			   " (%s) is pending confirmation, and can be reverted only while the log "
			   "has it\n  to keep it, in another login: %s",
			   pending.change, pending.verb, COMMAND("rbacctl confirm"));
}

static int prune(struct change *c, uint64_t upto)
{
	struct fleet_key key = { 0 };
	struct store_baseline b;
	size_t n;
	bool made;
	int err = need_key(c, &key, &made);

	if (err)
		return err;
	err = store_prune(&c->t, upto, &b, &n);
	if (err)
		change_store_fail(c, err);
	if (!err)
		err = sign(c, &key, &b);
	fleet_key_erase(&key);
	if (!err && store_baseline_put(&c->t, &b))
		err = change_store_fail(c, RBAC_SYSTEM);
	buf_printf(&c->done, "log: pruned up to change %" PRIu64 ", %zu change%s\nbaseline: chain ",
		   upto, n, n == 1 ? "" : "s");
	put_hex(&c->done, b.chain, sizeof(b.chain));
	buf_printf(&c->done, " rows ");
	put_hex(&c->done, b.digest, sizeof(b.digest));
	if (made && c->a->dry_run) {
		buf_printf(&c->done, "\nsigned by a new key\n");
		return err;
	}
	buf_printf(&c->done, "\nsigned by %skey ", made ? "the new " : "");
	put_hex(&c->done, b.public, sizeof(b.public));
	buf_printf(&c->done, "\n");
	if (made)
		buf_printf(
			&c->notes,
			"keep the number of this key on another host too: verify names the key\n");
	return err;
}

int change_log_prune(struct change *c, const char *before)
{
	struct store_baseline old;
	uint64_t upto = 0;

	c->verb = "log prune";
	if (!c->a->actor.root)
		return change_fail(c, RBAC_REFUSED, "refused: only root prunes the log: %s",
				   COMMAND("rbacctl log --prune %s --as root", before));
	int err = store_baseline_get(&c->t, &old);
	if (err)
		return change_store_fail(c, err);
	err = find_upto(c, before, &upto);
	if (!err)
		err = check_upto(c, &old, upto);
	if (err || c->nothing)
		return err;
	err = check_unconfirmed(c, upto);
	if (!err)
		err = check_sound(c);
	return err ? err : prune(c, upto);
}
