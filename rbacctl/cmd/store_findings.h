/*
 * store_findings.h - what is wrong with the store, for doctor and status: it is root's to read.
 */
#ifndef RBACCTL_CMD_STORE_FINDINGS_H
#define RBACCTL_CMD_STORE_FINDINGS_H

#include "rbacctl/host/doctor/finding.h"
#include "rbacctl/invocation.h"

/* Add to OUT. HAS_VIEW: there is a view that can be read. */
void cmd_store_findings(const struct invocation *a, bool has_view, struct findings *out);

#endif
