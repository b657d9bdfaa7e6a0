/*
 * scopes.h - what acts at or on a scope ask: is it there, what is below it, who owns it by a file.
 */
#ifndef RBACCTL_CHANGE_RULES_SCOPES_H
#define RBACCTL_CHANGE_RULES_SCOPES_H

#include "rbacctl/change/internal.h"

/* ---- which_scope.c ---- */

/* SCOPE exists and is of a known kind; KIND gets it. Says what is near when not. */
int change_need_scope(struct change *c, const char *scope, int *kind);

/* ---- scopes.c ---- */

/* SCOPE itself and every scope below it, by name. To be freed. */
struct scopes_below {
	char **v;
	size_t n, cap;
};
int change_scopes_below(struct change *c, const char *top, struct scopes_below *out);
void change_scopes_below_free(struct scopes_below *b);

/* "transfer account:main" into OUT: the words of an act on a scope, for messages. Returns OUT. */
const char *change_say(char *out, size_t size, const char *what, const char *scope);

/* The rules for the role that comes with owning SCOPE, of kind KIND, once OWNER ("": nobody) is
 * written. */
int change_check_owner(struct change *c, const char *scope, int kind, const char *owner);

/* The file and line that give SCOPE its owner; NULL: no file does. */
const struct policy_file_scope *change_file_owner(const struct change *c, const char *scope);

/* RBAC_REFUSED where a file gives SCOPE its owner (or else its plan): the next apply would revert a
 * change of it. */
int change_said_in_file(struct change *c, const char *scope, bool owner);

#endif
