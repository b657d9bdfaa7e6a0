/* The lines of an impact: one for each thing that is gained or lost, with the names of all to whom
 * it happens. */
#include "rbacctl/access/impact_parts.h"

#include <stdlib.h>
#include <string.h>

#include "common/error.h"

void impact_add_name(struct impact_names *n, const char *name, const char *scope)
{
	buf_put(&n->text, name, strlen(name) + 1);
	buf_put(&n->text, scope, strlen(scope) + 1);
	n->n++;
}

bool impact_next_name(const struct impact_names *n, size_t *at, const char **name,
		      const char **scope)
{
	if (n->text.failed || *at >= n->text.len)
		return false;
	*name = (const char *)n->text.p + *at;
	*at += strlen(*name) + 1;
	*scope = (const char *)n->text.p + *at;
	*at += strlen(*scope) + 1;
	return true;
}

static const char *or_empty(const char *text)
{
	return text ? text : "";
}

static uint64_t hash_of(const struct impact_line *l)
{
	const int64_t numbers[] = { l->kind, l->gain, l->at, l->number, l->limit };
	uint64_t hash = lookup_hash(LOOKUP_SEED, numbers, sizeof numbers);
	hash = lookup_hash_text(hash, or_empty(l->what));
	hash = lookup_hash_text(hash, or_empty(l->when));
	return lookup_hash_text(hash, or_empty(l->was));
}

static bool same_text(const char *a, const char *b)
{
	return strcmp(or_empty(a), or_empty(b)) == 0;
}

static bool is_line(const void *ctx, uint32_t number, const void *key)
{
	const struct impact_line *a = &((const struct impact *)ctx)->v[number], *b = key;
	return a->kind == b->kind && a->gain == b->gain && a->at == b->at &&
	       a->number == b->number && a->limit == b->limit && same_text(a->what, b->what) &&
	       same_text(a->when, b->when) && same_text(a->was, b->was);
}

static bool is_text(const void *ctx, uint32_t number, const void *key)
{
	const struct impact_said *s = ctx;
	return strcmp((const char *)s->texts.p + number, key) == 0;
}

bool impact_is_said(struct impact_said *s, const struct impact_line *line, const char *scope)
{
	struct buf key = { 0 };
	buf_printf(&key, "%d%d %s at %s", line->kind, line->gain, line->what, scope);
	const char *text = buf_text(&key);
	uint64_t hash = lookup_hash_text(LOOKUP_SEED, text);
	bool there = lookup_find(&s->at, hash, is_text, s, text) != LOOKUP_NONE;
	uint32_t number = (uint32_t)s->texts.len;
	/* One that cannot be noted is said again. */
	if (!there && !key.failed && s->texts.len < UINT32_MAX) {
		buf_put(&s->texts, text, strlen(text) + 1);
		if (!s->texts.failed)
			(void)lookup_add(&s->at, hash, number);
	}
	buf_free(&key);
	return there;
}

void impact_said_free(struct impact_said *s)
{
	lookup_free(&s->at);
	buf_free(&s->texts);
}

static const char *copy(char **to, const char *text)
{
	char *at = *to;
	size_t size = strlen(or_empty(text)) + 1;
	memcpy(at, or_empty(text), size);
	*to += size;
	return at;
}

static struct impact_line *add(struct impact *i, const struct impact_line *line, uint64_t hash)
{
	const char *const texts[] = { line->what, line->rule, line->when, line->was };
	size_t size = 0;
	for (size_t k = 0; k < sizeof texts / sizeof *texts; k++)
		size += strlen(or_empty(texts[k])) + 1;
	char *own = malloc(size), *at = own;
	if (!own || !buf_room(&i->v, i->n, &i->cap, sizeof *i->v) ||
	    lookup_add(&i->at, hash, (uint32_t)i->n)) {
		free(own);
		return NULL;
	}
	struct impact_line *l = &i->v[i->n++];
	*l = *line;
	l->own = own;
	l->what = copy(&at, line->what);
	l->rule = copy(&at, line->rule);
	l->when = copy(&at, line->when);
	l->was = copy(&at, line->was);
	l->users = l->groups = (struct impact_names){ .n = 0 };
	return l;
}

int impact_count(struct impact *i, const struct impact_line *line, const char *who,
		 const char *scope)
{
	uint64_t hash = hash_of(line);
	uint32_t there = lookup_find(&i->at, hash, is_line, i, line);
	struct impact_line *l = there == LOOKUP_NONE ? add(i, line, hash) : &i->v[there];
	if (!l)
		return RBAC_NOMEM;
	if (!same_text(l->rule, line->rule))
		l->rule = "";
	if (!who)
		return RBAC_OK;
	struct impact_names *names = who[0] == '%' ? &l->groups : &l->users;
	impact_add_name(names, who, scope);
	return names->text.failed ? RBAC_NOMEM : RBAC_OK;
}

void impact_free(struct impact *i)
{
	for (size_t k = 0; k < i->n; k++) {
		buf_free(&i->v[k].users.text);
		buf_free(&i->v[k].groups.text);
		free(i->v[k].own);
	}
	free(i->v);
	lookup_free(&i->at);
	buf_free(&i->admins.text);
	buf_free(&i->admins_before.text);
	buf_free(&i->mine);
	*i = (struct impact){ .n = 0 };
}
