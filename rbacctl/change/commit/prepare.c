/* The view that a change gives, made before the commit and installed after it. */
#include "rbacctl/change/commit/commit.h"

#include "rbacctl/change/commit/left_out.h"
#include "rbacctl/complain.h"
#include "rbacctl/host/people/group_clashes.h"
#include "rbacctl/host/time/zone.h"
#include "rbacctl/print_problems.h"
#include "rbacctl/view/gather.h"
#include "rbacctl/view/publish.h"
#include "rbacctl/view/update.h"

bool change_is_small(struct change *c)
{
	size_t users;
	size_t enough = c->a->update_users ? c->a->update_users : UPDATE_USERS;
	return !c->t.touched.all && store_count(&c->t, T_USER, &users) == RBAC_OK &&
	       users >= enough;
}

void change_note_clash(void *ctx, int role, const struct group_clash *clash)
{
	struct change *c = ctx;
	c->clash |= role >= 0;
	buf_printf(&c->others, "rbacctl: warning: %s\n", clash->text);
}

/* No revoke waits for tzdata: change_keep_zone(), and it is said each time. */
static int keep_zone(struct change *c, struct facts *f)
{
	struct rbac_view old;
	if (host_zone_exists(c->p->zone))
		return RBAC_OK;
	bool there = rbac_view_open(c->a->view, RBAC_TRUST_SELF, &old) == RBAC_OK,
	     kept = there && old.meta.n_zone;
	int err = change_keep_zone(c->p, there ? &old : NULL, f);
	complain("this host has no time zone \"%s\" (/usr/share/zoneinfo): "
		 "hours are judged by %s until it has",
		 c->p->zone ? c->p->zone : "/etc/localtime",
		 kept ? "the offsets of the view in force" : "UTC");
	if (there)
		rbac_view_release(&old);
	return err;
}

int change_prepare(struct change *c, struct publication *pub, bool small)
{
	struct problems problems = { 0 };
	struct role_groups groups = { 0 };
	struct facts facts = { 0 };
	int err = publish_begin(pub, c->a->state);
	if (err)
		return change_fail(c, err, "%s", pub->why);
	if (pub->folder_repaired)
		complain("%s: somebody else owned it or could write to it, or not everybody could "
			 "read it: it is root's now, mode 0755",
			 pub->dir);
	err = gather_facts(c->p, &c->t, c->a->now, &c->known, &facts);
	if (!err)
		err = left_out_make(&c->t, c->p, &facts, &groups, &problems, NULL);
	if (problems.errors)
		problems_print(&problems, stderr);
	if (!err)
		err = keep_zone(c, &facts);
	buf_reset(&c->others);
	c->clash = false;
	if (!err)
		err = group_clashes_local(c->p, &groups, &facts, change_note_clash, c);
	struct compile job = { &c->t, c->p, &c->sources, &facts, &groups, c->a->now };
	if (!err) {
		err = publish_prepare(pub, &job, small);
		if (small && err == RBAC_NOTFOUND)
			err = publish_prepare(pub, &job, false);
		if (err)
			change_fail(c, err, "the view cannot be made: %s", pub->why);
	}
	facts_free(&facts);
	role_groups_free(&groups);
	problems_free(&problems);
	if (err)
		change_fail(c, err, "the view cannot be made: %s", rbac_error_text(err));
	return err;
}

int change_publish(struct change *c)
{
	struct publication pub;
	int err = change_prepare(c, &pub, false);
	if (!err) {
		err = publish_install(&pub);
		if (err)
			change_fail(c, err, "%s", pub.why);
	}
	c->published = !err;
	publish_discard(&pub);
	return err;
}
