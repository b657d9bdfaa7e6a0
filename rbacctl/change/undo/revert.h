/*
 * revert.h - reverting a change: its rows, its policy, its groups. For this folder
 * only; unconfirmed.h has what others call.
 */
#ifndef RBACCTL_CHANGE_UNDO_REVERT_H
#define RBACCTL_CHANGE_UNDO_REVERT_H

#include "rbacctl/change/internal.h"
#include "rbacctl/store/rows.h"

struct reverting {
	struct change *c;
	uint64_t change;
	char verb[40], person[200];
	struct store_rows rows; /* inverse: BEFORE is what the change wrote */
	bool policy;            /* the applied policy is reverted too */
	bool another_policy;    /* a later change applied another */
	struct buf left;        /* what was not reverted, and why: lines */
};

/*
 * Write the inverse of the rows of X, each after the rows that it needs. C->p is the policy that is
 * in force afterwards. Not reverted is a row that a later change wrote or uses, or that would break
 * a limit: X->left gets a line. RBAC_OK, the store's error, or an error with C->message.
 */
int revert_rows(struct reverting *x);

/*
 * Does ROW of X, a user or a scope that has been written, fit to what later changes made? *WHY is
 * NULL: yes; else the words for X->left. RBAC_OK or an error with C->message, or the store's.
 */
int revert_fit(struct reverting *x, const struct store_row *row, const char **why);

/* The same for an assignment. A is a copy: the store is read. */
int revert_fit_assignment(struct reverting *x, const struct store_assignment *a, const char **why);

/* *OTHER is a recorded name of UID other than NAME and those that X will delete, or NULL. */
int revert_other_name(struct reverting *x, uint32_t uid, const char *name, const char **other);

#endif
