#define _GNU_SOURCE
#include "rbacctl/host/deliver.h"

#include <fcntl.h>
#include <jansson.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <sys/stat.h>
#include <syslog.h>
#include <unistd.h>
#include <utmp.h>

#include "common/error.h"
#include "rbacctl/config/trust.h"
#include "rbacctl/host/program.h"
#include "rbacctl/model/model.h"
#include "rbacctl/plain_text.h"
#include "rbacctl/system_log.h"

static const char sendmail[] = "/usr/sbin/sendmail";

/* ---- a program ---- */

static bool put_json(const struct deliver_message *m, struct buf *out)
{
	char when[64];

	policy_time_print(m->made, when);
	json_t *o = json_pack("{s:i, s:s, s:I, s:s, s:s, s:s, s:s, s:s}", "version", 1, "kind",
			      m->kind, "id", (json_int_t)m->id, "to", m->to, "role", m->role,
			      "scope", m->scope, "time", when, "text", m->text);
	char *text = o ? json_dumps(o, JSON_COMPACT) : NULL;
	if (text)
		buf_printf(out, "%s\n", text);
	free(text);
	json_decref(o);
	return text && !out->failed;
}

bool deliver_exec(const char *path, const char *user, const struct deliver_message *m,
		  struct buf *why, bool *hung)
{
	const char *const argv[] = { path, NULL };
	struct buf json = { 0 };
	bool done = false;

	*hung = false;
	if (!put_json(m, &json))
		buf_printf(why, "the message cannot be made");
	else if (trust_path(path, why))
		done = program_feed(argv, user, &json, DELIVER_SECONDS, why, hung) == RBAC_OK;
	buf_free(&json);
	return done;
}

/* ---- mail ---- */

/* What a mailer takes for a local name, and for nothing else: neither an option nor a pipe. */
static bool is_address(const char *name)
{
	static const char plain[] =
		"ABCDEFGHIJKLMNOPQRSTUVWXYZabcdefghijklmnopqrstuvwxyz0123456789_.+@-";

	return *name && !strchr("-.@+", *name) && name[strspn(name, plain)] == 0;
}

bool deliver_mail(const char *user, const struct deliver_message *m, struct buf *why, bool *hung)
{
	const char *const argv[] = { sendmail, "-i", m->to, NULL };
	struct buf text = { 0 };

	*hung = false;
	if (!is_address(m->to)) {
		buf_printf(why, "no mail to a name as %s", m->to);
		return false;
	}
	buf_printf(&text,
		   "To: %s\nSubject: rbac: %s\nAuto-Submitted: auto-generated\nMIME-Version: 1.0\n"
		   "Content-Type: text/plain; charset=utf-8\n\n%s\n",
		   m->to, m->kind, m->text);
	bool done = !text.failed &&
		    program_feed(argv, user, &text, DELIVER_SECONDS, why, hung) == RBAC_OK;
	buf_free(&text);
	return done;
}

/* ---- terminals ---- */

static void write_to(const char *line, uid_t uid, const struct buf *text)
{
	char path[sizeof "/dev/" + UT_LINESIZE];
	struct stat st;

	if (line[0] == '.' || strstr(line, ".."))
		return;
	snprintf(path, sizeof path, "/dev/%s", line);
	int fd = open(path, O_WRONLY | O_NOCTTY | O_NONBLOCK | O_NOFOLLOW | O_CLOEXEC);
	if (fd < 0)
		return;
	/* A terminal that does not take it at once goes without. */
	if (fstat(fd, &st) == 0 && S_ISCHR(st.st_mode) && st.st_uid == uid &&
	    (st.st_mode & S_IWGRP) && write(fd, text->p, text->len) < 0) {
		char why[sizeof path + 128];
		snprintf(why, sizeof why, "%s: %m", path);
		system_log(LOG_DEBUG, why);
	}
	close(fd);
}

void deliver_write(const struct deliver_message *m)
{
	const struct passwd *pw = getpwnam(m->to);
	const struct utmp *u;
	struct buf text = { 0 };

	if (!pw)
		return;
	uid_t uid = pw->pw_uid;
	buf_printf(&text, "\r\nrbac: ");
	plain_text_escape(&text, m->text);
	buf_printf(&text, "\r\n");
	setutent();
	while (!text.failed && (u = getutent())) {
		char line[UT_LINESIZE + 1];
		if (u->ut_type != USER_PROCESS ||
		    strncmp(u->ut_user, m->to, sizeof u->ut_user) != 0)
			continue;
		snprintf(line, sizeof line, "%.*s", UT_LINESIZE, u->ut_line);
		write_to(line, uid, &text);
	}
	endutent();
	buf_free(&text);
}

/* ---- the log ---- */

bool deliver_log(const struct deliver_message *m)
{
	struct buf line = { 0 };

	buf_printf(&line, "notice kind=%s to=%s: ", m->kind, m->to);
	plain_text_escape(&line, m->text);
	bool done = system_log(LOG_NOTICE, buf_text(&line));
	buf_free(&line);
	return done;
}
