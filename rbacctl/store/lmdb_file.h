/*
 * lmdb_file.h - does an LMDB file hold all the pages that it says it has? liblmdb maps the file
 * without looking at its size, and a page beyond the end kills the process (SIGBUS). To be asked
 * before each mdb_env_open().
 *
 * A whole file may still be shorter than its header says: a page that was allocated and given back
 * within one transaction is counted and never written. So where it is short, each page that a tree
 * leads to is looked for, with pread(2).
 */
#ifndef RBACCTL_STORE_LMDB_FILE_H
#define RBACCTL_STORE_LMDB_FILE_H

#include <stdbool.h>
#include <stdint.h>

/*
 * True: all pages are there, or it is no file that can be judged (absent, not readable: liblmdb
 * says why). False: cut short; *HAS and *NEEDS (may be NULL) get bytes. What is damaged otherwise
 * is left to liblmdb.
 */
bool lmdb_file_is_whole(const char *path, uint64_t *has, uint64_t *needs);

#endif
