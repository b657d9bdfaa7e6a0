/* Does what the tests say hold? expects.h. */
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rbacctl/access/expects.h"
#include "rbacctl/access/source.h"
#include "rbacctl/model/rules.h"

struct judging {
	const struct snapshot *snap;
	struct problems *problems;
	const struct expect *c;
	struct person person;
	int64_t at;
	struct buf is; /* what is so, in words */
};

static void fail(struct judging *j)
{
	problem_error(j->problems, j->c->pos, "expected: %s; but %s", j->c->text, buf_text(&j->is));
}

/* ---- services ---- */

static void say_denied(struct judging *j, const char *service, const struct rbac_verdict *v)
{
	static const char *const words[] = {
		[RBAC_WHY_SUSPENDED] = "suspended",
		[RBAC_WHY_NO_SERVICE] = "no login rule names the service",
		[RBAC_WHY_OUTSIDE] = "a rule matches the user, but not its hours or remote host",
		[RBAC_WHY_UID] = "another uid than the recorded one",
		[RBAC_WHY_SECOND] = "a second name of another user",
		[RBAC_WHY_UNKNOWN] = "never recorded, and no role of a Unix group applies",
		[RBAC_WHY_MISSING] = "nothing that a rule asks for",
	};
	size_t n = sizeof words / sizeof *words;
	const char *why = (size_t)v->why < n && words[v->why] ? words[v->why] : "denied";
	buf_printf(&j->is, "%s denies %s: %s", service, j->person.name, why);
	if (v->rule)
		buf_printf(&j->is, " (%.*s:%u)", (int)v->file.len, (const char *)v->file.p,
			   v->line);
}

static void say_allowed(struct judging *j, const char *service, const struct rbac_verdict *v)
{
	buf_printf(&j->is, "%s lets %s in", service, j->person.name);
	if (v->rule)
		buf_printf(&j->is, " by rule %u (%.*s:%u)", v->rule, (int)v->file.len,
			   (const char *)v->file.p, v->line);
	else
		buf_printf(&j->is, ", since the user is exempt (rbac.conf)");
}

/* pam_rbac always allows root. */
static bool is_root(const struct judging *j)
{
	return j->person.state == PERSON_KNOWN && j->person.uid == 0;
}

static int decide(struct judging *j, const char *service, struct rbac_verdict *v)
{
	if (is_root(j)) {
		*v = (struct rbac_verdict){ .allow = true };
		return RBAC_OK;
	}
	return snapshot_decide(j->snap, j->person.name, service, j->c->from, j->at, v);
}

static int judge_service(struct judging *j)
{
	struct rbac_verdict v;
	int err = decide(j, j->c->what, &v);
	if (err || v.allow == (j->c->kind == EXPECT_MAY))
		return err;
	if (v.allow)
		say_allowed(j, j->c->what, &v);
	else
		say_denied(j, j->c->what, &v);
	fail(j);
	return RBAC_OK;
}

/* Never: not now, not at another hour, from elsewhere, or in a window that is still to come. */
static int judge_never(struct judging *j, const char *service, bool *fine)
{
	struct rbac_verdict v;
	int err = decide(j, service, &v);
	if (err)
		return err;
	bool later = v.window_closed && v.grant.window.until > j->at;
	if (!v.allow && v.why != RBAC_WHY_OUTSIDE && !later)
		return RBAC_OK;
	*fine = false;
	if (v.allow)
		say_allowed(j, service, &v);
	else
		buf_printf(&j->is, "%s lets %s in at another time or from elsewhere, by %.*s:%u",
			   service, j->person.name, (int)v.file.len, (const char *)v.file.p,
			   v.line);
	fail(j);
	return RBAC_OK;
}

static int judge_nevers(struct judging *j)
{
	const struct policy *p = j->snap->p;
	bool fine = true;
	int err = RBAC_OK;
	if (j->c->what)
		return judge_never(j, j->c->what, &fine);
	for (size_t i = 0; i < p->n_services && !err && fine; i++)
		err = judge_never(j, p->services[i].name, &fine);
	return err;
}

/* ---- keys ---- */

static int judge_key(struct judging *j, int key, const char *scope)
{
	const struct policy *p = j->snap->p;
	struct source s = snapshot_source(j->snap);
	struct holdings h = { 0 };
	int err = source_effective(&s, j->person.name, &h);
	const struct held *e = err ? NULL : holdings_key_at(p, &h, key, scope, j->at);
	if (!err && (e != NULL) != (j->c->kind == EXPECT_MAY)) {
		if (e)
			buf_printf(&j->is, "%s has ", j->person.name);
		if (e)
			held_path_text(p, e, key, -1, &j->is);
		else
			buf_printf(&j->is, "%s does not have it at %s%s", j->person.name, scope,
				   h.suspended ? ", and is suspended" : "");
		fail(j);
	}
	holdings_free(&h);
	return err;
}

/* ---- a line ---- */

static bool is_here(const struct policy *p, const char *scope)
{
	bool here = p->host_any;
	for (size_t i = 0; i < p->hosts.n; i++)
		here |= strcmp(p->hosts.v[i], scope) == 0;
	return here;
}

/* Nobody can log in by a service that no rule names: a `may not` holds then, unless the name looks
 * misspelt. */
static void unknown_word(struct judging *j)
{
	const struct policy *p = j->snap->p;
	const char *near = policy_key_nearest(p, j->c->what);
	const char **names = calloc(p->n_services + 1, sizeof *names);
	for (size_t i = 0; names && i < p->n_services; i++)
		names[i] = p->services[i].name;
	if (names && !near)
		near = problem_nearest(j->c->what, names, p->n_services);
	free(names);
	if (j->c->kind != EXPECT_MAY && !near)
		return;
	problem_error(j->problems, j->c->pos,
		      "expected: %s; but no login rule names the service \"%s\", and the policy "
		      "has no such key%s%s%s",
		      j->c->text, j->c->what, near ? "; did you mean \"" : "", near ? near : "",
		      near ? "\"?" : "");
}

static int judge(struct judging *j, size_t *elsewhere)
{
	const struct policy *p = j->snap->p;
	const struct expect *c = j->c;
	const char *scope = c->scope ? c->scope : p->hosts.n == 1 ? p->hosts.v[0] : NULL;
	bool service = !c->what || policy_service_find(p, c->what);
	int key = service ? -1 : policy_key_find(p, c->what);
	if (!service && (key < 0 || c->kind == EXPECT_NEVER)) {
		unknown_word(j);
		return RBAC_OK;
	}
	if (c->scope && policy_scope_kind(p, c->scope) < 0) {
		problem_error(j->problems, c->pos,
			      "%s: expected a scope of this policy, KIND:NAME/NAME", c->scope);
		return RBAC_OK;
	}
	if (service && c->scope && !is_here(p, c->scope)) {
		++*elsewhere;
		return RBAC_OK;
	}
	if (c->kind == EXPECT_NEVER)
		return judge_nevers(j);
	if (service)
		return judge_service(j);
	if (scope)
		return judge_key(j, key, scope);
	problem_error(j->problems, c->pos,
		      "%s: at SCOPE is missing: this host is not exactly one scope", c->text);
	return RBAC_OK;
}

int expects_judge(const struct snapshot *snap, const struct expects *c, int64_t now,
		  struct problems *problems, size_t *elsewhere)
{
	struct judging j = { .snap = snap, .problems = problems };
	int err = RBAC_OK;
	*elsewhere = 0;
	for (size_t i = 0; i < c->n && !err; i++) {
		j.c = &c->v[i];
		j.at = j.c->dated ? j.c->at : now;
		buf_reset(&j.is);
		if (person_find(j.c->user, &j.person) == RBAC_OK)
			err = judge(&j, elsewhere);
		else
			problem_error(problems, j.c->pos, "%s: expected the name of a user",
				      j.c->user);
		err = j.is.failed ? RBAC_NOMEM : err;
	}
	buf_free(&j.is);
	return err;
}
