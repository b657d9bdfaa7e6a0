#include "rbacctl/store/migrate.h"

#include <errno.h>
#include <fcntl.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rbacctl/buf.h"
#include "rbacctl/files.h"
#include "rbacctl/store/baseline.h"
#include "rbacctl/store/text.h"

bool store_is_older(const struct store *s)
{
	return s->version < STORE_VERSION;
}

/* ---- the old store is kept ---- */

static int copy_to(struct store *s, const char *path)
{
	int fd = open(path, O_WRONLY | O_CREAT | O_EXCL | O_CLOEXEC, 0600);
	if (fd < 0)
		return store_fail(s, RBAC_SYSTEM, "%s: %s", path, strerror(errno));
	int err = store_lmdb(s, mdb_env_copyfd(s->env, fd), path);
	if (!err && fsync(fd) != 0)
		err = store_fail(s, RBAC_SYSTEM, "%s: sync: %s", path, strerror(errno));
	if (close(fd) != 0 && !err)
		err = store_fail(s, RBAC_SYSTEM, "%s: %s", path, strerror(errno));
	return err;
}

/* It gets its name when it is whole. */
static int keep_old(struct store *s, const char *path)
{
	char temp[4200];

	snprintf(temp, sizeof(temp), "%s.new", path);
	if (unlink(temp) != 0 && errno != ENOENT)
		return store_fail(s, RBAC_SYSTEM, "%s: %s", temp, strerror(errno));
	int err = copy_to(s, temp);
	if (!err && rename(temp, path) != 0)
		err = store_fail(s, RBAC_SYSTEM, "%s: %s", path, strerror(errno));
	if (!err && files_sync_folder(s->dir))
		err = store_fail(s, RBAC_SYSTEM, "%s: sync: %s", s->dir, strerror(errno));
	if (err)
		unlink(temp);
	return err;
}

/* ---- version 1: texts by their digest ---- */

struct texts {
	struct store_txn *t;
	struct store_rows rows; /* of T_TEXT, with their content */
};

static int on_text(void *ctx, const MDB_val *key, const MDB_val *value)
{
	struct texts *x = ctx;
	struct store_row row = { .table = T_TEXT, .key = *key, .after = *value };

	if (key->mv_size != STORE_TEXT_KEY || !memchr(value->mv_data, 0, value->mv_size))
		return store_fail(x->t->s, RBAC_DAMAGED, "a text of the policy is damaged");
	return store_rows_add(&x->rows, &row) ? RBAC_OK
					      : store_fail(x->t->s, RBAC_NOMEM, "out of memory");
}

static int move_texts(struct store_txn *t)
{
	struct texts x = { .t = t };
	int err = store_each(t, T_TEXT, NULL, 0, on_text, &x);

	for (size_t i = 0; i < x.rows.n && !err; i++) {
		const struct store_row *r = &x.rows.v[i];
		const char *name = r->after.mv_data;
		size_t skip = strlen(name) + 1;
		err = store_text_put(t, r->key.mv_data, name, name + skip, r->after.mv_size - skip);
	}
	store_rows_free(&x.rows);
	return err;
}

/* ---- one transaction ---- */

static int begin(struct store *s, struct store_txn *t)
{
	int err = store_begin(s, t);

	return err ? err : store_open_tables(s, t->txn, true);
}

/* What is there becomes the baseline, and that is a change. */
static int take_baseline(struct store *s, struct store_txn *t, struct store_baseline *b,
			 struct store_audit *a, const char *kept)
{
	struct buf text = { 0 };
	size_t rows = 0;
	int err = store_audit_head(t, b->chain);

	if (!err)
		err = store_baseline_take(t, b->digest);
	if (!err)
		err = store_baseline_put(t, b);
	if (!err)
		err = store_count(t, T_BASELINE, &rows);
	buf_printf(&text, "store version %" PRIu64 " -> %d, %zu rows; the old store is kept: %s\n",
		   s->version, STORE_VERSION, rows, kept);
	a->verb = "migrate";
	a->text = buf_text(&text);
	if (!err)
		err = text.failed ? store_fail(s, RBAC_NOMEM, "out of memory")
				  : store_audit_append(t, a);
	buf_free(&text);
	return err;
}

static int rewrite(struct store *s, struct store_txn *t, struct store_audit *a, const char *kept)
{
	struct store_baseline b = { 0 };
	int err = move_texts(t);

	journal_forget(t);
	if (!err)
		err = store_number_put(t, "version", STORE_VERSION);
	if (!err)
		err = store_generation(t, &b.change);
	/* An init that was killed leaves a store without a change. */
	return err || b.change == 0 ? err : take_baseline(s, t, &b, a, kept);
}

/* Names of tables that a transaction opened and did not commit mean nothing. */
static void forget_tables(struct store *s)
{
	for (int i = T_JOURNAL; i < STORE_TABLES; i++)
		s->table[i] = 0;
}

int store_migrate(struct store *s, struct store_audit *a, char *kept, size_t size)
{
	struct store_txn t = { 0 };

	snprintf(kept, size, "%s/data.mdb.v%" PRIu64, s->dir, s->version);
	int err = keep_old(s, kept);
	if (!err)
		err = begin(s, &t);
	if (!err)
		err = rewrite(s, &t, a, kept);
	if (!err)
		err = store_commit(&t);
	store_abort(&t);
	if (err)
		forget_tables(s);
	else
		s->version = STORE_VERSION;
	return err;
}
