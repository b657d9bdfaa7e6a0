/*
 * The account stage, the one stage that this module has: who asks, is that person exempt, and if not, what does
 * common/decide say. pam_rbac(8) has the table of results.
 */
#include <stdlib.h>
#include <string.h>
#include <syslog.h>
#include <time.h>

#include <security/pam_modules.h>
#include <security/pam_ext.h>

#include "common/decide.h"
#include "common/error.h"
#include "pam_rbac/options.h"
#include "pam_rbac/report.h"
#include "pam_rbac/where.h"

/* The range where no view says another (docs/design.md). */
enum { GID_MIN_DEFAULT = 2010000000, GID_MAX_DEFAULT = 2139999999 };

struct call {
	pam_handle_t *pamh;
	struct rbac_options options;
	bool silent;
	const char *user;             /* who is judged */
	const char *service, *rhost;
	bool su;
	struct rbac_identity id;
};

static const char *item(pam_handle_t *pamh, int type)
{
	const void *value = NULL;
	if (pam_get_item(pamh, type, &value) != PAM_SUCCESS || !value || !*(const char *)value)
		return NULL;
	return value;
}

/* ---- saying it ---- */

static int finish(const struct call *c, int priority, const struct rbac_text *line, int result)
{
	pam_syslog(c->pamh, priority, "%s", line->s);
	return result;
}

static int finish_why(const struct call *c, int priority, enum rbac_outcome outcome, const char *why, int result)
{
	struct rbac_text line = { 0 };
	rbac_report_request(&line, outcome, c->user, c->service, c->rhost);
	rbac_text_field(&line, "why", why, strlen(why));
	return finish(c, priority, &line, result);
}

/* Whether the person can be told has no part in the result. */
static void tell(const struct call *c, const struct rbac_text *message)
{
	if (!c->silent)
		pam_error(c->pamh, "%s", message->s);
}

/* ---- who is exempt, whatever the view says ---- */

static bool in_groups(const struct rbac_identity *id, uint32_t gid)
{
	for (size_t i = 0; i < id->n_groups; i++)
		if (id->groups[i] == gid)
			return true;
	return false;
}

/* Is GID one of ours? Where the view can't be read nothing gives out gids of another range either, so the default will do. */
static bool is_ours(uint32_t gid)
{
	struct rbac_view v;
	if (rbac_where_acquire(&v) != RBAC_OK)
		return gid >= GID_MIN_DEFAULT && gid <= GID_MAX_DEFAULT;
	bool ours = rbac_meta_in_range(&v.meta, gid);
	rbac_view_release(&v);
	return ours;
}

static bool in_exempt_group(const struct call *c)
{
	int arg = 0;
	size_t at = 0, len;
	const char *name;
	while (rbac_options_names(&c->options, "exempt_group=", &arg, &at, &name, &len)) {
		uint32_t gid;
		char *group = strndup(name, len);
		int rc = group ? rbac_where_gid(group, &gid) : RBAC_NOMEM;
		free(group);
		if (rc != RBAC_OK && c->options.debug)
			pam_syslog(c->pamh, LOG_DEBUG, "exempt_group number %d: %s", arg + 1, rbac_error_text(rc));
		if (rc == RBAC_OK && in_groups(&c->id, gid) && !is_ours(gid))
			return true;
	}
	return false;
}

/* The reason, or NULL. */
static const char *exemption(const struct call *c)
{
	/* As su's invoker, root is only who runs it as root: a name that su guessed from the terminal is not enough. */
	if (c->id.uid == 0 && (!c->su || rbac_where_invoked_by_root()))
		return c->su ? "invoked by root" : "uid 0";
	if (rbac_options_exempt_user(&c->options, c->user))
		return "exempt_user";
	if (in_exempt_group(c))
		return "exempt_group";
	return NULL;
}

/* ---- the decision ---- */

static int trouble(const struct call *c, int rc, const char *what)
{
	struct rbac_text line = { 0 }, message = { 0 };
	bool ignore = c->options.ignore_error;
	rbac_report_request(&line, ignore ? RBAC_OUTCOME_IGNORED : RBAC_OUTCOME_DENIED, c->user, c->service, c->rhost);
	rbac_text_put(&line, " why=\"");
	rbac_text_put(&line, what);
	rbac_text_put(&line, ": ");
	rbac_text_put(&line, rbac_error_text(rc));
	rbac_text_put(&line, "\"");
	if (ignore)
		return finish(c, LOG_ERR, &line, PAM_IGNORE);
	rbac_report_trouble(&message, c->user, c->service);
	tell(c, &message);
	return finish(c, LOG_ERR, &line, PAM_AUTHINFO_UNAVAIL);
}

static int result(const struct call *c, const struct rbac_verdict *verdict, enum rbac_outcome *outcome)
{
	*outcome = RBAC_OUTCOME_ALLOWED;
	if (verdict->allow)
		return PAM_SUCCESS;
	*outcome = RBAC_OUTCOME_IGNORED;
	if (verdict->why == RBAC_WHY_UNKNOWN && c->options.ignore_unknown)
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
	const struct rbac_request rq = { .user = c->user, .uid = c->id.uid, .service = c->service, .rhost = c->rhost,
					 .groups = c->id.groups, .n_groups = c->id.n_groups, .now = (int64_t)time(NULL) };
	int rc = rbac_where_acquire(&v);
	if (rc != RBAC_OK)
		return trouble(c, rc, "view");
	rc = rbac_decide(&v, &rq, &verdict);
	if (rc == RBAC_OK) {
		pam_result = result(c, &verdict, &outcome);
		rbac_report_request(&line, outcome, c->user, c->service, c->rhost);
		rbac_report_verdict(&line, &v.meta, &verdict);
		rbac_report_denial(&message, &rq, &verdict);
	}
	/* Before anything is said: neither syslog nor a conversation is to keep an old view alive. */
	rbac_view_release(&v);
	if (rc != RBAC_OK)
		return trouble(c, rc, "view");
	if (outcome == RBAC_OUTCOME_DENIED)
		tell(c, &message);
	return finish(c, outcome == RBAC_OUTCOME_DENIED ? LOG_NOTICE : LOG_INFO, &line, pam_result);
}

static int judge_or_exempt(struct call *c)
{
	const char *why;
	int rc = RBAC_OK;
	/* Break-glass by name needs no directory: it is there for the day when the directory is not. */
	if (!rbac_options_exempt_user(&c->options, c->user))
		rc = rbac_where_identify(c->user, &c->id);
	if (rc != RBAC_OK)
		return trouble(c, rc, "passwd and group");
	if (c->options.debug)
		pam_syslog(c->pamh, LOG_DEBUG, "judging uid %u, %zu groups", c->id.uid, c->id.n_groups);
	why = exemption(c);
	return why ? finish_why(c, LOG_INFO, RBAC_OUTCOME_ALLOWED, why, PAM_SUCCESS) : judge(c);
}

__attribute__((visibility("default"))) int pam_sm_acct_mgmt(pam_handle_t *pamh, int flags, int argc, const char **argv)
{
	struct call c = { .pamh = pamh, .id = { .uid = RBAC_NO_UID } };
	rbac_options_parse(&c.options, argc, argv);
	c.silent = c.options.quiet || (flags & PAM_SILENT);
	c.service = item(pamh, PAM_SERVICE);
	c.rhost = item(pamh, PAM_RHOST);
	c.su = c.service && (strcmp(c.service, "su") == 0 || strcmp(c.service, "su-l") == 0);
	c.user = item(pamh, c.su ? PAM_RUSER : PAM_USER);
	if (c.options.unknown) {
		struct rbac_text line = { 0 };
		rbac_text_put(&line, "unknown option, without effect:");
		rbac_text_field(&line, "option", c.options.unknown, strlen(c.options.unknown));
		pam_syslog(pamh, LOG_ERR, "%s", line.s);
	}
	if (!c.service)
		return finish_why(&c, LOG_ERR, RBAC_OUTCOME_DENIED, "the application names no service", PAM_PERM_DENIED);
	if (!c.user)
		return finish_why(&c, LOG_ERR, RBAC_OUTCOME_DENIED,
				  c.su ? "su does not say who invokes it (PAM_RUSER)" : "the application names no user", PAM_PERM_DENIED);
	int pam_result = judge_or_exempt(&c);
	rbac_where_forget(&c.id);
	return pam_result;
}
