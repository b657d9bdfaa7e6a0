/*
 * token.h - the token of a new member: one line of text that `fleet enrol` prints and `fleet join`
 * reads. It contains no secret. It names the root keys that the member trusts, and the lowest term
 * and number that it accepts. docs/format.md, "Sheets of a fleet", describes it.
 */
#ifndef RBACCTL_FLEET_TOKEN_H
#define RBACCTL_FLEET_TOKEN_H

#include "rbacctl/fleet/keys.h"

enum { FLEET_NAME_MAX = RBAC_WORD_MAX, FLEET_TOKEN_MAX = 1024 };

struct fleet_token {
	struct fleet_anchor anchor;
	uint64_t term, number;          /* of the fleet's sheet when the token was made */
	char fleet[FLEET_NAME_MAX + 1]; /* the name of the fleet */
	char host[RBAC_WORD_MAX + 1];   /* the name of the member */
	char scope[RBAC_SCOPE_MAX + 1]; /* the member's scope */
};

/* Write the token as text into OUT (FLEET_TOKEN_MAX bytes). RBAC_OK, or RBAC_INVALID if one of its
 * names is not valid. */
int fleet_token_print(const struct fleet_token *t, char *out);

/* Parse a token. RBAC_OK; RBAC_NEWER if this rbacctl does not know the version; RBAC_DAMAGED if
 * TEXT is not a token, or its check bytes do not match (a typing error). */
int fleet_token_parse(const char *text, struct fleet_token *out);

#endif
