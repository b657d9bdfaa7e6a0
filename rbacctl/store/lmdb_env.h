/*
 * lmdb_env.h - open an LMDB environment with a large map. The map takes address space, not disk: 64
 * GB, or less if the process has less address space (RLIMIT_AS of setrlimit(2), or its sandbox),
 * down to 512 MB.
 */
#ifndef RBACCTL_STORE_LMDB_ENV_H
#define RBACCTL_STORE_LMDB_ENV_H

#include <lmdb.h>

/* Open PATH with at most TABLES named databases (0: only the unnamed one). FLAGS and MODE are those
 * of mdb_env_open(). Returns 0, or a code of liblmdb or errno; then *ENV is NULL. */
int lmdb_env_open(MDB_env **env, const char *path, unsigned tables, unsigned flags,
		  mdb_mode_t mode);

#endif
