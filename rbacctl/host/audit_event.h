/*
 * audit_event.h - events for the audit system of Linux (auditd(8)): a role is given, or taken away.
 *
 * Types AUDIT_ROLE_ASSIGN (2301) and AUDIT_ROLE_REMOVE (2302) of libaudit.h. The kernel adds who
 * sends it, login uid and session; libaudit adds program, terminal and result. Where rbacctl was
 * built without libaudit nothing is sent.
 */
#ifndef RBACCTL_HOST_AUDIT_EVENT_H
#define RBACCTL_HOST_AUDIT_EVENT_H

#include <stdbool.h>
#include <stddef.h>
#include <stdint.h>

struct audit_event {
	bool removes;
	const char *subject; /* a user, or "%group" */
	const char *role, *scope;
	const char *actor, *verb; /* whose authority, and what was typed */
	uint64_t change;
};

enum audit_sent {
	AUDIT_SENT,
	AUDIT_NOT_HERE, /* built without libaudit, no audit in this kernel, or none for this
			   namespace */
	AUDIT_FAILED,   /* errno says why; events after the first that failed are not sent */
};

/* Could an event be sent? Cheap. AUDIT_SENT: yes. */
enum audit_sent audit_events_open(int *fd);
enum audit_sent audit_event_send(int fd, const struct audit_event *e);
void audit_events_close(int fd);

#endif
