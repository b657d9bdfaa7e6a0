/*
 * store.h - the role store, an LMDB environment that only root can read. The view is compiled from
 * it. The folder DIR has data.mdb, lock.mdb (liblmdb's lock file) and `lock` (ours).
 *
 * A change holds a flock(2) on DIR/lock from before its write transaction until the view has been
 * renamed into place. liblmdb's own lock ends at the commit; without ours, an older view could be
 * renamed over a newer one.
 *
 * The functions return enum rbac_error; after an error store_why() has the reason as text. Strings
 * that they return borrow the transaction: they are valid until its next write or its end. Times
 * are seconds since 1970. docs/format.md describes the tables.
 */
#ifndef RBACCTL_STORE_STORE_H
#define RBACCTL_STORE_STORE_H

#include <lmdb.h>
#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "common/error.h"
#include "common/wire.h"
#include "rbacctl/config/source.h"

/* The version that this rbacctl writes; migrate.h describes version 1, of rbac 0.1.0. STORE_HASH:
 * bytes of a BLAKE2b-256. */
enum { STORE_VERSION = 2, STORE_HASH = RBAC_IDENTITY };

/* The records of the journal have these numbers, so add a new table at the end. */
enum store_table {
	T_META,
	T_USER,
	T_SCOPE,
	T_ASSIGN,
	T_SUBJECT,
	T_HELD,
	T_OWNED,
	T_GID,
	T_GIDNAME,
	T_TEXT,
	T_AUDIT,
	T_JOURNAL,  /* what each change wrote, row by row: journal.h */
	T_BASELINE, /* the rows as they were before the first change that has a journal */
	T_CONTENT,  /* the policy's texts, by their digest */
	T_REQUEST,  /* requests for a role, and which are pending: request.h */
	T_PENDING,
	T_FLEET,  /* this host's part in a fleet: fleet.h */
	T_NOTICE, /* what people are to be told: notice.h */
	T_EXEMPT, /* uses of an exemption: exempt.h */
	STORE_TABLES
};

struct store {
	MDB_env *env;
	MDB_dbi table[STORE_TABLES]; /* 0: an older store does not have it */
	uint64_t version;            /* of the store on the disk; an older one can only be read */
	int lock_fd;                 /* -1: not held */
	bool writable;
	bool fresh;       /* STORE_CREATE: no change was ever made in it */
	bool would_write; /* STORE_READ: a write was attempted, and refused (RBAC_REFUSED) */
	char *dir;
	char why[512]; /* store_why() */
};

/* The subjects and scopes that a transaction has written. In a large store, publish rewrites only
 * their records in a copy of the view (view/update.h). */
enum { STORE_TOUCHED_MAX = 64 };
struct store_touched {
	char *subjects[STORE_TOUCHED_MAX], /* users and "%group"s; this struct owns the texts */
		*scopes[STORE_TOUCHED_MAX];
	size_t n_subjects, n_scopes;
	bool all; /* more than STORE_TOUCHED_MAX, or a new policy: any record may have changed */
};

struct store_txn {
	struct store *s;
	MDB_txn *txn;
	bool write;
	struct store_touched touched;
	struct journal_notes *notes; /* the rows written so far, for the journal; NULL: none */
	/* table.c: for each table the cursor of the last read or write, and that of the last
	 * iteration. NULL: none. */
	MDB_cursor *at[STORE_TABLES], *walked[STORE_TABLES];
};

enum store_mode {
	STORE_READ,   /* open for reading, without our lock; RBAC_ABSENT if there is no store */
	STORE_CHANGE, /* wait for our lock, open for writing; RBAC_ABSENT if there is no store */
	STORE_CREATE, /* the same, and make the store if there is none */
};

/* Open the store in DIR (mode 0700). Close *S in any case, also after an error: store_why(*S) then
 * has the reason. *S is NULL only if there was no memory for it. Waits STORE_WAIT seconds for the
 * lock. */
int store_open(const char *dir, enum store_mode mode, struct store **s);

/*
 * The same, but wait at most SECONDS for another change to end (0: do not wait). If it has not
 * ended by then: RBAC_SYSTEM, and store_why() says "busy" and, if the kernel tells it, which
 * process has the lock.
 */
enum { STORE_WAIT = 60 };
int store_open_within(const char *dir, enum store_mode mode, int seconds, struct store **s);
/* Open the single file PATH, such as a backup, as a store for reading, without our lock. */
int store_open_file(const char *path, struct store **s);
int store_lock(struct store *s, int seconds);                      /* lock.c, for open.c */
int store_open_tables(struct store *s, MDB_txn *txn, bool create); /* open.c, for migrate.c */
/* For an `init` that failed: remove the store's files and its folder, if STORE_CREATE made them or
 * the store never had a change; keep other files. The caller holds the lock. */
void store_remove_new(struct store *s);

void store_close(struct store *s); /* releases the lock; S may be NULL */
const char *store_why(const struct store *s);

/* Begin a transaction; a store has one at a time. */
int store_begin(struct store *s, struct store_txn *t);
/* Open the store in DIR for reading, and begin a transaction. In any case call store_abort(T) and
 * store_close(*S) afterwards; before that, store_why(*S) has the reason of an error. */
int store_open_to_read(const char *dir, struct store **s, struct store_txn *t);
/* RBAC_SYSTEM does not mean that nothing was committed: see change/commit/transaction.c. */
int store_commit(struct store_txn *t);
void store_abort(struct store_txn *t); /* does nothing after a commit or an abort */

/* ---- numbers ---- */
int store_generation(struct store_txn *t, uint64_t *generation); /* 0: no change was ever made */
/* Set *ID to the next id of an assignment, the larger of GENERATION and the last id + 1; record it.
 */
int store_next_id(struct store_txn *t, uint64_t generation, uint64_t *id);
int store_last_id(struct store_txn *t, uint64_t *id); /* 0: no id was ever used */
/* Record the last id, for a caller that has used several ids after one store_next_id(). */
int store_last_id_put(struct store_txn *t, uint64_t id);
int store_number_get(struct store_txn *t, const char *name,
		     uint64_t *value); /* RBAC_NOTFOUND: never set */
int store_number_put(struct store_txn *t, const char *name, uint64_t value);

/* ---- users ---- */
enum { STORE_USER_SUSPENDED = 1 };
struct store_user {
	uint32_t uid; /* RBAC_NO_UID: not recorded yet */
	uint32_t flags;
	uint64_t change; /* the change that recorded it */
};
int store_user_get(struct store_txn *t, const char *name, struct store_user *u);
int store_user_put(struct store_txn *t, const char *name, const struct store_user *u);
int store_user_del(struct store_txn *t, const char *name);

/* ---- scopes ---- */
struct store_scope {
	const char *owner, *plan; /* "" : none */
	const char *source;       /* "command", "init", "fleet", or FILE:LINE */
	uint64_t change;          /* the change that created it */
};
int store_scope_get(struct store_txn *t, const char *scope, struct store_scope *out);
int store_scope_put(struct store_txn *t, const char *scope,
		    const struct store_scope *in); /* updates the index `owned` */
int store_scope_del(struct store_txn *t, const char *scope);

/* ---- assignments ---- */
struct store_assignment {
	uint64_t id, change;       /* CHANGE: the change that made it */
	int64_t when, from, until; /* WHEN it was made; the window, half-open */
	const char *subject, *role, *scope, *by, *reason, *source;
	uint64_t request;        /* the request that led to it; 0: none */
	int64_t review_from;     /* the time that review_every is counted from; 0: WHEN */
	int64_t reviewed;        /* when it was last reviewed; 0: never */
	const char *reviewed_by; /* the user who reviewed it; NULL or "": nobody */
};
int store_assignment_get(struct store_txn *t, uint64_t id, struct store_assignment *a);
/* Write A, which is new or has the subject, role and scope of the record with its id. Updates the
 * indexes `subject` and `held`. */
int store_assignment_put(struct store_txn *t, const struct store_assignment *a);
int store_assignment_del(struct store_txn *t, uint64_t id);
/*
 * store_assignment_put() in two halves, for many new assignments. Call _put_record for all of them
 * by rising ids, and _put_held for all of them by scope, role and id: so each table is written in
 * the order of its keys, which is much faster. Each assignment needs both halves.
 */
int store_assignment_put_record(struct store_txn *t, const struct store_assignment *a);
int store_assignment_put_held(struct store_txn *t, const char *scope, const char *role,
			      uint64_t id);

/* ---- group ids ---- */
enum { STORE_GID_GONE = 1, STORE_GID_KEPT = 2 }; /* KEPT: of store_gids_given() alone */
int store_gid_get(struct store_txn *t, const char *group, uint32_t *gid, uint32_t *flags);
int store_gid_put(struct store_txn *t, const char *group, uint32_t gid, uint32_t flags);
int store_gid_name(struct store_txn *t, uint32_t gid, const char **group);
/* Reserve GID for the name GROUP, even if GROUP has another gid now: no other name gets GID. */
int store_gid_keep(struct store_txn *t, const char *group, uint32_t gid);

/* ---- iteration ----
 * store_each() calls FN for every row whose key begins with PREFIX, in the order of the keys. If FN
 * returns anything but RBAC_OK, the iteration stops and returns that. FN must not write to TABLE.
 * The functions below that take a function do the same.
 */
typedef int store_fn(void *ctx, const MDB_val *key, const MDB_val *value);
int store_each(struct store_txn *t, enum store_table table, const void *prefix, size_t len,
	       store_fn *fn, void *ctx);
int store_count(struct store_txn *t, enum store_table table, size_t *n);

/*
 * Make TABLE of TO equal to that of FROM, another store. FN is called for each row that differs,
 * before it is written; BEFORE or AFTER is NULL if there is no row. Returns RBAC_OK, the store's
 * error, or what FN returned.
 */
typedef int store_replace_fn(void *ctx, const MDB_val *key, const MDB_val *before,
			     const MDB_val *after);
int store_replace(struct store_txn *to, struct store_txn *from, enum store_table table,
		  store_replace_fn *fn, void *ctx);

/* Each pair of a scope and a role that is assigned there, once, in the order of the index `held`.
 */
typedef int store_place_fn(void *ctx, const char *scope, const char *role);
int store_places_all(struct store_txn *t, store_place_fn *fn, void *ctx);

typedef int store_assignment_fn(void *ctx, const struct store_assignment *a);
int store_assignments_all(struct store_txn *t, store_assignment_fn *fn, void *ctx); /* by id */
int store_assignments_of(struct store_txn *t, const char *subject, store_assignment_fn *fn,
			 void *ctx); /* by id */
int store_assignments_at(struct store_txn *t, const char *scope, const char *role,
			 store_assignment_fn *fn, void *ctx); /* ROLE NULL: any */

/* Each Unix group that has an assignment, once, by name, without the %. */
typedef int store_unix_group_fn(void *ctx, const char *group);
int store_unix_groups(struct store_txn *t, store_unix_group_fn *fn, void *ctx);

typedef int store_user_fn(void *ctx, const char *name, const struct store_user *u);
int store_users_all(struct store_txn *t, store_user_fn *fn, void *ctx);

typedef int store_scope_fn(void *ctx, const char *scope, const struct store_scope *s);
int store_scopes_all(struct store_txn *t, store_scope_fn *fn, void *ctx); /* by name */
int store_scopes_owned(struct store_txn *t, const char *owner, store_scope_fn *fn, void *ctx);

typedef int store_gid_fn(void *ctx, const char *group, uint32_t gid, uint32_t flags);
int store_gids_all(struct store_txn *t, store_gid_fn *fn, void *ctx);

/* Each gid that a group ever had, once, by gid, with the name that had it last. FLAGS are those of
 * the group, or STORE_GID_KEPT if that name has another gid now. */
int store_gids_given(struct store_txn *t, store_gid_fn *fn, void *ctx);

/* Decode a row that store_each() passes. RBAC_DAMAGED if it is malformed. */
int store_assignment_decode(const MDB_val *key, const MDB_val *value, struct store_assignment *a);
int store_user_decode(const MDB_val *value, struct store_user *u);
int store_scope_decode(const MDB_val *value, struct store_scope *s);

/* ---- the texts of each policy that was ever applied ---- */
/* The policy that CHANGE applied; 0: the one in force. RBAC_NOTFOUND: none. Free OUT. */
int store_texts_get(struct store_txn *t, uint64_t change, struct policy_sources *out);
int store_texts_put(struct store_txn *t, uint64_t change, const struct policy_sources *in);

/* ---- audit chain ---- */
struct store_audit {
	uint64_t change;
	int64_t when;
	const char *actor;  /* the user whose authority was used: "alice", "root", "init" */
	const char *person; /* the user who typed it: "alice (uid 1000)"; with --as also "for" */
	const char *verb;   /* "assign" */
	const char *text;   /* what changed, one line for each thing */
	const uint8_t *journal;   /* the digest of its record in the journal; NULL: a change of
				     store version 1, which had no journal */
	uint8_t hash[STORE_HASH]; /* BLAKE2b-256 of the previous hash and of this record */
};
/*
 * Append A as the next generation, with the journal record of all that the transaction has written;
 * sets A->change and A->hash, the new head and the generation. It must be the last write of the
 * transaction.
 */
int store_audit_append(struct store_txn *t, struct store_audit *a);
int store_audit_head(struct store_txn *t, uint8_t hash[STORE_HASH]); /* zeros: no record */
/* The head as it was after CHANGE. RBAC_NOTFOUND if CHANGE was never made, or was pruned; the hash
 * of the last pruned change is still there. */
int store_audit_hash(struct store_txn *t, uint64_t change, uint8_t hash[STORE_HASH]);
/* Read the record of CHANGE. RBAC_NOTFOUND if it was never made, or was pruned. */
int store_audit_get(struct store_txn *t, uint64_t change, struct store_audit *a);
/* Call FN for each record from change FROM on, in order. */
typedef int store_audit_fn(void *ctx, const struct store_audit *a);
int store_audit_each(struct store_txn *t, uint64_t from, store_audit_fn *fn, void *ctx);
/* Recompute the hashes of the chain. RBAC_OK, or RBAC_DAMAGED and in *BAD the first change whose
 * hash is wrong. */
int store_audit_verify(struct store_txn *t, uint64_t *bad);

/* Write the indexes subject, held and owned again, from the tables that they index. */
int store_index(struct store_txn *t);
int store_assignment_index(struct store_txn *t, const struct store_assignment *a); /* record.c */
int store_scope_index(struct store_txn *t, const char *scope, const struct store_scope *s);

/* For `verify`: compare the indexes with their tables. Calls FN with a sentence for each fault. */
typedef void store_fault_fn(void *ctx, const char *what);
int store_verify(struct store_txn *t, store_fault_fn *fn, void *ctx);

/* ---- for the files of store/ only ---- */

/* Set store_why() and return ERR. */
int store_fail(struct store *s, int err, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
/* The enum rbac_error for liblmdb's code RC; sets store_why(). DOING: what failed, for the text. */
int store_lmdb(struct store *s, int rc, const char *doing);
/* Add to T->touched. */
void store_touch_subject(struct store_txn *t, const char *subject);
void store_touch_scope(struct store_txn *t, const char *scope);
void store_let_go(struct store_txn *t); /* close all cursors, before the transaction ends */
int store_get(struct store_txn *t, enum store_table table, const void *key, size_t len,
	      MDB_val *value);
/* The same for a table whose keys are numbers (store_be64). */
int store_get_at(struct store_txn *t, enum store_table table, uint64_t number, MDB_val *value);
int store_put(struct store_txn *t, enum store_table table, const void *key, size_t len,
	      const void *value, size_t vlen);
int store_del(struct store_txn *t, enum store_table table, const void *key, size_t len);
/* Delete every row of TABLE without a note in the journal: only for a table that is not in the
 * journal, or whose rows the caller writes again with the same values. */
int store_empty(struct store_txn *t, enum store_table table);

/* Numbers in keys are big-endian, so that they sort. */
static inline void store_be64(uint8_t *p, uint64_t v)
{
	for (int i = 7; i >= 0; i--, v >>= 8)
		p[i] = (uint8_t)v;
}
static inline uint64_t store_from_be64(const uint8_t *p)
{
	uint64_t v = 0;
	for (int i = 0; i < 8; i++)
		v = v << 8 | p[i];
	return v;
}

#endif
