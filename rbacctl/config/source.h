/*
 * source.h - the texts of a policy: rbac.conf, host.conf (optional), policy.d/NAME.conf and
 * assignments.d/NAME.conf.
 *
 * The store has the texts as they were applied. The view has those that queries need, with spaces
 * instead of comments. A policy is always loaded from a struct policy_sources, whether the texts
 * come from files, the store or a view.
 */
#ifndef RBACCTL_CONFIG_SOURCE_H
#define RBACCTL_CONFIG_SOURCE_H

#include <stdbool.h>
#include <stddef.h>

#include "rbacctl/model/problem.h"

enum {
	POLICY_FILE_MAX = 16 << 20, /* bytes of one file */
	POLICY_FILES_MAX = 1000     /* files of one policy */
};

struct policy_text {
	char *name; /* "rbac.conf", "policy.d/torque.conf", "assignments.d/site.conf"; owned */
	char *text; /* NUL-terminated, owned */
	size_t len;
};

struct policy_sources {
	struct policy_text *v; /* in loading order: rbac.conf, host.conf, policy.d sorted by name
				  (strcmp), assignments.d likewise */
	size_t n;
};

/*
 * Read the *.conf files under DIR into *S; files whose names begin with "." or end otherwise are
 * ignored. Each of the following is added to PROBLEMS: rbac.conf is missing; a file cannot be read,
 * is not a regular file, is too large or has a NUL byte; others than root could have written a file
 * or folder (trust.h). Returns RBAC_OK, RBAC_INVALID (see PROBLEMS) or RBAC_NOMEM. Free *S with
 * policy_sources_free() in any case.
 */
int policy_sources_read(const char *dir, struct policy_sources *s, struct problems *problems);

/* The same for `init`: DIR, or rbac.conf in it, may be missing. */
int policy_sources_read_parts(const char *dir, struct policy_sources *s, struct problems *problems);

/* The same for the tests, tests.d/NAME.test. If there is no such folder, there are none. */
int policy_sources_read_tests(const char *dir, struct policy_sources *s, struct problems *problems);

/* The same for the N files NAMES in DIR, with any names, of at most MOST bytes each. The texts are
 * added to *S, which must be initialized. */
int policy_sources_read_files(const char *dir, const char *const *names, size_t n, size_t most,
			      struct policy_sources *s, struct problems *problems);

/* The same for host.conf alone, if DIR has one. */
int policy_sources_read_host(const char *dir, struct policy_sources *s, struct problems *problems);

/* Add a copy of the LEN bytes at TEXT with the name NAME, in loading order. RBAC_OK, RBAC_NOMEM, or
 * RBAC_CONFLICT if S has the name already. */
int policy_sources_add(struct policy_sources *s, const char *name, const char *text, size_t len);

/* Copy FROM to *TO. RBAC_OK or RBAC_NOMEM. Free *TO in any case. */
int policy_sources_copy(const struct policy_sources *from, struct policy_sources *to);

/* The text with the name NAME, or NULL. It borrows S. */
const struct policy_text *policy_sources_find(const struct policy_sources *s, const char *name);

/* Do A and B have the same names and texts, byte for byte? */
bool policy_sources_equal(const struct policy_sources *a, const struct policy_sources *b);

void policy_sources_free(struct policy_sources *s);

#endif
