/*
 * help.h - the advice that a message adds if the store cannot be opened or read.
 */
#ifndef RBACCTL_STORE_HELP_H
#define RBACCTL_STORE_HELP_H

#include "rbacctl/command.h"

/* Write the advice for ERR into A: "; " and a command or a sentence, to append to the reason of the
 * error; "" if there is no advice. Returns A's text. */
const char *store_help(struct advice *a, int err);
#define STORE_HELP(err)                                                                            \
	store_help(&(struct advice){ "" }, err) /* lives to the end of the block                   \
						 */

#endif
