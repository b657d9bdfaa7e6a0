/*
 * import_access.h - import --from-access.
 */
#ifndef RBACCTL_CMD_IMPORT_ACCESS_H
#define RBACCTL_CMD_IMPORT_ACCESS_H

#include "rbacctl/cmd/cmd.h"

/* Print the login rules for SERVICE that mean the same as TEXT, the contents of the file NAME of
 * access.conf(5), and on stderr what is left out. TEXT is written to. The exit status:
 * EXIT_NO, there is something of that. */
int import_access(char *text, const char *name, const char *service);

#endif
