#include "rbacctl/host/audit_event.h"

#ifdef RBAC_HAVE_AUDIT

#include <errno.h>
#include <inttypes.h>
#include <libaudit.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rbacctl/buf.h"

#define WORD_CHARS "abcdefghijklmnopqrstuvwxyzABCDEFGHIJKLMNOPQRSTUVWXYZ0123456789-._"

/* audit_open(3): the errors of a kernel without audit. */
static bool no_audit(int error)
{
	return error == EINVAL || error == EPROTONOSUPPORT || error == EAFNOSUPPORT;
}

enum audit_sent audit_events_open(int *fd)
{
	*fd = audit_open();
	return *fd >= 0 ? AUDIT_SENT : no_audit(errno) ? AUDIT_NOT_HERE : AUDIT_FAILED;
}

void audit_events_close(int fd)
{
	if (fd >= 0)
		close(fd);
}

/* NAME="VALUE", or VALUE as hex digits where it has a blank, a quote or a control character, as
 * audit has it for whatever somebody else has chosen. */
static void put_field(struct buf *out, const char *name, const char *value)
{
	char *field = audit_encode_nv_string(name, value, 0);

	if (field)
		buf_printf(out, "%s%s", out->len ? " " : "", field);
	else
		out->failed = true;
	free(field);
}

/* NAME=VALUE: a word of rbac's or of the policy, as the audit system has it for these fields:
 * letters, digits and few others, without quotes. A blank becomes "-"; what has anything else is
 * put as for put_field. */
static void put_word(struct buf *out, const char *name, const char *value)
{
	char word[64];
	size_t n = 0;

	for (; value[n] && n < sizeof word - 1; n++)
		word[n] = value[n] == ' ' ? '-' : value[n];
	word[n] = '\0';
	if (value[n] || !n || word[strspn(word, WORD_CHARS)])
		put_field(out, name, value);
	else
		buf_printf(out, "%s%s=%s", out->len ? " " : "", name, word);
}

enum audit_sent audit_event_send(int fd, const struct audit_event *e)
{
	struct buf text = { 0 };
	bool group = e->subject[0] == '%';

	put_word(&text, "op", e->verb);
	put_field(&text, group ? "grp" : "acct", e->subject + group);
	put_word(&text, e->removes ? "old-role" : "new-role", e->role);
	put_field(&text, "scope", e->scope);
	put_field(&text, "actor", e->actor);
	buf_printf(&text, " change=%" PRIu64, e->change);
	errno = ENOMEM;
	int sent = text.failed ? -1
			       : audit_log_user_message(
					 fd, e->removes ? AUDIT_ROLE_REMOVE : AUDIT_ROLE_ASSIGN,
					 buf_text(&text), NULL, NULL, NULL, 1);
	int error = errno;
	buf_free(&text);
	errno = error;
	/* The kernel refuses so outside of the first user and process namespaces. */
	return sent > 0 ? AUDIT_SENT : error == ECONNREFUSED ? AUDIT_NOT_HERE : AUDIT_FAILED;
}

#else

enum audit_sent audit_events_open(int *fd)
{
	*fd = -1;
	return AUDIT_NOT_HERE;
}

void audit_events_close(int fd)
{
	(void)fd;
}

enum audit_sent audit_event_send(int fd, const struct audit_event *e)
{
	(void)fd;
	(void)e;
	return AUDIT_NOT_HERE;
}

#endif
