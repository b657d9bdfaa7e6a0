/*
 * trust.h - who could have written a configuration file? As sudo asks of its own (sudoers(5)):
 * whoever can write one of these files, a folder on the way to it, or what a symbolic link leads
 * to, could give themselves any role.
 *
 * Trusted is what root owns and neither group nor others can write; a sticky folder of root's
 * (/tmp) as well, since nobody can replace there what belongs to somebody else. For an ordinary
 * user, who can only check, their own files count too, also where the group that is theirs by login
 * can write them (umask 002).
 */
#ifndef RBACCTL_CONFIG_TRUST_H
#define RBACCTL_CONFIG_TRUST_H

#include <stdbool.h>
#include <sys/stat.h>

#include "rbacctl/buf.h"

/* Is what ST describes trusted? If not, WHY gets what is wrong with PATH, and the command that
 * mends it. */
bool trust_stat(const char *path, const struct stat *st, struct buf *why);

/*
 * The same for everything on the way to PATH from the root folder on: folders, symbolic links and
 * where they lead, PATH itself. A missing file is trusted: the code that opens it reports it.
 */
bool trust_path(const char *path, struct buf *why);

#endif
