/*
 * verb_too_many.h - the message about one word too many.
 */
#ifndef RBACCTL_VERB_TOO_MANY_H
#define RBACCTL_VERB_TOO_MANY_H

#include "rbacctl/buf.h"
#include "rbacctl/verbs.h"

/* V has fewer arguments than were typed, and WORD is the first one too many: append to WRONG what
 * was expected. */
void verb_too_many(const struct verb *v, const char *word, struct buf *wrong);

#endif
