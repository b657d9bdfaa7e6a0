/*
 * one_tree.h - leave one tree in the file of a view, not the one before as well. For output.c only.
 *
 * LMDB never overwrites what its last transaction left: the other meta page still leads to the tree
 * before, whose pages lie free until a later transaction takes them. In a view that is an update of
 * another (or was committed in parts) a single flipped bit, in a meta page or in the number of a
 * page, could lead a reader back to what has been revoked, and every checksum there would hold.
 */
#ifndef RBACCTL_VIEW_ONE_TREE_H
#define RBACCTL_VIEW_ONE_TREE_H

#include <lmdb.h>
#include <stddef.h>

/*
 * Fill with zeros each page of ENV's file that the transactions from FIRST on have freed, and make
 * both meta pages say what the newer one says. FD: the file, open for reading and writing. No
 * transaction may be open, nobody else may have the file; it is not synced. liblmdb goes on from
 * there as from any other file of its own. 0, or liblmdb's code or an errno.
 */
int one_tree(MDB_env *env, int fd, size_t first);

#endif
