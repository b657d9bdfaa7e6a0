#include "rbacctl/config/new_conf.h"

/* The roles of P, or only those marked bootstrap, as the items of a list. False: there is none. */
static bool role_list(const struct policy *p, bool only_bootstrap, struct buf *out)
{
	for (size_t i = 0; i < p->n_roles; i++)
		if (!only_bootstrap || p->roles[i].bootstrap)
			buf_printf(out, "%s\"%s\"", out->len ? ", " : "", p->roles[i].name);
	return out->len > 0;
}

/* Whom a rule lets in where the policy lacks its key. */
enum otherwise { NOBODY, BOOTSTRAP, EVERY_ROLE };

static const struct rule {
	const char *services, *key;
	enum otherwise otherwise;
} rules[] = {
	{ "\"sshd\"", "login.ssh", EVERY_ROLE },
	{ "\"login\"", "login.console", NOBODY },
	{ "\"sudo\", \"sudo-i\"", "login.sudo", BOOTSTRAP },
	{ "\"su\", \"su-l\"", "login.su", NOBODY },
};

static void write_rule(const struct policy *p, const struct rule *r, size_t *n, struct buf *out)
{
	struct buf who = { 0 };
	bool by_key = policy_key_find(p, r->key) >= 0;
	if (by_key)
		buf_printf(&who, "keys = [ \"%s\" ]", r->key);
	else if (r->otherwise != NOBODY) {
		struct buf roles = { 0 };
		if (role_list(p, r->otherwise == BOOTSTRAP, &roles))
			buf_printf(&who, "roles = [ %s ]", buf_text(&roles));
		buf_free(&roles);
	}
	if (who.len)
		buf_printf(out, "%s  { services = [ %s ]; %s; }", (*n)++ ? ",\n" : "", r->services,
			   buf_text(&who));
	buf_free(&who);
}

void new_conf_write(const struct policy *p, const char *host, struct buf *out)
{
	size_t n = 0;
	buf_printf(out,
		   "# rbac.conf: what this host is, and who may log in here. rbac.conf(5) "
		   "describes every setting.\n"
		   "# After a change: `rbacctl check`, then `rbacctl apply`.\n"
		   "version = 1;\n\n"
		   "# The scope this host belongs to. Roles held there, or above it, count here.\n"
		   "host = \"%s\";\n\n"
		   "# Who may log in, by PAM service. Where pam_rbac is in the stack of a service "
		   "that no rule names, the service is denied.\n"
		   "# A rule matches when one of keys, roles, users, groups (Unix groups) "
		   "or anyone holds, and from and hours hold where given.\n"
		   "login = (\n",
		   host);
	for (size_t i = 0; i < sizeof rules / sizeof *rules; i++)
		write_rule(p, &rules[i], &n, out);
	buf_printf(out,
		   "%s);\n\n"
		   "# Users and groups that pass whatever roles they hold: "
		   "name a break-glass account here. uid 0 always passes.\n"
		   "exempt = { users = [ ]; groups = [ ]; };\n\n"
		   "# Roles as Unix groups. extra: Unix groups of this host that a role brings; "
		   "they may be worth root (docker, sudo, disk).\n"
		   "groups = {\n"
		   "  name = \"%%{role}\";\n"
		   "  members = true;\n"
		   "  enumerate = true;\n"
		   "  # extra = ( { role = \"ROLE\"; unix_groups = [ \"docker\" ]; } );\n"
		   "};\n",
		   n ? "\n" : "");
}
