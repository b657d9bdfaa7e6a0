/* Extra Unix groups that a role brings on this host, and that may be worth root. */
#include "rbacctl/change/rules/who_may.h"

#include "rbacctl/change/rules/permission.h"
#include "rbacctl/command.h"

/* Who may give ROLE at SCOPE by BYS and holds what it takes; without BYS those who hold it are
 * pointed at. */
static void who_may_give(struct change *c, int role, const char *scope,
			 const struct policy_bys *bys, const char *needed, struct buf *out)
{
	struct who_scopes one = { (char *[]){ (char *)scope }, 1, 1 };
	struct source s = change_source(c);
	if (bys)
		change_who_may_later(c, &(struct who_question){ &s, bys, &one, role, c->a->now },
				     false, out);
	else
		buf_printf(out, "those who hold it (%s); root with --as root",
			   COMMAND("rbacctl who %s --scope %s", needed, scope));
}

int change_check_extras(struct change *c, int role, const char *scope, const struct policy_bys *bys)
{
	const struct policy *p = c->p;
	struct rules_actor actor = change_actor(c);
	const struct policy_extra *x = rules_extra_lacking(p, role, scope, &actor);
	struct buf may = { 0 };
	if (!x)
		return RBAC_OK;
	who_may_give(c, role, scope, bys, p->roles[x->role].name, &may);
	int err = change_fail(
		c, RBAC_REFUSED,
		"refused: %s brings the Unix group %s on this host, which may be worth root\n"
		"  rule  %s:%u: the person who gives it must hold %s at %s; %s does not\n"
		"  may   %s",
		p->roles[role].name, x->unix_groups.v[0], x->pos.file, x->pos.line,
		p->roles[x->role].name, scope, c->a->actor.name, buf_text(&may));
	buf_free(&may);
	return err;
}

void change_note_extras(struct change *c, int role)
{
	for (size_t i = 0; i < c->p->n_extras; i++)
		for (size_t j = 0; policy_role_counts(c->p, role, c->p->extras[i].role) &&
				   j < c->p->extras[i].unix_groups.n;
		     j++)
			buf_printf(&c->notes,
				   "%s brings the Unix group %s on this host, "
				   "which may be worth root\n",
				   c->p->roles[role].name, c->p->extras[i].unix_groups.v[j]);
}
