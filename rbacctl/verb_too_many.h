/*
 * verb_too_many.h - what is said to somebody who typed one word too many.
 */
#ifndef RBACCTL_VERB_TOO_MANY_H
#define RBACCTL_VERB_TOO_MANY_H

#include "rbacctl/buf.h"
#include "rbacctl/verbs.h"

/* WORD is one more than V takes: what was expected, appended to WRONG. */
void verb_too_many(const struct verb *v, const char *word, struct buf *wrong);

#endif
