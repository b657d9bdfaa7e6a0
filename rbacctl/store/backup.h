/*
 * backup.h - the store as one file: what liblmdb's copy of it holds, and behind it a seal of
 * BACKUP_SEAL bytes, lines of text:
 *
 *	rbac backup 1
 *	generation 00000000000000000012
 *	head ...           the hash at the head of the audit chain, 64 hexadecimal digits
 *	size 00000000000000126976
 *	blake2b ...        BLAKE2b-256 of the SIZE bytes before the seal
 *
 * with blanks and a line end behind them. liblmdb opens the file as it is: it reads no more than
 *its own header says.
 */
#ifndef RBACCTL_STORE_BACKUP_H
#define RBACCTL_STORE_BACKUP_H

#include "rbacctl/buf.h"
#include "rbacctl/store/store.h"

enum { BACKUP_SEAL = 512 };

struct backup_seal {
	uint64_t generation, size;
	uint8_t head[STORE_HASH], digest[STORE_HASH];
};

/*
 * Write the store in DIR, as it is at one instant, to the empty file PATH, which FD has open for
 * reading and writing, with its seal, and sync it. Changes go on meanwhile. RBAC_OK, or an error
 * with words in WHY.
 */
int backup_write(const char *dir, const char *path, int fd, struct backup_seal *seal,
		 struct buf *why);

/*
 * Read the seal of FD and compare it with what is before it. RBAC_OK; RBAC_INVALID: it is no
 * backup, or the end of one is missing; RBAC_DAMAGED: its content is not what was sealed;
 * RBAC_SYSTEM with errno set; RBAC_NOMEM. _read: the seal alone.
 */
int backup_check(int fd, struct backup_seal *seal);
int backup_read_seal(int fd, struct backup_seal *seal);

/* Make a store of the backup that FD has open, in the folder DIR, which has none. RBAC_OK, or
 * RBAC_SYSTEM with words in WHY. */
int backup_put_back(const char *dir, int fd, const struct backup_seal *seal, struct buf *why);

#endif
