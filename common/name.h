/*
 * name.h - which names are names. Names are compared byte for byte, whole; nothing is folded or
 * normalised.
 *
 * Limits (bytes, without the terminating NUL):
 *   RBAC_USER_MAX   255  LOGIN_NAME_MAX - 1 (limits.h): directory users are longer than useradd's
 * 32 RBAC_GROUP_MAX   32  a group that we make; groupadd(8): "Groupnames may only be up to 32
 * characters long" RBAC_UNIX_GROUP_MAX 255  a group of another source: Active Directory allows 256
 * characters, our records 255 bytes RBAC_WORD_MAX    64  roles, keychains, kinds, plans, one
 * component of a scope, services RBAC_KEY_MAX     64  keys (permissions) RBAC_SCOPE_MAX  380  a
 * whole scope, KIND:A/B/C; index keys of the store hold it and a role in LMDB's 511 bytes
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
 * A user: printable ASCII without space, and none of  % : , / " '  and not starting with - or +
 * ('-' is an option,
 * '+' is NIS compat in passwd(5)). "." and ".." are not users.
 */
bool rbac_name_is_user(const char *s, size_t len);

/* A group that we make: a letter, digit or _ first, then also - and . ; at most RBAC_GROUP_MAX
 * bytes. */
bool rbac_name_is_group(const char *s, size_t len);

/*
 * A Unix group of another source, as a directory names it: "domain users@corp", "CORP\\devs". UTF-8
 * (RFC 3629) that a terminal shows as it is: no control character of C0, C1 or DEL, none that turns
 * the direction of text. No : and , (group(5), and lists of PAM options); no blank at the ends; not
 * beginning with % (ours, in front of a group), - (an option) or + (NIS in group(5)).
 */
bool rbac_name_is_unix_group(const char *s, size_t len);

/* The character at TEXT, of at most LEFT (> 0) bytes, into *C. Its length in bytes; 0: it is no
 * UTF-8 (RFC 3629 section 4). */
size_t rbac_text_character(const char *text, size_t left, uint32_t *c);

/* Does C steer a terminal: C0, DEL, C1, line ends, or what turns the direction of text (Unicode UAX
 * #9, explicit and implicit)? */
bool rbac_text_steers(uint32_t c);

/* A role, keychain, kind, plan or scope component: a letter, digit or _ first, then also - and . ;
 * at most RBAC_WORD_MAX. */
bool rbac_name_is_word(const char *s, size_t len);

/* A key: words joined by dots; same characters as a word. */
bool rbac_name_is_key(const char *s, size_t len);

/* KIND:COMPONENT[/COMPONENT...], each a word. Whether KIND exists and how deep it lies is the
 * policy's business. */
bool rbac_name_is_scope(const char *s, size_t len);

/* How many components the scope S has ("space:main/web": 2); 0 when S is not a scope. */
unsigned rbac_name_scope_depth(const char *s, size_t len);

#endif
