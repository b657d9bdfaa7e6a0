/* Is the published view what the store and this host would give now? Compiled anew and compared;
 * nothing is written. */
#include "rbacctl/change/commit/commit.h"

#include "rbacctl/change/commit/left_out.h"
#include "rbacctl/config/source.h"
#include "rbacctl/view/compile.h"
#include "rbacctl/view/gather.h"

static int compare(struct store_txn *t, const struct policy *p,
		   const struct policy_sources *sources, struct comparison *with, struct buf *why)
{
	struct problems problems = { 0 };
	struct role_groups groups = { 0 };
	struct facts facts = { 0 };
	char text[1024] = "";
	int64_t when = with->view->meta.published; /* the table of offsets is that of its day */
	int err = gather_facts(p, t, when, NULL, &facts);

	if (!err)
		err = left_out_make(t, p, &facts, &groups, &problems, NULL);
	if (problems.errors)
		problems_excerpt(&problems, why);
	if (!err)
		err = change_keep_zone(p, with->view, &facts);
	const struct compile job = { t, p, sources, &facts, &groups, when };
	if (!err)
		err = compile_compare(&job, with, text, sizeof text);
	if (err && why->len == 0)
		buf_printf(why, "  %s\n", text[0] ? text : rbac_error_text(err));
	facts_free(&facts);
	role_groups_free(&groups);
	problems_free(&problems);
	return err;
}

int change_compare(struct store_txn *t, const struct rbac_view *v, compare_fn *fn, void *ctx,
		   struct buf *why)
{
	struct comparison with = { .view = v, .fn = fn, .ctx = ctx };
	struct policy_sources sources = { 0 };
	struct policy *p = NULL;
	int err = change_applied(t, &sources, &p, why);

	if (!err)
		err = compare(t, p, &sources, &with, why);
	compare_free(&with);
	policy_free(p);
	policy_sources_free(&sources);
	return err;
}
