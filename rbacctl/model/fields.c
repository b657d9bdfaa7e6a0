#include "rbacctl/model/fields.h"

#include "rbacctl/model/by.h"

#define TEXT(name) static void name(const struct policy *p, size_t i, struct buf *out)

static void word(struct buf *out, const char *text)
{
	buf_printf(out, "%s", text ? text : "none");
}

static void yes(struct buf *out, bool value)
{
	buf_printf(out, value ? "true" : "false");
}

static void strs(struct buf *out, const struct policy_strs *s)
{
	for (size_t i = 0; i < s->n; i++)
		buf_printf(out, "%s\n", s->v[i]);
}

/* ---- rbac.conf ---- */

TEXT(host_host)
{
	(void)i;
	if (p->host_any)
		buf_printf(out, "any\n");
	strs(out, &p->hosts);
}

TEXT(host_zone)
{
	(void)i;
	buf_printf(out, "%s", p->zone ? p->zone : "/etc/localtime");
}
TEXT(exempt_users)
{
	(void)i;
	strs(out, &p->exempt_users);
}
TEXT(exempt_groups)
{
	(void)i;
	strs(out, &p->exempt_groups);
}
TEXT(groups_name)
{
	(void)i;
	word(out, p->group_template);
}
TEXT(groups_gid_min)
{
	(void)i;
	buf_printf(out, "%u", p->gid_min);
}
TEXT(groups_gid_max)
{
	(void)i;
	buf_printf(out, "%u", p->gid_max);
}
TEXT(groups_members)
{
	(void)i;
	yes(out, p->members);
}
TEXT(groups_enumerate)
{
	(void)i;
	yes(out, p->enumerate);
}

TEXT(groups_extra)
{
	(void)i;
	for (size_t x = 0; x < p->n_extras; x++)
		for (size_t g = 0; g < p->extras[x].unix_groups.n; g++)
			buf_printf(out, "%s brings %s\n", p->roles[p->extras[x].role].name,
				   p->extras[x].unix_groups.v[g]);
}

TEXT(serve_system_accounts)
{
	(void)i;
	yes(out, p->serve_system_accounts);
}

TEXT(notify_exec)
{
	(void)i;
	word(out, p->notify.exec);
}
TEXT(notify_mail)
{
	(void)i;
	yes(out, p->notify.mail);
}
TEXT(notify_write)
{
	(void)i;
	yes(out, p->notify.write);
}
TEXT(notify_user)
{
	(void)i;
	word(out, p->notify.user);
}
TEXT(notify_breakglass)
{
	(void)i;
	strs(out, &p->notify.breakglass);
}

TEXT(login_services)
{
	strs(out, &p->logins[i].services);
}
TEXT(login_users)
{
	strs(out, &p->logins[i].users);
}
TEXT(login_groups)
{
	strs(out, &p->logins[i].groups);
}

TEXT(login_keys)
{
	for (size_t k = 0; k < p->logins[i].keys.n; k++)
		buf_printf(out, "%s\n", p->keys[p->logins[i].keys.v[k]].name);
}

TEXT(login_roles)
{
	for (size_t k = 0; k < p->logins[i].roles.n; k++)
		buf_printf(out, "%s\n", p->roles[p->logins[i].roles.v[k]].name);
}

TEXT(login_anyone)
{
	if (p->logins[i].anyone)
		buf_printf(out, "true\n");
}

static void condition(struct buf *out, const struct policy_condition *c)
{
	for (size_t k = 0; k < c->texts.n; k++)
		buf_printf(out, "%s\n", c->texts.v[k]);
}

TEXT(login_from)
{
	condition(out, &p->logins[i].conditions[RBAC_CONDITION_FROM]);
}

TEXT(login_hours)
{
	condition(out, &p->logins[i].conditions[RBAC_CONDITION_HOURS]);
}

/* ---- policy.d ---- */

TEXT(kind_parent)
{
	word(out, p->kinds[i].parent < 0 ? NULL : p->kinds[p->kinds[i].parent].name);
}
TEXT(kind_create_by)
{
	policy_by_text(p, &p->kinds[i].create_by, out);
}
TEXT(kind_delete_by)
{
	policy_by_text(p, &p->kinds[i].delete_by, out);
}
TEXT(kind_transfer_by)
{
	policy_by_text(p, &p->kinds[i].transfer_by, out);
}
TEXT(kind_plan_by)
{
	policy_by_text(p, &p->kinds[i].plan_by, out);
}
TEXT(kind_owner)
{
	word(out, p->kinds[i].owner_role < 0 ? NULL : p->roles[p->kinds[i].owner_role].name);
}
TEXT(kind_per_user)
{
	word(out, p->kinds[i].per_user);
}
TEXT(kind_plan)
{
	word(out, p->kinds[i].plan);
}
TEXT(kind_renamed)
{
	word(out, p->kinds[i].renamed_from);
}

TEXT(users_add_by)
{
	(void)i;
	policy_by_text(p, &p->add_by, out);
}
TEXT(users_suspend_by)
{
	(void)i;
	policy_by_text(p, &p->suspend_by, out);
}
TEXT(users_forget_by)
{
	(void)i;
	policy_by_text(p, &p->forget_by, out);
}

TEXT(key_title)
{
	word(out, p->keys[i].title);
}
TEXT(key_renamed)
{
	word(out, p->keys[i].renamed_from);
}

TEXT(keychain_keys)
{
	for (size_t k = 0; k < p->keychains[i].keys.n; k++)
		buf_printf(out, "%s\n", p->keys[p->keychains[i].keys.v[k]].name);
}

TEXT(plan_limits)
{
	for (size_t k = 0; k < p->plans[i].n; k++)
		buf_printf(out, "%s = %u\n", p->plans[i].limits[k].name,
			   p->plans[i].limits[k].number);
}

TEXT(role_kind)
{
	word(out, p->kinds[p->roles[i].kind].name);
}
TEXT(role_title)
{
	word(out, p->roles[i].title);
}
TEXT(role_purpose)
{
	buf_printf(out, "%s", *p->roles[i].purpose ? p->roles[i].purpose : "none");
}
TEXT(role_assign_by)
{
	policy_by_text(p, &p->roles[i].assign_by, out);
}
TEXT(role_remove_by)
{
	policy_by_text(p, &p->roles[i].remove_by, out);
}
TEXT(role_request_by)
{
	policy_by_text(p, &p->roles[i].request_by, out);
}
TEXT(role_approve_by)
{
	if (p->roles[i].approve_by.given)
		policy_by_text(p, &p->roles[i].approve_by, out);
	else
		buf_printf(out, "as assign_by");
}
TEXT(role_approvals)
{
	buf_printf(out, "%u", p->roles[i].approvals);
}
TEXT(role_pending_for)
{
	word(out, p->roles[i].pending_for_text);
}
TEXT(role_end_sessions)
{
	yes(out, p->roles[i].end_sessions);
}
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
TEXT(role_review_grace)
{
	word(out, p->roles[i].review_grace_text);
}
TEXT(role_bootstrap)
{
	yes(out, p->roles[i].bootstrap);
}
TEXT(role_cascade)
{
	yes(out, p->roles[i].cascade);
}
TEXT(role_min)
{
	buf_printf(out, "%u", p->roles[i].min);
}
TEXT(role_renamed)
{
	word(out, p->roles[i].renamed_from);
}

TEXT(role_keychains)
{
	for (size_t k = 0; k < p->roles[i].keychains.n; k++)
		buf_printf(out, "%s\n", p->keychains[p->roles[i].keychains.v[k]].name);
}

TEXT(role_includes)
{
	for (size_t k = 0; k < p->roles[i].includes.n; k++)
		buf_printf(out, "%s\n", p->roles[p->roles[i].includes.v[k]].name);
}

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

TEXT(role_max_for)
{
	word(out, p->roles[i].max_for_text);
}

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
TEXT(role_local)
{
	yes(out, p->roles[i].local);
}
TEXT(role_max_stale)
{
	word(out, p->roles[i].max_stale_text);
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

TEXT(exclusive_at_most)
{
	buf_printf(out, "%u", p->exclusives[i].at_most);
}

TEXT(exclusive_roles)
{
	for (size_t k = 0; k < p->exclusives[i].roles.n; k++)
		buf_printf(out, "%s\n", p->roles[p->exclusives[i].roles.v[k]].name);
}

const struct field fields[] = {
	{ GRAMMAR_HOST, H_HOST, true, host_host },
	{ GRAMMAR_HOST, H_ZONE, false, host_zone },
	{ GRAMMAR_EXEMPT, E_USERS, true, exempt_users },
	{ GRAMMAR_EXEMPT, E_GROUPS, true, exempt_groups },
	{ GRAMMAR_GROUPS, G_NAME, false, groups_name },
	{ GRAMMAR_GROUPS, G_GID_MIN, false, groups_gid_min },
	{ GRAMMAR_GROUPS, G_GID_MAX, false, groups_gid_max },
	{ GRAMMAR_GROUPS, G_MEMBERS, false, groups_members },
	{ GRAMMAR_GROUPS, G_ENUMERATE, false, groups_enumerate },
	{ GRAMMAR_GROUPS, G_EXTRA, true, groups_extra },
	{ GRAMMAR_SERVE, SV_SYSTEM_ACCOUNTS, false, serve_system_accounts },
	{ GRAMMAR_NOTIFY, N_EXEC, false, notify_exec },
	{ GRAMMAR_NOTIFY, N_MAIL, false, notify_mail },
	{ GRAMMAR_NOTIFY, N_WRITE, false, notify_write },
	{ GRAMMAR_NOTIFY, N_USER, false, notify_user },
	{ GRAMMAR_NOTIFY, N_BREAKGLASS, true, notify_breakglass },
	{ GRAMMAR_LOGIN, L_SERVICES, true, login_services },
	{ GRAMMAR_LOGIN, L_KEYS, true, login_keys },
	{ GRAMMAR_LOGIN, L_ROLES, true, login_roles },
	{ GRAMMAR_LOGIN, L_USERS, true, login_users },
	{ GRAMMAR_LOGIN, L_GROUPS, true, login_groups },
	{ GRAMMAR_LOGIN, L_ANYONE, true, login_anyone },
	{ GRAMMAR_LOGIN, L_FROM, true, login_from },
	{ GRAMMAR_LOGIN, L_HOURS, true, login_hours },
	{ GRAMMAR_KIND, K_PARENT, false, kind_parent },
	{ GRAMMAR_KIND, K_CREATE_BY, false, kind_create_by },
	{ GRAMMAR_KIND, K_DELETE_BY, false, kind_delete_by },
	{ GRAMMAR_KIND, K_TRANSFER_BY, false, kind_transfer_by },
	{ GRAMMAR_KIND, K_PLAN_BY, false, kind_plan_by },
	{ GRAMMAR_KIND, K_OWNER, false, kind_owner },
	{ GRAMMAR_KIND, K_PER_USER, false, kind_per_user },
	{ GRAMMAR_KIND, K_PLAN, false, kind_plan },
	{ GRAMMAR_KIND, K_RENAMED, false, kind_renamed },
	{ GRAMMAR_USERS, U_ADD_BY, false, users_add_by },
	{ GRAMMAR_USERS, U_SUSPEND_BY, false, users_suspend_by },
	{ GRAMMAR_USERS, U_FORGET_BY, false, users_forget_by },
	{ GRAMMAR_KEY, KEY_TITLE, false, key_title },
	{ GRAMMAR_KEY, KEY_RENAMED, false, key_renamed },
	{ GRAMMAR_POLICY, P_KEYCHAINS, true, keychain_keys },
	{ GRAMMAR_POLICY, P_PLANS, true, plan_limits },
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
	{ GRAMMAR_ROLE, R_BOOTSTRAP, false, role_bootstrap },
	{ GRAMMAR_ROLE, R_CASCADE, false, role_cascade },
	{ GRAMMAR_ROLE, R_MIN, false, role_min },
	{ GRAMMAR_ROLE, R_MAX, false, role_max },
	{ GRAMMAR_ROLE, R_MAX_FOR, false, role_max_for },
	{ GRAMMAR_ROLE, R_END, false, role_end },
	{ GRAMMAR_ROLE, R_REASON, false, role_reason },
	{ GRAMMAR_ROLE, R_LOCAL, false, role_local },
	{ GRAMMAR_ROLE, R_MAX_STALE, false, role_max_stale },
	{ GRAMMAR_ROLE, R_GID, false, role_gid },
	{ GRAMMAR_ROLE, R_RENAMED, false, role_renamed },
	{ GRAMMAR_EXCLUSIVE, XC_ROLES, true, exclusive_roles },
	{ GRAMMAR_EXCLUSIVE, XC_AT_MOST, false, exclusive_at_most },
};

const size_t fields_n = sizeof fields / sizeof *fields;

const struct field *field_of(enum grammar_of of, int setting)
{
	for (size_t f = 0; f < fields_n; f++)
		if (fields[f].of == of && fields[f].setting == setting)
			return &fields[f];
	return NULL;
}

void field_line(const struct field *f, const struct policy *p, size_t i, struct buf *out)
{
	size_t from = out->len;
	f->text(p, i, out);
	if (!f->list || out->len == from)
		return;
	out->p[--out->len] = 0; /* the end of the last line */
	for (size_t k = from; k < out->len; k++)
		if (out->p[k] == '\n')
			out->p[k] = ' ';
}
