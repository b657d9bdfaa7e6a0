/*
 * token.h - what is handed to a new member: one line of letters and digits. It holds no secret; it
 * says whom to believe, and from which number on.
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

/* The token as text into OUT (FLEET_TOKEN_MAX bytes). RBAC_OK or RBAC_INVALID (not names). */
int fleet_token_print(const struct fleet_token *t, char *out);

/* The way back. RBAC_OK; RBAC_NEWER; RBAC_DAMAGED: not a token, or a letter of it is wrong. */
int fleet_token_parse(const char *text, struct fleet_token *out);

#endif
