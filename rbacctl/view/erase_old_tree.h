/*
 * erase_old_tree.h - remove the older tree from the file of a view. For finish.c.
 *
 * LMDB does not overwrite the tree of the transaction before: the other meta page still points to
 * it, and its pages stay in the file until a later transaction uses them. So after an update of a
 * view, or a compile in several transactions, one flipped bit in a meta page or in a page number
 * could lead a reader to the older tree. All checksums there are right, and the tree may have a
 * role that was revoked.
 */
#ifndef RBACCTL_VIEW_ERASE_OLD_TREE_H
#define RBACCTL_VIEW_ERASE_OLD_TREE_H

#include <lmdb.h>
#include <stddef.h>

/*
 * Fill each page of ENV's file that the transactions from number FIRST on have freed with zeros,
 * and copy the newer meta page over the older one. FD is the file, open for reading and writing. No
 * transaction may be open, and no other process may use the file. The file is not synced. liblmdb
 * can use it afterwards like any other. Returns 0, or a code of liblmdb or errno.
 */
int erase_old_tree(MDB_env *env, int fd, size_t first);

#endif
