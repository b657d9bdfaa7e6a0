/* The settings of rbac.conf, as text. */
#include "rbacctl/model/field_texts.h"

TEXT(host_host)
{
	(void)i;
	if (p->host_any)
		buf_printf(out, "any\n");
	field_lines(out, &p->hosts);
}

TEXT(host_zone)
{
	(void)i;
	buf_printf(out, "%s", p->zone ? p->zone : "/etc/localtime");
}

FIELD_LINES(exempt_users, p->exempt_users)
FIELD_LINES(exempt_groups, p->exempt_groups)
FIELD_WORD(groups_name, p->group_template)
FIELD_NUMBER(groups_gid_min, p->gid_min)
FIELD_NUMBER(groups_gid_max, p->gid_max)
FIELD_YES(groups_members, p->members)
FIELD_YES(groups_enumerate, p->enumerate)

TEXT(groups_extra)
{
	(void)i;
	for (size_t x = 0; x < p->n_extras; x++)
		for (size_t g = 0; g < p->extras[x].unix_groups.n; g++)
			buf_printf(out, "%s brings %s\n", p->roles[p->extras[x].role].name,
				   p->extras[x].unix_groups.v[g]);
}

FIELD_WORD(host_uids, p->uids_of_fleet ? "fleet" : "host")
FIELD_YES(serve_system_accounts, p->serve_system_accounts)
FIELD_WORD(notify_exec, p->notify.exec)
FIELD_YES(notify_mail, p->notify.mail)
FIELD_YES(notify_write, p->notify.write)
FIELD_WORD(notify_user, p->notify.user)
FIELD_LINES(notify_breakglass, p->notify.breakglass)
FIELD_LINES(login_services, p->logins[i].services)
FIELD_LINES(login_users, p->logins[i].users)
FIELD_LINES(login_groups, p->logins[i].groups)

FIELD_NAMES(login_keys, p->logins[i].keys, p->keys)

FIELD_NAMES(login_roles, p->logins[i].roles, p->roles)

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

static const struct field rows[] = {
	{ GRAMMAR_HOST, H_HOST, true, host_host },
	{ GRAMMAR_HOST, H_ZONE, false, host_zone },
	{ GRAMMAR_HOST, H_UIDS, false, host_uids },
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
};

const struct field_table fields_host = { rows, sizeof rows / sizeof *rows };
