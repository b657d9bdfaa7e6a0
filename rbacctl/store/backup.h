/*
 * backup.h - a backup: the store as one file. liblmdb's copy of data.mdb, followed by a seal of
 * BACKUP_SEAL bytes. The seal is lines of text:
 *
 *	rbac backup 1
 *	generation 00000000000000000012
 *	head ...           the hash at the head of the audit chain, 64 hexadecimal digits
 *	size 00000000000000126976
 *	blake2b ...        BLAKE2b-256 of the SIZE bytes before the seal
 *
 * Spaces and a line end fill it up to BACKUP_SEAL bytes. liblmdb can open the file: it reads only
 * the pages that its own header counts, and ignores the seal.
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
 * Write the store in DIR, as it is at one instant, and its seal to the empty file PATH, and sync
 * the file. FD is PATH, open for reading and writing; it stays the caller's. Takes no lock: other
 * commands can change the store meanwhile. Returns RBAC_OK and sets *SEAL; or an error, and appends
 * its reason to WHY.
 */
int backup_write(const char *dir, const char *path, int fd, struct backup_seal *seal,
		 struct buf *why);

/*
 * backup_check(): read the seal of FD into *SEAL, and compare its digest with the bytes before it.
 * backup_read_seal(): only read the seal. Both return RBAC_OK; RBAC_INVALID if the file is not a
 * backup or its end is missing; RBAC_DAMAGED if the digest differs; RBAC_SYSTEM with errno set;
 * RBAC_NOMEM.
 */
int backup_check(int fd, struct backup_seal *seal);
int backup_read_seal(int fd, struct backup_seal *seal);

/* Make a store from the backup FD in the folder DIR, which must not have one. Returns RBAC_OK, or
 * RBAC_SYSTEM and appends the reason to WHY. */
int backup_put_back(const char *dir, int fd, const struct backup_seal *seal, struct buf *why);

#endif
