/*
 * finish.h - the last steps for the file of a view, after its records were put (output.h).
 */
#ifndef RBACCTL_VIEW_FINISH_H
#define RBACCTL_VIEW_FINISH_H

#include "rbacctl/view/output.h"

/*
 * Commit. Of a compile: let liblmdb write a compact copy, without free pages, and take that. Erase
 * what leads to an older tree (erase_old_tree.h), read everything back as the readers will
 * (readback.h), sync, close. For a comparison: tell which records the view has besides.
 *
 * The compact copy needs room for two files for a moment, 2 MiB of memory, and a thread, which
 * liblmdb starts. Where one of these is not to be had, the file stays as it was committed.
 */
int finish_view(struct output *o);

/* The name of the compact copy while it is written beside PATH, into OUT of SIZE bytes. A command
 * that was killed may leave such a file. */
void finish_compact_path(const char *path, char *out, size_t size);

#endif
