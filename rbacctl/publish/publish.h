/*
 * publish.h - put a view in place, whole or not at all.
 *
 * The order of a change (change.c): lock; begin; rules; write; audit; publish_prepare (compile from this very
 * transaction, sync); commit; publish_install (rename, sync the folder, wait for the readers' clock); unlock.
 */
#ifndef RBACCTL_PUBLISH_PUBLISH_H
#define RBACCTL_PUBLISH_PUBLISH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rbacctl/publish/compile.h"

struct publication {
	char path[4096], temp[4096], dir[4096];
	char why[1024];
	bool ready;           /* the temporary file is there */
};

/* Where the view of the state folder DIR lies. Leftovers of a publish that was killed are deleted: the caller holds the lock. */
int publish_begin(struct publication *p, const char *dir);

/*
 * Compile C into the temporary file or, with SMALL, update a copy of what is published (update.h; RBAC_NOTFOUND: compile it).
 * RBAC_OK or why in P->why.
 */
int publish_prepare(struct publication *p, const struct compile *c, bool small);

/*
 * Rename it into place and return once every reader sees it: after CLOCK_MONOTONIC_COARSE, by which readers decide when to
 * look, has moved past its value at the rename (at most one tick and a little).
 */
int publish_install(struct publication *p);

/* Forget the temporary file, if there is one. */
void publish_discard(struct publication *p);

/* Is the view at DIR the one of GENERATION and HEAD (STORE_HASH bytes), and whole as far as its meta record tells? */
bool publish_matches(const char *dir, uint64_t generation, const uint8_t *head);

#endif
