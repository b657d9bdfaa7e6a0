/*
 * setup_undo.h - the way back from setup: --undo, and what nobody confirmed in time.
 */
#ifndef RBACCTL_CMD_SETUP_UNDO_H
#define RBACCTL_CMD_SETUP_UNDO_H

#include <stddef.h>

#include "rbacctl/host/confirm/edits.h"
#include "rbacctl/invocation.h"

enum { SETUP_RECORD_MAX = 4200 };

/* The folder in which setup keeps what it replaced. */
void setup_record(const struct invocation *a, char out[SETUP_RECORD_MAX]);

/* Undo the edits of the record from number FIRST on, and say so: with --json in notes. The exit
 * status. */
int setup_undo(const struct invocation *a, size_t first);

/* setup --undo, as somebody types it: undo all, and name the files that keep the GID of a role.
 * With
 * --dry-run say what would be undone. */
int setup_undo_all(const struct invocation *a);

/* The edits that are pending confirmation. False: there are none. What cannot be read is said. */
bool setup_unconfirmed(const struct invocation *a, struct edit_confirm *c);

/*
 * Held while edits are made or reverted, so that the end of --confirm does not come between them.
 * To be closed; -1: there is no such folder. No process that outlives the caller may be started in
 * between: it would inherit it.
 */
int setup_lock(const struct invocation *a);

/* Nothing is pending any more. RBAC_OK, or RBAC_SYSTEM, which is said. */
int setup_forget(const struct invocation *a);

/*
 * Undo what waits and is overdue, and say so on stderr: what every command of root's does first.
 * EXIT_DONE also where there is nothing to do.
 */
int setup_undo_overdue(const struct invocation *a);

#endif
