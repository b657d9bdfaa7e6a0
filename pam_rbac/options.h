/*
 * options.h - the arguments on the PAM line (pam_rbac(8)).
 *
 * Every option but debug and quiet loosens the gate. So what is misspelt is logged and has no
 * effect: the gate then is tighter than meant, never looser, and a line written for a newer version
 * does not lock everyone out.
 */
#ifndef RBAC_PAM_OPTIONS_H
#define RBAC_PAM_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

struct rbac_options {
	bool debug, quiet, ignore_error, ignore_unknown, ignore_unlisted;
	int argc; /* borrowed; the exempt names stay there */
	const char **argv;
};

void rbac_options_parse(struct rbac_options *o, int argc, const char **argv);

/* Step through the arguments that are no option, or whose value is none: set *ARG to 0 before the
 * first. NULL after the last. */
const char *rbac_options_unknown(const struct rbac_options *o, int *arg);

/*
 * Step through the names of KEY ("exempt_user=" or "exempt_group="), which may be given several
 * times and hold several names with commas between: set *ARG and *AT to 0 before the first. True
 * with *NAME and *LEN; false after the last.
 */
bool rbac_options_names(const struct rbac_options *o, const char *key, int *arg, size_t *at,
			const char **name, size_t *len);

bool rbac_options_exempt_user(const struct rbac_options *o, const char *user);

#endif
