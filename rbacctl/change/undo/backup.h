/*
 * backup.h - the store as one file, and back. store/backup.h has the file's form.
 */
#ifndef RBACCTL_CHANGE_UNDO_BACKUP_H
#define RBACCTL_CHANGE_UNDO_BACKUP_H

#include "rbacctl/change/change.h"

/*
 * Write the store of A to FILE, whole or not at all, for root alone (0600): *GENERATION is the last
 * change in it. An older backup of that name is replaced, any other file is not: RBAC_CONFLICT. Or
 * another error, with words in WHY.
 */
int change_backup(const struct invocation *a, const char *file, uint64_t *generation,
		  struct buf *why);

/* A backup that has been read. All zeros at first; to be closed in any case, after the change. */
struct restore {
	struct store *s;
	struct store_txn t;
	struct policy_sources sources;
	struct policy *p;
	uint64_t generation;
	uint8_t head[STORE_HASH];
	int fd;
	const char *file;
	bool put_back; /* there was no store: one was made of the backup */
};

/*
 * Read FILE and find everything that can be wrong with it: the seal, the tables and indexes, the
 * audit chain, the policy. Where A has no store, one is made of FILE then. RBAC_OK; RBAC_INVALID:
 * it is no backup; RBAC_DAMAGED; or another error; with words in WHY.
 */
int restore_read(const struct invocation *a, const char *file, struct restore *r, struct buf *why);

/*
 * Make the users, scopes, assignments and the applied policy of C, which change_open_to_restore()
 * has opened, those of R. It is a change like any other: the log goes on, ids are not given again,
 * and every group id that was ever given stays with its group. Takes root's authority. Refused
 * where the store does not come from the backup, nor the backup from it, unless FORCE. RBAC_OK or
 * an error with a message.
 */
int change_restore(struct change *c, struct restore *r, bool force);

void restore_close(struct restore *r);

#endif
