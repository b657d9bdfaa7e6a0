/*
 * gate_option.h - the words that may stand behind pam_rbac.so on a line of PAM, in one table:
 * pam_rbac logs any other word, and `rbacctl doctor` reports it. What each does is in pam_rbac(8).
 */
#ifndef RBAC_COMMON_GATE_OPTION_H
#define RBAC_COMMON_GATE_OPTION_H

#include <stdbool.h>
#include <stddef.h>
#include <string.h>

enum rbac_option_kind {
	RBAC_OPTION_WORD,   /* NAME alone */
	RBAC_OPTION_CHOICE, /* NAME=ignore or NAME=deny */
	RBAC_OPTION_NAMES,  /* NAME=a,b with at least one name */
};

struct rbac_option {
	const char *name;
	enum rbac_option_kind kind;
	bool session_only; /* has no effect on an account line */
};

static inline bool rbac_option_matches(const struct rbac_option *o, const char *arg)
{
	size_t len = strlen(o->name);

	if (strncmp(arg, o->name, len) != 0)
		return false;
	arg += len;
	if (o->kind == RBAC_OPTION_WORD)
		return *arg == '\0';
	if (*arg++ != '=')
		return false;
	if (o->kind == RBAC_OPTION_CHOICE)
		return strcmp(arg, "ignore") == 0 || strcmp(arg, "deny") == 0;
	return arg[strspn(arg, ",")] != '\0';
}

/* The option that ARG, one word of a line, is. NULL: none. */
static inline const struct rbac_option *rbac_option_of(const char *arg)
{
	static const struct rbac_option options[] = {
		{ "debug", RBAC_OPTION_WORD, false },
		{ "quiet", RBAC_OPTION_WORD, false },
		{ "onerr", RBAC_OPTION_CHOICE, false },
		{ "unknown", RBAC_OPTION_CHOICE, false },
		{ "unlisted", RBAC_OPTION_CHOICE, false },
		{ "exempt_user", RBAC_OPTION_NAMES, false },
		{ "exempt_group", RBAC_OPTION_NAMES, false },
		{ "end=exact", RBAC_OPTION_WORD, true },
	};

	for (size_t i = 0; i < sizeof(options) / sizeof(*options); i++)
		if (rbac_option_matches(&options[i], arg))
			return &options[i];
	return NULL;
}

#endif
