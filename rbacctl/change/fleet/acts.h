/*
 * acts.h - what acts of an authority have in common. For the files of this folder.
 */
#ifndef RBACCTL_CHANGE_FLEET_ACTS_H
#define RBACCTL_CHANGE_FLEET_ACTS_H

#include "rbacctl/change/internal.h"
#include "rbacctl/store/fleet.h"

/* Root alone: who has the authority's key gives every role on every host. RBAC_OK or RBAC_REFUSED
 * with a message. */
int fleet_need_root(struct change *c);
/* This host is the authority; *SELF borrows the transaction. */
int fleet_need_authority(struct change *c, struct store_fleet *self);
/* Every sheet gets the number of this change in TERM. */
int fleet_number_sheets(struct change *c, uint64_t term);

/* ---- read_end.c ---- */

/* Close S and its reading transaction T, which ended with ERR. RBAC_NOTFOUND is a refusal:
 * "refused: " and NOT_HERE go into WHY, and RBAC_REFUSED is returned; else ERR, with its words in
 * WHY. */
int fleet_read_end(struct store *s, struct store_txn *t, int err, const char *not_here,
		   struct buf *why);

#endif
