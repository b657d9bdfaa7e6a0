#include "pam_rbac/options.h"

#include <string.h>

#include "common/gate_option.h"

static bool starts_with(const char *s, const char *prefix)
{
	return strncmp(s, prefix, strlen(prefix)) == 0;
}

/* ARG is a known option; of KEY=ignore and KEY=deny *IGNORE says which it is. */
static void take_choice(const char *arg, const char *key, bool *ignore)
{
	if (starts_with(arg, key))
		*ignore = strcmp(arg + strlen(key), "ignore") == 0;
}

static void take(struct rbac_options *o, const char *arg)
{
	if (!rbac_option_of(arg))
		return;
	o->debug |= strcmp(arg, "debug") == 0;
	o->quiet |= strcmp(arg, "quiet") == 0;
	o->end_exact |= strcmp(arg, "end=exact") == 0;
	take_choice(arg, "onerr=", &o->ignore_error);
	take_choice(arg, "unknown=", &o->ignore_unknown);
	take_choice(arg, "unlisted=", &o->ignore_unlisted);
}

void rbac_options_parse(struct rbac_options *o, int argc, const char **argv)
{
	*o = (struct rbac_options){ .argc = argc, .argv = argv };
	for (int i = 0; i < argc; i++)
		take(o, argv[i]);
}

const char *rbac_options_unknown(const struct rbac_options *o, int *arg)
{
	while (*arg < o->argc) {
		const char *one = o->argv[(*arg)++];

		if (!rbac_option_of(one))
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
