#include "rbacctl/host/people/doubles.h"

#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "common/error.h"
#include "common/wire.h"
#include "rbacctl/buf.h"
#include "rbacctl/command.h"
#include "rbacctl/host/people/person.h"

/* Recorded with its uid; recorded without one, which passwd says; in passwd alone. */
enum { RECORDED, UNBOUND, LISTED };

enum { LOOKED_UP = 1000 }; /* names that the pass over passwd does not list */

static int add(struct doubles *d, const char *name, uint32_t uid, int kind)
{
	char *copy = buf_room(&d->v, d->n, &d->cap, sizeof(*d->v)) ? strdup(name) : NULL;

	if (!copy)
		return RBAC_NOMEM;
	d->v[d->n++] = (struct double_name){ uid, copy, kind };
	return RBAC_OK;
}

int doubles_add(struct doubles *d, const char *name, uint32_t uid)
{
	return add(d, name, uid, uid == RBAC_NO_UID ? UNBOUND : RECORDED);
}

static int by_uid(const void *a, const void *b)
{
	const struct double_name *x = a, *y = b;

	if (x->uid != y->uid)
		return x->uid < y->uid ? -1 : 1;
	return x->kind != y->kind ? x->kind - y->kind : strcmp(x->name, y->name);
}

static void say(doubles_fn *fn, void *ctx, const struct double_name *a, const struct double_name *b,
		const struct facts *passwd)
{
	char text[RBAC_USER_MAX * 4 + 2 * COMMAND_MAX];

	/* Of two that are recorded, A is the one that passwd has. */
	if (b->kind != LISTED && facts_uid(passwd, a->name) != a->uid &&
	    facts_uid(passwd, b->name) == b->uid) {
		const struct double_name *swap = a;
		a = b;
		b = swap;
	}

	if (b->kind != LISTED)
		snprintf(text, sizeof(text),
			 "%s and %s are both recorded and have uid %u: one person; to keep %s:  %s",
			 a->name, b->name, a->uid, a->name,
			 COMMAND("rbacctl user forget %s", b->name));
	else
		snprintf(text, sizeof(text),
			 "%s has uid %u, which is recorded as %s: a second name of one person "
			 "has no roles (%s, if %s is the name now)",
			 b->name, a->uid, a->name,
			 COMMAND("rbacctl user rename %s %s", a->name, b->name), b->name);
	fn(ctx, text, b->kind != LISTED);
}

/* A recorded name that passwd spells otherwise. */
static void spelling(doubles_fn *fn, void *ctx, const char *name, const struct facts *passwd,
		     size_t *asked)
{
	struct person p;
	char text[RBAC_USER_MAX * 4 + COMMAND_MAX];

	if (facts_uid(passwd, name) != RBAC_NO_UID || (*asked)++ >= LOOKED_UP ||
	    person_find(name, &p) || !p.differs)
		return;
	snprintf(text, sizeof(text),
		 "%s is recorded, and passwd calls that person %s: "
		 "the roles of %s do not count (%s)",
		 name, p.name, name, COMMAND("rbacctl user rename %s %s", name, p.name));
	fn(ctx, text, false);
}

/* Is the name of LISTED recorded as well, as one of its uid's? Then that is said of the record. D
 * is sorted. */
static bool is_recorded(const struct doubles *d, const struct double_name *listed)
{
	for (int kind = RECORDED; kind <= UNBOUND; kind++) {
		struct double_name key = { listed->uid, listed->name, kind };
		if (bsearch(&key, d->v, d->n, sizeof(*d->v), by_uid))
			return true;
	}
	return false;
}

static int add_listed(struct doubles *d, const struct facts *passwd)
{
	int err = RBAC_OK;

	for (size_t i = 0; i < d->n; i++)
		if (d->v[i].kind == UNBOUND)
			d->v[i].uid = facts_uid(passwd, d->v[i].name);
	for (size_t i = 0; i < passwd->n_users && !err; i++)
		if (passwd->users[i].uid != 0)
			err = add(d, passwd->users[i].name, passwd->users[i].uid, LISTED);
	return err;
}

int doubles_find(struct doubles *d, const struct facts *passwd, doubles_fn *fn, void *ctx)
{
	size_t asked = 0, first = 0;

	for (size_t i = 0; i < d->n; i++)
		spelling(fn, ctx, d->v[i].name, passwd, &asked);
	int err = add_listed(d, passwd);
	if (err)
		return err;
	if (d->n)
		qsort(d->v, d->n, sizeof(*d->v), by_uid);
	for (size_t i = 1; i < d->n; i++) {
		const struct double_name *a = &d->v[first], *b = &d->v[i];
		if (a->uid != b->uid)
			first = i;
		else if (a->uid != RBAC_NO_UID && a->kind != LISTED &&
			 strcmp(a->name, b->name) != 0 && strcmp(d->v[i - 1].name, b->name) != 0 &&
			 (b->kind != LISTED || !is_recorded(d, b)))
			say(fn, ctx, a, b, passwd);
	}
	return RBAC_OK;
}

void doubles_free(struct doubles *d)
{
	for (size_t i = 0; i < d->n; i++)
		free(d->v[i].name);
	free(d->v);
	*d = (struct doubles){ 0 };
}
