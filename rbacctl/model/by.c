/* What `by` lists say, in words. */
#include "rbacctl/buf.h"
#include "rbacctl/model/by.h"

bool policy_only_owner(const struct policy_bys *bys)
{
	return bys->n == 1 && bys->v[0].what == BY_OWNER;
}

static void by_text(const struct policy *p, const struct policy_by *by, struct buf *out)
{
	switch (by->what) {
	case BY_OWNER:
		buf_printf(out, "ownership");
		break;
	case BY_OWNER_OF:
		buf_printf(out, "ownership of the %s", p->kinds[by->ref].name);
		break;
	case BY_ROLE:
		buf_printf(out, "role %s", p->roles[by->ref].name);
		break;
	case BY_KEY:
		buf_printf(out, "key %s", p->keys[by->ref].name);
		break;
	case BY_ANYONE:
		buf_printf(out, "to be recorded");
		break;
	}
}

void policy_by_text(const struct policy *p, const struct policy_bys *bys, struct buf *out)
{
	if (bys->n == 0)
		buf_printf(out, "nobody");
	for (size_t i = 0; i < bys->n; i++) {
		buf_printf(out, "%s", i == 0 ? "" : i + 1 == bys->n ? " or " : ", ");
		by_text(p, &bys->v[i], out);
	}
}
