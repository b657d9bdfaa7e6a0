#include "rbacctl/access/may_see.h"

#include <stdio.h>
#include <string.h>

#include "rbacctl/complain.h"
#include "rbacctl/host/people/actor.h"

int may_see_open(struct invocation *a, struct may_see *m)
{
	struct buf why = { 0 };

	*m = (struct may_see){ .all = !a->peer };
	if (m->all)
		return RBAC_OK;
	int err = actor_of_peer(a->peer, &a->actor, &why);
	if (err)
		complain("%s", buf_text(&why));
	buf_free(&why);
	if (!err)
		err = snapshot_open(&m->snap, a->view);
	if (err)
		return err;
	struct source s = snapshot_source(&m->snap);
	err = source_effective(&s, a->actor.name, &m->h);
	m->actor = (struct rules_actor){ .name = a->actor.name, .h = &m->h, .now = a->now };
	if (err)
		complain("the view %s: %s", a->view, rbac_error_text(err));
	return err;
}

void may_see_close(struct may_see *m)
{
	holdings_free(&m->h);
	snapshot_close(&m->snap);
}

static int owner(void *ctx, const char *scope, char *out)
{
	struct source s = snapshot_source(ctx);

	return source_owner(&s, scope, out);
}

static bool may(const struct may_see *m, const struct policy_bys *bys, const char *scope)
{
	struct rules_answer answer;

	return rules_by(m->snap.p, bys, &m->actor, scope, owner, (void *)&m->snap, &answer);
}

bool may_see_grant(const struct may_see *m, const char *subject, const char *role,
		   const char *scope, const char *by)
{
	if (m->all || strcmp(subject, m->actor.name) == 0 || (by && strcmp(by, m->actor.name) == 0))
		return true;
	int r = policy_role_find(m->snap.p, role);
	return r >= 0 && (may(m, &m->snap.p->roles[r].assign_by, scope) ||
			  may(m, &m->snap.p->roles[r].approve_by, scope) ||
			  may(m, &m->snap.p->roles[r].remove_by, scope));
}

/* "bob +space-member at space:main/web ...", and "user bob suspended". */
static bool may_see_line(const struct may_see *m, const char *line)
{
	char subject[512], role[256], scope[RBAC_SCOPE_MAX + 1], sign;

	if (sscanf(line, "user %511s", subject) == 1)
		return strcmp(subject, m->actor.name) == 0;
	if (strncmp(line, "request ", 8) == 0 && strstr(line, ": "))
		line = strstr(line, ": ") + 2; /* "request 4 denied: bob ?prod-root at ..." */
	return sscanf(line, "%511s %c%255s at %380s", subject, &sign, role, scope) == 4 &&
	       (sign == '+' || sign == '-' || sign == '?' || sign == '=') &&
	       may_see_grant(m, subject, role, scope, NULL);
}

bool may_see_record(const struct may_see *m, const char *actor, const char *text, struct buf *out)
{
	bool whole = m->all || strcmp(actor, m->actor.name) == 0;

	for (size_t len; *text; text += len + (text[len] == '\n')) {
		char line[2048];
		len = strcspn(text, "\n");
		snprintf(line, sizeof line, "%.*s", (int)len, text);
		if (whole || may_see_line(m, line))
			buf_printf(out, "%.*s\n", (int)len, text);
	}
	return whole || out->len > 0;
}
