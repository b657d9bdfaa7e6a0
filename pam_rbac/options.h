/*
 * options.h - the arguments on the PAM line (pam_rbac(8)). Pure; no allocation.
 *
 * Every option of the account line except debug and quiet lets more users in. So a misspelt option
 * is logged and ignored: that can only deny more than was meant, and a line that was written for a
 * newer version does not lock everybody out.
 */
#ifndef RBAC_PAM_OPTIONS_H
#define RBAC_PAM_OPTIONS_H

#include <stdbool.h>
#include <stddef.h>

struct rbac_options {
	bool debug, quiet, ignore_error, ignore_unknown, ignore_unlisted;
	bool end_exact; /* of the session line */
	int argc; /* ARGV is borrowed: the names of exempt_user= and exempt_group= stay there */
	const char **argv;
};

/* Fill O, which borrows ARGV. Options that are not known are skipped. */
void rbac_options_parse(struct rbac_options *o, int argc, const char **argv);

/* Step through the arguments that are not an option or have a wrong value. *ARG is 0 before the
 * first call. NULL after the last one. */
const char *rbac_options_unknown(const struct rbac_options *o, int *arg);

/*
 * Step through the names of KEY ("exempt_user=" or "exempt_group="). The option may be given
 * several times, each with names that commas separate. *ARG and *AT are 0 before the first call.
 * True, with *NAME (not terminated) and *LEN in bytes; false after the last name.
 */
bool rbac_options_names(const struct rbac_options *o, const char *key, int *arg, size_t *at,
			const char **name, size_t *len);

/* Does an exempt_user= name USER? */
bool rbac_options_exempt_user(const struct rbac_options *o, const char *user);

#endif
