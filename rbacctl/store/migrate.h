/*
 * migrate.h - migrate a store of an older version to this version.
 *
 *	1  rbac 0.1.0: no journal; the table `text` has the policy's texts themselves
 *	2  a journal of rows; its baseline is the store before the migration; `text` has digests
 *
 * First the old store is copied to data.mdb.v1 in the same folder, and synced; then one transaction
 * of LMDB makes the new store. If the process is killed at any instant, the folder has the old
 *store or the new one, complete. The migration is a change of its own: the generation rises by one,
 *and the new head of the audit chain covers the baseline. A store without any change just gets the
 *new version number.
 */
#ifndef RBACCTL_STORE_MIGRATE_H
#define RBACCTL_STORE_MIGRATE_H

#include <stdbool.h>

#include "rbacctl/store/store.h"

/* Must S be migrated before it can be written? */
bool store_is_older(const struct store *s);

/*
 * Migrate S, which must be open with STORE_CHANGE or STORE_CREATE, and without a transaction. A
 * says when and who; this function sets its verb and text. KEPT, of SIZE bytes, gets the path of
 * the old store. Returns RBAC_OK; or an error, with its text in store_why(), and the store is as it
 * was. After an error of the commit itself (RBAC_SYSTEM) the store can be the old or the new one.
 */
int store_migrate(struct store *s, struct store_audit *a, char *kept, size_t size);

#endif
