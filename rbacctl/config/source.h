/*
 * source.h - the texts a policy is made of: rbac.conf, host.conf (which need not be there),
 * policy.d/NAME.conf, assignments.d/NAME.conf.
 *
 * The store keeps them as they were applied; the view carries those that queries need, comments
 * blanked. A policy is always loaded from a struct policy_sources, wherever the texts came from.
 */
#ifndef RBACCTL_CONFIG_SOURCE_H
#define RBACCTL_CONFIG_SOURCE_H

#include <stdbool.h>
#include <stddef.h>

#include "rbacctl/model/problem.h"

enum {
	POLICY_FILE_MAX = 16 << 20,
	POLICY_FILES_MAX = 1000
}; /* bytes of one file; files of one policy */

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
 * Read the *.conf files under DIR (names that start with "." and other endings are left out). A
 * file that is missing (rbac.conf), unreadable, not regular, too large, or holds a NUL byte goes to
 * PROBLEMS with its name; so does a file or folder that others than root could have written
 * (trust.h). RBAC_OK, RBAC_INVALID (see PROBLEMS), RBAC_NOMEM. *S is set up either way; free it
 * with policy_sources_free().
 */
int policy_sources_read(const char *dir, struct policy_sources *s, struct problems *problems);

/* The same before this host is started: DIR, or rbac.conf in it, may be missing. */
int policy_sources_read_parts(const char *dir, struct policy_sources *s, struct problems *problems);

/* The tests, tests.d/NAME.test, likewise; S is set up. No such folder: none. */
int policy_sources_read_tests(const char *dir, struct policy_sources *s, struct problems *problems);

/* The same for the N files NAMES in DIR, of at most MOST bytes each, whatever they are; added to S,
 * which is set up already. */
int policy_sources_read_files(const char *dir, const char *const *names, size_t n, size_t most,
			      struct policy_sources *s, struct problems *problems);

/* host.conf alone, where DIR has one. */
int policy_sources_read_host(const char *dir, struct policy_sources *s, struct problems *problems);

/* Append a copy of the LEN bytes at TEXT under NAME, keeping loading order. RBAC_OK, RBAC_NOMEM,
 * RBAC_CONFLICT (name taken). */
int policy_sources_add(struct policy_sources *s, const char *name, const char *text, size_t len);

/* A copy of FROM in *TO. RBAC_OK, RBAC_NOMEM; *TO is to be freed either way. */
int policy_sources_copy(const struct policy_sources *from, struct policy_sources *to);

/* The text called NAME, or NULL. */
const struct policy_text *policy_sources_find(const struct policy_sources *s, const char *name);

/* Byte for byte the same files? */
bool policy_sources_equal(const struct policy_sources *a, const struct policy_sources *b);

void policy_sources_free(struct policy_sources *s);

#endif
