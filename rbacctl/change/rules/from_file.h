/*
 * from_file.h - where an assignment or a scope came from: a command, or a line of a file.
 */
#ifndef RBACCTL_CHANGE_RULES_FROM_FILE_H
#define RBACCTL_CHANGE_RULES_FROM_FILE_H

#include "rbacctl/change/internal.h"

/* SOURCE is a command, not a line of a file. */
bool change_by_hand(const char *source);

/* "site.conf:7", the source of what the line POS says, into OUT. */
void apply_source(struct policy_pos pos, char *out, size_t size);

/* Put the line POS before the message. Returns ERR. */
int apply_blame(struct change *c, struct policy_pos pos, int err);

#endif
