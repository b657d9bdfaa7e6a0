/*
 * error.h - the one closed set of results of this project, and its one translator to text.
 *
 * Every function that can fail returns one of these as an int; a result travels in the last
 * argument. RBAC_OK is 0.
 */
#ifndef RBAC_COMMON_ERROR_H
#define RBAC_COMMON_ERROR_H

enum rbac_error {
	RBAC_OK = 0,
	RBAC_NOTFOUND,  /* what was asked for is not there; not a failure */
	RBAC_ABSENT,    /* there is no view (or store) at the path */
	RBAC_UNTRUSTED, /* not a regular file, wrong owner, or writable by group or others */
	RBAC_DAMAGED,   /* a bound, a page number or a checksum does not hold */
	RBAC_NEWER,     /* a format version that this build does not know */
	RBAC_RANGE,     /* the caller's buffer is too small; a bigger one will do */
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
