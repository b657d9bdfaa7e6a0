/* The policy that is applied, as the store has it. */
#include "rbacctl/change/change.h"

#include "rbacctl/config/load.h"
#include "rbacctl/host/people/canonical.h"

/* Its texts. RBAC_CONFLICT is two of one name. */
static int applied_texts(struct store_txn *t, struct policy_sources *s, struct buf *why)
{
	uint64_t generation;
	int err = store_texts_get(t, 0, s);
	if (err == RBAC_DAMAGED || err == RBAC_CONFLICT) {
		buf_printf(why, "  %s\n", store_why(t->s));
		return RBAC_DAMAGED;
	}
	if (err != RBAC_NOTFOUND)
		return err;
	err = store_generation(t, &generation);
	if (err || generation == 0)
		return err ? err : RBAC_NOTFOUND;
	buf_printf(why, "  its texts are missing in the store\n");
	return RBAC_DAMAGED;
}

int change_applied(struct store_txn *t, struct policy_sources *s, struct policy **p,
		   struct buf *why)
{
	return change_applied_with(t, NULL, s, p, why);
}

int change_applied_with(struct store_txn *t, const struct facts_known *known,
			struct policy_sources *s, struct policy **p, struct buf *why)
{
	struct problems problems = { 0 };
	*p = NULL;
	int err = applied_texts(t, s, why);
	if (err)
		return err;
	err = policy_load(s, p, &problems);
	if (!err)
		err = canonical_rules(*p, NULL, known, NULL);
	if (err == RBAC_INVALID) {
		problems_excerpt(&problems, why);
		err = RBAC_DAMAGED;
	}
	problems_free(&problems);
	return err;
}
