#include "pam_rbac/options.h"

#include <string.h>

static bool starts_with(const char *s, const char *prefix)
{
	return strncmp(s, prefix, strlen(prefix)) == 0;
}

/* Is ARG KEY=ignore or KEY=deny? *IGNORE says which. */
static bool is_choice(const char *arg, const char *key, bool *ignore)
{
	size_t len = strlen(key);

	if (strncmp(arg, key, len) != 0 || arg[len] != '=')
		return false;
	if (strcmp(arg + len + 1, "ignore") != 0 && strcmp(arg + len + 1, "deny") != 0)
		return false;
	*ignore = arg[len + 1] == 'i';
	return true;
}

/* Is ARG the KEY with at least one name? */
static bool names_somebody(const char *arg, const char *key)
{
	return starts_with(arg, key) && arg[strlen(key) + strspn(arg + strlen(key), ",")] != '\0';
}

static bool parse_one(struct rbac_options *o, const char *arg)
{
	if (strcmp(arg, "debug") == 0)
		o->debug = true;
	else if (strcmp(arg, "quiet") == 0)
		o->quiet = true;
	else if (strcmp(arg, "end=exact") == 0)
		o->end_exact = true;
	else
		return is_choice(arg, "onerr", &o->ignore_error) ||
		       is_choice(arg, "unknown", &o->ignore_unknown) ||
		       is_choice(arg, "unlisted", &o->ignore_unlisted) ||
		       names_somebody(arg, "exempt_user=") || names_somebody(arg, "exempt_group=");
	return true;
}

void rbac_options_parse(struct rbac_options *o, int argc, const char **argv)
{
	*o = (struct rbac_options){ .argc = argc, .argv = argv };
	for (int i = 0; i < argc; i++)
		parse_one(o, argv[i]);
}

const char *rbac_options_unknown(const struct rbac_options *o, int *arg)
{
	struct rbac_options scratch;

	while (*arg < o->argc) {
		const char *one = o->argv[(*arg)++];

		if (!parse_one(&scratch, one))
			return one;
	}
	return NULL;
}

bool rbac_options_names(const struct rbac_options *o, const char *key, int *arg, size_t *at,
			const char **name, size_t *len)
{
	for (; *arg < o->argc; ++*arg, *at = 0) {
		if (!starts_with(o->argv[*arg], key))
			continue;
		const char *list = o->argv[*arg] + strlen(key);
		while (list[*at]) {
			*name = list + *at;
			*len = strcspn(*name, ",");
			*at += *len + ((*name)[*len] == ',');
			if (*len > 0)
				return true;
		}
	}
	return false;
}

bool rbac_options_exempt_user(const struct rbac_options *o, const char *user)
{
	int arg = 0;
	size_t at = 0, len;
	const char *name;

	while (rbac_options_names(o, "exempt_user=", &arg, &at, &name, &len))
		if (strlen(user) == len && memcmp(user, name, len) == 0)
			return true;
	return false;
}
