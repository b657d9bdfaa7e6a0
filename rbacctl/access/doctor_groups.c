/* Compare the groups of roles that programs see with those of the view. */
#include <grp.h>
#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>
#include <unistd.h>

#include "rbacctl/access/doctor.h"
#include "rbacctl/access/effective_access.h"
#include "rbacctl/command.h"
#include "rbacctl/host/nss/accounts.h"
#include "rbacctl/host/nss/nss_line.h"
#include "rbacctl/host/mounts.h"
#include "rbacctl/model/role_groups.h"

enum { USERS_MAX = 200, GROUPS_MAX = 50 }; /* that are asked for, each by its own lookup */
enum { NFS_GROUPS = 16 };                  /* RFC 5531, authsys_parms: gids<16> */

struct asking {
	const struct doctor *d;
	struct role_groups groups;
	size_t asked;
	struct finding_list missing, surplus; /* "user: group" */
	bool more;                            /* than USERS_MAX */
	char nfs[300];                        /* a mount of NFS where groups are sent; "": none */
	struct finding_list cut;              /* users of whom not all groups are sent there */
};

static bool has_gid(const struct gids *g, uint32_t gid)
{
	for (size_t i = 0; i < g->n; i++)
		if (g->v[i] == gid)
			return true;
	return false;
}

static int compare(struct asking *x, const char *user)
{
	struct findings *out = x->d->look.out;
	struct effective_access s;
	struct gids now = { 0 };
	int err = effective_access_of(x->d->snap, user, x->d->a->now, &s);

	if (!err)
		err = gids_of_user(user, &now);
	bool any = false;
	for (size_t i = 0; i < x->groups.n && !err && now.n; i++) {
		const struct role_group *g = &x->groups.v[i];
		bool wanted = effective_access_has_group(&s, g->name), is = has_gid(&now, g->gid);
		if (wanted && !is)
			finding_append(out, &x->missing, "%s: %s", user, g->name);
		any |= is;
		if (!wanted && is)
			finding_append(out, &x->surplus, "%s: %s", user, g->name);
	}
	if (any && *x->nfs && now.n > NFS_GROUPS)
		finding_append(out, &x->cut, "%s", user);
	gids_free(&now);
	effective_access_free(&s);
	return err;
}

static int on_user(void *ctx, const char *user)
{
	struct asking *x = ctx;

	if (!getpwnam(user))
		return RBAC_OK;
	if (x->asked++ >= USERS_MAX) {
		x->more = true;
		return RBAC_OK;
	}
	return compare(x, user);
}

/* A fault of nsswitch.conf or the module that explains what is missing. */
static bool is_explained(const struct findings *out)
{
	for (size_t i = 0; i < out->n; i++) {
		const char *id = out->v[i].id;
		if (out->v[i].trouble && strncmp(id, "nss.groups-", 11) != 0 &&
		    !strstr(id, "-writable") &&
		    (strncmp(id, "nss.", 4) == 0 || strncmp(id, "view.", 5) == 0))
			return true;
	}
	return false;
}

/* Does a source before rbac not answer now, and does an action in [ ] then end the search? Its name
 * goes into NAME. */
static bool is_kept_back(char *name, size_t size)
{
	struct nss_line l = { 0 };
	bool yes = false;

	if (nss_line_read("/etc/nsswitch.conf", "group", &l)) {
		size_t at = nss_line_find(&l, "rbac"), by = nss_line_stops(&l, at, NSS_UNAVAIL);
		yes = at < l.n && by < at;
		if (yes)
			snprintf(name, size, "%s", l.v[by].name);
	}
	nss_line_free(&l);
	return yes;
}

static void say(struct findings *out, const char *id, struct finding_list *who, const char *what,
		const char *why)
{
	struct finding *f = findings_add(out, id, true);

	f->subjects = *who;
	*who = (struct finding_list){ 0 };
	finding_text(out, &f->what, "%s: %s%s", what, f->subjects.n ? f->subjects.v[0] : "",
		     f->subjects.n > 1 ? ", ..." : "");
	finding_text(out, &f->why, "%s", why);
	char source[100];
	if (strcmp(id, "nss.groups-surplus") != 0 && is_kept_back(source, sizeof source))
		finding_text(out, &f->mend,
			     "remove the action in [ ] behind %s: because of it, rbac is not asked "
			     "if %s does not answer",
			     source, source);
	else
		finding_text(out, &f->mend, "%s; also empty caches of groups (nscd)",
			     COMMAND("rbacctl publish"));
}

/* A mount on which the kernel sends uid and gids: sec=sys, also where nothing is said. */
static bool on_mount(void *ctx, const struct mounted *m)
{
	struct asking *x = ctx;
	bool nfs = strcmp(m->type, "nfs") == 0 || strcmp(m->type, "nfs4") == 0;

	if (nfs && (!strstr(m->options, "sec=") || strstr(m->options, "sec=sys")))
		snprintf(x->nfs, sizeof x->nfs, "%s", m->point);
	return !*x->nfs;
}

static void nfs(struct asking *x)
{
	struct findings *out = x->d->look.out;

	if (!x->cut.n)
		return;
	struct finding *f = findings_add(out, "system.nfs-groups", false);
	f->subjects = x->cut;
	x->cut = (struct finding_list){ 0 };
	finding_at(out, f, x->nfs, 0);
	finding_text(out, &f->found, "more than %d groups", NFS_GROUPS);
	finding_text(out, &f->what, "%s%s has more groups than NFS sends (%d)", f->subjects.v[0],
		     f->subjects.n > 1 ? " and others" : "", NFS_GROUPS);
	finding_text(out, &f->why,
		     "NFS leaves out the highest gids, and the gids of roles are high");
	finding_text(out, &f->mend,
		     "manage-gids=y in nfs.conf of the server, which then needs rbac too; or "
		     "sec=krb5");
}

static void by_name(struct asking *x)
{
	struct findings *out = x->d->look.out;
	struct finding_list missing = { 0 };

	for (size_t i = 0; i < x->groups.n && i < GROUPS_MAX; i++) {
		const struct group *g = getgrnam(x->groups.v[i].name);
		if (!g || g->gr_gid != x->groups.v[i].gid)
			finding_append(out, &missing, "%s", x->groups.v[i].name);
	}
	if (x->groups.n > GROUPS_MAX)
		finding_append(out, &out->skipped, "nss:getgrnam: groups beyond the first %d",
			       GROUPS_MAX);
	if (missing.n && !is_explained(out))
		say(out, "nss.groups-unseen", &missing,
		    "the C library does not know groups of roles by their names",
		    "sudoers, sshd and file modes do not see them");
	for (size_t i = 0; i < missing.n; i++)
		free(missing.v[i]);
	free(missing.v);
}

int doctor_groups(const struct doctor *d)
{
	struct asking x = { .d = d };
	struct problems problems = { 0 };
	struct findings *out = d->look.out;

	/* The modules read one view, whatever --store says. */
	if (strcmp(d->a->view, RBAC_VIEW_PATH) != 0) {
		finding_append(out, &out->skipped, "nss:groups: the module reads %s, not %s",
			       RBAC_VIEW_PATH, d->a->view);
		return RBAC_OK;
	}
	mounts_each(on_mount, &x);
	int err = role_groups_make(d->snap->p, &x.groups, &problems);
	if (!err)
		err = snapshot_users(d->snap, on_user, &x);
	if (!err) {
		finding_append(out, &out->checked, "nss:getgrouplist");
		by_name(&x);
	}
	if (!err && x.missing.n && !is_explained(out))
		say(out, "nss.groups-missing", &x.missing,
		    "the C library does not give users the groups of their roles",
		    "rights that a role gives through its group are missing");
	if (!err && x.surplus.n && !is_explained(out))
		say(out, "nss.groups-surplus", &x.surplus,
		    "the C library gives users groups of roles that they do not hold",
		    "revoked roles still give rights");
	nfs(&x);
	if (x.more)
		finding_append(out, &out->skipped, "nss:getgrouplist: users beyond the first %d",
			       USERS_MAX);
	for (size_t i = 0; i < x.missing.n; i++)
		free(x.missing.v[i]);
	for (size_t i = 0; i < x.surplus.n; i++)
		free(x.surplus.v[i]);
	free(x.missing.v);
	free(x.surplus.v);
	role_groups_free(&x.groups);
	problems_free(&problems);
	return err == RBAC_NOMEM ? err : RBAC_OK;
}
