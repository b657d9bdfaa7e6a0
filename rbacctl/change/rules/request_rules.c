/* Who may decide about a request, and whether it is still what was asked for. */
#include "rbacctl/change/rules/request_rules.h"

#include <pwd.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rbacctl/command.h"
#include "rbacctl/host/people/actor.h"

/* ---- lists of words ---- */

bool request_has(const char *list, const char *name)
{
	size_t len = strlen(name);

	for (const char *p = list; *p; p += strcspn(p, " ") + 1)
		if (strncmp(p, name, len) == 0 && p[len] == ' ')
			return true;
	return false;
}

unsigned request_count(const char *list)
{
	unsigned n = 0;

	for (; *list; list++)
		n += *list == ' ';
	return n;
}

void request_gained(const char *list, const char *other, char *out, size_t size)
{
	out[0] = 0;
	for (const char *p = list; *p && !out[0]; p += strcspn(p, " ") + 1) {
		snprintf(out, size, "%.*s", (int)strcspn(p, " "), p);
		if (request_has(other, out))
			out[0] = 0;
	}
}

/* A group of a directory may have blanks in its name: they become underscores here. */
static void put_group(struct buf *out, const char *group)
{
	buf_printf(out, "%%");
	for (; *group; group++)
		buf_put(out, *group == ' ' ? "_" : group, 1);
	buf_printf(out, " ");
}

void request_brings(const struct policy *p, int role, struct buf *out)
{
	for (size_t k = 0; k < p->n_keys; k++)
		if (policy_role_has_key(p, role, (int)k))
			buf_printf(out, "%s ", p->keys[k].name);
	for (size_t i = 0; i < p->n_extras; i++)
		for (size_t g = 0; policy_role_counts(p, role, p->extras[i].role) &&
				   g < p->extras[i].unix_groups.n;
		     g++)
			put_group(out, p->extras[i].unix_groups.v[g]);
}

/* ---- the state of a request ---- */

const char *change_request_word(enum request_is is)
{
	static const char *const words[] = {
		[REQUEST_IS_PENDING] = "pending", [REQUEST_IS_APPROVED] = "approved",
		[REQUEST_IS_DENIED] = "denied",   [REQUEST_IS_CANCELLED] = "cancelled",
		[REQUEST_IS_EXPIRED] = "expired", [REQUEST_IS_VOID] = "void",
	};

	return words[is];
}

static void say_gone(const struct policy *p, const char *role, struct buf *why)
{
	for (size_t i = 0; i < p->n_roles; i++)
		if (p->roles[i].renamed_from && strcmp(p->roles[i].renamed_from, role) == 0) {
			buf_printf(why, "the role %s is called %s now", role, p->roles[i].name);
			return;
		}
	buf_printf(why, "the role %s is gone", role);
}

enum request_is change_request_is(const struct change *c, const struct store_request *r,
				  struct buf *why)
{
	static const enum request_is decided[] = { [REQUEST_APPROVED] = REQUEST_IS_APPROVED,
						   [REQUEST_DENIED] = REQUEST_IS_DENIED,
						   [REQUEST_CANCELLED] = REQUEST_IS_CANCELLED,
						   [REQUEST_VOID] = REQUEST_IS_VOID };
	const struct policy *p = c->p;
	struct buf brings = { 0 };
	char gained[600] = "";

	if (r->state != REQUEST_PENDING)
		return decided[r->state];
	if (request_has_expired(c, r))
		return REQUEST_IS_EXPIRED;
	int role = policy_role_find(p, r->role);
	if (role >= 0)
		request_brings(p, role, &brings);
	request_gained(buf_text(&brings), r->brings, gained, sizeof gained);
	buf_free(&brings);
	if (role >= 0 && !gained[0])
		return REQUEST_IS_PENDING;
	if (why && role < 0)
		say_gone(p, r->role, why);
	else if (why)
		buf_printf(why, "%s gained %s %s", r->role, gained[0] == '%' ? "Unix group" : "key",
			   gained + (gained[0] == '%'));
	return REQUEST_IS_VOID;
}

/* ---- who ---- */

static int owner(void *ctx, const char *scope, char *out)
{
	return source_owner(ctx, scope, out);
}

int request_still_may(struct change *c, const char *user, const struct policy_bys *bys,
		      const char *scope)
{
	struct source s = change_source(c);
	struct holdings h;
	struct rules_answer answer;
	int err = source_effective(&s, user, &h);
	struct rules_actor actor = { user, strcmp(user, "root") == 0, &h, c->a->now };

	if (err)
		change_store_fail(c, err);
	else if (!rules_by(c->p, bys, &actor, scope, owner, &s, &answer))
		err = answer.err ? change_store_fail(c, answer.err) : RBAC_REFUSED;
	holdings_free(&h);
	return err;
}

int request_may_still_ask(struct change *c, const struct store_request *r,
			  const struct policy_role *role, struct buf *why)
{
	bool own = strcmp(r->asker, r->user) == 0;
	int err = request_still_may(c, r->asker, own ? &role->request_by : &role->assign_by,
				    r->scope);

	if (err == RBAC_REFUSED)
		buf_printf(why, "%s may not ask for %s at %s any more", r->asker, r->role,
			   r->scope);
	return err;
}

bool request_is_there(struct change *c, const char *name)
{
	struct store_user u;
	struct person p;

	if (strcmp(name, "root") == 0)
		return true;
	if (person_find(name, &p) != RBAC_OK || p.state != PERSON_KNOWN)
		return false;
	return store_user_get(&c->t, name, &u) != RBAC_OK || u.uid == RBAC_NO_UID || u.uid == p.uid;
}

int request_count_again(struct change *c, const struct store_request *r,
			const struct policy_role *role, struct buf *out, struct buf *notes)
{
	char name[RBAC_USER_MAX + 1];
	int err = RBAC_OK;

	for (const char *p = r->approved; *p && !err; p += strcspn(p, " ") + 1) {
		snprintf(name, sizeof name, "%.*s", (int)strcspn(p, " "), p);
		err = request_still_may(c, name, &role->approve_by, r->scope);
		if (!err && !request_is_there(c, name))
			buf_printf(notes,
				   "request %llu: the approval of %s does not count any more: "
				   "passwd does not have %s as recorded\n",
				   (unsigned long long)r->id, name, name);
		else if (!err)
			buf_printf(out, "%s ", name);
		else if (err == RBAC_REFUSED)
			buf_printf(notes,
				   "request %llu: the approval of %s does not count any more: %s "
				   "may not approve %s at %s now\n",
				   (unsigned long long)r->id, name, name, r->role, r->scope);
		err = err == RBAC_REFUSED ? RBAC_OK : err;
	}
	return err;
}

bool request_is_person(struct change *c, const char *name)
{
	struct store_user u;
	struct person p;

	if (strcmp(c->a->actor.name, name) == 0)
		return true;
	if (store_user_get(&c->t, name, &u) == RBAC_OK && u.uid != RBAC_NO_UID)
		return actor_is(&c->a->actor, u.uid);
	return person_find(name, &p) == RBAC_OK && p.state == PERSON_KNOWN &&
	       actor_is(&c->a->actor, p.uid);
}

void request_note_persons(const struct change *c, const char *name, struct buf *out)
{
	const struct actor *act = &c->a->actor;

	for (size_t i = 0; i < act->n_uids; i++)
		buf_printf(out, "%s=%u ", name, (unsigned)act->uids[i]);
	if (act->n_uids == 0)
		buf_printf(out, "%s=0 ", name);
}

/* The word "NAME=UID" of R->persons that is who types this, and its UID. */
static bool find_typist(const struct change *c, const struct store_request *r, const char *name,
			uid_t *uid)
{
	size_t len = strlen(name);

	for (const char *p = r->persons; *p; p += strcspn(p, " ") + 1) {
		if (strncmp(p, name, len) != 0 || p[len] != '=')
			continue;
		*uid = (uid_t)strtoul(p + len + 1, NULL, 10);
		if (actor_is(&c->a->actor, *uid))
			return true;
	}
	return false;
}

bool request_was_typed(const struct change *c, const struct store_request *r, const char *name)
{
	uid_t uid;

	return find_typist(c, r, name, &uid);
}

static int refuse_person(struct change *c, const struct store_request *r, const char *whose,
			 const char *why)
{
	const struct policy_role *role = &c->p->roles[policy_role_find(c->p, r->role)];
	struct who_scopes one = { (char *[]){ (char *)r->scope }, 1, 1 };
	struct source s = change_source(c);
	const struct who_question q = { &s, &role->approve_by, &one, -1, c->a->now };
	struct buf may = { 0 };

	change_who_may_but(&q, r->asker, r->user, 0, &may);
	change_fail(c, RBAC_REFUSED,
		    "refused: request %llu is %s's%s\n"
		    "  rule  %s:%u: a person who asked, or who would get %s, may not approve\n"
		    "  may   %s",
		    (unsigned long long)r->id, whose, why,
		    role->approve_by.pos.file ? role->approve_by.pos.file : role->pos.file,
		    role->approve_by.pos.file ? role->approve_by.pos.line : role->pos.line, r->role,
		    buf_text(&may));
	buf_free(&may);
	return RBAC_REFUSED;
}

bool request_other_login(const struct change *c, char why[REQUEST_WHY])
{
	const struct peer *peer = c->a->peer;

	if (!peer || peer->login_is == PEER_LOGIN_NONE ||
	    (peer->login_is == PEER_LOGIN_KNOWN && peer->login == peer->uid))
		return false;
	const struct passwd *pw = peer->login_is == PEER_LOGIN_KNOWN ? getpwuid(peer->login) : NULL;
	if (peer->login_is == PEER_LOGIN_GONE)
		snprintf(why, REQUEST_WHY,
			 "the process that asked has ended: it is unknown who logged in");
	else if (pw)
		snprintf(why, REQUEST_WHY, "%.*s logged in here and acts as %s", RBAC_USER_MAX,
			 pw->pw_name, c->a->actor.name);
	else
		snprintf(why, REQUEST_WHY, "uid %u logged in here and acts as %s",
			 (unsigned)peer->login, c->a->actor.name);
	return true;
}

/* ", and ..." of another login; "": none. */
static void and_other_login(const struct change *c, char why[REQUEST_WHY + 8])
{
	char other[REQUEST_WHY];

	why[0] = 0;
	if (request_other_login(c, other))
		snprintf(why, REQUEST_WHY + 8, ", and %s", other);
}

/* Where who types this typed R, or an approval of it as NAME: ", and you have WHAT". */
static bool say_typist(const struct change *c, const struct store_request *r, const char *name,
		       const char *what, char why[REQUEST_WHY + 8])
{
	const struct actor *act = &c->a->actor;
	uid_t uid;

	if (!find_typist(c, r, name, &uid))
		return false;
	if (uid == 0)
		snprintf(why, REQUEST_WHY + 8,
			 ", and root has %s: no login says that you are another person", what);
	else if (uid == act->as)
		snprintf(why, REQUEST_WHY + 8, ", and %s has %s", act->name, what);
	else
		snprintf(why, REQUEST_WHY + 8, ", and you have %s", what);
	return true;
}

int request_need_another(struct change *c, const struct store_request *r)
{
	char why[REQUEST_WHY + 8], what[RBAC_USER_MAX + 32], name[RBAC_USER_MAX + 1];

	and_other_login(c, why);
	if (request_is_person(c, r->user) || request_is_person(c, r->asker))
		return refuse_person(c, r, request_is_person(c, r->user) ? r->user : r->asker, why);
	if (say_typist(c, r, "", "typed it", why))
		return refuse_person(c, r, r->asker, why);
	if (why[0])
		return refuse_person(c, r, r->user, why);
	for (const char *p = r->approved; *p; p += strcspn(p, " ") + 1) {
		snprintf(name, sizeof name, "%.*s", (int)strcspn(p, " "), p);
		snprintf(what, sizeof what, "approved it as %s", name);
		if (strcmp(name, c->a->actor.name) != 0 && say_typist(c, r, name, what, why))
			return refuse_person(c, r, r->asker, why);
	}
	return RBAC_OK;
}

/* How root gives what Q asks for; into COMMAND. */
static const char *by_root(struct command *command, const struct role_request *q, const char *user)
{
	char length[32], from[32];

	policy_duration_print(q->length, length);
	if (q->from == RBAC_TIME_MIN)
		return command_line(
			command, "rbacctl assign %s %s --scope %s --for %s --reason %s --as root",
			user, q->role, q->scope, length, q->reason);
	policy_time_print(q->from, from);
	return command_line(
		command, "rbacctl assign %s %s --scope %s --from %s --for %s --reason %s --as root",
		user, q->role, q->scope, from, length, q->reason);
}

int request_approvers(struct change *c, const struct policy_role *role, const char *asker,
		      const char *user, const char *scope, size_t *others)
{
	struct who_scopes one = { (char *[]){ (char *)scope }, 1, 1 };
	struct source s = change_source(c);
	const struct who_question may = { &s, &role->approve_by, &one, -1, c->a->now };
	struct who w;
	int err = who_may_but(&may, asker, user, &w);

	*others = SIZE_MAX;
	if (err)
		return change_store_fail(c, err);
	if (w.anyone || w.more || w.cut || w.n_groups)
		return RBAC_OK;
	*others = w.n;
	return RBAC_OK;
}

int request_need_approvers(struct change *c, const struct policy_role *role,
			   const struct role_request *q, const char *user)
{
	size_t others;
	int err = request_approvers(c, role, c->a->actor.name, user, q->scope, &others);

	if (err || others >= role->approvals)
		return err;
	return change_fail(c, RBAC_REFUSED,
			   "refused: %u other%s must approve %s at %s, and %zu could\n"
			   "  rule  %s:%u: approve_by\n  may   root with --as root: %s",
			   role->approvals, role->approvals == 1 ? " person" : " people",
			   role->name, q->scope, others,
			   role->approve_by.pos.file ? role->approve_by.pos.file : role->pos.file,
			   role->approve_by.pos.file ? role->approve_by.pos.line : role->pos.line,
			   by_root(&(struct command){ "" }, q, user));
}
