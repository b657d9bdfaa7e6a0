/*
 * error.h - the one set of results of this project, and its one translator to text.
 *
 * A function that can fail returns one of them as an int; what it computes is in its last argument.
 * RBAC_OK is 0. A file that needs more results for itself numbers them from RBAC_ERROR_COUNT on,
 * and never returns them to other files.
 */
#ifndef RBAC_COMMON_ERROR_H
#define RBAC_COMMON_ERROR_H

enum rbac_error {
	RBAC_OK = 0,
	RBAC_NOTFOUND,  /* it does not exist; not a failure */
	RBAC_ABSENT,    /* there is no view (or store) at the path */
	RBAC_UNTRUSTED, /* not a regular file, wrong owner, or writable by group or others */
	RBAC_DAMAGED,   /* a bound, a page number or a checksum is wrong */
	RBAC_NEWER,     /* a format version that this build does not know */
	RBAC_RANGE,     /* the caller's buffer is too small; a bigger one is enough */
	RBAC_NOMEM,     /* out of memory */
	RBAC_INVALID,   /* an argument is not what the header allows */
	RBAC_SYSTEM,    /* a system call failed; errno says why */
	RBAC_REFUSED,   /* a rule says no */
	RBAC_CONFLICT,  /* it clashes with something that exists */
	RBAC_ERROR_COUNT
};

/* A constant English phrase for ERR, without a full stop; "unknown error" for numbers outside the
 * set. Never NULL. */
const char *rbac_error_text(int err);

#endif
