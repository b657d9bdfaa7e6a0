/*
 * key_file.h - secret keys of a fleet, each in a file of root's alone: mode 0600, one line. They
 * are made here and never leave this host.
 */
#ifndef RBACCTL_CARRIER_KEY_FILE_H
#define RBACCTL_CARRIER_KEY_FILE_H

#include "rbacctl/fleet/sign.h"

/* A new key in the file PATH, which must not exist. RBAC_OK; RBAC_CONFLICT: it exists; RBAC_SYSTEM
 * with errno set. */
int key_file_make(const char *path, struct fleet_key *key);

/*
 * The key in PATH. RBAC_OK; RBAC_NOTFOUND; RBAC_UNTRUSTED: others than its owner, who is root or
 * the caller, can read or write it; RBAC_DAMAGED: it is no key; RBAC_SYSTEM with errno set.
 */
int key_file_read(const char *path, struct fleet_key *key);

#endif
