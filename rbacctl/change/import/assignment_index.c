#include "rbacctl/change/import/assignment_index.h"

#include <stdlib.h>
#include <string.h>

#include "common/error.h"
#include "rbacctl/buf.h"

static bool is_place(const void *ctx, uint32_t number, const void *key)
{
	const struct role_at_scope *at = &((const struct assignment_index *)ctx)->v[number],
				   *want = key;
	return strcmp(at->role, want->role) == 0 && strcmp(at->scope, want->scope) == 0;
}

int assignment_index_find(struct assignment_index *p, const char *role, const char *scope,
			  unsigned line, size_t *number)
{
	struct role_at_scope new = { .role = role, .scope = scope, .role_at = -1, .line = line };
	uint64_t hash = lookup_hash_text(lookup_hash_text(LOOKUP_SEED, role), scope);
	uint32_t there = lookup_find(&p->at, hash, is_place, p, &new);
	if (there == LOOKUP_NONE) {
		there = (uint32_t)p->n;
		if (!buf_room(&p->v, p->n, &p->cap, sizeof *p->v) ||
		    lookup_add(&p->at, hash, there))
			return RBAC_NOMEM;
		p->v[p->n++] = new;
	}
	*number = there;
	p->v[there].rows++;
	return RBAC_OK;
}

int assignment_index_known(const struct assignment_index *p, const char *role, const char *scope)
{
	const struct role_at_scope want = { .role = role, .scope = scope };
	uint32_t there = lookup_find(&p->at,
				     lookup_hash_text(lookup_hash_text(LOOKUP_SEED, role), scope),
				     is_place, p, &want);
	return there == LOOKUP_NONE ? -1 : (int)there;
}

int assignment_index_make_room(struct assignment_index *p)
{
	size_t rows = 0;
	for (size_t i = 0; i < p->n; i++)
		rows += p->v[i].rows;
	p->ids = calloc(rows + 1, sizeof *p->ids);
	if (!p->ids)
		return RBAC_NOMEM;
	for (size_t i = 0, at = 0; i < p->n; at += p->v[i++].rows)
		p->v[i].ids = p->ids + at;
	return RBAC_OK;
}

static int by_key(const void *a, const void *b)
{
	const struct role_at_scope *x = a, *y = b;
	int d = strcmp(x->scope, y->scope);
	return d ? d : strcmp(x->role, y->role);
}

void assignment_index_sort(struct assignment_index *p)
{
	if (p->n)
		qsort(p->v, p->n, sizeof *p->v, by_key);
}

void assignment_index_free(struct assignment_index *p)
{
	for (size_t i = 0; i < p->n; i++)
		free(p->v[i].why);
	free(p->v);
	lookup_free(&p->at);
	free(p->ids);
	*p = (struct assignment_index){ 0 };
}
