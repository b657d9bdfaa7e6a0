/* Is the view that of the store's last change, and what a compile would write now? */
#define _GNU_SOURCE /* vasprintf */
#include "rbacctl/change/read/verify.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>

#include "common/error.h"
#include "common/view.h"
#include "rbacctl/change/change.h"
#include "rbacctl/command.h"
#include "rbacctl/view/compare.h"

enum { SHOWN = 20 };

void verify_say(struct verify *v, enum verify_what what, const char *fmt, ...)
{
	char *text = NULL;
	va_list ap;

	v->faults += what == VERIFY_FAULT;
	va_start(ap, fmt);
	int len = vasprintf(&text, fmt, ap);
	va_end(ap);
	v->fn(v->ctx, what, len < 0 ? "out of memory" : text);
	if (len >= 0)
		free(text);
}

struct content {
	struct verify *v;
	size_t n;
};

static void on_difference(void *ctx, enum compare_how how, struct rbac_bytes key)
{
	static const char *const words[] = {
		[COMPARE_DIFFERS] = "differs in the view from what the store and this host say now",
		[COMPARE_MISSING] = "is missing in the view",
		[COMPARE_EXTRA] = "is in the view, and neither the store nor this host has it",
	};
	struct content *c = ctx;
	char name[600];

	compare_name(key, name, sizeof name);
	if (c->n++ < SHOWN)
		verify_say(c->v, VERIFY_FAULT, "%s %s", name, words[how]);
}

/* That it cannot be told is a fault too. False: by now the view is not that of change GENERATION.
 */
static bool check_content(struct verify *v, const char *path, struct store_txn *t,
			  uint64_t generation)
{
	struct content c = { .v = v };
	struct rbac_view view;
	struct buf why = { 0 };

	if (rbac_view_open(path, RBAC_TRUST_SELF, &view))
		return true; /* check_records says it */
	if (view.meta.generation != generation) {
		rbac_view_release(&view);
		return false;
	}
	int err = change_compare(t, &view, on_difference, &c, &why);
	if (err && err != RBAC_NOTFOUND) {
		verify_say(v, VERIFY_FAULT, "the view cannot be compared with the store");
		verify_say(v, VERIFY_LINES, "%s", buf_text(&why));
	}
	if (c.n > SHOWN)
		verify_say(v, VERIFY_MORE, "and %zu more record%s", c.n - SHOWN,
			   c.n == SHOWN + 1 ? "" : "s");
	if (c.n)
		verify_say(
			v, VERIFY_MORE,
			"users, groups or the time zone of this host have changed, or the view was "
			"changed; to make it again: %s",
			COMMAND("rbacctl publish"));
	rbac_view_release(&view);
	buf_free(&why);
	return true;
}

void verify_history(struct verify *v, const char *path, struct store_txn *t)
{
	struct view_judged judged;
	struct buf why = { 0 };

	if (!v->faults && change_judge_view(t, path, &judged) == RBAC_OK &&
	    judged.history == VIEW_SAME && check_content(v, path, t, judged.store))
		return;
	/* A fault; or a change was made meanwhile, and now none can be. */
	if (change_judge_settled(t, path, &judged) || judged.history == VIEW_BEHIND) {
		verify_say(v, VERIFY_FAULT,
			   "the view does not match the store; to make it again: %s",
			   COMMAND("rbacctl publish"));
	} else if (judged.history != VIEW_SAME) {
		change_older_text(&judged, &why);
		verify_say(v, VERIFY_FAULT, "%s", buf_text(&why));
	} else if (!v->faults && !check_content(v, path, t, judged.store)) {
		verify_say(v, VERIFY_WARNING,
			   "changes are being made: the view was not compared with the store");
	}
	buf_free(&why);
}
