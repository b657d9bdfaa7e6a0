/*
 * who_may.h - the users who may do what was refused, for the last line of the refusal. Many users
 * may have to be looked up, so this is done after the store is closed and the lock is released.
 */
#ifndef RBACCTL_CHANGE_RULES_WHO_MAY_H
#define RBACCTL_CHANGE_RULES_WHO_MAY_H

#include "rbacctl/change/internal.h"

/*
 * Who may do what Q asks: change_close() puts it behind C->message, from the published view, which
 * is that of the store. Into OUT at once where C->goes_on, or where there is no lock.
 */
void change_who_may_later(struct change *c, const struct who_question *q, bool force,
			  struct buf *out);

/* For change_close(): what that left to be worked out; and free it. */
void change_add_who_may(struct change *c);

#endif
