/*
 * publish.h - replace the published view, completely or not at all.
 *
 * The steps of a change (change/commit/transaction.c): take the lock; begin; check the rules;
 * write; append the audit record; publish_prepare() (compile from this transaction, sync); commit;
 * publish_install() (rename, sync the folder, wait for the readers' clock); release the lock.
 */
#ifndef RBACCTL_VIEW_PUBLISH_H
#define RBACCTL_VIEW_PUBLISH_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

#include "rbacctl/view/compile.h"

struct publication {
	char path[4096], temp[4096];
	char dir[4096];       /* the view's folder, which has no other file between two publishes */
	char old[4096];       /* the path that views had before they had their own folder */
	char why[1024];       /* the reason of an error */
	bool ready;           /* the temp file is complete */
	bool first;           /* no view was in the folder */
	bool folder_repaired; /* the folder had a wrong owner or mode, which was corrected */
};

/* Write STATE/view/view.mdb, the path of the view for the state folder STATE, into PATH of SIZE
 * bytes. RBAC_OK, or RBAC_INVALID if it does not fit. */
int publish_view_path(const char *state, char *path, size_t size);

/*
 * Prepare P for the state folder STATE: make the view's folder, or correct its owner and mode (the
 * caller's, 0755, whatever the umask), and delete the temp files of a publish that was killed. The
 * caller holds the store's lock. The temp file is in the view's folder, because a rename works only
 * within one file system, and that folder may be a mount point. Returns RBAC_OK; or RBAC_INVALID,
 * RBAC_UNTRUSTED or RBAC_SYSTEM, with the reason in P->why.
 */
int publish_begin(struct publication *p, const char *state);

/*
 * Compile C into the temp file. With SMALL, update a copy of the published view instead, if that is
 * possible (update.h). Returns RBAC_OK, or an error with its reason in P->why.
 */
int publish_prepare(struct publication *p, const struct compile *c, bool small);

/*
 * Rename the temp file to the view's name, sync the folder, and return when every reader sees the
 * new view. Readers check the file when CLOCK_MONOTONIC_COARSE has moved: the function waits until
 * that clock is past its value at the rename, at most one tick of the kernel and a little more.
 */
int publish_install(struct publication *p);

/* Remove the temp file, if there is one. */
void publish_discard(struct publication *p);

/* Does the view of the state folder STATE have this GENERATION and HEAD (STORE_HASH bytes), and a
 * sound meta record? */
bool publish_matches(const char *state, uint64_t generation, const uint8_t *head);

#endif
