/*
 * layout.h - what liblmdb has written, once more, in the order in which readers touch it.
 *
 * liblmdb leaves pages in the order in which they were needed, free ones among them, and a meta
 * page that still names the tree before. A process that looks something up for the first time pays
 * for each place it touches with a page fault, so here what all of them touch stands together at
 * the front (docs/performance.md). It is written in large pieces: the kernel then keeps large
 * pieces in its page cache, and maps them faster.
 */
#ifndef RBACCTL_VIEW_LAYOUT_H
#define RBACCTL_VIEW_LAYOUT_H

#include <stddef.h>

#include "common/walk.h"

/*
 * Write the file that W walks, whole and of one database, to FD, which is empty and stands at its
 * start: two meta pages that name the same tree, the root, the way to KEY, the other branches, then
 * the leaves in the order of their keys, each followed by its large records. FD stays open and is
 * not synced. RBAC_OK; RBAC_DAMAGED: W's file isn't what liblmdb writes; RBAC_NOMEM; RBAC_SYSTEM,
 * and errno says why.
 */
int layout_write(const struct rbac_walk *w, const void *key, size_t key_len, int fd);

#endif
