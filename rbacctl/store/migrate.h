/*
 * migrate.h - a store of an older version becomes one of this version.
 *
 *	1  rbac 0.1.0: no journal; `text` has the content of the policy's texts itself
 *	2  a journal of rows; its baseline is the store as it was found; `text` has digests
 *
 * The old store is kept beside it as data.mdb.v1, whole and synced, before anything is changed;
 *then one transaction of LMDB makes the new one. Killed at any instant there is the old store or
 *the new one. The migration is a change of its own: the generation rises by one, the audit chain
 *goes on, and its new head covers the baseline. A store without any change just gets the new
 *version.
 */
#ifndef RBACCTL_STORE_MIGRATE_H
#define RBACCTL_STORE_MIGRATE_H

#include <stdbool.h>

#include "rbacctl/store/store.h"

bool store_is_older(const struct store *s); /* it is to be migrated before it can be written */

/*
 * Migrate S, which STORE_CHANGE or STORE_CREATE opened; there is no transaction. A says when and
 * who (verb and text are set here). KEPT, of SIZE bytes, gets the path of the old store. RBAC_OK,
 * or an error with words: the store is as it was (RBAC_SYSTEM of the commit itself: it is either).
 */
int store_migrate(struct store *s, struct store_audit *a, char *kept, size_t size);

#endif
