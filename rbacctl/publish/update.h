/*
 * update.h - a small change at scale: a copy of the published view with the records of the touched users and groups rewritten.
 */
#ifndef RBACCTL_PUBLISH_UPDATE_H
#define RBACCTL_PUBLISH_UPDATE_H

#include "rbacctl/publish/compile.h"

/* From how many users on it pays: there a compile from scratch takes three times what all the rest of a change does. */
enum { UPDATE_USERS = 10000 };

/*
 * Write to PATH what compile_view would write, starting from the view at FROM, which must be that of the generation before the
 * transaction; only what C->txn touched is worked out anew. C->facts needs only the touched users and the Unix groups.
 * RBAC_NOTFOUND: compile from scratch (too many pages lie free, the extra Unix groups are others, the change is not small);
 * otherwise as compile_view. On failure PATH is removed.
 */
int update_view(const struct compile *c, const char *from, const char *path, char *why, size_t why_size);

#endif
