/*
 * name.h - which strings are names. Names are compared byte for byte, in full; nothing is folded or
 * normalised. Pure: no allocation, no locale.
 *
 * Limits, in bytes, without the terminating NUL:
 *
 *   RBAC_USER_MAX        255  LOGIN_NAME_MAX - 1 (limits.h). Names of a directory are longer than
 *                             the 32 bytes of useradd(8).
 *   RBAC_GROUP_MAX        32  a group that rbac makes. groupadd(8): "Groupnames may only be up to
 *                             32 characters long".
 *   RBAC_UNIX_GROUP_MAX  255  a group of another source. Active Directory allows 256 characters;
 *                             a record has one byte for the length.
 *   RBAC_WORD_MAX         64  roles, keychains, kinds, plans, services, one component of a scope
 *   RBAC_KEY_MAX          64  keys (permissions)
 *   RBAC_SCOPE_MAX       380  a whole scope, KIND:A/B/C. A key of the store's index has a scope and
 *                             a role, and LMDB allows 511 bytes for it.
 */
#ifndef RBAC_COMMON_NAME_H
#define RBAC_COMMON_NAME_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

enum {
	RBAC_USER_MAX = 255,
	RBAC_GROUP_MAX = 32,
	RBAC_UNIX_GROUP_MAX = 255,
	RBAC_WORD_MAX = 64,
	RBAC_KEY_MAX = 64,
	RBAC_SCOPE_MAX = 380
};

/*
 * A user: printable ASCII without space and without  % : , / " '  that does not begin with - (an
 * option) or + (NIS compat, passwd(5)). "." and ".." are not users.
 */
bool rbac_name_is_user(const char *s, size_t len);

/* A group that rbac makes: a letter, digit or _ first, then also - and . ; at most RBAC_GROUP_MAX
 * bytes. */
bool rbac_name_is_group(const char *s, size_t len);

/*
 * A Unix group of another source, as a directory spells it: "domain users@corp", "CORP\\devs".
 * UTF-8 (RFC 3629) without characters that steer a terminal (rbac_text_steers()), without : and ,
 * (separators in group(5) and in PAM options), without a blank at either end. It does not begin
 * with % (it marks a group in rbac's lists), - (an option) or + (NIS, group(5)).
 */
bool rbac_name_is_unix_group(const char *s, size_t len);

/* Decode the UTF-8 character at TEXT into *C. LEFT, above 0: bytes that may be read. Returns its
 * length in bytes; 0: it is not UTF-8 (RFC 3629 section 4). */
size_t rbac_text_character(const char *text, size_t left, uint32_t *c);

/* Does C steer a terminal? C0, DEL, C1, line ends, and characters that change the direction of text
 * (Unicode Annex #9, explicit and implicit). */
bool rbac_text_steers(uint32_t c);

/* A role, keychain, kind, plan or scope component: a letter, digit or _ first, then also - and . ;
 * at most RBAC_WORD_MAX. */
bool rbac_name_is_word(const char *s, size_t len);

/* A key: words joined by dots; same characters as a word. */
bool rbac_name_is_key(const char *s, size_t len);

/* KIND:COMPONENT[/COMPONENT...], each a word. Only the policy knows whether KIND exists and how
 * many components it has. */
bool rbac_name_is_scope(const char *s, size_t len);

/* The number of components of the scope S ("space:main/web": 2); 0: S is not a scope. */
unsigned rbac_name_scope_depth(const char *s, size_t len);

#endif
