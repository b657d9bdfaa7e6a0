/* Names, uids, administrators, the exempt. */
#define _GNU_SOURCE
#include <grp.h>
#include <limits.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rbacctl/access/doctor.h"
#include "rbacctl/access/remedy.h"
#include "rbacctl/access/effective_access.h"
#include "rbacctl/access/mounted_view.h"
#include "rbacctl/access/lockout.h"
#include "rbacctl/command.h"
#include "rbacctl/host/people/doubles.h"
#include "rbacctl/host/people/group_clashes.h"

enum { SHOWN = 10 };

struct people {
	const struct doctor *d;
	struct doubles doubles;
	size_t n;
};

static struct finding *about(const struct doctor *d, const char *id, bool trouble, const char *user)
{
	struct findings *out = d->look.out;
	struct finding *f = findings_add(out, id, trouble);

	finding_append(out, &f->subjects, "%s", user);
	return f;
}

static int on_user(void *ctx, const char *user)
{
	struct people *x = ctx;
	struct findings *out = x->d->look.out;
	struct source source = snapshot_source(x->d->snap);
	struct holdings h;
	struct person p;
	int err = source_holdings(&source, user, &h);

	if (!err)
		err = doubles_add(&x->doubles, user, h.uid);
	if (!err && x->n < SHOWN && person_find(user, &p) == RBAC_OK && !p.differs) {
		if (p.state == PERSON_KNOWN && h.uid != RBAC_NO_UID && p.uid != h.uid) {
			struct finding *f = about(x->d, "people.uid-changed", true, user);
			x->n++;
			finding_text(out, &f->found, "uid %u", p.uid);
			finding_text(out, &f->wanted, "uid %u", h.uid);
			finding_text(out, &f->what, "%s has another uid than the recorded one",
				     user);
			finding_text(out, &f->why, "the roles of %s do not count", user);
			if (remedy_uid_of_fleet(x->d->a, x->d->snap->p))
				finding_text(out, &f->mend,
					     "the same person: give %s the uid %u here, as on the "
					     "authority of the fleet",
					     user, h.uid);
			else
				finding_text(out, &f->mend, "the same person: %s; another: %s",
					     COMMAND("rbacctl user rebind %s", user),
					     COMMAND("rbacctl user forget %s", user));
		} else if (p.state == PERSON_ABSENT && h.n) {
			struct finding *f = about(x->d, "people.no-account", false, user);
			x->n++;
			finding_text(out, &f->what, "%s has roles and no account", user);
			finding_text(out, &f->why, "a new account with this name gets the roles");
			finding_text(out, &f->mend, "%s", COMMAND("rbacctl user forget %s", user));
		} else if (p.state == PERSON_UNASKED) {
			finding_append(out, &out->skipped, "people:%s: passwd does not answer",
				       user);
		}
	}
	holdings_free(&h);
	return err;
}

static void on_double(void *ctx, const char *text, bool both)
{
	struct people *x = ctx;
	struct findings *out = x->d->look.out;
	struct finding *f = findings_add(out, "people.second-name", both);

	finding_text(out, &f->what, "%s", text);
	finding_text(out, &f->why, "one uid is one person, and the second name has no roles");
	finding_text(out, &f->mend, "log in by the recorded name");
}

/* The line of NAME in FILE, whose lines begin with a name and a colon. 0: none. */
static unsigned line_of(const char *file, const char *name)
{
	char *text = NULL;
	size_t size = 0, len = strlen(name);
	unsigned n = 0, at = 0;
	FILE *f = fopen(file, "re");

	while (f && !at && getline(&text, &size, f) >= 0) {
		n++;
		if (strncmp(text, name, len) == 0 && text[len] == ':')
			at = n;
	}
	free(text);
	if (f)
		fclose(f);
	return at;
}

static void on_clash(void *ctx, int role, const struct group_clash *c)
{
	struct findings *out = ctx;
	struct finding *f = findings_add(out, "nss.group-clash", true);
	const char *command = c->mend ? strstr(c->text, "; to ") : NULL;

	(void)role;
	if (c->file)
		finding_at(out, f, c->file, line_of(c->file, c->name));
	finding_append(out, &f->subjects, "%s", c->name);
	finding_text(out, &f->what, "%.*s", (int)(command ? command - c->text : INT_MAX), c->text);
	finding_text(out, &f->why, "nobody assigned a role to them");
	finding_text(out, &f->mend, "%s", c->mend ? c->mend : "rename or remove that group");
}

/* ---- the exempt ---- */

static void exempt(const struct doctor *d)
{
	const struct policy *p = d->snap->p;
	struct findings *out = d->look.out;
	struct finding *f;
	char file[600];

	snprintf(file, sizeof file, "%.500s/rbac.conf", d->a->etc);
	for (size_t i = 0; i < p->exempt_users.n; i++) {
		const char *user = p->exempt_users.v[i];
		if (getpwnam(user))
			continue;
		f = about(d, "exempt.user-missing", true, user);
		finding_at(out, f, file, p->exempt_users.pos.line);
		finding_text(out, &f->what, "exempt names the user %s, who does not exist here",
			     user);
		finding_text(out, &f->why,
			     "pam_rbac would allow a new user with this name to use every service");
		finding_text(out, &f->mend, "remove the name, then %s", COMMAND("rbacctl apply"));
	}
	for (size_t i = 0; i < p->exempt_groups.n && look_groups_work(); i++) {
		const char *group = p->exempt_groups.v[i];
		int living = look_living_members(group);
		if (living > 0)
			continue;
		f = about(d, living < 0 ? "exempt.group-missing" : "exempt.group-empty", true,
			  group);
		finding_at(out, f, file, p->exempt_groups.pos.line);
		finding_text(out, &f->what, "exempt names the group %s, %s", group,
			     living < 0 ? "which does not exist here"
					: "in which nobody can log in");
		finding_text(out, &f->why, "the exemption helps nobody in an emergency");
		if (living < 0)
			finding_text(out, &f->mend, "%s, or remove the name",
				     COMMAND("groupadd %s", group));
		else
			finding_text(out, &f->mend, "%s", COMMAND("usermod -aG %s USER", group));
	}
}

static int administrators(const struct doctor *d)
{
	struct findings *out = d->look.out;
	bool yes;

	if (mounted_view_is(d->a)) {
		finding_append(out, &out->skipped,
			       "people: roles of the view are changed on another host");
		return RBAC_OK;
	}
	if (!getpwuid(0)) {
		finding_append(out, &out->skipped,
			       "people: who can administer, because passwd does not answer");
		return RBAC_OK;
	}
	int err = lockout_usable_can_act(d->snap, d->a->now, LOCKOUT_WEEK, look_is_living, &yes);

	if (err || yes)
		return err;
	err = lockout_somebody_can_act(d->snap, d->a->now, LOCKOUT_WEEK, &yes);
	struct finding *f = findings_add(out, "people.no-administrator", true);
	finding_text(out, &f->what,
		     yes ? "everybody who holds a role marked bootstrap has an account that has "
			   "expired, or no shell"
			 : "nobody who can log in by a rule holds a role marked bootstrap");
	finding_text(out, &f->why, "only root can change roles");
	finding_text(out, &f->mend, "%s%s", invocation_where(d->a),
		     COMMAND_AT(!d->a->member, "rbacctl assign USER ROLE --as root"));
	return err;
}

int doctor_people(const struct doctor *d)
{
	struct people x = { .d = d };
	struct facts passwd = { 0 };
	struct findings *out = d->look.out;
	int err = snapshot_users(d->snap, on_user, &x);

	finding_append(out, &out->checked, "people:users");
	if (!err && facts_read_passwd(&passwd) == RBAC_OK)
		err = doubles_find(&x.doubles, &passwd, on_double, &x);
	facts_free(&passwd);
	doubles_free(&x.doubles);
	if (!err && group_clashes_of_policy(d->snap->p, on_clash, out))
		finding_append(out, &out->skipped,
			       "nss: whether other sources have groups of the same names");
	exempt(d);
	return err ? err : administrators(d);
}
