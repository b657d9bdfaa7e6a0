#include "pam_rbac/report.h"

#include <errno.h>
#include <stdbool.h>
#include <string.h>

#include "common/error.h"

static void put_string(struct rbac_text *t, const char *key, const char *value)
{
	if (value && *value)
		rbac_text_field(t, key, value, strlen(value));
}

void rbac_report_request(struct rbac_text *t, enum rbac_outcome outcome,
			 const struct rbac_asked *asked)
{
	static const char *const word[] = { "allowed", "denied", "ignored" };

	rbac_text_put(t, word[outcome]);
	put_string(t, "user", asked->user);
	if (asked->user && asked->typed && strcmp(asked->user, asked->typed) != 0)
		put_string(t, "typed", asked->typed);
	put_string(t, "service", asked->service);
	put_string(t, "rhost", asked->rhost);
}

/* ---- the log ---- */

static void put_hosts(struct rbac_text *t, const struct rbac_meta *meta)
{
	const uint8_t *p = meta->hosts.p;

	rbac_text_put(t, " host=\"");
	if (meta->flags & RBAC_META_HOST_ANY)
		rbac_text_put(t, "any");
	for (uint32_t i = 0; i < meta->n_hosts; i++, p += 2 + rbac_le16(p)) {
		if (i == 4) {
			rbac_text_put(t, ",...");
			break;
		}
		if (i > 0 || (meta->flags & RBAC_META_HOST_ANY))
			rbac_text_put(t, ",");
		rbac_text_escaped(t, p + 2, rbac_le16(p));
	}
	rbac_text_put(t, "\"");
}

/* "not from there, and not at this hour" */
static void put_conditions(struct rbac_text *t, unsigned failed)
{
	const char *before = "";

	for (int k = 0; k < RBAC_CONDITIONS; k++) {
		if (!(failed >> k & 1))
			continue;
		rbac_text_put(t, before);
		rbac_text_put(t, rbac_condition_text(k));
		before = ", and ";
	}
}

/* Of all but RBAC_WHY_OUTSIDE. */
static const char *why_text(const struct rbac_verdict *verdict)
{
	switch (verdict->why) {
	case RBAC_WHY_RULE:
		return "a rule matches";
	case RBAC_WHY_EXEMPT_USER:
		return "exempt user (rbac.conf)";
	case RBAC_WHY_EXEMPT_GROUP:
		return "exempt group (rbac.conf)";
	case RBAC_WHY_SUSPENDED:
		return "suspended";
	case RBAC_WHY_NO_SERVICE:
		return "no login rule names this service";
	case RBAC_WHY_OUTSIDE:
		break;
	case RBAC_WHY_UID:
		return "the uid is not the one recorded";
	case RBAC_WHY_SECOND:
		return "the uid is recorded under another name";
	case RBAC_WHY_UNKNOWN:
		return verdict->window_closed ? "unknown user; a group's window is not open"
					      : "unknown user";
	case RBAC_WHY_MISSING:
		return verdict->window_closed ? "the window is not open" : "no rule matches";
	}
	return "not decided";
}

static void put_how(struct rbac_text *t, const struct rbac_verdict *verdict)
{
	if (verdict->how == RBAC_HOW_ANYONE)
		rbac_text_put(t, " through=anyone");
	else if (verdict->how == RBAC_HOW_USER)
		rbac_text_put(t, " through=user");
	else if (verdict->how == RBAC_HOW_GROUP)
		rbac_text_put(t, " through=group");
	else if (verdict->how == RBAC_HOW_ROLE || verdict->window_closed)
		rbac_text_put(t, " through=role");
	if (verdict->how == RBAC_HOW_GROUP || verdict->via_group ||
	    verdict->why == RBAC_WHY_EXEMPT_GROUP)
		rbac_text_count(t, "gid", verdict->gid);
	if (verdict->how == RBAC_HOW_ROLE || verdict->window_closed) {
		rbac_text_field(t, "scope", verdict->grant.scope.p, verdict->grant.scope.len);
		rbac_text_count(t, "grant", verdict->grant.id);
	}
}

void rbac_report_verdict(struct rbac_text *t, const struct rbac_meta *meta,
			 const struct rbac_verdict *verdict)
{
	put_hosts(t, meta);
	rbac_text_put(t, " why=\"");
	if (verdict->why == RBAC_WHY_OUTSIDE)
		put_conditions(t, verdict->failed);
	else
		rbac_text_put(t, why_text(verdict));
	rbac_text_put(t, "\"");
	if (verdict->rule > 0) {
		rbac_text_count(t, "rule", verdict->rule);
		rbac_text_put(t, " at=\"");
		rbac_text_escaped(t, verdict->file.p, verdict->file.len);
		rbac_text_put(t, ":");
		rbac_text_number(t, verdict->line);
		rbac_text_put(t, "\"");
	}
	put_how(t, verdict);
	if (verdict->recorded.len)
		rbac_text_field(t, "recorded", verdict->recorded.p, verdict->recorded.len);
	rbac_text_count(t, "generation", verdict->generation);
}

void rbac_report_exempt(struct rbac_text *t, enum rbac_exempt exempt)
{
	static const char *const words[] = {
		[RBAC_EXEMPT_NEEDED] = " exemption=\"needed\"",
		[RBAC_EXEMPT_NOT_NEEDED] = " exemption=\"not needed\"",
		[RBAC_EXEMPT_BY_PAM_LINE] = " exemption=\"by the PAM line\"",
	};

	rbac_text_put(t, words[exempt]);
}

/* ---- the person ---- */

static void put_refusal(struct rbac_text *t, const char *user, const char *service)
{
	rbac_text_put(t, "rbac: ");
	rbac_text_escaped(t, user, strlen(user));
	rbac_text_put(t, " may not use ");
	rbac_text_escaped(t, service, strlen(service));
	rbac_text_put(t, " on this host: ");
}

static const char *denial_text(const struct rbac_verdict *verdict)
{
	switch (verdict->why) {
	case RBAC_WHY_SUSPENDED:
		return "suspended";
	case RBAC_WHY_NO_SERVICE:
		return "no login rule names this service";
	case RBAC_WHY_UID:
		return "the account is not the one that was recorded (its uid differs)";
	case RBAC_WHY_SECOND:
		return "this name is a second one of an account, and roles are held by the first";
	default:
		return "no role here allows it";
	}
}

/* The command that explains the decision, only if it fits in full: half of a name would be another
 * user's name. */
static void put_explain(struct rbac_text *t, const char *user, const char *service)
{
	size_t before = t->len;
	bool option_like = user[0] == '-';

	rbac_text_put(t, " (ask those who run it: rbacctl explain ");
	bool fits = option_like || rbac_text_word(t, user);
	rbac_text_put(t, option_like ? "--service " : " --service ");
	fits = fits && rbac_text_word(t, service);
	if (option_like) {
		rbac_text_put(t, " -- ");
		fits = fits && rbac_text_word(t, user);
	}
	size_t end = t->len;
	rbac_text_put(t, ")");
	if (!fits || t->len == end)
		rbac_text_cut(t, before);
}

void rbac_report_denial(struct rbac_text *t, const struct rbac_request *rq,
			const struct rbac_verdict *verdict)
{
	put_refusal(t, rq->user, rq->service);
	if (verdict->why == RBAC_WHY_MISSING && verdict->window_closed)
		rbac_text_put(t, rq->now < verdict->grant.window.from
					 ? "the role that allows it has not begun yet"
					 : "the role that allows it has ended");
	else if (verdict->why == RBAC_WHY_OUTSIDE)
		put_conditions(t, verdict->failed);
	else
		rbac_text_put(t, denial_text(verdict));
	put_explain(t, rq->user, rq->service);
}

void rbac_report_trouble(struct rbac_text *t, const char *what, const char *user,
			 const char *service)
{
	put_refusal(t, user, service);
	rbac_text_put(t,
		      strcmp(what, "view") == 0
			      ? "the roles can't be read now (ask those who run it: rbacctl status)"
			      : "users and groups can't be looked up now");
}

/* The names of errno values that a lookup can cause. Others are logged as numbers. */
static const struct {
	int number;
	const char *name;
} causes[] = {
	{ EPERM, "EPERM" },
	{ ENOENT, "ENOENT" },
	{ EIO, "EIO" },
	{ ENXIO, "ENXIO" },
	{ EAGAIN, "EAGAIN" },
	{ ENOMEM, "ENOMEM" },
	{ EACCES, "EACCES" },
	{ ENODEV, "ENODEV" },
	{ ENOTDIR, "ENOTDIR" },
	{ EINVAL, "EINVAL" },
	{ ENFILE, "ENFILE" },
	{ EMFILE, "EMFILE" },
	{ ELOOP, "ELOOP" },
	{ ENOSYS, "ENOSYS" },
	{ ENAMETOOLONG, "ENAMETOOLONG" },
	{ EOVERFLOW, "EOVERFLOW" },
	{ ESTALE, "ESTALE" },
	{ ETIMEDOUT, "ETIMEDOUT" },
	{ ECONNREFUSED, "ECONNREFUSED" },
	{ ENOTCONN, "ENOTCONN" },
	{ EHOSTUNREACH, "EHOSTUNREACH" },
	{ EBADF, "EBADF" },
	{ EINTR, "EINTR" },
};

void rbac_report_cause(struct rbac_text *t, const char *what, int err, int cause)
{
	rbac_text_put(t, " why=\"");
	rbac_text_put(t, what);
	rbac_text_put(t, ": ");
	rbac_text_put(t, rbac_error_text(err));
	if (cause) {
		const char *name = NULL;

		for (size_t i = 0; i < sizeof(causes) / sizeof(causes[0]); i++)
			if (causes[i].number == cause)
				name = causes[i].name;
		rbac_text_put(t, name ? " (" : " (errno ");
		if (name)
			rbac_text_put(t, name);
		else
			rbac_text_number(t, (uint64_t)cause);
		rbac_text_put(t, ")");
	}
	rbac_text_put(t, "\"");
}
