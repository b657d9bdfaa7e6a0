/*
 * erase_old_tree.h - erase from the file of a view what still leads to an older tree. For finish.c.
 *
 * LMDB never overwrites what its last transaction left: the other meta page still leads to the tree
 * before, whose pages lie free until a later transaction takes them. In a view that is an update of
 * another, or that was committed in parts, a single flipped bit in a meta page or in the number of
 * a page could lead a reader back to a role that was revoked, and every checksum there would hold.
 */
#ifndef RBACCTL_VIEW_ERASE_OLD_TREE_H
#define RBACCTL_VIEW_ERASE_OLD_TREE_H

#include <lmdb.h>
#include <stddef.h>

/*
 * Fill with zeros each page of ENV's file that the transactions from FIRST on have freed, and copy
 * the newer meta page over the older one. FD: the file, open for reading and writing. No
 * transaction may be open, and nobody else may have the file; it is not synced. liblmdb continues
 * from there as from any other file of its own. 0, or liblmdb's code or an errno.
 */
int erase_old_tree(MDB_env *env, int fd, size_t first);

#endif
