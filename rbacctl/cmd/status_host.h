/*
 * status_host.h - what status tells of this host's own files: the same that doctor finds, in a few
 * words.
 */
#ifndef RBACCTL_CMD_STATUS_HOST_H
#define RBACCTL_CMD_STATUS_HOST_H

#include "rbacctl/buf.h"
#include "rbacctl/model/model.h"

/* "sshd: on": whether pam_rbac decides about SERVICE, by its PAM stack. */
void status_gate(const struct policy *p, const char *service, struct buf *out);

/* Names what hides the groups of roles; empty if nothing does. */
void status_groups(const struct policy *p, struct buf *out);

/* Whom rbac.conf and the PAM lines exempt, and how many of them can log in; nothing for nobody. */
void status_exempt(const struct policy *p, struct buf *out);

/* FN for each service that asks rbac and that no login rule names. */
void status_unruled(const struct policy *p, void (*fn)(void *ctx, const char *text), void *ctx);

#endif
