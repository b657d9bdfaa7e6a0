/*
 * fleet.h - the table `fleet`: this host's part in a fleet, the list of keys, and one row for each
 * sheet and each member. A row is written in the same transaction as the change that it describes.
 * The table is not in the journal.
 *
 * On the authority the row of a sheet says which change was the last that changed the sheet. On a
 * member it says which version of the sheet was taken.
 *
 * The functions return RBAC_OK, RBAC_NOTFOUND, or the store's error. Texts that they return borrow
 * the transaction.
 */
#ifndef RBACCTL_STORE_FLEET_H
#define RBACCTL_STORE_FLEET_H

#include "rbacctl/store/store.h"

enum { STORE_FLEET_ID = 16 };

enum store_fleet_role { STORE_FLEET_AUTHORITY = 1, STORE_FLEET_MEMBER = 2 };

/* This host's part in a fleet. */
struct store_fleet {
	enum store_fleet_role role;
	uint32_t interval; /* authority: seconds from one head of the fleet's sheet to the next */
	uint64_t term;     /* authority: its own term; member: the highest term that it has taken */
	uint64_t noted;    /* authority: the rows of sheets include the changes up to this one */
	uint8_t id[STORE_FLEET_ID];
	int64_t basis; /* member: when the authority signed the state from which the ends by
			  max_stale in the store were computed, seconds since 1970; 0: none */
	bool uids;     /* authority: sheets of scopes have UIDs; change/fleet/numbers.h sets it */
	const char *name; /* of the fleet */
	const char *host; /* of this member; "" on the authority */
};
int store_fleet_get(struct store_txn *t, struct store_fleet *out);
int store_fleet_put(struct store_txn *t, const struct store_fleet *in);

/* The present list of keys, as bytes that fleet/keys.h decodes. */
int store_fleet_keys(struct store_txn *t, MDB_val *list);
int store_fleet_keys_put(struct store_txn *t, const void *list, size_t len);
/* The list of this VERSION. The authority keeps every list: a member that has missed some takes
 * them in order. */
int store_fleet_list(struct store_txn *t, uint64_t version, MDB_val *list);
int store_fleet_list_put(struct store_txn *t, uint64_t version, const void *list, size_t len);

struct store_sheet {
	uint64_t term, number;
	/* The rest is for members. */
	int64_t issued; /* when the head was signed, seconds since 1970 */
	uint8_t content[STORE_HASH];
	bool here; /* its rows are in the store; false: it was taken before, and is not followed now
		    */
	/* The highest number that a head of the fleet's sheet has named for it, with its term. */
	uint64_t named, named_term;
};
int store_sheet_get(struct store_txn *t, const char *name, struct store_sheet *out);
int store_sheet_put(struct store_txn *t, const char *name, const struct store_sheet *in);
typedef int store_sheet_fn(void *ctx, const char *name, const struct store_sheet *s);
int store_sheets_all(struct store_txn *t, store_sheet_fn *fn, void *ctx); /* by name */

/* On the authority: a host that was enrolled. */
struct store_member {
	uint64_t change; /* the change that enrolled it */
	const char *scope;
};
int store_member_get(struct store_txn *t, const char *host, struct store_member *out);
int store_member_put(struct store_txn *t, const char *host, const struct store_member *in);
typedef int store_member_fn(void *ctx, const char *host, const struct store_member *m);
int store_members_all(struct store_txn *t, store_member_fn *fn, void *ctx); /* by name */

/* On a member: what the last take left out, refused or waits for, one line for each; "": nothing.
 */
int store_fleet_notes(struct store_txn *t, const char **lines);
int store_fleet_notes_put(struct store_txn *t, const char *lines);

/* Delete every row of the table: this host is no longer in a fleet. */
int store_fleet_clear(struct store_txn *t);

/* Ids of assignments that a member makes itself begin here. Those of the authority are numbers of
 * its changes, which never become so large. */
#define STORE_LOCAL_IDS (UINT64_C(1) << 40)

/* The `source` of assignments and scopes that came with a sheet. */
#define STORE_SOURCE_FLEET "fleet"

#endif
