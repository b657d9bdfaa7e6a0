/*
 * follow.h - the four commands of rbac-follow. Each function returns the exit status.
 */
#ifndef RBAC_FOLLOW_FOLLOW_H
#define RBAC_FOLLOW_FOLLOW_H

#include "rbac_follow/directory.h"

struct follow {
	const struct conf *c;
	const char *state; /* rbacctl's folder, "/var/lib/rbac"; follow/sheets and follow/ack are
			      read */
	char own[4000];    /* STATE "-follow"; inbox/ and status are written */
};

/* Follow the directory until SIGTERM or SIGINT. */
int follow_run(const struct follow *f);

/* Make the directory equal to the folder DIR, which `rbacctl fleet push` has written. QUICK: only
 * the sheets, not the hosts and their acknowledgements. 0; 1 if the directory has something newer;
 * 4. */
int push_run(const struct follow *f, const char *dir, bool quick);

/* Test the access rules of the directory as this host. 0; 1 if a rule is wrong; 4. */
int check_run(const struct follow *f);

/* Set and print a new random password for HOST. */
int password_run(const struct follow *f, const char *host);

/* Print a line on stderr. */
void follow_say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
