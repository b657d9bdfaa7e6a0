/* Who may, in words. */
#include <stdio.h>

#include "rbacctl/access/who.h"

/* The groups of W, each after SEP where it is not the first that is said. */
static void groups_text(const struct who *w, const char *sep, struct buf *out)
{
	for (size_t i = 0; i < w->n_groups; i++)
		buf_printf(out, "%smembers of %s", w->n + i ? sep : "", w->groups[i]);
}

static void text(const struct who *w, const char *told, bool force, struct buf *out)
{
	if (w->anyone)
		buf_printf(out, "any recorded user");
	for (size_t i = 0; i < w->n; i++)
		buf_printf(out, "%s%s", i ? ", " : "", w->names[i]);
	groups_text(w, ", ", out);
	bool any = w->n || w->n_groups;
	if (w->more)
		buf_printf(out, " and others");
	else if (w->cut)
		buf_printf(out, "%sperhaps others", any ? " and " : "");
	buf_printf(out, "%s%sroot with --as root%s", told,
		   w->anyone || any || w->cut ? "; " : "nobody yet; ", force ? " --force" : "");
}

void who_text(const struct who *w, bool force, struct buf *out)
{
	text(w, "", force, out);
}

void who_told_text(const struct who *w, size_t told, struct buf *out)
{
	bool all = !w->more && !w->cut && !w->n_groups && told == w->n;
	char some[48];

	snprintf(some, sizeof some, " (%zu told)", told);
	text(w,
	     told == 0          ? ""
	     : all && told == 1 ? " (told)"
	     : all && told == 2 ? " (both told)"
	     : all              ? " (all told)"
				: some,
	     false, out);
}

void who_short_text(const struct who *w, struct buf *out)
{
	if (w->anyone)
		buf_printf(out, "any recorded user");
	for (size_t i = 0; i < w->n; i++)
		buf_printf(out, "%s%s",
			   i == 0                                      ? ""
			   : i + 1 == w->n && !w->more && !w->n_groups ? " or "
								       : ", ",
			   w->names[i]);
	groups_text(w, " or ", out);
	bool any = w->n || w->n_groups;
	if (w->cut && !w->more)
		buf_printf(out, "%sperhaps others", any ? " or " : "root or ");
	else
		buf_printf(out, "%s", w->more ? " or others" : any || w->anyone ? "" : "root");
}
