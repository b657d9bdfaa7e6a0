/*
 * follow.h - the four things that rbac-follow does, each until it is done, or until it is ended.
 */
#ifndef RBAC_FOLLOW_FOLLOW_H
#define RBAC_FOLLOW_FOLLOW_H

#include "rbac_follow/directory.h"

struct follow {
	const struct conf *c;
	const char *state; /* of rbacctl, "/var/lib/rbac": follow/sheets and follow/ack are read */
	char own[4000];    /* STATE "-follow": inbox/ and status are written */
};

/* Follow until a signal ends it. An exit status. */
int follow_run(const struct follow *f);

/* Make the directory as the folder DIR is: what `rbacctl fleet push` has written. QUICK: sheets
 * alone, and not the hosts and what they acknowledge. An exit status: 0, 1 (something is newer
 * there), 4. */
int push_run(const struct follow *f, const char *dir, bool quick);

/* Try what a host may and may not do there. An exit status: 0, 1 (a rule is not as it must be), 4.
 */
int check_run(const struct follow *f);

/* A new password for the host HOST, printed. */
int password_run(const struct follow *f, const char *host);

/* A line on stderr. */
void follow_say(const char *fmt, ...) __attribute__((format(printf, 1, 2)));

#endif
