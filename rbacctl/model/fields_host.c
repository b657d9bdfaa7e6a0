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
TEXT(exempt_users)
{
	(void)i;
	field_lines(out, &p->exempt_users);
}
TEXT(exempt_groups)
{
	(void)i;
	field_lines(out, &p->exempt_groups);
}
TEXT(groups_name)
{
	(void)i;
	field_word(out, p->group_template);
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
	field_yes(out, p->members);
}
TEXT(groups_enumerate)
{
	(void)i;
	field_yes(out, p->enumerate);
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
	field_yes(out, p->serve_system_accounts);
}

TEXT(notify_exec)
{
	(void)i;
	field_word(out, p->notify.exec);
}
TEXT(notify_mail)
{
	(void)i;
	field_yes(out, p->notify.mail);
}
TEXT(notify_write)
{
	(void)i;
	field_yes(out, p->notify.write);
}
TEXT(notify_user)
{
	(void)i;
	field_word(out, p->notify.user);
}
TEXT(notify_breakglass)
{
	(void)i;
	field_lines(out, &p->notify.breakglass);
}

TEXT(login_services)
{
	field_lines(out, &p->logins[i].services);
}
TEXT(login_users)
{
	field_lines(out, &p->logins[i].users);
}
TEXT(login_groups)
{
	field_lines(out, &p->logins[i].groups);
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

static const struct field rows[] = {
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
};

const struct field_table fields_host = { rows, sizeof rows / sizeof *rows };
