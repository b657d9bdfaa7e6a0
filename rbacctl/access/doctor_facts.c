/* Facts of this host that have changed since the view was published. */
#include <errno.h>
#include <grp.h>
#include <inttypes.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <time.h>

#include "rbacctl/access/doctor.h"
#include "rbacctl/command.h"
#include "rbacctl/host/nss/group_file.h"
#include "rbacctl/host/nss/nss_line.h"
#include "rbacctl/host/time/zone_offsets.h"
#include "rbacctl/human_time.h"

enum { EARLY = 60 }; /* seconds by which the clock may be behind the view */

static struct finding *add(const struct doctor *d, const char *id, bool trouble)
{
	struct findings *out = d->look.out;
	struct finding *f = findings_add(out, id, trouble);

	finding_at(out, f, d->a->view, 0);
	finding_text(out, &f->mend, "%s", COMMAND("rbacctl publish"));
	return f;
}

/* ---- the zone and the clock ---- */

static bool has_hours(const struct policy *p)
{
	for (size_t i = 0; i < p->n_logins; i++)
		if (p->logins[i].conditions[RBAC_CONDITION_HOURS].texts.n > 0)
			return true;
	return false;
}

static int zone(const struct doctor *d)
{
	struct findings *out = d->look.out;
	const struct rbac_meta *m = &d->snap->v.meta;
	struct zone_offset *here = NULL;
	size_t n = 0, i = 0;
	int64_t now = d->a->now;
	int err = zone_offsets(d->snap->p->zone, now, &here, &n);

	if (err)
		return err;
	while (i + 1 < n && here[i + 1].from <= now)
		i++;
	int32_t is = n ? here[i].offset : 0, was = rbac_meta_offset(m, now);
	free(here);
	if (is == was)
		return RBAC_OK;
	struct finding *f = add(d, "view.zone-differs", has_hours(d->snap->p));
	finding_text(out, &f->found, "%+d minutes", was / 60);
	finding_text(out, &f->wanted, "%+d minutes", is / 60);
	finding_text(out, &f->what,
		     "the view has another UTC offset than the time zone of this host");
	finding_text(out, &f->why,
		     "pam_rbac judges `hours` of login rules by the offset of the view");
	return RBAC_OK;
}

static void clock_is_behind(const struct doctor *d)
{
	struct findings *out = d->look.out;
	/* a->now is never before the publication of the view, so ask the clock. */
	int64_t published = d->snap->v.meta.published, clock = time(NULL);

	if (clock >= published - EARLY)
		return;
	struct finding *f = add(d, "system.clock", true);
	finding_text(out, &f->found, "%" PRId64 " seconds before the view was published",
		     published - clock);
	finding_text(out, &f->what, "the clock of this host is earlier than the view");
	finding_text(out, &f->why, "assignments begin and end at the wrong time");
	finding_text(out, &f->mend, "set the clock; if it is right now, and was wrong then: %s",
		     COMMAND("rbacctl publish --trust-clock"));
}

/* ---- Unix groups ---- */

static void differs(const struct doctor *d, const char *group, gid_t gid, const char *why)
{
	struct findings *out = d->look.out;
	struct finding *f = add(d, "view.group-differs", true);

	finding_append(out, &f->subjects, "%s", group);
	finding_text(out, &f->wanted, "gid %u", (unsigned)gid);
	finding_text(out, &f->what, "the view does not have the gid that the group %s has now",
		     group);
	finding_text(out, &f->why, "%s", why);
}

static int on_group(void *ctx, const char *name, uint32_t gid)
{
	const struct doctor *d = ctx;
	const struct group *g = NULL;

	if (!rbac_meta_in_range(&d->snap->v.meta, gid) && (g = getgrnam(name)) && g->gr_gid != gid)
		differs(d, name, g->gr_gid, "users who get the group by a role get the old gid");
	return RBAC_OK;
}

static int on_unix_group(void *ctx, uint32_t gid)
{
	const struct doctor *d = ctx;
	struct findings *out = d->look.out;

	errno = 0;
	if (getgrgid(gid) || errno)
		return RBAC_OK;
	struct finding *f = add(d, "view.group-gone", false);
	finding_text(out, &f->found, "gid %" PRIu32, gid);
	finding_text(out, &f->what,
		     "roles are assigned to the Unix group with gid %" PRIu32
		     ", which no source of this host has",
		     gid);
	finding_text(out, &f->why, "a user who gets a group with that gid gets the roles");
	finding_text(out, &f->mend, "%s, then revoke the assignments of the deleted group",
		     COMMAND("rbacctl list assignments"));
	return RBAC_OK;
}

static void exempt(const struct doctor *d)
{
	const struct policy *p = d->snap->p;

	for (size_t i = 0; i < p->exempt_groups.n; i++) {
		const struct group *g = getgrnam(p->exempt_groups.v[i]);
		if (g && !rbac_meta_in_range(&d->snap->v.meta, g->gr_gid) &&
		    !rbac_meta_exempt_gid(&d->snap->v.meta, g->gr_gid))
			differs(d, p->exempt_groups.v[i], g->gr_gid,
				"its members are not exempt; those of the old gid are");
	}
}

/* ---- Unix groups that a role brings ---- */

static bool is_local(const char *group)
{
	const struct group *g;
	struct group_file file;
	bool yes = false;

	group_file_open(&file, "/etc/group");
	while (!yes && group_file_next(&file, &g) == RBAC_OK)
		yes = strcmp(g->gr_name, group) == 0;
	group_file_close(&file);
	return yes;
}

/* Has nsswitch.conf only files of this host and rbac as sources of groups? */
static bool no_directory(void)
{
	static const char *const local[] = { "files", "compat", "systemd", "altfiles", "rbac" };
	struct nss_line l;
	bool yes = nss_line_read("/etc/nsswitch.conf", "group", &l);

	for (size_t i = 0; i < l.n && yes; i++) {
		size_t k = 0;
		while (k < sizeof local / sizeof *local && strcmp(local[k], l.v[i].name) != 0)
			k++;
		yes = k < sizeof local / sizeof *local;
	}
	nss_line_free(&l);
	return yes;
}

/* Until the next publish our own module still answers for a group that was deleted. */
static bool is_gone(const struct doctor *d, const char *group)
{
	if (is_local(group))
		return false;
	const struct group *g = getgrnam(group);
	return !g || (rbac_meta_extra(&d->snap->v.meta, g->gr_gid) >= 0 && no_directory());
}

static void extras(const struct doctor *d)
{
	const struct policy *p = d->snap->p;
	struct findings *out = d->look.out;
	char file[4200];

	snprintf(file, sizeof file, "%.4000s/rbac.conf", d->a->etc);
	for (size_t i = 0; i < p->n_extras; i++) {
		const struct policy_extra *x = &p->extras[i];
		const char *role = p->roles[x->role].name;
		for (size_t k = 0; k < x->unix_groups.n; k++) {
			const char *group = x->unix_groups.v[k];
			if (!is_gone(d, group))
				continue;
			struct finding *f = findings_add(out, "nss.extra-missing", true);
			finding_at(out, f, file, x->pos.line);
			finding_append(out, &f->subjects, "%s", group);
			finding_text(
				out, &f->what,
				"the role %s brings the Unix group %s, which does not exist here",
				role, group);
			finding_text(out, &f->why,
				     "holders of %s do not get the group; if a new group gets its "
				     "old gid, they get that one until the next publish",
				     role);
			finding_text(out, &f->mend, "%s; %s", COMMAND("groupadd %s", group),
				     COMMAND("rbacctl publish"));
		}
	}
}

static void host_scopes(const struct doctor *d)
{
	const struct policy *p = d->snap->p;
	struct findings *out = d->look.out;
	struct rbac_scope_rec rec;
	char file[4200];

	snprintf(file, sizeof file, "%.4000s/rbac.conf", d->a->etc);
	for (size_t i = 0; i < p->hosts.n; i++) {
		const char *scope = p->hosts.v[i];
		if (snapshot_scope(d->snap, scope, &rec) != RBAC_NOTFOUND)
			continue;
		struct finding *f = add(d, "view.host-scope-missing", true);
		finding_at(out, f, file, p->hosts.pos.line);
		finding_append(out, &f->subjects, "%s", scope);
		finding_text(out, &f->found, "host = \"%s\"", scope);
		finding_text(out, &f->what, "the scope %s of this host does not exist", scope);
		finding_text(out, &f->why, "nobody can hold a role there");
		finding_text(out, &f->mend, "%s",
			     COMMAND("rbacctl scope create %s --as root", scope));
	}
}

int doctor_facts(const struct doctor *d)
{
	struct findings *out = d->look.out;
	int err = zone(d);

	host_scopes(d);
	clock_is_behind(d);
	if (!look_groups_work())
		return err;
	(void)snapshot_groups(d->snap, on_group, (void *)(uintptr_t)d);
	(void)snapshot_unix_groups(d->snap, on_unix_group, (void *)(uintptr_t)d);
	exempt(d);
	extras(d);
	finding_append(out, &out->checked, "view:facts of this host");
	return err;
}
