#include "rbacctl/model/rules.h"

#include <string.h>

#include "rbacctl/model/private.h"

/* ---- services ---- */

const struct policy_service *policy_service_find(const struct policy *p, const char *name)
{
	int i = p->services ? policy_names_find(&p->own->services, name, strlen(name)) : -1;

	return i < 0 ? NULL : &p->services[i];
}

/* Each rule of each service, in order: first counted, then, where there is room, noted. */
static void note_services(struct policy *p)
{
	for (size_t i = 0; i < p->n_logins; i++)
		for (size_t k = 0; k < p->logins[i].services.n; k++) {
			const char *name = p->logins[i].services.v[k];
			int there = policy_names_add(&p->own->services, name);
			struct policy_service *s =
				&p->services[there < 0 ? p->n_services++ : (size_t)there];
			s->name = p->own->services.v[s - p->services];
			if (s->rules)
				s->rules[s->n] = (int)i;
			s->n++;
		}
}

static void index_services(struct policy *p)
{
	size_t most = 0;

	for (size_t i = 0; i < p->n_logins; i++)
		most += p->logins[i].services.n;
	policy_names_init(&p->own->services, &p->own->arena, most);
	p->services = policy_alloc(p, most, sizeof(*p->services));
	note_services(p);
	for (size_t i = 0; i < p->n_services; i++) {
		p->services[i].rules = policy_alloc(p, p->services[i].n, sizeof(int));
		p->services[i].n = 0;
	}
	note_services(p);
}

/* ---- who is let in ---- */

static struct policy_set set_of(struct policy *p, const struct policy_ints *list)
{
	struct policy_gatherer g = { .end = 0 };

	for (size_t i = 0; i < list->n; i++)
		policy_gather(&g, list->v[i]);
	return policy_gathered(&g, &p->own->arena);
}

void policy_index_rules(struct policy *p)
{
	index_services(p);
	for (size_t i = 0; i < p->n_logins; i++) {
		p->logins[i].role_set = set_of(p, &p->logins[i].roles);
		p->logins[i].key_set = set_of(p, &p->logins[i].keys);
	}
}

bool policy_rule_takes(const struct policy *p, const struct policy_login *rule, int role)
{
	return policy_set_meet(&p->roles[role].keys, &rule->key_set) ||
	       policy_set_meet(&p->roles[role].counts, &rule->role_set);
}

void policy_rule_by(const struct policy *p, const struct policy_login *rule, int role, int *key,
		    int *as)
{
	*key = *as = -1;
	for (size_t i = 0; i < rule->keys.n && *key < 0; i++)
		if (policy_role_has_key(p, role, rule->keys.v[i]))
			*key = rule->keys.v[i];
	for (size_t i = 0; i < rule->roles.n && *key < 0 && *as < 0; i++)
		if (policy_role_counts(p, role, rule->roles.v[i]))
			*as = rule->roles.v[i];
}

/* ---- what services are ---- */

bool policy_service_is_lower(const char *service)
{
	return !strpbrk(service, "ABCDEFGHIJKLMNOPQRSTUVWXYZ");
}

static bool is_among(const char *service, const char *const *names)
{
	while (*names && strcmp(*names, service) != 0)
		names++;
	return *names != NULL;
}

bool policy_service_is_local(const char *service)
{
	static const char *const local[] = {
		"sudo",   "sudo-i",       "su",        "su-l",         "cron",     "crond", "atd",
		"login",  "runuser",      "runuser-l", "systemd-user", "polkit-1", "chsh",  "chfn",
		"passwd", "gdm-password", "lightdm",   "sddm",         NULL,
	};

	return is_among(service, local);
}

bool policy_service_is_login(const char *service)
{
	static const char *const others[] = {
		"sudo",    "sudo-i",   "su",        "su-l",         "cron",     "crond",
		"atd",     "runuser",  "runuser-l", "systemd-user", "polkit-1", "chsh",
		"chfn",    "passwd",   "chpasswd",  "newusers",     "useradd",  "usermod",
		"userdel", "groupadd", "groupmod",  "groupdel",     "vlock",    "cups",
		"samba",   NULL,
	};

	return !is_among(service, others);
}
