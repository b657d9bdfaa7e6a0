/*
 * key_file.h - the secret keys of a fleet. Each is in a file of one line, with mode 0600. rbacctl
 * makes them on this host, and never sends one to another host.
 */
#ifndef RBACCTL_CARRIER_KEY_FILE_H
#define RBACCTL_CARRIER_KEY_FILE_H

#include "rbacctl/fleet/sign.h"

/* Make a random key, and write it to the new file PATH. Erase *KEY after use. Returns RBAC_OK;
 * RBAC_CONFLICT if PATH exists; RBAC_SYSTEM with errno set. */
int key_file_make(const char *path, struct fleet_key *key);

/*
 * Read the key in PATH. Erase *KEY after use. Returns RBAC_OK; RBAC_NOTFOUND; RBAC_UNTRUSTED if its
 * owner is neither root nor the caller, or others can read or write it; RBAC_DAMAGED if it is not a
 * key; RBAC_SYSTEM with errno set.
 */
int key_file_read(const char *path, struct fleet_key *key);

#endif
