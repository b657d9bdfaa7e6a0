/*
 * store.h - the role store: LMDB, root only, the truth. One environment in DIR: data.mdb, lock.mdb
 * (LMDB's) and `lock` (ours).
 *
 * One flock on DIR/lock is held from before a write transaction until the view has been renamed
 * into place (LMDB's own lock ends at the commit; without ours an older view could be renamed over
 * a newer one).
 *
 * Functions return enum rbac_error; store_why() has the details of the last failure in words.
 * Strings in what is read (const char *) borrow the transaction: they are valid until its next
 * write or its end.
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

/* Version 1, of rbac 0.1.0, has no journal, and the policy's texts in `text` itself: migrate.h. */
enum { STORE_VERSION = 2, STORE_HASH = RBAC_IDENTITY };

/* Their numbers are in the records of the journal: a new table goes to the end. */
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
	uint64_t version;            /* of what is on the disk; an older one can be read */
	int lock_fd;                 /* -1: not held */
	bool writable;
	bool fresh;       /* STORE_CREATE: no change was ever made in it */
	bool would_write; /* STORE_READ: something was to be written, and was not (RBAC_REFUSED) */
	char *dir;
	char why[512];
};

/* What a transaction has written that a view shows: for a small change at scale, publish rewrites
 * just that. */
enum { STORE_TOUCHED_MAX = 64 };
struct store_touched {
	char *subjects[STORE_TOUCHED_MAX],
		*scopes[STORE_TOUCHED_MAX]; /* users and "%group"s; owned */
	size_t n_subjects, n_scopes;
	bool all; /* more than fits, or a new policy: everything may be otherwise */
};

struct store_txn {
	struct store *s;
	MDB_txn *txn;
	bool write;
	struct store_touched touched;
	struct journal_notes *notes; /* what was written, for the journal; NULL: nothing yet */
	/* Where each table was read or written last, and where it was walked last: table.c keeps
	 * them. NULL: nowhere. */
	MDB_cursor *at[STORE_TABLES], *walked[STORE_TABLES];
};

enum store_mode {
	STORE_READ,   /* look only: no lock of ours; RBAC_ABSENT when there is no store */
	STORE_CHANGE, /* take the lock (waits for it), open for writing; RBAC_ABSENT when there is
			 no store */
	STORE_CREATE, /* likewise, and make it when absent */
};

/* Open DIR (mode 0700). On failure *S is still set when there was memory for it, for store_why();
 * close it in any case. */
int store_open(const char *dir, enum store_mode mode, struct store **s);

/*
 * The same, and where another change is being made, wait for up to SECONDS (0: not at all):
 * RBAC_SYSTEM when it is not done by then, with the words "busy" and, where the kernel tells, which
 * process has the lock. store_open waits STORE_WAIT.
 */
enum { STORE_WAIT = 60 };
int store_open_within(const char *dir, enum store_mode mode, int seconds, struct store **s);
/* Open the store that is in the one file PATH, such as a backup, for reading, without a lock. */
int store_open_file(const char *path, struct store **s);
int store_lock(struct store *s, int seconds);                      /* lock.c, for open.c */
int store_open_tables(struct store *s, MDB_txn *txn, bool create); /* open.c, for migrate.c */
/* Remove the files of a store that STORE_CREATE made, or found without a change in it, and its
 * folder; keep others. The lock is held. */
void store_remove_new(struct store *s);

void store_close(struct store *s); /* NULL is fine. Lets go of the lock. */
const char *store_why(const struct store *s);

/* One transaction at a time. Commit: RBAC_SYSTEM does not mean that nothing was committed; see
 * change/transaction.c. */
int store_begin(struct store *s, struct store_txn *t);
/* Open the store in DIR for reading and begin a transaction. In any case afterwards:
 * store_abort(T), store_close(*S); before that, store_why(*S) says what an error was. */
int store_open_to_read(const char *dir, struct store **s, struct store_txn *t);
int store_commit(struct store_txn *t);
void store_abort(struct store_txn *t); /* also after commit, and twice: does nothing then */

/* ---- numbers ---- */
int store_generation(struct store_txn *t, uint64_t *generation); /* 0: nothing was ever changed */
int store_next_id(struct store_txn *t, uint64_t generation, uint64_t *id);
int store_last_id(struct store_txn *t, uint64_t *id); /* 0: none was ever given */
int store_last_id_put(struct store_txn *t,
		      uint64_t id); /* when others were counted up from a next one */
int store_number_get(struct store_txn *t, const char *name,
		     uint64_t *value); /* RBAC_NOTFOUND: never set */
int store_number_put(struct store_txn *t, const char *name, uint64_t value);

/* ---- users ---- */
enum { STORE_USER_SUSPENDED = 1 };
struct store_user {
	uint32_t uid; /* RBAC_NO_UID: not recorded yet */
	uint32_t flags;
	uint64_t change; /* that recorded it */
};
int store_user_get(struct store_txn *t, const char *name, struct store_user *u);
int store_user_put(struct store_txn *t, const char *name, const struct store_user *u);
int store_user_del(struct store_txn *t, const char *name);

/* ---- scopes ---- */
struct store_scope {
	const char *owner, *plan; /* "" : none */
	const char *source;       /* "command", "init", or FILE:LINE */
	uint64_t change;
};
int store_scope_get(struct store_txn *t, const char *scope, struct store_scope *out);
int store_scope_put(struct store_txn *t, const char *scope,
		    const struct store_scope *in); /* keeps the owner index */
int store_scope_del(struct store_txn *t, const char *scope);

/* ---- assignments ---- */
struct store_assignment {
	uint64_t id, change;
	int64_t when, from, until;
	const char *subject, *role, *scope, *by, *reason, *source;
	uint64_t request;        /* that it was given for; 0: none */
	int64_t review_from;     /* a review counts from then on; 0: from WHEN */
	int64_t reviewed;        /* when somebody last said that it is needed; 0: never */
	const char *reviewed_by; /* who that was; NULL or "": nobody */
};
int store_assignment_get(struct store_txn *t, uint64_t id, struct store_assignment *a);
int store_assignment_put(
	struct store_txn *t,
	const struct store_assignment *a); /* new, or the same subject, role, scope */
int store_assignment_del(struct store_txn *t, uint64_t id);
/*
 * The same as store_assignment_put in two halves, for many new ones: by rising ids and subjects the
 * one, by scope, role and id the other, so that each table is written in the order of its keys.
 * Both halves of each must be put.
 */
int store_assignment_put_record(struct store_txn *t, const struct store_assignment *a);
int store_assignment_put_held(struct store_txn *t, const char *scope, const char *role,
			      uint64_t id);

/* ---- group ids ---- */
enum { STORE_GID_GONE = 1, STORE_GID_KEPT = 2 }; /* KEPT: of store_gids_given() alone */
int store_gid_get(struct store_txn *t, const char *group, uint32_t *gid, uint32_t *flags);
int store_gid_put(struct store_txn *t, const char *group, uint32_t gid, uint32_t flags);
int store_gid_name(struct store_txn *t, uint32_t gid, const char **group);
/* Keep GID from being given to another name than GROUP, which may have another gid itself. */
int store_gid_keep(struct store_txn *t, const char *group, uint32_t gid);

/* ---- walking a table ----
 * each() calls FN for every entry in key order, from the first whose key begins with PREFIX to the
 * last that does. FN returns RBAC_OK to go on, anything else to stop; that is passed on. FN may not
 * write to the table it walks.
 */
typedef int store_fn(void *ctx, const MDB_val *key, const MDB_val *value);
int store_each(struct store_txn *t, enum store_table table, const void *prefix, size_t len,
	       store_fn *fn, void *ctx);
int store_count(struct store_txn *t, enum store_table table, size_t *n);

/*
 * Make TABLE of TO what it is in FROM, another store: FN is told of each row that changes, BEFORE
 * or AFTER NULL where there is none; then it is written. RBAC_OK, the store's error, or what FN
 * returned.
 */
typedef int store_replace_fn(void *ctx, const MDB_val *key, const MDB_val *before,
			     const MDB_val *after);
int store_replace(struct store_txn *to, struct store_txn *from, enum store_table table,
		  store_replace_fn *fn, void *ctx);

/* Each pair of a scope and a role that somebody holds there, once, in the order of the index. */
typedef int store_place_fn(void *ctx, const char *scope, const char *role);
int store_places_all(struct store_txn *t, store_place_fn *fn, void *ctx);

typedef int store_assignment_fn(void *ctx, const struct store_assignment *a);
int store_assignments_all(struct store_txn *t, store_assignment_fn *fn, void *ctx); /* by id */
int store_assignments_of(struct store_txn *t, const char *subject, store_assignment_fn *fn,
			 void *ctx); /* by id */
int store_assignments_at(struct store_txn *t, const char *scope, const char *role,
			 store_assignment_fn *fn, void *ctx); /* ROLE NULL: any */

/* Each Unix group that is a subject, once, by name (without the %). */
typedef int store_unix_group_fn(void *ctx, const char *group);
int store_unix_groups(struct store_txn *t, store_unix_group_fn *fn, void *ctx);

typedef int store_user_fn(void *ctx, const char *name, const struct store_user *u);
int store_users_all(struct store_txn *t, store_user_fn *fn, void *ctx);

typedef int store_scope_fn(void *ctx, const char *scope, const struct store_scope *s);
int store_scopes_all(struct store_txn *t, store_scope_fn *fn, void *ctx); /* by name */
int store_scopes_owned(struct store_txn *t, const char *owner, store_scope_fn *fn, void *ctx);

typedef int store_gid_fn(void *ctx, const char *group, uint32_t gid, uint32_t flags);
int store_gids_all(struct store_txn *t, store_gid_fn *fn, void *ctx);

/* Each gid that was ever given, once, by gid, with the name that had it last. FLAGS: those of the
 * group; STORE_GID_KEPT where that name has another gid by now. */
int store_gids_given(struct store_txn *t, store_gid_fn *fn, void *ctx);

/* Decode what each() hands out. RBAC_DAMAGED when it is not what it should be. */
int store_assignment_decode(const MDB_val *key, const MDB_val *value, struct store_assignment *a);
int store_user_decode(const MDB_val *value, struct store_user *u);
int store_scope_decode(const MDB_val *value, struct store_scope *s);

/* ---- the applied policy, every one that ever was ---- */
int store_texts_get(
	struct store_txn *t, uint64_t change,
	struct policy_sources *out); /* change 0: the applied one; RBAC_NOTFOUND: none */
int store_texts_put(struct store_txn *t, uint64_t change, const struct policy_sources *in);

/* ---- audit chain ---- */
struct store_audit {
	uint64_t change;
	int64_t when;
	const char *actor;  /* whose authority: "alice", "root", "init" */
	const char *person; /* who typed it: "alice (uid 1000)", with "for" when --as was used */
	const char *verb;   /* "assign" */
	const char *text;   /* what changed, for people and for export, one line each */
	const uint8_t *journal;   /* the digest of its record in the journal; NULL: a change of
				     store version 1, which had none */
	uint8_t hash[STORE_HASH]; /* BLAKE2b of the previous hash and of this record */
};
/*
 * Append as the next generation, with the journal of what the transaction wrote until now; sets
 * A->change and the new head, and raises the generation. The last write of a transaction.
 */
int store_audit_append(struct store_txn *t, struct store_audit *a);
int store_audit_head(struct store_txn *t, uint8_t hash[STORE_HASH]); /* zeros: empty */
int store_audit_hash(struct store_txn *t, uint64_t change,
		     uint8_t hash[STORE_HASH]); /* the head after CHANGE; RBAC_NOTFOUND: never
						   made, or pruned and not the last that was */
/* The record of CHANGE; its strings borrow the transaction. RBAC_NOTFOUND: never made, or pruned.
 */
int store_audit_get(struct store_txn *t, uint64_t change, struct store_audit *a);
typedef int store_audit_fn(void *ctx, const struct store_audit *a);
int store_audit_each(struct store_txn *t, uint64_t from, store_audit_fn *fn, void *ctx);
/* Recompute the chain. RBAC_OK, or RBAC_DAMAGED with *BAD the first change that does not fit. */
int store_audit_verify(struct store_txn *t, uint64_t *bad);

/* Make the indexes subject, held and owned anew from the tables that they are of. */
int store_index(struct store_txn *t);
int store_assignment_index(struct store_txn *t, const struct store_assignment *a); /* record.c */
int store_scope_index(struct store_txn *t, const char *scope, const struct store_scope *s);

/* Do the indexes and the tables agree? Calls FN with a sentence for each fault. For `verify`. */
typedef void store_fault_fn(void *ctx, const char *what);
int store_verify(struct store_txn *t, store_fault_fn *fn, void *ctx);

/* For the files of store/ only: note a failure and return ERR. */
int store_fail(struct store *s, int err, const char *fmt, ...)
	__attribute__((format(printf, 3, 4)));
int store_lmdb(struct store *s, int rc, const char *doing); /* liblmdb's code to ours */
void store_touch_subject(struct store_txn *t, const char *subject);
void store_touch_scope(struct store_txn *t, const char *scope);
void store_let_go(struct store_txn *t); /* of all cursors: before the transaction ends */
int store_get(struct store_txn *t, enum store_table table, const void *key, size_t len,
	      MDB_val *value);
int store_put(struct store_txn *t, enum store_table table, const void *key, size_t len,
	      const void *value, size_t vlen);
int store_del(struct store_txn *t, enum store_table table, const void *key, size_t len);
/* Every row of TABLE goes: of one that is not in the journal, or whose rows stay what it says. */
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
