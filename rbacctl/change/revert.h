/*
 * revert.h - reverting a change: its rows, beside what else belongs to it. For this folder
 * only; unconfirmed.h has what others call.
 */
#ifndef RBACCTL_CHANGE_REVERT_H
#define RBACCTL_CHANGE_REVERT_H

#include "rbacctl/change/internal.h"
#include "rbacctl/store/rows.h"

struct reverting {
	struct change *c;
	uint64_t change;
	char verb[40], person[200];
	struct store_rows rows; /* inverse: BEFORE is what the change wrote */
	bool policy;            /* the applied policy goes back too */
	bool another_policy;    /* a later change applied another */
	struct buf left;        /* what stays as it is, and why: lines */
};

/*
 * Write back the rows of X, in an order in which each finds what it needs. C->p is the policy that
 * is in force afterwards. One that a later change wrote, or needs, or that a limit keeps from
 * coming back, stays: X->left says so. The store's error, or one with a message.
 */
int revert_rows(struct reverting *x);

#endif
