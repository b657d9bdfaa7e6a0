#include "rbacctl/model/holdings.h"

#include <stdlib.h>
#include <string.h>

#include "common/error.h"

/* ---- the list ---- */

int holdings_add(struct holdings *h, uint64_t id, int role, const char *scope, struct rbac_window w,
		 bool owner, const char *via)
{
	if (!buf_room(&h->v, h->n, &h->cap, sizeof *h->v))
		return RBAC_NOMEM;
	struct held e = { .id = id,
			  .role = role,
			  .scope = strdup(scope),
			  .window = w,
			  .owner = owner,
			  .via = via ? strdup(via) : NULL };
	if (!e.scope || (via && !e.via)) {
		free(e.scope);
		free(e.via);
		return RBAC_NOMEM;
	}
	h->v[h->n++] = e;
	return RBAC_OK;
}

void holdings_clear(struct holdings *h)
{
	for (size_t i = 0; i < h->n; i++) {
		free(h->v[i].scope);
		free(h->v[i].via);
	}
	h->n = 0;
}

void holdings_free(struct holdings *h)
{
	holdings_clear(h);
	free(h->v);
	*h = (struct holdings){ 0 };
}

/* ---- questions ---- */

bool held_reaches(const struct policy *p, const struct held *e, const char *scope)
{
	return p->roles[e->role].cascade ? policy_scope_within(p, scope, e->scope)
					 : strcmp(scope, e->scope) == 0;
}

const struct held *holdings_role_at(const struct policy *p, const struct holdings *h, int role,
				    const char *scope, int64_t t)
{
	for (size_t i = 0; i < h->n; i++) {
		const struct held *e = &h->v[i];
		if (rbac_window_open(e->window, t) && policy_role_counts(p, e->role, role) &&
		    (!scope || held_reaches(p, e, scope)))
			return e;
	}
	return NULL;
}

const struct held *holdings_key_at(const struct policy *p, const struct holdings *h, int key,
				   const char *scope, int64_t t)
{
	for (size_t i = 0; i < h->n; i++) {
		const struct held *e = &h->v[i];
		if (rbac_window_open(e->window, t) && policy_role_has_key(p, e->role, key) &&
		    (!scope || held_reaches(p, e, scope)))
			return e;
	}
	return NULL;
}

/* ---- words ---- */

/* From ROLE down to the role that has KEY in a keychain of its own (or is TARGET), by inclusion:
 * depth first, the first found. */
static bool path_down(const struct policy *p, int role, int key, int target, struct buf *out)
{
	const struct policy_role *r = &p->roles[role];
	if (key < 0 && role == target) {
		buf_printf(out, "role %s", r->name);
		return true;
	}
	for (size_t i = 0; key >= 0 && i < r->keychains.n; i++)
		for (size_t j = 0; j < p->keychains[r->keychains.v[i]].keys.n; j++)
			if (p->keychains[r->keychains.v[i]].keys.v[j] == key) {
				buf_printf(out, "key %s < %s < %s", p->keys[key].name,
					   p->keychains[r->keychains.v[i]].name, r->name);
				return true;
			}
	for (size_t i = 0; i < r->includes.n; i++) {
		int next = r->includes.v[i];
		if ((key >= 0 ? policy_role_has_key(p, next, key)
			      : policy_role_counts(p, next, target)) &&
		    path_down(p, next, key, target, out)) {
			buf_printf(out, " < %s", r->name);
			return true;
		}
	}
	return false;
}

void held_path_text(const struct policy *p, const struct held *e, int key, int role,
		    struct buf *out)
{
	path_down(p, e->role, key, role, out);
	buf_printf(out, " at %s%s%s%s", e->scope, e->owner ? ", as its owner" : "",
		   e->via ? ", through " : "", e->via ? e->via : "");
}

void role_key_path_text(const struct policy *p, int role, int key, struct buf *out)
{
	path_down(p, role, key, -1, out);
}
