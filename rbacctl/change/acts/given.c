/* An assignment as one line: in the log, and in the list of what a change has made. */
#include "rbacctl/change/acts/acts.h"

void change_given_text(const struct store_assignment *a, struct buf *out)
{
	char from[32] = "", until[32] = "";
	if (a->from != RBAC_TIME_MIN)
		policy_time_print(a->from, from);
	if (a->until != RBAC_TIME_MAX)
		policy_time_print(a->until, until);
	buf_printf(out, "%s +%s at %s%s%s%s%s%s%s", a->subject, a->role, a->scope,
		   *from ? " from " : "", from, *until ? " until " : "", until,
		   *a->reason ? " reason " : "", a->reason);
	if (a->request)
		buf_printf(out, " request %llu", (unsigned long long)a->request);
	buf_printf(out, " id %llu\n", (unsigned long long)a->id);
}

struct given {
	uint64_t from;
	void (*say)(const char *line);
	struct buf line;
};

static int on_assignment(void *ctx, const struct store_assignment *a)
{
	struct given *g = ctx;
	if (a->id < g->from)
		return RBAC_OK;
	buf_reset(&g->line);
	change_given_text(a, &g->line);
	if (g->line.failed)
		return RBAC_NOMEM;
	g->say(buf_text(&g->line));
	return RBAC_OK;
}

int change_list_given(struct change *c, size_t n, void (*say)(const char *line))
{
	struct given g = { .from = c->last_id - n + 1, .say = say };
	int err = c->t.txn ? RBAC_OK : store_begin(c->s, &c->t);
	if (!err)
		err = store_assignments_all(&c->t, on_assignment, &g);
	buf_free(&g.line);
	return err ? change_store_fail(c, err) : RBAC_OK;
}
