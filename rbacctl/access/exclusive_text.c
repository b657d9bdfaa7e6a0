/* A violation of an exclusive set in words. */
#include <stdlib.h>
#include <string.h>

#include "rbacctl/access/rules.h"

/* The first of H through which each place of the set counts where they clash, NULL where it does
 * not. How many do. */
static unsigned bringers(const struct policy *p, const struct holdings *h, bool groups,
			 const struct rules_clash *clash, const struct held **by)
{
	unsigned n = 0;
	for (size_t i = 0; i < h->n; i++) {
		const struct held *e = &h->v[i];
		const struct policy_role *r = &p->roles[e->role];
		if (r->n_members == 0 || (e->via && !groups) ||
		    !rbac_window_open(e->window, clash->at) || !held_reaches(p, e, clash->scope))
			continue;
		for (size_t k = 0; k < r->n_members; k++) {
			if (r->members[k].set != clash->set || by[r->members[k].at])
				continue;
			by[r->members[k].at] = e;
			n++;
		}
	}
	return n;
}

void rules_clash_text(const struct policy *p, const struct holdings *h, bool groups,
		      const struct rules_clash *clash, struct buf *out)
{
	const struct policy_ints *roles = &p->exclusives[clash->set].roles;
	const struct held **by = calloc(roles->n, sizeof *by);
	unsigned total = by ? bringers(p, h, groups, clash, by) : 0, n = 0;
	for (size_t r = 0; by && r < roles->n; r++) {
		const struct held *e = by[r];
		if (!e)
			continue;
		buf_printf(out, "%s%s",
			   n == 0           ? ""
			   : n + 1 == total ? " and "
					    : ", ",
			   p->roles[roles->v[r]].name);
		n++;
		if (e->role != roles->v[r])
			buf_printf(out, " by %s", p->roles[e->role].name);
		if (e->via)
			buf_printf(out, " through %s", e->via);
		if (strcmp(e->scope, clash->scope) != 0)
			buf_printf(out, " (at %s)", e->scope);
	}
	out->failed |= !by;
	free(by);
}
