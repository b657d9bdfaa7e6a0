/*
 * trust.h - could another user than root have written a configuration file? A user who can write
 * one of these files, a folder on the path to it, or the target of a symbolic link, could assign
 * themselves any role. sudo has the same rule for sudoers(5).
 *
 * A file or folder is trusted if root owns it and neither its group nor others can write it. A
 * sticky folder of root (/tmp) is trusted too, because users cannot replace files of others in it.
 * An ordinary user can only check files; for them their own files are trusted as well, even if
 * their primary group can write them (umask 002).
 */
#ifndef RBACCTL_CONFIG_TRUST_H
#define RBACCTL_CONFIG_TRUST_H

#include <stdbool.h>
#include <sys/stat.h>

#include "rbacctl/buf.h"

/* Is the file PATH, which has the owner and mode in ST, trusted? If not, append to WHY what is
 * wrong and the command that corrects it. */
bool trust_stat(const char *path, const struct stat *st, struct buf *why);

/*
 * The same for PATH itself, each folder from the root folder on, each symbolic link on the path and
 * its target. A missing file is trusted; the code that opens it reports the error.
 */
bool trust_path(const char *path, struct buf *why);

#endif
