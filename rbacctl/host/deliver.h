/*
 * deliver.h - how a notice reaches a person: a program of the administrator's, mail, the person's
 * terminals, the log. None is tried twice here, and nothing is kept.
 *
 * A function returns true where the notice is delivered; else WHY gets the reason, in one line.
 */
#ifndef RBACCTL_HOST_DELIVER_H
#define RBACCTL_HOST_DELIVER_H

#include <stdbool.h>
#include <stdint.h>

#include "rbacctl/buf.h"

enum { DELIVER_SECONDS = 10 }; /* for a program */

struct deliver_message {
	const char *kind; /* "request", "ended" */
	uint64_t id;      /* of what it is about */
	const char *to;   /* a name of passwd */
	const char *role, *scope;
	const char *text; /* one line */
	int64_t made;
};

/*
 * The program at PATH, which must be root's alone (config/trust.h), as USER, with the message as an
 * object of JSON on its standard input. *HUNG: it was killed.
 */
bool deliver_exec(const char *path, const char *user, const struct deliver_message *m,
		  struct buf *why, bool *hung);

/* By /usr/sbin/sendmail, as USER. A name that is no plain mail address is refused. */
bool deliver_mail(const char *user, const struct deliver_message *m, struct buf *why, bool *hung);

/* Onto those terminals of the person that take messages (mesg(1)), by utmp(5). Having none is no
 * failure. */
void deliver_write(const struct deliver_message *m);

/* One line of the system's log (system_log.h). False: nobody took it. */
bool deliver_log(const struct deliver_message *m);

#endif
