/* The settings of a role, as text. */
#include "rbacctl/model/field_texts.h"

FIELD_WORD(role_kind, p->kinds[p->roles[i].kind].name)
FIELD_WORD(role_title, p->roles[i].title)

TEXT(role_purpose)
{
	buf_printf(out, "%s", *p->roles[i].purpose ? p->roles[i].purpose : "none");
}

FIELD_BY(role_assign_by, p->roles[i].assign_by)
FIELD_BY(role_remove_by, p->roles[i].remove_by)
FIELD_BY(role_request_by, p->roles[i].request_by)

TEXT(role_approve_by)
{
	if (p->roles[i].approve_by.given)
		policy_by_text(p, &p->roles[i].approve_by, out);
	else
		buf_printf(out, "as assign_by");
}

FIELD_NUMBER(role_approvals, p->roles[i].approvals)
FIELD_WORD(role_pending_for, p->roles[i].pending_for_text)
FIELD_YES(role_end_sessions, p->roles[i].end_sessions)

TEXT(role_review_every)
{
	const char *text = p->roles[i].review_every_text;

	buf_printf(out, "%s", text ? text : "never");
}

TEXT(role_review_by)
{
	if (p->roles[i].review_by.given)
		policy_by_text(p, &p->roles[i].review_by, out);
	else
		buf_printf(out, "as remove_by");
}

TEXT(role_unreviewed)
{
	buf_printf(out, "%s", p->roles[i].unreviewed_ends ? "end" : "keep");
}

FIELD_WORD(role_review_grace, p->roles[i].review_grace_text)
FIELD_YES(role_local, p->roles[i].local)
FIELD_WORD(role_max_stale, p->roles[i].max_stale_text)
FIELD_YES(role_bootstrap, p->roles[i].bootstrap)
FIELD_YES(role_cascade, p->roles[i].cascade)
FIELD_NUMBER(role_min, p->roles[i].min)
FIELD_WORD(role_renamed, p->roles[i].renamed_from)

FIELD_NAMES(role_keychains, p->roles[i].keychains, p->keychains)

FIELD_NAMES(role_includes, p->roles[i].includes, p->roles)

TEXT(role_max)
{
	const struct policy_role *r = &p->roles[i];
	if (r->max_is == POLICY_MAX_NONE)
		buf_printf(out, "none");
	else if (r->max_is == POLICY_MAX_NUMBER)
		buf_printf(out, "%u", r->max);
	else
		buf_printf(out, "plan:%s", r->max_plan);
}

FIELD_WORD(role_max_for, p->roles[i].max_for_text)

static void required(struct buf *out, bool is)
{
	buf_printf(out, is ? "required" : "not required");
}

TEXT(role_approval)
{
	required(out, p->roles[i].approval_required);
}

TEXT(role_end)
{
	required(out, p->roles[i].end_required);
}

TEXT(role_reason)
{
	required(out, p->roles[i].reason_required);
}

TEXT(role_gid)
{
	if (p->roles[i].gid)
		buf_printf(out, "%u", p->roles[i].gid);
	else
		buf_printf(out, "computed");
}

static const struct field rows[] = {
	{ GRAMMAR_ROLE, R_KIND, false, role_kind },
	{ GRAMMAR_ROLE, R_TITLE, false, role_title },
	{ GRAMMAR_ROLE, R_PURPOSE, false, role_purpose },
	{ GRAMMAR_ROLE, R_KEYCHAINS, true, role_keychains },
	{ GRAMMAR_ROLE, R_INCLUDES, true, role_includes },
	{ GRAMMAR_ROLE, R_ASSIGN_BY, false, role_assign_by },
	{ GRAMMAR_ROLE, R_REMOVE_BY, false, role_remove_by },
	{ GRAMMAR_ROLE, R_REQUEST_BY, false, role_request_by },
	{ GRAMMAR_ROLE, R_APPROVE_BY, false, role_approve_by },
	{ GRAMMAR_ROLE, R_APPROVALS, false, role_approvals },
	{ GRAMMAR_ROLE, R_APPROVAL, false, role_approval },
	{ GRAMMAR_ROLE, R_PENDING_FOR, false, role_pending_for },
	{ GRAMMAR_ROLE, R_END_SESSIONS, false, role_end_sessions },
	{ GRAMMAR_ROLE, R_REVIEW_EVERY, false, role_review_every },
	{ GRAMMAR_ROLE, R_REVIEW_BY, false, role_review_by },
	{ GRAMMAR_ROLE, R_UNREVIEWED, false, role_unreviewed },
	{ GRAMMAR_ROLE, R_REVIEW_GRACE, false, role_review_grace },
	{ GRAMMAR_ROLE, R_LOCAL, false, role_local },
	{ GRAMMAR_ROLE, R_MAX_STALE, false, role_max_stale },
	{ GRAMMAR_ROLE, R_BOOTSTRAP, false, role_bootstrap },
	{ GRAMMAR_ROLE, R_CASCADE, false, role_cascade },
	{ GRAMMAR_ROLE, R_MIN, false, role_min },
	{ GRAMMAR_ROLE, R_MAX, false, role_max },
	{ GRAMMAR_ROLE, R_MAX_FOR, false, role_max_for },
	{ GRAMMAR_ROLE, R_END, false, role_end },
	{ GRAMMAR_ROLE, R_REASON, false, role_reason },
	{ GRAMMAR_ROLE, R_GID, false, role_gid },
	{ GRAMMAR_ROLE, R_RENAMED, false, role_renamed },
};

const struct field_table fields_role = { rows, sizeof rows / sizeof *rows };
