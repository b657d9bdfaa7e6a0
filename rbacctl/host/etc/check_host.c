#include "rbacctl/host/etc/check_host.h"

#include <errno.h>
#include <grp.h>
#include <limits.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <strings.h>

#include "common/error.h"
#include "rbacctl/buf.h"
#include "rbacctl/host/people/person.h"
#include "rbacctl/host/sshd/sshd.h"
#include "rbacctl/host/time/zone.h"
#include "rbacctl/lookup.h"
#include "rbacctl/model/rules.h"

struct checking {
	const struct policy *p;
	const struct pam_folders *pam;
	int64_t now;
	struct problems *problems;
	struct pam_names users, groups; /* that this host lists, for the nearest name; gathered when
					   the first is missing */
	bool gathered_users, gathered_groups;
	struct facts passwd;   /* one pass over passwd saves a lookup for each name */
	struct lookup told;    /* numbers in SAID */
	struct pam_names said; /* what has been told already: "user bob" */
};

/* " (did you mean "x"?)" into OUT, or "". */
static const char *hint(const char *word, char *const *names, size_t n, char *out, size_t size)
{
	const char *near = problem_nearest(word, (const char *const *)names, n);
	snprintf(out, size, near ? " (did you mean \"%s\"?)" : "%.0s", near ? near : "");
	return out;
}

static int keep(struct pam_names *n, const char *name)
{
	if (!buf_room(&n->v, n->n, &n->cap, sizeof *n->v) || !(n->v[n->n] = strdup(name)))
		return RBAC_NOMEM;
	n->n++;
	return RBAC_OK;
}

static bool is_text(const void *ctx, uint32_t number, const void *key)
{
	return strcmp(((const struct checking *)ctx)->said.v[number], key) == 0;
}

/* Once for each thing, however often it is named. True: it is the first time. */
static bool first_time(struct checking *c, const char *what, const char *name)
{
	char text[RBAC_UNIX_GROUP_MAX + 20];
	snprintf(text, sizeof text, "%s %s", what, name);
	uint64_t hash = lookup_hash_text(LOOKUP_SEED, text);
	if (lookup_find(&c->told, hash, is_text, c, text) != LOOKUP_NONE)
		return false;
	return keep(&c->said, text) == RBAC_OK &&
	       lookup_add(&c->told, hash, (uint32_t)c->said.n - 1) == RBAC_OK;
}

/* ---- users and groups ---- */

static void gather_users(struct checking *c)
{
	for (size_t i = 0; i < c->passwd.n_users && !c->gathered_users; i++)
		if (keep(&c->users, c->passwd.users[i].name))
			break;
	c->gathered_users = true;
}

static void gather_groups(struct checking *c)
{
	const struct group *gr;
	if (c->gathered_groups)
		return;
	c->gathered_groups = true;
	setgrent();
	while ((gr = getgrent()) && keep(&c->groups, gr->gr_name) == RBAC_OK)
		;
	endgrent();
}

static void need_user(struct checking *c, struct policy_pos at, const char *what, const char *user)
{
	struct person who;
	char near[400];
	if (person_among(&c->passwd, NULL, user, &who) != RBAC_OK || who.state != PERSON_ABSENT ||
	    !first_time(c, "user", user))
		return;
	gather_users(c);
	problem_warn(c->problems, at, "%s: this host has no user \"%s\"%s", what, user,
		     hint(user, c->users.v, c->users.n, near, sizeof near));
}

static void need_group(struct checking *c, struct policy_pos at, const char *what,
		       const char *group)
{
	char near[400];
	errno = 0;
	/* getgrnam(3): these say "not found", other values that the lookup failed. */
	if (getgrnam(group) || (errno && errno != ENOENT && errno != ESRCH) ||
	    !first_time(c, "group", group))
		return;
	gather_groups(c);
	problem_warn(c->problems, at, "%s: this host has no Unix group \"%s\"%s", what, group,
		     hint(group, c->groups.v, c->groups.n, near, sizeof near));
}

static void need_all(struct checking *c, const struct policy_strs *list, const char *what,
		     void (*need)(struct checking *, struct policy_pos, const char *, const char *))
{
	for (size_t i = 0; i < list->n; i++)
		need(c, list->pos, what, list->v[i]);
}

static void check_people(struct checking *c)
{
	const struct policy *p = c->p;
	char what[80];
	for (size_t i = 0; i < p->n_logins; i++) {
		snprintf(what, sizeof what, "login rule %u", p->logins[i].number);
		need_all(c, &p->logins[i].users, what, need_user);
		need_all(c, &p->logins[i].groups, what, need_group);
	}
	need_all(c, &p->exempt_users, "exempt", need_user);
	need_all(c, &p->exempt_groups, "exempt", need_group);
	for (size_t i = 0; i < p->n_extras; i++)
		need_all(c, &p->extras[i].unix_groups, "groups: extra", need_group);
	for (size_t i = 0; i < p->n_scopes; i++)
		if (p->scopes[i].owner)
			need_user(c, p->scopes[i].pos, "scope: owner", p->scopes[i].owner);
	for (size_t i = 0; i < p->n_assignments; i++) {
		const struct policy_file_assignment *a = &p->assignments[i];
		if (a->subject[0] == '%')
			need_group(c, a->pos, "assignment", a->subject + 1);
		else
			need_user(c, a->pos, "assignment", a->subject);
	}
}

static void check_windows(struct checking *c)
{
	char end[32];
	for (size_t i = 0; i < c->p->n_assignments; i++) {
		const struct policy_file_assignment *a = &c->p->assignments[i];
		if (a->until > c->now)
			continue;
		policy_time_print(a->until, end);
		problem_warn(c->problems, a->pos,
			     "assignment: %s %s ended at %s: apply leaves it out", a->subject,
			     c->p->roles[a->role].name, end);
	}
}

/* ---- services ---- */

static void check_files(struct checking *c, const struct pam_names *there)
{
	char near[400];
	for (size_t i = 0; i < c->p->n_services; i++) {
		const char *service = c->p->services[i].name;
		const struct policy_login *r = &c->p->logins[c->p->services[i].rules[0]];
		/* A service without a file is judged by the file `other`: where that asks us, the
		 * rule counts. */
		if (pam_has_file(c->pam, service) || pam_gate_of(c->pam, service) != PAM_OPEN)
			continue;
		problem_warn(
			c->problems, r->services.pos,
			"login rule %u: services: \"%s\" has no file in %s or %s, and the file "
			"other does not name pam_rbac.so%s",
			r->number, service, c->pam->v[0], c->pam->v[1],
			hint(service, there->v, there->n, near, sizeof near));
	}
}

/* Does a login rule name the service of FILE? PAM asks for it in small letters (pam_start(3)). */
static bool is_ruled(const struct policy *p, const char *file)
{
	char service[NAME_MAX + 1];
	size_t len = 0;
	for (; len < NAME_MAX && file[len]; len++)
		service[len] = (char)(file[len] >= 'A' && file[len] <= 'Z' ? file[len] + 32
									   : file[len]);
	service[len] = 0;
	return policy_service_find(p, service) != NULL;
}

int check_unruled(const struct policy *p, const struct pam_folders *pam, struct pam_names *out)
{
	struct pam_names all = { 0 };
	*out = (struct pam_names){ 0 };
	int err = pam_services(pam, &all);
	for (size_t i = 0; i < all.n && !err; i++)
		if (!is_ruled(p, all.v[i]) && pam_gate_of(pam, all.v[i]) == PAM_GATED)
			err = keep(out, all.v[i]);
	pam_names_free(&all);
	return err;
}

static int check_unruled_services(struct checking *c)
{
	struct pam_names unruled;
	struct buf list = { 0 };
	int err = check_unruled(c->p, c->pam, &unruled);
	for (size_t i = 0; i < unruled.n; i++)
		buf_printf(&list, "%s%s", i ? ", " : "", unruled.v[i]);
	if (unruled.n)
		problem_warn(c->problems, (struct policy_pos){ "rbac.conf", 0 },
			     "login: no rule names %s, whose PAM file%s pam_rbac.so: "
			     "everyone but root and the exempt is denied there",
			     buf_text(&list), unruled.n == 1 ? " names" : "s name");
	buf_free(&list);
	pam_names_free(&unruled);
	return err;
}

/* ---- sshd ---- */

static void check_sshd(struct checking *c)
{
	const struct policy_service *sshd = policy_service_find(c->p, "sshd");
	for (size_t i = 0; sshd && i < sshd->n; i++) {
		const struct policy_login *r = &c->p->logins[sshd->rules[i]];
		if (policy_login_names_hosts(r) && sshd_tells_addresses())
			problem_warn(c->problems, r->pos,
				     "login rule %u: from has the name of a host or domain, "
				     "but sshd tells PAM addresses: "
				     "set UseDNS yes in sshd_config, or name networks",
				     r->number);
	}
}

void check_zone(const struct policy *p, struct problems *problems)
{
	char near[120], text[200] = "";
	if (!p->zone || host_zone_exists(p->zone))
		return;
	if (host_zone_nearest(p->zone, near, sizeof near))
		snprintf(text, sizeof text, " (did you mean \"%s\"?)", near);
	problem_error(problems, p->zone_pos,
		      "zone: this host has no time zone \"%s\"%s; those there are have a file "
		      "in /usr/share/zoneinfo",
		      p->zone, text);
}

/* The host's own, where rbac.conf names none. */
static void check_local_zone(struct checking *c)
{
	if (!c->p->zone && !host_zone_exists(NULL))
		problem_warn(c->problems, (struct policy_pos){ "rbac.conf", 0 },
			     "/etc/localtime leads to no time zone: "
			     "hours are judged in UTC; name a zone");
}

int check_host(const struct policy *p, const struct pam_folders *pam, int64_t now,
	       struct problems *problems)
{
	struct checking c = { .p = p, .pam = pam, .now = now, .problems = problems };
	struct pam_names there;
	int err = pam_services(pam, &there);
	if (!err)
		err = facts_read_passwd(&c.passwd);
	check_local_zone(&c);
	if (!err)
		check_people(&c);
	check_windows(&c);
	check_files(&c, &there);
	check_sshd(&c);
	if (!err)
		err = check_unruled_services(&c);
	pam_names_free(&there);
	pam_names_free(&c.users);
	pam_names_free(&c.groups);
	pam_names_free(&c.said);
	lookup_free(&c.told);
	facts_free(&c.passwd);
	return err;
}
