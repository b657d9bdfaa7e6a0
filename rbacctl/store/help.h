/*
 * help.h - what an administrator can do about a store that cannot be opened or read.
 */
#ifndef RBACCTL_STORE_HELP_H
#define RBACCTL_STORE_HELP_H

#include "rbacctl/command.h"

/* Behind why: "; ..." for ERR, "" where nothing is known. Returns A's text. */
const char *store_help(struct advice *a, int err);
#define STORE_HELP(err)                                                                            \
	store_help(&(struct advice){ "" }, err) /* lives to the end of the block                   \
						 */

#endif
