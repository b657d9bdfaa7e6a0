/*
 * keys.h - the list of keys of a fleet is changed: a draft of the next list, which the root
 * keys sign, on this host or offline, and which then counts.
 */
#ifndef RBACCTL_CHANGE_FLEET_KEYS_H
#define RBACCTL_CHANGE_FLEET_KEYS_H

#include "rbacctl/change/fleet/fleet.h"

/*
 * Write the list that follows the one in the store into the new file PATH, without signatures. The
 * N words at WORDS say what differs:
 *
 *	new            a new key of this authority; its old one ends
 *	take-over      a new key of this host, with the next term; every other authority ends
 *	end ID         the authority's key ID ends
 *	add-root KEY   a root key: its public half in hexadecimal
 *	drop-root ID
 *	threshold N    how many root keys sign a list
 *
 * RBAC_OK or an error, with words in WHY.
 */
int fleet_keys_draft(const struct invocation *a, const char *path, char *const *words, int n,
		     struct buf *why);

/* Add the signature of the root key in KEY_FILE to the draft in PATH. Needs no store. */
int fleet_keys_add_signature(const char *path, const char *key_file, struct buf *why);

/* The list in PATH becomes the one that counts: enough root keys of the old and of the new list
 * have signed it. *TOOK_OVER: this host is the authority with a higher term now. An act. */
int change_fleet_keys(struct change *c, const char *path, bool *took_over);

/* The new key of this host, once the list has it, gets the name of the old one: after the commit,
 * and before each push. */
void fleet_keys_settle(const struct invocation *a, const struct fleet_keys *k);

/* After the commit of change_fleet_keys(). */
void fleet_keys_put_in_place(const struct invocation *a);

/* The list as lines "WHAT<tab>TEXT". */
int fleet_keys_tell(const struct invocation *a, struct buf *lines, struct buf *why);

#endif
