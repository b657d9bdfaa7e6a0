/*
 * The account stage: find out who is judged, check the
 * exemptions of the PAM line, ask common/decide.c, log, tell the user. pam_rbac(8) has the table of
 * results.
 */
#include <errno.h>
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <time.h>

#include <security/pam_modules.h>
#include <security/pam_ext.h>

#include "common/decide.h"
#include "common/error.h"
#include "pam_rbac/conversation.h"
#include "pam_rbac/exempt_notice.h"
#include "pam_rbac/options.h"
#include "pam_rbac/report.h"
#include "pam_rbac/view_path.h"
#include "pam_rbac/identity.h"

/* The range of our gids if there is no view (docs/design.md). */
enum { GID_MIN_DEFAULT = 2010000000, GID_MAX_DEFAULT = 2139999999 };

struct call {
	pam_handle_t *pamh;
	struct rbac_options options;
	bool silent;
	bool by_invoker; /* su, sudo: the invoker is judged, not the target user */
	const char *service;
	struct rbac_asked asked; /* who is judged, and for what */
	struct rbac_identity id;
};

/* ---- log and message ---- */

static int finish(const struct call *c, int priority, const struct rbac_text *line, int result)
{
	pam_syslog(c->pamh, priority, "%s", line->s);
	return result;
}

static int finish_why(const struct call *c, int priority, enum rbac_outcome outcome,
		      const char *why, int result)
{
	struct rbac_text line = { 0 };

	rbac_report_request(&line, outcome, &c->asked);
	rbac_text_field(&line, "why", why, strlen(why));
	return finish(c, priority, &line, result);
}

/* Tell the user. It comes after the log, because the process may end here. */
static void tell(const struct call *c, const struct rbac_text *text)
{
	if (!c->silent)
		rbac_conversation_tell(c->pamh, PAM_ERROR_MSG, text->s);
}

/* Log an option that has no effect. */
static void complain(const struct call *c, const char *what, const char *option, size_t len)
{
	struct rbac_text line = { 0 };

	rbac_text_put(&line, what);
	rbac_text_field(&line, "option", option, len);
	pam_syslog(c->pamh, LOG_ERR, "%s", line.s);
}

/* ---- trouble ---- */

/* Does onerr=ignore apply to ERR? Only to failures that the judged user cannot cause: not to a lack
 * of memory or descriptors. */
static bool can_be_ignored(int err)
{
	return err == RBAC_ABSENT || err == RBAC_UNTRUSTED || err == RBAC_DAMAGED ||
	       err == RBAC_NEWER;
}

/* WHAT could not be read: the view, passwd or group. */
static int trouble(const struct call *c, const char *what, int err, int cause)
{
	struct rbac_text line = { 0 }, message = { 0 };
	bool ignore = c->options.ignore_error && can_be_ignored(err);

	rbac_report_request(&line, ignore ? RBAC_OUTCOME_IGNORED : RBAC_OUTCOME_DENIED, &c->asked);
	rbac_report_cause(&line, what, err, cause);
	finish(c, LOG_ERR, &line, 0);
	if (ignore)
		return PAM_IGNORE;
	rbac_report_trouble(&message, what, c->asked.user, c->service);
	tell(c, &message);
	return PAM_AUTHINFO_UNAVAIL;
}

/* ---- exemptions that do not need the view ---- */

static bool in_groups(const struct rbac_identity *id, uint32_t gid)
{
	for (size_t i = 0; i < id->n_groups; i++)
		if (id->groups[i] == gid)
			return true;
	return false;
}

/*
 * Is GID in our range? Without a view nothing on this host uses another range than the default one.
 * But if this process alone cannot read the view now (no memory, no descriptor), the view may have
 * another range, and nss_rbac may have read it in this process before: then the answer is yes.
 */
static bool is_ours(uint32_t gid)
{
	struct rbac_view v;
	int err = rbac_view_path_acquire(&v);

	if (err != RBAC_OK)
		return !can_be_ignored(err) || (gid >= GID_MIN_DEFAULT && gid <= GID_MAX_DEFAULT);
	bool ours = rbac_meta_in_range(&v.meta, gid);
	rbac_view_release(&v);
	return ours;
}

/* Is the judged user in the group NAME, and is that not a group of our range? A name that has no
 * effect is logged. */
static bool exempts(const struct call *c, const char *name, size_t len)
{
	uint32_t gid;
	char *group = strndup(name, len);
	int err = group ? rbac_identity_group_gid(group, &gid) : RBAC_NOMEM;
	int cause = errno;

	free(group);
	if (err != RBAC_OK) {
		struct rbac_text line = { 0 };

		rbac_text_put(&line, "without effect:");
		rbac_text_field(&line, "exempt_group", name, len);
		rbac_report_cause(&line, "group", err, err == RBAC_NOTFOUND ? 0 : cause);
		pam_syslog(c->pamh, LOG_ERR, "%s", line.s);
		return false;
	}
	if (!in_groups(&c->id, gid))
		return false;
	if (!is_ours(gid))
		return true;
	complain(c, "a role's group exempts nobody:", name, len);
	return false;
}

static bool in_exempt_group(const struct call *c)
{
	int arg = 0;
	size_t at = 0, len;
	const char *name;
	bool yes = false;

	while (rbac_options_names(&c->options, "exempt_group=", &arg, &at, &name, &len))
		/* Each name is checked, so that each group that does not exist is logged. */
		yes = exempts(c, name, len) || yes;
	return yes;
}

/* By name or uid alone. Returns the reason, or NULL. */
static const char *exemption(const struct call *c)
{
	/* An invoker is root only if the process is root's: a name that su guessed from the
	 * terminal is not enough. */
	if (c->id.uid == 0 && (!c->by_invoker || rbac_identity_invoked_by_root()))
		return c->by_invoker ? "invoked by root" : "uid 0";
	return rbac_options_exempt_user(&c->options, c->asked.user) ? "exempt_user" : NULL;
}

/* ---- exemptions ---- */

/*
 * Let in by an exemption of the PAM line. The view is not opened: if its file is cut short, or on a
 * disk that fails, to read it would end this process, and with it the login that must always work.
 * So nobody asks whether a rule lets the user in as well, and each such login is an alert.
 */
static int finish_exempt(const struct call *c, const char *why)
{
	struct rbac_text line = { 0 };

	rbac_report_request(&line, RBAC_OUTCOME_ALLOWED, &c->asked);
	rbac_text_field(&line, "why", why, strlen(why));
	rbac_report_exempt(&line, RBAC_EXEMPT_BY_PAM_LINE);
	finish(c, LOG_ALERT, &line, 0);
	rbac_exempt_notice(&c->asked);
	return PAM_SUCCESS;
}

static bool rules_allow(const struct rbac_view *v, const struct rbac_request *rq)
{
	struct rbac_verdict verdict;

	return rbac_decide_by_rules(v, rq, &verdict) == RBAC_OK && verdict.allow;
}

/* ---- the decision ---- */

static int result(const struct call *c, const struct rbac_verdict *verdict,
		  enum rbac_outcome *outcome)
{
	*outcome = RBAC_OUTCOME_ALLOWED;
	if (verdict->allow)
		return PAM_SUCCESS;
	*outcome = RBAC_OUTCOME_IGNORED;
	if (verdict->why == RBAC_WHY_UNKNOWN && c->options.ignore_unknown)
		return PAM_IGNORE;
	if (verdict->why == RBAC_WHY_NO_SERVICE && c->options.ignore_unlisted)
		return PAM_IGNORE;
	*outcome = RBAC_OUTCOME_DENIED;
	return PAM_PERM_DENIED;
}

static int judge(const struct call *c)
{
	struct rbac_text line = { 0 }, message = { 0 };
	struct rbac_view v;
	struct rbac_verdict verdict;
	enum rbac_outcome outcome = RBAC_OUTCOME_DENIED;
	int pam_result = PAM_PERM_DENIED;
	bool needed = false;
	const int64_t clock = (int64_t)time(NULL);
	int err = rbac_view_path_acquire(&v);

	if (err != RBAC_OK)
		return trouble(c, "view", err, v.cause);
	const struct rbac_request rq = { .user = c->asked.user,
					 .uid = c->id.uid,
					 .service = c->service,
					 .rhost = c->asked.rhost,
					 .groups = c->id.groups,
					 .n_groups = c->id.n_groups,
					 .now = rbac_meta_now(&v.meta, clock),
					 .absent = !c->id.name };
	err = rbac_decide(&v, &rq, &verdict);
	if (err == RBAC_OK) {
		pam_result = result(c, &verdict, &outcome);
		rbac_report_request(&line, outcome, &c->asked);
		rbac_report_verdict(&line, &v.meta, &verdict);
		if (rq.now != clock)
			rbac_text_put(&line, " clock=\"behind the view\"");
		rbac_report_denial(&message, &rq, &verdict);
		bool exempt = verdict.why == RBAC_WHY_EXEMPT_USER ||
			      verdict.why == RBAC_WHY_EXEMPT_GROUP;
		needed = exempt && !rules_allow(&v, &rq);
		if (exempt)
			rbac_report_exempt(&line,
					   needed ? RBAC_EXEMPT_NEEDED : RBAC_EXEMPT_NOT_NEEDED);
	}
	/* Before the log and the message, which may take long: they must not keep an old view
	 * mapped. */
	rbac_view_release(&v);
	if (err != RBAC_OK)
		return trouble(c, "view", err, 0);
	if (verdict.why == RBAC_WHY_UNKNOWN && pam_result == PAM_IGNORE) {
		/* The user gains by being unknown. A source that the C library could not load looks
		 * as if it did not know the user. */
		int lacks = rbac_identity_shortage();
		if (lacks)
			return trouble(c, c->id.name ? "group" : "passwd",
				       lacks == ENOMEM ? RBAC_NOMEM : RBAC_SYSTEM, lacks);
	}
	finish(c,
	       needed                           ? LOG_ALERT
	       : outcome == RBAC_OUTCOME_DENIED ? LOG_NOTICE
						: LOG_INFO,
	       &line, 0);
	if (needed)
		rbac_exempt_notice(&c->asked);
	if (outcome == RBAC_OUTCOME_DENIED)
		tell(c, &message);
	return pam_result;
}

static int judge_or_exempt(struct call *c)
{
	int err = rbac_identity_find(c->asked.typed, &c->id);

	/* exempt_user= must work on the day when passwd does not answer. Then only the typed name
	 * is known. */
	if (err != RBAC_OK && rbac_options_exempt_user(&c->options, c->asked.typed))
		return finish_exempt(c, "exempt_user, as typed: passwd cannot be read");
	if (err != RBAC_OK)
		return trouble(c, "passwd", err, c->id.cause);
	if (c->id.name)
		c->asked.user = c->id.name;
	const char *why = exemption(c);
	if (why && c->id.uid == 0)
		return finish_why(c, LOG_INFO, RBAC_OUTCOME_ALLOWED, why, PAM_SUCCESS);
	if (why)
		return finish_exempt(c, why);
	err = rbac_identity_groups(&c->id);
	if (err != RBAC_OK)
		return trouble(c, "group", err, c->id.cause);
	if (c->options.debug)
		pam_syslog(c->pamh, LOG_DEBUG, "judging uid %u, %zu groups", c->id.uid,
			   c->id.n_groups);
	if (in_exempt_group(c))
		return finish_exempt(c, "exempt_group");
	return judge(c);
}

static bool judges_invoker(const char *service)
{
	static const char *const names[] = { "su", "su-l", "sudo", "sudo-i" };

	for (size_t i = 0; service && i < sizeof(names) / sizeof(names[0]); i++)
		if (strcmp(service, names[i]) == 0)
			return true;
	return false;
}

__attribute__((visibility("default"))) int pam_sm_acct_mgmt(pam_handle_t *pamh, int flags, int argc,
							    const char **argv)
{
	struct call c = { .pamh = pamh, .id = { .uid = RBAC_NO_UID } };

	rbac_options_parse(&c.options, argc, argv);
	c.silent = c.options.quiet || (flags & PAM_SILENT);
	c.service = rbac_conversation_item(pamh, PAM_SERVICE);
	c.by_invoker = judges_invoker(c.service);
	c.asked.service = c.service;
	c.asked.rhost = rbac_conversation_item(pamh, PAM_RHOST);
	c.asked.user = c.asked.typed = rbac_conversation_item(pamh,
							      c.by_invoker ? PAM_RUSER : PAM_USER);
	const char *unknown;
	for (int arg = 0; (unknown = rbac_options_unknown(&c.options, &arg));)
		complain(&c, "unknown option, without effect:", unknown, strlen(unknown));
	if (!c.service)
		return finish_why(&c, LOG_ERR, RBAC_OUTCOME_DENIED,
				  "the application names no service", PAM_PERM_DENIED);
	if (!c.asked.user)
		return finish_why(&c, LOG_ERR, RBAC_OUTCOME_DENIED,
				  c.by_invoker
					  ? "su or sudo does not say who invokes it (PAM_RUSER)"
					  : "the application names no user",
				  PAM_PERM_DENIED);
	int pam_result = judge_or_exempt(&c);
	rbac_identity_free(&c.id);
	return pam_result;
}
