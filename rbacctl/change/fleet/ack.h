/*
 * ack.h - what a member says it has taken: a text that the carrier brings to the authority.
 * Nobody has signed it, and nothing but `fleet status` goes by it.
 *
 *	rbacack1
 *	fleet ID           in hexadecimal
 *	host NAME
 *	version VERSION    of rbacctl
 *	time SECONDS
 *	fresh SECONDS      when the newest head of the fleet's sheet was signed
 *	term N
 *	sheet NUMBER NAME  for each sheet
 *	note TEXT          for each thing that was refused, left out, or is waited for
 */
#ifndef RBACCTL_CHANGE_FLEET_ACK_H
#define RBACCTL_CHANGE_FLEET_ACK_H

#include "rbacctl/buf.h"
#include "rbacctl/invocation.h"
#include "rbacctl/store/fleet.h"

enum {
	FLEET_ACK_EVERY = 3600,              /* seconds after which the same is said again */
	FLEET_ACK_OLD = 3 * FLEET_ACK_EVERY, /* no word for so long: told */
};

/* On a member: the text, from what T's store has. RBAC_OK or an error. */
int fleet_ack_make(struct store_txn *t, const struct store_fleet *self, int64_t now,
		   struct buf *out);

/* Put it into STATE/follow/ack, unless it says what is there since less than FLEET_ACK_EVERY, and
 * the N names at SHEETS into STATE/follow/sheets, for rbac-follow. RBAC_OK, or RBAC_SYSTEM with
 * errno set. */
int fleet_ack_put(const struct invocation *a, const struct buf *ack, int64_t now);
int fleet_sheets_put(const struct invocation *a, const char *const *sheets, size_t n);

/* On the authority: what the newest word of HOST means, as one line in OUT. *ATTENTION: it needs
 * some. T: to compare the numbers. */
void fleet_ack_tell(struct store_txn *t, const struct invocation *a, const struct store_fleet *self,
		    const char *host, struct buf *out, bool *attention);

/* Keep what a tool has brought back into DIR/acks, for the members of T's store. */
void fleet_acks_keep(struct store_txn *t, const struct invocation *a, const char *dir);

#endif
