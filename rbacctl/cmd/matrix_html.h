/*
 * matrix_html.h - the matrix of permissions and roles as one page of HTML for an auditor.
 */
#ifndef RBACCTL_CMD_MATRIX_HTML_H
#define RBACCTL_CMD_MATRIX_HTML_H

#include "rbacctl/access/snapshot.h"

/* Print it on stdout. It needs no other file and no script. */
void matrix_html(const struct snapshot *snap);

#endif
