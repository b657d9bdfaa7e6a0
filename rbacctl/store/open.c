#include "rbacctl/store/store.h"

#include <errno.h>
#include <fcntl.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <unistd.h>

#include "rbacctl/config/trust.h"
#include "rbacctl/files.h"
#include "rbacctl/store/lmdb_env.h"
#include "rbacctl/store/lmdb_file.h"

static const char *const table_names[STORE_TABLES] = {
	[T_META] = "meta",         [T_USER] = "user",       [T_SCOPE] = "scope",
	[T_ASSIGN] = "assign",     [T_SUBJECT] = "subject", [T_HELD] = "held",
	[T_OWNED] = "owned",       [T_GID] = "gid",         [T_GIDNAME] = "gidname",
	[T_TEXT] = "text",         [T_AUDIT] = "audit",     [T_JOURNAL] = "journal",
	[T_BASELINE] = "baseline", [T_CONTENT] = "content", [T_REQUEST] = "request",
	[T_PENDING] = "pending",   [T_FLEET] = "fleet",     [T_NOTICE] = "notice",
	[T_EXEMPT] = "exempt",
};

/* A user who can write the folder above could replace the store by another folder, for example by
 * an older store (config/trust.h). */
static int check_parent(struct store *s)
{
	char parent[4096];
	struct buf why = { 0 };
	struct stat st;
	int err = RBAC_OK;

	snprintf(parent, sizeof parent, "%s", s->dir);
	char *slash = strrchr(parent, '/');
	if (slash)
		slash[slash == parent] = '\0';
	else
		snprintf(parent, sizeof parent, ".");
	if (stat(parent, &st) == 0 && !trust_stat(parent, &st, &why))
		err = store_fail(s, RBAC_UNTRUSTED, "%s", buf_text(&why));
	buf_free(&why);
	return err;
}

/* Only root may be able to write the folder: otherwise the store cannot be trusted. */
static int check_dir(struct store *s, enum store_mode mode)
{
	struct stat st;
	if (mode == STORE_CREATE && mkdir(s->dir, 0700) != 0 && errno != EEXIST)
		return store_fail(s, RBAC_SYSTEM, "%s: cannot make the folder: %s", s->dir,
				  strerror(errno));
	if (lstat(s->dir, &st) != 0)
		return store_fail(s, errno == ENOENT ? RBAC_ABSENT : RBAC_SYSTEM, "%s: %s", s->dir,
				  strerror(errno));
	if (!S_ISDIR(st.st_mode) || (st.st_uid != 0 && st.st_uid != geteuid()) ||
	    (st.st_mode & 022))
		return store_fail(
			s, RBAC_UNTRUSTED,
			"%s: expected a folder that root owns and nobody else can write to; find "
			"out who could have written there, then chown it to root and chmod it to "
			"0700",
			s->dir);
	return check_parent(s);
}

static int open_table(struct store *s, MDB_txn *txn, enum store_table table, bool create)
{
	int rc = mdb_dbi_open(txn, table_names[table], create ? MDB_CREATE : 0, &s->table[table]);
	if (rc == MDB_NOTFOUND)
		return store_fail(s, RBAC_ABSENT, "%s: there is no store yet", s->dir);
	return store_lmdb(s, rc, s->dir);
}

int store_open_tables(struct store *s, MDB_txn *txn, bool create)
{
	/* Those from the journal on came with version 2. */
	int end = create || s->version >= 2 ? STORE_TABLES : T_JOURNAL, err = RBAC_OK;
	for (int i = 0; i < end && !err; i++)
		err = open_table(s, txn, (enum store_table)i, create);
	return err;
}

/* Read the version before anything else in the store. */
static int read_version(struct store *s, struct store_txn *t, bool create)
{
	int err = open_table(s, t->txn, T_META, create);
	if (!err)
		err = store_number_get(t, "version", &s->version);
	if (err == RBAC_NOTFOUND && create) {
		s->version = STORE_VERSION;
		return store_number_put(t, "version", STORE_VERSION);
	}
	if (err == RBAC_NOTFOUND)
		return store_fail(s, RBAC_DAMAGED, "%s: the store has no version", s->dir);
	if (!err && s->version > STORE_VERSION)
		err = store_fail(s, RBAC_NEWER,
				 "%s: a newer rbac made this store: it has version %llu, and "
				 "this rbacctl knows versions up to %d. Nothing was changed",
				 s->dir, (unsigned long long)s->version, STORE_VERSION);
	return err;
}

/* Make the tables of a new store, or check that this rbacctl knows the version of an old one. */
static int set_up(struct store *s, bool create)
{
	struct store_txn t = { .s = s, .write = create };
	int rc = mdb_txn_begin(s->env, NULL, create ? 0 : MDB_RDONLY, &t.txn);
	if (rc)
		return store_lmdb(s, rc, s->dir);
	int err = read_version(s, &t, create);
	if (!err)
		err = store_open_tables(s, t.txn, create && s->version == STORE_VERSION);
	store_let_go(&t);
	if (err) {
		mdb_txn_abort(t.txn);
		return err;
	}
	return store_lmdb(s, mdb_txn_commit(t.txn), s->dir);
}

/* Reading a truncated file (a full disk during a copy, a bad restore) would kill this process. */
static int check_whole(struct store *s, const char *path)
{
	uint64_t has, needs;
	if (lmdb_file_is_whole(path, &has, &needs))
		return RBAC_OK;
	return store_fail(s, RBAC_DAMAGED,
			  "%s is cut short: it has %llu bytes, and its own header says %llu", path,
			  (unsigned long long)has, (unsigned long long)needs);
}

static int start_env(struct store *s, const char *path, unsigned flags)
{
	return store_lmdb(s, lmdb_env_open(&s->env, path, STORE_TABLES, flags, 0600), path);
}

/*
 * A new store gets its name when it is complete and synced. LMDB writes the first two pages of a
 * new file without a sync: after a power loss before the first commit, LMDB might not accept the
 * file.
 */
static int make_env(struct store *s, const char *path)
{
	char aside[4096];
	snprintf(aside, sizeof aside, "%s/data.new", s->dir);
	if (unlink(aside) != 0 && errno != ENOENT)
		return store_fail(s, RBAC_SYSTEM, "%s: %s", aside, strerror(errno));
	int err = start_env(s, aside, MDB_NOSUBDIR | MDB_NOLOCK);
	if (!err)
		err = set_up(s, true);
	mdb_env_close(s->env);
	s->env = NULL;
	if (!err && rename(aside, path) != 0)
		err = store_fail(s, RBAC_SYSTEM, "%s: %s", path, strerror(errno));
	if (err)
		unlink(aside);
	return err;
}

static int open_env(struct store *s, enum store_mode mode)
{
	char path[4096];
	struct stat st;
	snprintf(path, sizeof path, "%s/data.mdb", s->dir);
	bool absent = stat(path, &st) != 0;
	s->fresh = absent && errno == ENOENT && mode == STORE_CREATE;
	if (absent && mode != STORE_CREATE)
		return store_fail(s, errno == ENOENT ? RBAC_ABSENT : RBAC_SYSTEM, "%s: %s", path,
				  strerror(errno));
	int err = absent ? make_env(s, path) : RBAC_OK;
	if (!err)
		err = check_whole(s, path);
	if (!err)
		err = start_env(s, s->dir, mode == STORE_READ ? MDB_RDONLY : 0);
	if (err)
		return err;
	int dead;
	mdb_reader_check(
		s->env,
		&dead); /* slots of readers that were killed would keep old pages for ever */
	return set_up(s, mode == STORE_CREATE);
}

/* LMDB syncs the content of its file, but not the folder with the name of a new file. */
static int sync_folder(struct store *s)
{
	return files_sync_folder(s->dir)
		       ? store_fail(s, RBAC_SYSTEM, "%s: sync: %s", s->dir, strerror(errno))
		       : RBAC_OK;
}

/* Check that other commands would take the same lock: the folder was not removed meanwhile. */
static bool lock_is_current(const struct store *s)
{
	char path[4096];
	struct stat held, there;
	snprintf(path, sizeof path, "%s/lock", s->dir);
	return fstat(s->lock_fd, &held) == 0 && stat(path, &there) == 0 &&
	       held.st_dev == there.st_dev && held.st_ino == there.st_ino;
}

/* One try for each init that is refused at the same time; more mean a file system on which a file
 * changes its identity. */
enum { LOCK_TRIES = 100 };

/* Another init that was refused may remove its store while we wait for the lock: try again. */
static int lock_dir(struct store *s, enum store_mode mode, int seconds)
{
	for (int tries = 0; tries < LOCK_TRIES; tries++) {
		int err = check_dir(s, mode);
		if (!err && s->writable)
			err = store_lock(s, seconds);
		if (err || !s->writable || lock_is_current(s))
			return err;
		close(s->lock_fd);
		s->lock_fd = -1;
	}
	return store_fail(s, RBAC_SYSTEM,
			  "%s/lock: the file is another one after each attempt to lock it", s->dir);
}

static bool has_changes(struct store *s)
{
	struct store_txn t;
	uint64_t generation = 1;
	if (store_begin(s, &t) == RBAC_OK)
		(void)store_generation(&t, &generation);
	store_abort(&t);
	return generation > 0;
}

void store_remove_new(struct store *s)
{
	static const char *const files[] = { "data.mdb", "data.new", "lock.mdb", "lock" };
	char path[4096];
	if (!s->fresh || s->lock_fd < 0)
		return;
	for (size_t i = 0; i < sizeof files / sizeof *files; i++) {
		snprintf(path, sizeof path, "%s/%s", s->dir, files[i]);
		unlink(path);
	}
	rmdir(s->dir);
}

int store_open(const char *dir, enum store_mode mode, struct store **out)
{
	return store_open_within(dir, mode, STORE_WAIT, out);
}

int store_open_within(const char *dir, enum store_mode mode, int seconds, struct store **out)
{
	struct store *s = calloc(1, sizeof *s);
	*out = s;
	if (!s)
		return RBAC_NOMEM;
	s->lock_fd = -1;
	s->writable = mode != STORE_READ;
	s->dir = strdup(dir);
	if (!s->dir)
		return RBAC_NOMEM;
	int err = lock_dir(s, mode, seconds);
	if (!err)
		err = open_env(s, mode);
	if (!err && mode == STORE_CREATE)
		err = sync_folder(s);
	if (!err && mode == STORE_CREATE)
		s->fresh |= !has_changes(s); /* an init that was killed leaves such a one */
	return err;
}

int store_open_to_read(const char *dir, struct store **s, struct store_txn *t)
{
	int err = store_open(dir, STORE_READ, s);

	*t = (struct store_txn){ 0 };
	return err ? err : store_begin(*s, t);
}

int store_open_file(const char *path, struct store **out)
{
	struct store *s = calloc(1, sizeof *s);
	*out = s;
	if (!s)
		return RBAC_NOMEM;
	s->lock_fd = -1;
	s->dir = strdup(path);
	if (!s->dir)
		return RBAC_NOMEM;
	int err = check_whole(s, path);
	if (!err)
		err = start_env(s, path, MDB_NOSUBDIR | MDB_NOLOCK | MDB_RDONLY);
	return err ? err : set_up(s, false);
}

void store_close(struct store *s)
{
	if (!s)
		return;
	if (s->env)
		mdb_env_close(s->env);
	if (s->lock_fd >= 0)
		close(s->lock_fd);
	free(s->dir);
	free(s);
}
