#include "rbacctl/config/role_conf.h"

#include <string.h>

#include "rbacctl/command.h"
#include "rbacctl/config/setting.h"

bool role_conf_is_name(const char *name)
{
	return load_is_setting_name(name, strlen(name)) && !load_is_reserved(name);
}

/* ---- values, as libconfig reads them ---- */

static void quoted(struct buf *out, const char *text)
{
	buf_printf(out, "\"");
	for (; *text; text++)
		buf_printf(out, "%s%c", *text == '"' || *text == '\\' ? "\\" : "", *text);
	buf_printf(out, "\"");
}

static void by(const struct policy *p, const struct policy_by *b, struct buf *out)
{
	switch (b->what) {
	case BY_OWNER:
		buf_printf(out, "\"owner\"");
		break;
	case BY_OWNER_OF:
		buf_printf(out, "\"owner:%s\"", p->kinds[b->ref].name);
		break;
	case BY_ROLE:
		buf_printf(out, "\"%s\"", p->roles[b->ref].name);
		break;
	case BY_KEY:
		buf_printf(out, "\"key:%s\"", p->keys[b->ref].name);
		break;
	case BY_ANYONE:
		buf_printf(out, "\"anyone\"");
		break;
	}
}

#define SETTING "    %s = "

static void bys(const struct policy *p, const char *name, const struct policy_bys *list,
		struct buf *out)
{
	if (!list->given)
		return;
	buf_printf(out, SETTING "[", name);
	for (size_t i = 0; i < list->n; i++) {
		buf_printf(out, "%s", i ? ", " : " ");
		by(p, &list->v[i], out);
	}
	buf_printf(out, " ];\n");
}

static void text(const char *name, const char *value, struct buf *out)
{
	if (!value)
		return;
	buf_printf(out, SETTING, name);
	quoted(out, value);
	buf_printf(out, ";\n");
}

static void list(const char *name, const struct policy_ints *items,
		 const char *(*item)(const struct policy *p, int i), const struct policy *p,
		 struct buf *out)
{
	if (items->n == 0)
		return;
	buf_printf(out, SETTING "[", name);
	for (size_t i = 0; i < items->n; i++)
		buf_printf(out, "%s\"%s\"", i ? ", " : " ", item(p, items->v[i]));
	buf_printf(out, " ];\n");
}

static const char *keychain(const struct policy *p, int i)
{
	return p->keychains[i].name;
}

static const char *included(const struct policy *p, int i)
{
	return p->roles[i].name;
}

/* ---- a role ---- */

static void limits(const struct policy_role *r, struct buf *out)
{
	if (r->max_is == POLICY_MAX_NUMBER)
		buf_printf(out, SETTING "%u;\n", "max", r->max);
	else if (r->max_is == POLICY_MAX_PLAN)
		buf_printf(out, SETTING "\"plan:%s\";\n", "max", r->max_plan);
	text("max_for", r->max_for_text, out);
	/* END_REQUIRED follows from max_for too. */
	text("end", r->end_required && !r->max_for ? "required" : NULL, out);
	text("reason", r->reason_required ? "required" : NULL, out);
}

static void requests(const struct policy *p, const struct policy_role *r, struct buf *out)
{
	bys(p, "request_by", &r->request_by, out);
	bys(p, "approve_by", &r->approve_by, out);
	if (r->approvals != 1)
		buf_printf(out, SETTING "%u;\n", "approvals", r->approvals);
	text("approval", r->approval_required ? "required" : NULL, out);
	text("pending_for", r->request_by.n ? r->pending_for_text : NULL, out);
}

static void settings(const struct policy *p, const struct policy_role *r, struct buf *out)
{
	text("kind", p->kinds[r->kind].name, out);
	text("title", strcmp(r->title, r->name) != 0 ? r->title : NULL, out);
	text("purpose", *r->purpose ? r->purpose : NULL, out);
	list("keychains", &r->keychains, keychain, p, out);
	list("includes", &r->includes, included, p, out);
	bys(p, "assign_by", &r->assign_by, out);
	bys(p, "remove_by", &r->remove_by, out);
	requests(p, r, out);
	if (!r->cascade)
		buf_printf(out, SETTING "false;\n", "cascade");
	text("review_every", r->review_every_text, out);
	bys(p, "review_by", &r->review_by, out);
	text("unreviewed", r->unreviewed_ends ? "end" : NULL, out);
	text("review_grace", r->review_every ? r->review_grace_text : NULL, out);
	if (r->local)
		buf_printf(out, SETTING "true;\n", "local");
	text("max_stale", r->max_stale_text, out);
	if (r->end_sessions)
		buf_printf(out, SETTING "true;\n", "end_sessions");
	limits(r, out);
}

/* ---- what is not copied ---- */

static void left_out(const struct policy_role *r, struct buf *out)
{
	if (r->gid)
		buf_printf(out, "# Not copied: gid = %u: a number is of one group alone.\n",
			   r->gid);
	if (r->min)
		buf_printf(out, "# Not copied: min = %u: nobody holds the copy yet.\n", r->min);
	if (r->bootstrap)
		buf_printf(out, "# Not copied: bootstrap = true: init would give the copy too.\n");
}

static void place(struct policy_pos pos, const char *what, const char *name, struct buf *out)
{
	buf_printf(out, "#   %s:%u  %s%s%s\n", pos.file, pos.line, what, *name ? " " : "", name);
}

static bool has(const struct policy_ints *list, int role)
{
	for (size_t i = 0; i < list->n; i++)
		if (list->v[i] == role)
			return true;
	return false;
}

static bool names(const struct policy_bys *list, int role)
{
	for (size_t i = 0; list->given && i < list->n; i++)
		if (list->v[i].what == BY_ROLE && list->v[i].ref == role)
			return true;
	return false;
}

static void places_in_kinds(const struct policy *p, int role, struct buf *out)
{
	for (size_t i = 0; i < p->n_kinds; i++) {
		const struct policy_kind *k = &p->kinds[i];
		if (names(&k->create_by, role) || names(&k->delete_by, role) ||
		    names(&k->transfer_by, role) || names(&k->plan_by, role) ||
		    k->owner_role == role)
			place(k->pos, "kind", k->name, out);
	}
	if (names(&p->add_by, role) || names(&p->suspend_by, role) || names(&p->forget_by, role))
		place(p->add_by.pos.file       ? p->add_by.pos
		      : p->suspend_by.pos.file ? p->suspend_by.pos
					       : p->forget_by.pos,
		      "users", "", out);
}

static void places(const struct policy *p, int role, struct buf *out)
{
	for (size_t i = 0; i < p->n_logins; i++)
		if (has(&p->logins[i].roles, role))
			place(p->logins[i].pos, "login rule", "", out);
	for (size_t i = 0; i < p->n_extras; i++)
		if (p->extras[i].role == role)
			place(p->extras[i].pos, "groups.extra", "", out);
	places_in_kinds(p, role, out);
	for (size_t i = 0; i < p->n_roles; i++) {
		const struct policy_role *r = &p->roles[i];
		if (has(&r->includes, role) ||
		    ((int)i != role && (names(&r->assign_by, role) || names(&r->remove_by, role) ||
					names(&r->request_by, role) ||
					names(&r->approve_by, role) || names(&r->review_by, role))))
			place(r->pos, "role", r->name, out);
	}
	for (size_t i = 0; i < p->n_exclusives; i++)
		if (has(&p->exclusives[i].roles, role))
			place(p->exclusives[i].pos, "exclusive", p->exclusives[i].name, out);
}

void role_conf_write(const struct policy *p, int role, const char *new, struct buf *out)
{
	const struct policy_role *r = &p->roles[role];
	struct buf others = { 0 };

	buf_printf(out,
		   "# A copy of role %s (%s:%u), to be changed. Save it as a file of policy.d, "
		   "then: %s\n",
		   r->name, r->pos.file, r->pos.line, COMMAND("rbacctl check"));
	left_out(r, out);
	places(p, role, &others);
	if (others.len)
		buf_printf(out, "# These name %s, and not the copy:\n%s", r->name,
			   buf_text(&others));
	buf_printf(out, "version = 1;\nroles = {\n  %s = {\n", new);
	settings(p, r, out);
	buf_printf(out, "  };\n};\n");
	out->failed |= others.failed;
	buf_free(&others);
}
