/* role show, role clone */
#include <stdio.h>
#include <string.h>

#include "rbacctl/access/requestable.h"
#include "rbacctl/cmd/cmd.h"
#include "rbacctl/cmd/role.h"
#include "rbacctl/command.h"
#include "rbacctl/config/role_conf.h"
#include "rbacctl/model/fields.h"
#include "rbacctl/model/holdings.h"
#include "rbacctl/plain_text.h"

enum { HOLDERS_SHOWN = 20 };

/* ---- show: what the policy says ---- */

#define LABEL "  %-14s"

static void say_settings(const struct role_facts *f)
{
	for (const struct field *s = field_next(NULL); s; s = field_next(s)) {
		struct buf text = { 0 }, shown = { 0 };
		if (s->of != GRAMMAR_ROLE)
			continue;
		field_line(s, f->snap->p, (size_t)f->role, &text);
		plain_text_escape(&shown, buf_text(&text));
		printf(LABEL "%s\n", field_name(s), shown.len ? buf_text(&shown) : "none");
		buf_free(&text);
		buf_free(&shown);
	}
}

static void say_keys(const struct role_facts *f)
{
	const struct policy *p = f->snap->p;
	const struct policy_set *keys = &p->roles[f->role].keys;
	const char *label = "keys";

	for (int k = policy_set_next(keys, -1); k >= 0; k = policy_set_next(keys, k)) {
		struct buf path = { 0 };
		role_key_path_text(p, f->role, k, &path);
		printf(LABEL "%s\n", label, buf_text(&path) + strlen("key "));
		label = "";
		buf_free(&path);
	}
	if (*label)
		printf(LABEL "none\n", label);
}

/* The roles of which INCLUDES(role, other), or the other way round. */
static void say_roles(const struct role_facts *f, const char *label, bool upwards)
{
	const struct policy *p = f->snap->p;
	size_t n = 0;

	for (size_t r = 0; r < p->n_roles; r++) {
		if (!(upwards ? role_includes(p, (int)r, f->role)
			      : role_includes(p, f->role, (int)r)))
			continue;
		if (n++ == 0)
			printf(LABEL, label);
		printf("%s%s", n > 1 ? " " : "", p->roles[r].name);
	}
	if (n)
		putchar('\n');
}

static void say_exclusive(const struct role_facts *f)
{
	const struct policy *p = f->snap->p;
	const struct policy_role *r = &p->roles[f->role];

	for (size_t i = 0; i < r->n_members; i++) {
		const struct policy_exclusive *x = &p->exclusives[r->members[i].set];
		printf(LABEL "%s: at most %u of", "exclusive", x->name, x->at_most);
		for (size_t k = 0; k < x->roles.n; k++)
			printf(" %s", p->roles[x->roles.v[k]].name);
		putchar('\n');
	}
}

/* ---- show: what it is here ---- */

static void say_groups(const struct role_facts *f)
{
	const struct policy *p = f->snap->p;

	for (size_t i = 0; i < f->n_groups; i++)
		printf(LABEL "%s, gid %u\n", "group here", f->groups[i].name, f->groups[i].gid);
	if (f->n_groups == 0)
		printf(LABEL "none\n", "group here");
	for (size_t x = 0; x < p->n_extras; x++)
		if (policy_role_counts(p, f->role, p->extras[x].role))
			for (size_t g = 0; g < p->extras[x].unix_groups.n; g++)
				printf(LABEL "%s (%s:%u)\n", "brings",
				       p->extras[x].unix_groups.v[g], p->extras[x].pos.file,
				       p->extras[x].pos.line);
}

static void say_services(const struct role_facts *f)
{
	const struct policy *p = f->snap->p;
	size_t n = 0;

	printf(LABEL, "services here");
	for (size_t i = 0; i < p->n_services; i++) {
		const struct policy_login *rule = role_rule(p, &p->services[i], f->role);
		if (rule)
			printf("%s%s (%s:%u)", n++ ? ", " : "", p->services[i].name, rule->pos.file,
			       rule->pos.line);
	}
	printf("%s\n", n ? "" : "none");
}

static void say_who(const struct role_facts *f)
{
	const struct policy_role *r = &f->snap->p->roles[f->role];

	if (!*f->scope)
		printf(LABEL "it depends on the scope: %s\n", "who may",
		       COMMAND("rbacctl role show %s --scope SCOPE", r->name));
	else
		printf(LABEL "at %s:\n", "who may", f->scope);
	for (int act = 0; act < ROLE_ACTS && *f->scope; act++) {
		struct buf may = { 0 };
		char label[40];
		if (act == ROLE_REQUEST && r->request_by.n == 0)
			printf(LABEL "nobody\n", "  request");
		if (act == ROLE_REVIEW ? !r->review_every
				       : r->request_by.n == 0 && act >= ROLE_REQUEST)
			continue;
		snprintf(label, sizeof label, "  %s", role_act_name(act));
		who_text(&f->who[act], false, &may);
		printf(LABEL "%s\n", label, buf_text(&may));
		buf_free(&may);
	}
}

/* How to ask for it, or how it is given. */
static void say_how(const struct role_facts *f)
{
	const struct policy_role *r = &f->snap->p->roles[f->role];
	const char *scope = *f->scope ? f->scope : "SCOPE";
	struct buf how = { 0 };

	if (r->request_by.n) {
		requestable_how(r, &how);
		printf(LABEL "%s%s        (%s)\n", "to ask",
		       f->member ? INVOCATION_ON_AUTHORITY : "",
		       COMMAND_AT(!f->member, "rbacctl request %s --scope %s --for %s --reason WHY",
				  r->name, scope, requestable_length(r)),
		       buf_text(&how));
	}
	buf_free(&how);
}

static void say_holders(const struct role_facts *f)
{
	char begins[128], ends[128];

	for (size_t i = 0; i < f->n_holders && i < HOLDERS_SHOWN; i++) {
		const struct role_holder *h = &f->holders[i];
		cmd_end(h->window.from, f->now, false, begins, sizeof begins);
		cmd_end(h->window.until, f->now, false, ends, sizeof ends);
		printf(LABEL "%s at %s%s%s%s%s%s%s\n", i ? "" : "held by", h->subject, h->scope,
		       h->owner ? ", as its owner" : "", h->suspended ? ", suspended" : "",
		       h->window.from > f->now ? ", from " : "",
		       h->window.from > f->now ? begins : "",
		       h->window.until != RBAC_TIME_MAX ? ", until " : "",
		       h->window.until != RBAC_TIME_MAX ? ends : "");
	}
	if (f->n_holders > HOLDERS_SHOWN)
		printf(LABEL "and %zu more: %s\n", "", f->n_holders - HOLDERS_SHOWN,
		       COMMAND("rbacctl role show %s --json", f->snap->p->roles[f->role].name));
	if (f->n_holders == 0)
		printf(LABEL "nobody\n", "held by");
}

static void say(const struct role_facts *f)
{
	const struct policy_role *r = &f->snap->p->roles[f->role];

	printf("role %s, %s:%u\n", r->name, r->pos.file, r->pos.line);
	say_settings(f);
	say_keys(f);
	say_roles(f, "counts as", false);
	say_roles(f, "included by", true);
	say_exclusive(f);
	say_groups(f);
	say_services(f);
	say_who(f);
	say_how(f);
	say_holders(f);
}

/* The scope at which it is judged who may: --scope, else the one that is meant; "" where there is
 * none or several. */
static int find_scope(const struct snapshot *snap, const struct args *args, int role, char *out)
{
	struct buf why = { 0 };
	const char *scope;

	*out = 0;
	if (args->value[OPT_SCOPE]) {
		int status = cmd_scope(snap, args, role, out, &scope);
		if (!status && policy_scope_kind(snap->p, scope) != snap->p->roles[role].kind) {
			complain("%s is assigned at scopes of kind %s, and %s is of another kind",
				 snap->p->roles[role].name,
				 snap->p->kinds[snap->p->roles[role].kind].name, scope);
			status = EXIT_USAGE;
		}
		if (!status)
			strcpy(out, scope);
		return status;
	}
	int err = snapshot_which_scope(snap, role, out, &why);
	buf_free(&why);
	if (err)
		*out = 0;
	return err && err != RBAC_INVALID ? exit_of(err) : EXIT_DONE;
}

int cmd_role_show(struct invocation *a, const struct args *args)
{
	struct snapshot snap;
	struct role_facts f = { 0 };
	char scope[RBAC_SCOPE_MAX + 1];
	int role = -1;
	int err = snapshot_open(&snap, a->view);
	int status = err ? exit_of(err) : cmd_find_role(&snap, args->v[0], &role);

	if (!status)
		status = find_scope(&snap, args, role, scope);
	if (!status) {
		err = role_facts_gather(&snap, role, scope, a->now, &f);
		f.member = a->member;
		if (!err && a->json)
			err = role_json(&f);
		else if (!err)
			say(&f);
		if (err)
			complain("%s", rbac_error_text(err));
		status = exit_of(err);
		role_facts_free(&f);
	}
	snapshot_close(&snap);
	return cmd_done(status);
}

/* ---- clone ---- */

int cmd_role_clone(struct invocation *a, const struct args *args)
{
	struct snapshot snap;
	struct buf out = { 0 };
	const char *new = args->v[1];
	int role = -1;
	int err = snapshot_open(&snap, a->view);
	int status = err ? exit_of(err) : cmd_find_role(&snap, args->v[0], &role);

	if (!status && !role_conf_is_name(new)) {
		complain("role clone: \"%s\" cannot be the name of a role: expected a letter, then "
			 "letters, digits, - and _, and not owner, anyone or root",
			 new);
		status = EXIT_USAGE;
	}
	if (!status && policy_role_find(snap.p, new) >= 0) {
		complain("role clone: there is a role %s already (%s)", new,
			 COMMAND("rbacctl role show %s", new));
		status = EXIT_USAGE;
	}
	if (!status) {
		role_conf_write(snap.p, role, new, &out);
		status = out.failed ? EXIT_TROUBLE : EXIT_DONE;
		cmd_print(&out);
	}
	snapshot_close(&snap);
	return cmd_done(status);
}
