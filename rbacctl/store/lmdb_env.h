/*
 * lmdb_env.h - an LMDB environment with room to grow. The map is address space, not disk: 64 GB of
 * it, or, where a limit on it (setrlimit(2), RLIMIT_AS) or what the process runs in leaves less, as
 * large a part of that as there is, down to 512 MB.
 */
#ifndef RBACCTL_STORE_LMDB_ENV_H
#define RBACCTL_STORE_LMDB_ENV_H

#include <lmdb.h>

/* Open PATH with room for TABLES named tables (0: the one without a name). A code of LMDB's or of
 * errno; then *ENV is NULL. */
int lmdb_env_open(MDB_env **env, const char *path, unsigned tables, unsigned flags,
		  mdb_mode_t mode);

#endif
