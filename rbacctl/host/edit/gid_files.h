/*
 * gid_files.h - files whose group is one of ours: what a host that no longer asks rbac still has.
 */
#ifndef RBACCTL_HOST_EDIT_GID_FILES_H
#define RBACCTL_HOST_EDIT_GID_FILES_H

#include <stdint.h>

#include "rbacctl/buf.h"

enum { GID_FILES_NAMED = 20 }; /* how many are named */

/*
 * Look on the local file systems for files with a GID of MIN to MAX, for at most SECONDS, and say
 * into OUT, in lines: which there are, on which file systems was looked, and where it was not.
 * Nothing is changed, no link is followed, and no file is opened.
 */
void gid_files_find(uint32_t min, uint32_t max, int seconds, struct buf *out);

#endif
