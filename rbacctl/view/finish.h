/*
 * finish.h - the last steps for the file of a view, after its records were written (output.h).
 */
#ifndef RBACCTL_VIEW_FINISH_H
#define RBACCTL_VIEW_FINISH_H

#include "rbacctl/view/output.h"

/*
 * Commit, remove the older tree (erase_old_tree.h), read the records back as the readers will do it
 * (readback.h), sync, and close. After a compile, first replace the file by liblmdb's compact copy,
 * which has no free pages. For a comparison, only call compare_finish().
 *
 * The compact copy needs disk space for two files, 2 MiB of memory, and a thread, which liblmdb
 * starts. If one of these is missing, the file stays as it was committed. Returns as output.h says.
 */
int finish_view(struct output *o);

/* Write the path of the compact copy of PATH while it is being written, PATH.compact, into OUT of
 * SIZE bytes. A command that was killed may leave such a file. */
void finish_compact_path(const char *path, char *out, size_t size);

#endif
