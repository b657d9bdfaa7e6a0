/*
 * lmdb_file.h - does an LMDB file have all the pages that its header counts? liblmdb maps the file
 * without checking its size, and a page beyond the end kills the process (SIGBUS). Call this before
 * each mdb_env_open().
 *
 * A complete file can be shorter than its header says: LMDB counts a page that one transaction
 * allocated and freed again, and never writes it. So if the file is short, the function follows the
 * trees with pread(2), and checks each page that a tree needs.
 */
#ifndef RBACCTL_STORE_LMDB_FILE_H
#define RBACCTL_STORE_LMDB_FILE_H

#include <stdbool.h>
#include <stdint.h>

/*
 * False: the file was truncated; *HAS and *NEEDS (each may be NULL) get its size and the size that
 * it should have, in bytes. True: all pages are there; also if there is no file or it cannot be
 * read, because liblmdb reports that, and other damage, itself.
 */
bool lmdb_file_is_whole(const char *path, uint64_t *has, uint64_t *needs);

#endif
