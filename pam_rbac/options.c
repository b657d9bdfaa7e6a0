#include "pam_rbac/options.h"

#include <string.h>

static bool starts_with(const char *s, const char *prefix)
{
	return strncmp(s, prefix, strlen(prefix)) == 0;
}

static bool parse_one(struct rbac_options *o, const char *arg)
{
	if (strcmp(arg, "debug") == 0)
		o->debug = true;
	else if (strcmp(arg, "quiet") == 0)
		o->quiet = true;
	else if (strcmp(arg, "onerr=ignore") == 0 || strcmp(arg, "onerr=deny") == 0)
		o->ignore_error = strcmp(arg, "onerr=ignore") == 0;
	else if (strcmp(arg, "unknown=ignore") == 0 || strcmp(arg, "unknown=deny") == 0)
		o->ignore_unknown = strcmp(arg, "unknown=ignore") == 0;
	else
		return starts_with(arg, "exempt_user=") || starts_with(arg, "exempt_group=");
	return true;
}

void rbac_options_parse(struct rbac_options *o, int argc, const char **argv)
{
	*o = (struct rbac_options){ .argc = argc, .argv = argv };
	for (int i = 0; i < argc; i++)
		if (!parse_one(o, argv[i]) && !o->unknown)
			o->unknown = argv[i];
}

bool rbac_options_names(const struct rbac_options *o, const char *key, int *arg, size_t *at, const char **name, size_t *len)
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
