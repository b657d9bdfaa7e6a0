/* The guard against lock-outs: after a change, somebody can still log in and administer, the person
 * who types it can log in again, and each service with pam_rbac has a rule. */
#include "rbacctl/access/lockout.h"
#include "rbacctl/change/commit/commit.h"
#include "rbacctl/command.h"
#include "rbacctl/host/sessions/sessions.h"

#include <stdio.h>

static int refuse(struct change *c, const struct buf *why)
{
	if (c->a->force) {
		buf_printf(&c->notes, "done because of --force:\n%s", buf_text(why));
		return RBAC_OK;
	}
	if (c->a->peer)
		return change_fail(c, RBAC_REFUSED,
				   "refused: this would lock the administrators out\n%s"
				   "  if that is meant, root can do it, with --force",
				   buf_text(why));
	/* A command that only tries an apply is not the one to be typed. */
	return change_fail(c, RBAC_REFUSED,
			   "refused: this would lock the administrators out\n%s"
			   "  if that is meant: %s",
			   buf_text(why),
			   c->a->tries_apply ? COMMAND("rbacctl apply --force")
					     : COMMAND_WITH("--force", NULL));
}

/* Does a login rule of P ask where somebody comes from? */
static bool asks_from(const struct policy *p)
{
	for (size_t i = 0; i < p->n_logins; i++)
		if (p->logins[i].conditions[RBAC_CONDITION_FROM].texts.n)
			return true;
	return false;
}

/*
 * The remote host of the session in which the command was typed, by logind or utmp, into OUT; NULL:
 * it has none, or nobody knows. SSH_CONNECTION is not asked: who types sets it. Who comes by the
 * socket has a session that this process is not in.
 */
static const char *typed_from(const struct change *c, char out[257])
{
	uint32_t uid = c->a->actor.uid;
	struct sessions s = { 0 };
	const char *from = NULL;
	if (uid && !c->a->peer && c->p && asks_from(c->p) &&
	    sessions_find(&sessions_here, &(struct session_owners){ .uids = &uid, .n_uids = 1 },
			  &s) == RBAC_OK)
		for (size_t i = 0; i < s.n; i++)
			if (s.v[i].own && s.v[i].from[0]) {
				snprintf(out, 257, "%s", s.v[i].from);
				from = out;
			}
	sessions_free(&s);
	return from;
}

int change_guard(struct change *c)
{
	const struct effects *e = c->effects;
	struct buf why = { 0 };
	char me[RBAC_USER_MAX + 1], from[257];
	if (!e || !e->comparable)
		return RBAC_OK;
	const struct lockout_question q = { .before = &e->before,
					    .after = &e->after,
					    .pam = &pam_here,
					    .now = c->a->now,
					    .me = change_who_types(c, me),
					    .from = typed_from(c, from),
					    .all = e->all,
					    .subjects = (const char *const *)e->subjects,
					    .n_subjects = e->n };
	int err = lockout_judge(&q, &why);
	if (err)
		change_fail(c, err,
			    "cannot find out whether this would lock the administrators out: %s",
			    rbac_error_text(err));
	if (!err && why.failed)
		err = change_fail(c, RBAC_NOMEM, "out of memory");
	if (!err && why.len)
		err = refuse(c, &why);
	buf_free(&why);
	return err;
}
