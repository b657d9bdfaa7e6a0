/*
 * open.h - the steps of opening a store for a change; change.h has change_open().
 */
#ifndef RBACCTL_CHANGE_OPEN_OPEN_H
#define RBACCTL_CHANGE_OPEN_OPEN_H

#include "rbacctl/change/internal.h"

/* ---- migrate.c ---- */

/* Migrate C's store, between two transactions (store/migrate.h). RBAC_OK, or an error with a
 * message. */
int change_migrate(struct change *c);

/* ---- clock.c ---- */

/* RBAC_SYSTEM, with a message, if the clock is minutes behind the last change, and root did not
 * give --force. The trial of `diff` and `check` does not count as a change. */
int change_need_clock(struct change *c);

#endif
