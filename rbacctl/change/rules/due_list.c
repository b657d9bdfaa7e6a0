/* Notices in the making. */
#include "rbacctl/change/rules/due_list.h"

#include <stdarg.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rbacctl/change/internal.h"

/* ---- the list ---- */

static char *copy(struct due_list *l, const char *text)
{
	char *own = strdup(text ? text : "");

	l->failed |= own == NULL;
	return own;
}

void due_list_add(struct due_list *l, const struct store_notice *n)
{
	if (!buf_room(&l->v, l->n, &l->cap, sizeof *l->v)) {
		l->failed = true;
		return;
	}
	struct store_notice *own = &l->v[l->n++];
	*own = *n;
	own->person = copy(l, n->person);
	own->role = copy(l, n->role);
	own->scope = copy(l, n->scope);
	own->text = copy(l, n->text);
	own->why = copy(l, n->why);
}

void due_list_free(struct due_list *l)
{
	for (size_t i = 0; i < l->n; i++) {
		const struct store_notice *n = &l->v[i];
		free((char *)n->person);
		free((char *)n->role);
		free((char *)n->scope);
		free((char *)n->text);
		free((char *)n->why);
	}
	free(l->v);
	*l = (struct due_list){ 0 };
}

/* ---- one notice ---- */

uint32_t change_due_ways(const struct policy *p, enum notice_kind kind)
{
	if (kind == NOTICE_SESSIONS)
		return NOTICE_END;
	if (kind == NOTICE_WARNING)
		return NOTICE_WRITE;
	return NOTICE_LOG | (p->notify.exec ? NOTICE_EXEC : 0u) |
	       (p->notify.mail ? NOTICE_MAIL : 0u) | (p->notify.write ? NOTICE_WRITE : 0u);
}

int due_add(struct due_finding *f, struct store_notice n, const char *fmt, ...)
{
	char text[2048];
	va_list ap;
	int err = store_notice_has(&f->c->t, &n);

	if (err != RBAC_NOTFOUND)
		return err ? change_store_fail(f->c, err) : RBAC_OK;
	va_start(ap, fmt);
	vsnprintf(text, sizeof text, fmt, ap);
	va_end(ap);
	n.made = n.next = f->now;
	n.left = change_due_ways(f->c->p, n.kind);
	n.text = text;
	n.why = "";
	due_list_add(f->out, &n);
	return f->out->failed ? change_fail(f->c, RBAC_NOMEM, "out of memory") : RBAC_OK;
}

bool due_is_new(const struct due_finding *f, int64_t instant)
{
	return instant > f->since && instant <= f->now;
}
