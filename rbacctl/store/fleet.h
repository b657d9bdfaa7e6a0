/*
 * fleet.h - what the store knows of a fleet: which host this is in it, the keys, and one row for
 * each sheet and each member. Written in the transaction of the rows that it speaks of; not in the
 * journal.
 *
 * On the authority the row of a sheet says which change touched the sheet last. On a member it says
 * what was taken of it. Functions return RBAC_OK, RBAC_NOTFOUND, or the store's error.
 */
#ifndef RBACCTL_STORE_FLEET_H
#define RBACCTL_STORE_FLEET_H

#include "rbacctl/store/store.h"

enum { STORE_FLEET_ID = 16 };

enum store_fleet_role { STORE_FLEET_AUTHORITY = 1, STORE_FLEET_MEMBER = 2 };

/* Which part this host has. The texts borrow the transaction. */
struct store_fleet {
	enum store_fleet_role role;
	uint32_t interval; /* authority: seconds from one head of the fleet's sheet to the next */
	uint64_t term;     /* authority: its own; member: the highest that it has taken */
	uint64_t noted;    /* authority: the change up to which the rows of sheets are right */
	uint8_t id[STORE_FLEET_ID];
	int64_t basis;    /* member: the word of the authority from which max_stale counts, as the
			     rows have it; 0: none */
	bool uids;        /* authority: sheets of scopes have UIDs; fleet_numbers.h keeps it */
	const char *name; /* of the fleet */
	const char *host; /* of this member; "" on the authority */
};
int store_fleet_get(struct store_txn *t, struct store_fleet *out);
int store_fleet_put(struct store_txn *t, const struct store_fleet *in);

/* The list of keys, as bytes that fleet/keys.h reads. */
int store_fleet_keys(struct store_txn *t, MDB_val *list);
int store_fleet_keys_put(struct store_txn *t, const void *list, size_t len);
/* Each list that there was: a member that has missed some takes one after the other. */
int store_fleet_list(struct store_txn *t, uint64_t version, MDB_val *list);
int store_fleet_list_put(struct store_txn *t, uint64_t version, const void *list, size_t len);

struct store_sheet {
	uint64_t term, number;
	/* Of a member: */
	int64_t issued; /* when the head was signed */
	uint8_t content[STORE_HASH];
	bool here; /* its rows are in the store; false: it was taken, and is not followed now */
	/* The highest number that a head of the fleet's sheet has named, and of which term. */
	uint64_t named, named_term;
};
int store_sheet_get(struct store_txn *t, const char *name, struct store_sheet *out);
int store_sheet_put(struct store_txn *t, const char *name, const struct store_sheet *in);
typedef int store_sheet_fn(void *ctx, const char *name, const struct store_sheet *s);
int store_sheets_all(struct store_txn *t, store_sheet_fn *fn, void *ctx); /* by name */

/* On the authority: who was enrolled. */
struct store_member {
	uint64_t change; /* that enrolled it */
	const char *scope;
};
int store_member_get(struct store_txn *t, const char *host, struct store_member *out);
int store_member_put(struct store_txn *t, const char *host, const struct store_member *in);
typedef int store_member_fn(void *ctx, const char *host, const struct store_member *m);
int store_members_all(struct store_txn *t, store_member_fn *fn, void *ctx); /* by name */

/* On a member: what the last take left out, refused or waits for, a line each; "" : nothing. */
int store_fleet_notes(struct store_txn *t, const char **lines);
int store_fleet_notes_put(struct store_txn *t, const char *lines);

/* This host is in no fleet any more: every row of this header goes. */
int store_fleet_clear(struct store_txn *t);

/* The numbers of assignments that a member gives itself begin here: the authority's, which are
 * those of its changes, never come so far. */
#define STORE_LOCAL_IDS (UINT64_C(1) << 40)

/* The source of rows that came with a sheet. */
#define STORE_SOURCE_FLEET "fleet"

#endif
