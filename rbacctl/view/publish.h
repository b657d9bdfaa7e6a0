/*
 * publish.h - put a view in place, whole or not at all.
 *
 * The order of a change (change/transaction.c): lock; begin; rules; write; audit; publish_prepare
 * (compile from this very transaction, sync); commit; publish_install (rename, sync the folder,
 * wait for the readers' clock); unlock.
 */
#ifndef RBACCTL_VIEW_PUBLISH_H
#define RBACCTL_VIEW_PUBLISH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rbacctl/view/compile.h"

struct publication {
	char path[4096], temp[4096];
	char dir[4096]; /* the view's folder, which holds nothing else between two publishes */
	char old[4096]; /* where views lay before they had a folder of their own */
	char why[1024];
	bool ready;           /* the temporary file is there */
	bool first;           /* no view was in the folder */
	bool folder_repaired; /* the folder had another owner or mode, and has no longer */
};

/* The view of the state folder STATE, as PATH of SIZE bytes: STATE/view/view.mdb. RBAC_OK, or
 * RBAC_INVALID: it does not fit. */
int publish_view_path(const char *state, char *path, size_t size);

/*
 * Make ready to publish for the state folder STATE: its view's folder is made or its owner and mode
 * are mended (0755, the caller's, whatever the umask), and leftovers of a publish that was killed
 * are deleted. The caller holds the lock. The temporary file lies in the view's folder, so that the
 * rename is one on a single file system wherever that folder is mounted. RBAC_OK; RBAC_INVALID,
 * RBAC_UNTRUSTED, RBAC_SYSTEM and why in P->why.
 */
int publish_begin(struct publication *p, const char *state);

/*
 * Compile C into the temporary file or, with SMALL, update a copy of what is published (update.h;
 * RBAC_NOTFOUND: compile it). RBAC_OK or why in P->why.
 */
int publish_prepare(struct publication *p, const struct compile *c, bool small);

/*
 * Rename it into place and return once every reader sees it: after CLOCK_MONOTONIC_COARSE, by which
 * readers decide when to look, has moved past its value at the rename (at most one tick and a
 * little).
 */
int publish_install(struct publication *p);

/* Forget the temporary file, if there is one. */
void publish_discard(struct publication *p);

/* Is the view of the state folder STATE the one of GENERATION and HEAD (STORE_HASH bytes), and
 * whole as far as its meta record tells? */
bool publish_matches(const char *state, uint64_t generation, const uint8_t *head);

#endif
