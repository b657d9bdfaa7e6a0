/* What a walk hands out is borrowed and does not outlive a write: these are copies that do. */
#include "rbacctl/change/internal.h"

#include <stdlib.h>
#include <string.h>

static int on_assignment(void *ctx, const struct store_assignment *a)
{
	struct copies *k = ctx;
	if (!buf_room(&k->v, k->n, &k->cap, sizeof *k->v))
		return RBAC_NOMEM;
	struct store_assignment *v = k->v;
	v[k->n] = *a;
	const char **strings[] = { &v[k->n].subject, &v[k->n].role,   &v[k->n].scope,
				   &v[k->n].by,      &v[k->n].reason, &v[k->n].source };
	k->n++;
	bool bad = false;
	for (size_t i = 0; i < sizeof strings / sizeof *strings; i++) {
		*strings[i] = strdup(*strings[i]);
		bad |= !*strings[i];
	}
	return bad ? RBAC_NOMEM : RBAC_OK;
}

static int on_scope(void *ctx, const char *scope, const struct store_scope *s)
{
	struct copies *k = ctx;
	if (!buf_room(&k->scopes, k->n_scopes, &k->cap_scopes, sizeof *k->scopes))
		return RBAC_NOMEM;
	struct copied_scope *n = &k->scopes[k->n_scopes++];
	*n = (struct copied_scope){ strdup(scope), strdup(s->owner), strdup(s->plan),
				    strdup(s->source), s->change };
	return n->scope && n->owner && n->plan && n->source ? RBAC_OK : RBAC_NOMEM;
}

int copies_all(struct change *c, struct copies *k)
{
	*k = (struct copies){ 0 };
	int err = store_assignments_all(&c->t, on_assignment, k);
	if (!err)
		err = store_scopes_all(&c->t, on_scope, k);
	return err ? change_store_fail(c, err) : RBAC_OK;
}

int copies_of_user(struct change *c, const char *user, struct copies *k)
{
	*k = (struct copies){ 0 };
	int err = store_assignments_of(&c->t, user, on_assignment, k);
	if (!err)
		err = store_scopes_owned(&c->t, user, on_scope, k);
	return err ? change_store_fail(c, err) : RBAC_OK;
}

void copies_free(struct copies *k)
{
	for (size_t i = 0; i < k->n; i++) {
		const char *strings[] = { k->v[i].subject, k->v[i].role,   k->v[i].scope,
					  k->v[i].by,      k->v[i].reason, k->v[i].source };
		for (size_t j = 0; j < sizeof strings / sizeof *strings; j++)
			free((char *)strings[j]);
	}
	for (size_t i = 0; i < k->n_scopes; i++) {
		free(k->scopes[i].scope);
		free(k->scopes[i].owner);
		free(k->scopes[i].plan);
		free(k->scopes[i].source);
	}
	free(k->v);
	free(k->scopes);
	*k = (struct copies){ 0 };
}
