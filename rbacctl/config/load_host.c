#include <limits.h>
#include <string.h>
#include <unistd.h>

#include "common/error.h"
#include "common/name.h"
#include "rbacctl/config/parts.h"
#include "rbacctl/config/setting.h"
#include "rbacctl/model/rules.h"

/* rbac.conf: which scopes this host is, who logs in, who is exempt. Its groups are in
 * load_groups.c. */

static const char *const user_text = "a user's name";
static const char *const group_text = "a Unix group's name (without a % before it; no : and no ,)";

/* SCOPE with the short name of this host in the place of "%{hostname}", in the arena. NULL: it has
 * no name that a scope can have, and that is told. */
static const char *with_hostname(struct loader *l, const config_setting_t *s, const char *scope)
{
	static const char place[] = "%{hostname}";
	const char *at = strstr(scope, place);
	char name[HOST_NAME_MAX + 1] = "";

	if (!at)
		return scope;
	if (gethostname(name, sizeof(name)) != 0)
		name[0] = '\0';
	name[HOST_NAME_MAX] = '\0';
	name[strcspn(name, ".")] = '\0';
	if (!rbac_name_is_word(name, strlen(name))) {
		load_error(l, s,
			   "host: \"%s\": the name of this host, \"%s\", cannot be in a scope",
			   scope, name);
		return NULL;
	}
	return load_text(l, "%.*s%s%s", (int)(at - scope), scope, name, at + sizeof(place) - 1);
}

static void load_hosts(struct loader *l, config_setting_t *s)
{
	struct policy *p = l->p;

	if (!s) {
		if (!config_lookup(&l->file->config, "host"))
			problem_error(l->problems, load_pos_file(l),
				      "host is missing, expected the scope that this host is, "
				      "a list of them, or \"any\"");
		return;
	}
	struct policy_names seen;
	bool single = config_setting_type(s) == CONFIG_TYPE_STRING;
	size_t n = single ? 1 : (size_t)config_setting_length(s);
	p->hosts.pos = load_pos(l, s);
	p->hosts.v = policy_alloc(l->p, n, sizeof(*p->hosts.v));
	policy_names_init(&seen, &l->p->own->arena, n);
	if (n == 0)
		load_error(l, s, "host names no scope, expected one, a list of them, or \"any\"");
	for (size_t i = 0; i < n; i++) {
		const config_setting_t *e = single ? s : config_setting_get_elem(s, (unsigned)i);
		const char *scope = config_setting_get_string(e);
		if (strcmp(scope, "any") == 0) {
			p->host_any = true;
			if (n > 1)
				load_error(
					l, e,
					"host: \"any\" is among other scopes, expected it alone");
			continue;
		}
		scope = with_hostname(l, e, scope);
		if (!scope || load_scope(l, e, "", scope) < 0)
			continue;
		if (policy_names_add(&seen, scope) >= 0)
			load_error(l, e, "host: \"%s\" occurs twice", scope);
		p->hosts.v[p->hosts.n++] = policy_arena_strdup(&l->p->own->arena, scope);
	}
	if (p->host_any)
		p->hosts.n = 0;
}

/* ---- login ---- */

static void load_condition(struct loader *l, config_setting_t *s, const char *what,
			   const struct policy_condition_kind *kind, struct policy_condition *c)
{
	size_t n = s ? (size_t)config_setting_length(s) : 0;
	const char *name = policy_grammar[GRAMMAR_LOGIN].known[kind->setting].name;
	struct policy_names seen;

	c->texts.v = policy_alloc(l->p, n, sizeof(*c->texts.v));
	c->entries = policy_alloc(l->p, n, POLICY_CONDITION_ENTRY_MAX);
	policy_names_init(&seen, &l->p->own->arena, n);
	if (s && n == 0)
		load_error(l, s,
			   "%s: %s is empty, so nobody gets in by this rule: "
			   "leave it out for %s",
			   what, name, kind->always);
	for (size_t i = 0; i < n; i++) {
		const config_setting_t *e = config_setting_get_elem(s, (unsigned)i);
		const char *text = config_setting_get_string(e);
		const char *instead = kind->foreign ? kind->foreign(text) : NULL;
		size_t size = 0;
		if (instead)
			load_error(l, e, "%s: %s: \"%s\" %s: %s", what, name, text, kind->not_one,
				   instead);
		else if (policy_names_add(&seen, text) >= 0)
			load_error(l, e, "%s: %s: \"%s\" occurs twice", what, name, text);
		else if (!(size = kind->encode(text, c->entries + c->size)))
			load_error(l, e, "%s: %s: \"%s\" is not %s", what, name, text,
				   kind->expected);
		else
			c->texts.v[c->texts.n++] = policy_arena_strdup(&l->p->own->arena, text);
		c->size += size;
	}
}

static void warn_no_remote(struct loader *l, config_setting_t *from, const char *what,
			   const struct policy_login *r)
{
	for (size_t i = 0; from && i < r->services.n; i++)
		if (policy_service_is_local(r->services.v[i]))
			load_warn(l, from,
				  "%s: from on service %s, which has no remote host: "
				  "the rule never matches there",
				  what, r->services.v[i]);
}

/* libpam makes capitals of a service small before it looks for the file and asks us: such a name is
 * never asked for. */
static void check_lower_case(struct loader *l, config_setting_t *s, const char *what,
			     const struct policy_login *r)
{
	for (size_t i = 0; i < r->services.n; i++) {
		if (policy_service_is_lower(r->services.v[i]))
			continue;
		char *lower = load_text(l, "%s", r->services.v[i]);
		for (char *c = lower; *c; c++)
			*c = (char)(*c >= 'A' && *c <= 'Z' ? *c + 32 : *c);
		load_error(l, s,
			   "%s: services: \"%s\": PAM has no capital letters in the name "
			   "of a service, expected \"%s\"",
			   what, r->services.v[i], lower);
	}
}

static void load_login(struct loader *l, config_setting_t *s, struct policy_login *r)
{
	const char *what = load_text(l, "login rule %u", r->number);
	config_setting_t *got[L_COUNT];
	bool subject = false;

	load_settings(l, s, what, GRAMMAR_LOGIN, got);
	r->pos = load_pos(l, s);
	load_strings(l, got[L_SERVICES], what, rbac_name_is_word, "a PAM service", &r->services);
	check_lower_case(l, got[L_SERVICES], what, r);
	if (!config_setting_get_member(s, "services"))
		load_error(l, s, "%s: services is missing, expected the PAM services it is about",
			   what);
	else if (got[L_SERVICES] && config_setting_length(got[L_SERVICES]) == 0)
		load_error(l, got[L_SERVICES],
			   "%s: services is empty, expected the PAM services it is about", what);
	for (int i = L_KEYS; i <= L_ANYONE; i++)
		subject |= config_setting_get_member(
				   s, policy_grammar[GRAMMAR_LOGIN].known[i].name) != NULL;
	r->anyone = load_bool(got[L_ANYONE], false);
	if (!subject)
		load_error(l, s,
			   "%s: names nobody, expected one or more of keys, roles, "
			   "users, groups and anyone",
			   what);
	load_refs(l, got[L_KEYS], load_text(l, "%s: keys", what), &l->p->own->keys, "key",
		  &r->keys);
	load_refs(l, got[L_ROLES], load_text(l, "%s: roles", what), &l->p->own->roles, "role",
		  &r->roles);
	load_strings(l, got[L_USERS], what, rbac_name_is_user, user_text, &r->users);
	load_strings(l, got[L_GROUPS], what, rbac_name_is_unix_group, group_text, &r->groups);
	for (int k = 0; k < RBAC_CONDITIONS; k++)
		load_condition(l, got[policy_conditions[k].setting], what, &policy_conditions[k],
			       &r->conditions[k]);
	warn_no_remote(l, got[L_FROM], what, r);
}

static void warn_pair(struct loader *l, const char *one, const char *two, const char *command)
{
	const struct policy_service *s = policy_service_find(l->p, one);
	const struct policy_login *r = s ? &l->p->logins[s->rules[0]] : NULL;

	if (r && !policy_service_find(l->p, two))
		problem_warn(l->problems, r->services.pos,
			     "login rule %u: names service %s, but no rule names %s, "
			     "which \"%s\" uses: it is denied",
			     r->number, one, two, command);
}

static size_t rules_of(const config_setting_t *s)
{
	return s ? (size_t)config_setting_length(s) : 0;
}

/* The rules of one file, behind those that there are. */
static void add_logins(struct loader *l, config_setting_t *s)
{
	struct policy *p = l->p;

	for (size_t i = 0; i < rules_of(s); i++) {
		struct policy_login *r = &p->logins[p->n_logins];
		r->number = (unsigned)++p->n_logins;
		load_login(l, config_setting_get_elem(s, (unsigned)i), r);
	}
}

static void check_pairs(struct loader *l)
{
	policy_index_rules(l->p);
	warn_pair(l, "sudo", "sudo-i", "sudo -i");
	warn_pair(l, "sudo-i", "sudo", "sudo");
	warn_pair(l, "su", "su-l", "su -");
	warn_pair(l, "su-l", "su", "su");
}

static void load_exempt(struct loader *l, config_setting_t *s)
{
	config_setting_t *got[E_COUNT];

	if (!s)
		return;
	load_settings(l, s, "exempt", GRAMMAR_EXEMPT, got);
	load_strings(l, got[E_USERS], "exempt", rbac_name_is_user, user_text, &l->p->exempt_users);
	load_strings(l, got[E_GROUPS], "exempt", rbac_name_is_unix_group, group_text,
		     &l->p->exempt_groups);
}

/* A name below /usr/share/zoneinfo (tzfile(5)), or UTC's: never a path that leaves it. */
static bool is_zone(const char *s)
{
	size_t len = strlen(s), part = 0;

	if (len == 0 || len > 64)
		return false;
	for (size_t i = 0; i <= len; i++) {
		if (s[i] == '/' || s[i] == '\0') {
			if (part == 0)
				return false;
			part = 0;
			continue;
		}
		if ((unsigned char)s[i] >= 0x80 ||
		    (!strchr("+-_", s[i]) && !rbac_name_is_word(&s[i], 1)))
			return false;
		part++;
	}
	return true;
}

static void load_zone(struct loader *l, config_setting_t *s)
{
	if (!s)
		return;
	const char *zone = config_setting_get_string(s);
	l->p->zone_pos = load_pos(l, s);
	if (!is_zone(zone))
		load_error(l, s,
			   "zone = \"%s\" is not the name of a time zone, expected one like "
			   "\"Europe/Berlin\" or \"UTC\"",
			   zone);
	l->p->zone = policy_arena_strdup(&l->p->own->arena, zone);
}

/* Who says on a member which UID a name has: its own passwd, or the authority. */
static void load_uids(struct loader *l, config_setting_t *s)
{
	const char *who = s ? config_setting_get_string(s) : "host";

	l->p->uids_of_fleet = strcmp(who, "fleet") == 0;
	if (!l->p->uids_of_fleet && strcmp(who, "host") != 0)
		load_error(l, s, "uids = \"%s\": expected \"host\" or \"fleet\"", who);
}

static void load_serve(struct loader *l, config_setting_t *s)
{
	config_setting_t *got[SV_COUNT] = { NULL };

	if (!s)
		return;
	load_settings(l, s, "serve", GRAMMAR_SERVE, got);
	l->p->serve_system_accounts = load_bool(got[SV_SYSTEM_ACCOUNTS], false);
}

static void load_notify(struct loader *l, config_setting_t *s)
{
	config_setting_t *got[N_COUNT] = { NULL };
	struct policy_notify *n = &l->p->notify;

	n->user = "nobody";
	if (!s)
		return;
	load_settings(l, s, "notify", GRAMMAR_NOTIFY, got);
	n->mail = load_bool(got[N_MAIL], false);
	n->write = load_bool(got[N_WRITE], false);
	if (got[N_EXEC])
		n->exec = policy_arena_strdup(&l->p->own->arena,
					      config_setting_get_string(got[N_EXEC]));
	if (n->exec && n->exec[0] != '/')
		load_error(l, got[N_EXEC], "notify: exec = \"%s\": expected a path from / on",
			   n->exec);
	if (got[N_USER])
		n->user = policy_arena_strdup(&l->p->own->arena,
					      config_setting_get_string(got[N_USER]));
	if (!rbac_name_is_user(n->user, strlen(n->user)))
		load_error(l, got[N_USER], "notify: user = \"%s\": %s", n->user, user_text);
	load_strings(l, got[N_BREAKGLASS], "notify", rbac_name_is_user, user_text, &n->breakglass);
}

/* ---- rbac.conf, and host.conf beside it ---- */

/* What is of this host alone. Everything else is the same on every host that has the policy. */
static void check_own(struct loader *l, config_setting_t *const got[H_COUNT])
{
	for (int i = 0; i < H_COUNT; i++)
		if (got[i] && i != H_VERSION && i != H_HOST && i != H_LOGIN)
			load_error(l, got[i],
				   "%s has no place in host.conf, expected version, host or login "
				   "(it belongs in rbac.conf)",
				   policy_grammar[GRAMMAR_HOST].known[i].name);
}

/* The file NAME with its settings; NULL: there is none. */
static const struct load_file *settings_of(struct loader *l, const char *name,
					   config_setting_t *got[H_COUNT])
{
	for (int i = 0; i < H_COUNT; i++)
		got[i] = NULL;
	for (size_t i = 0; i < l->n_files; i++) {
		if (strcmp(l->files[i].text->name, name) != 0)
			continue;
		l->file = &l->files[i];
		load_settings(l, config_root_setting(&l->file->config), "", GRAMMAR_HOST, got);
		return l->file;
	}
	return NULL;
}

void load_host(struct loader *l)
{
	config_setting_t *all[H_COUNT], *own[H_COUNT];
	const struct load_file *conf = settings_of(l, "rbac.conf", all),
			       *of_host = settings_of(l, "host.conf", own);
	bool overridden = of_host && config_lookup(&of_host->config, "host");
	size_t rules = rules_of(all[H_LOGIN]) + rules_of(own[H_LOGIN]);

	if (of_host)
		check_own(l, own);
	if (!overridden)
		l->file = conf;
	load_hosts(l, overridden ? own[H_HOST] : all[H_HOST]);
	l->file = conf;
	if (rules > UINT16_MAX) {
		load_error(l, all[H_LOGIN] ? all[H_LOGIN] : own[H_LOGIN],
			   "login: more than %d rules", UINT16_MAX);
		return;
	}
	l->p->logins = policy_alloc(l->p, rules, sizeof(*l->p->logins));
	add_logins(l, all[H_LOGIN]);
	if (of_host) {
		l->file = of_host;
		add_logins(l, own[H_LOGIN]);
		l->file = conf;
	}
	check_pairs(l);
	load_exempt(l, all[H_EXEMPT]);
	load_host_groups(l, all[H_GROUPS]);
	load_zone(l, all[H_ZONE]);
	load_uids(l, all[H_UIDS]);
	load_serve(l, all[H_SERVE]);
	load_notify(l, all[H_NOTIFY]);
}
