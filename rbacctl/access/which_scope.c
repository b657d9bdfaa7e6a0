#include "rbacctl/access/which_scope.h"

#include <stdbool.h>
#include <stdlib.h>
#include <string.h>

#include "common/error.h"
#include "rbacctl/command.h"

enum { SHOWN_MAX = 10 };

struct candidates {
	const struct policy *p;
	int kind; /* -1: of any */
	char **v;
	size_t n, cap;
};

static int add(struct candidates *c, const char *scope)
{
	for (size_t i = 0; i < c->n && i < SHOWN_MAX; i++)
		if (strcmp(c->v[i], scope) == 0)
			return RBAC_OK;
	if (!buf_room(&c->v, c->n, &c->cap, sizeof *c->v) || !(c->v[c->n] = strdup(scope)))
		return RBAC_NOMEM;
	c->n++;
	return RBAC_OK;
}

static int on_scope(void *arg, const char *scope)
{
	struct candidates *c = arg;

	return c->kind < 0 || policy_scope_kind(c->p, scope) == c->kind ? add(c, scope) : RBAC_OK;
}

/* The scopes of the kind at or above this host's. */
static int of_this_host(struct candidates *c)
{
	int err = RBAC_OK;

	for (size_t i = 0; i < c->p->hosts.n && !c->p->host_any && !err; i++) {
		char above[RBAC_SCOPE_MAX + 1];
		const char *host = c->p->hosts.v[i];
		if (c->kind < 0)
			err = add(c, host);
		else if (policy_scope_ancestor(c->p, host, c->kind, above) == RBAC_OK)
			err = add(c, above);
	}
	return err;
}

static void say(const struct candidates *c, int role, struct buf *why)
{
	const char *kind = role < 0 ? "" : c->p->kinds[c->kind].name;

	buf_printf(why, "--scope is missing: ");
	if (role < 0)
		buf_printf(why, c->n ? "this host is in %s" : "there is no scope yet%.0s",
			   c->p->host_any ? "any scope" : "several scopes");
	else
		buf_printf(why, "%s is assigned at a scope of kind %s, and there %s",
			   c->p->roles[role].name, kind, c->n ? "are several" : "is none yet");
	if (c->n == 0)
		buf_printf(why, " (%s)", COMMAND("rbacctl scope list"));
	for (size_t i = 0; i < c->n && i < SHOWN_MAX; i++)
		buf_printf(why, "%s\n  %s", i ? "" : ":", COMMAND_WITH("--scope", c->v[i]));
	if (c->n > SHOWN_MAX)
		buf_printf(why, "\n  and %zu more (%s)", c->n - SHOWN_MAX,
			   COMMAND("rbacctl scope list"));
}

int which_scope(const struct policy *p, int role, const struct which_scope_list *list, char *out,
		struct buf *why)
{
	struct candidates c = { .p = p, .kind = role < 0 ? -1 : p->roles[role].kind };
	int err = of_this_host(&c);

	if (!err && c.n == 0)
		err = list->each(list->ctx, on_scope, &c);
	if (!err && c.n != 1) {
		say(&c, role, why);
		err = RBAC_INVALID;
	}
	if (!err)
		strcpy(out, c.v[0]);
	for (size_t i = 0; i < c.n; i++)
		free(c.v[i]);
	free(c.v);
	return err;
}

/* How many bytes of SCOPE stand before its last component. */
static size_t before_last(const char *scope)
{
	size_t len = strlen(scope);

	while (len > 0 && scope[len - 1] != '/' && scope[len - 1] != ':')
		len--;
	return len;
}

/* The scope that differs from WORD in its last component alone, and is nearest there; where no
 * scope has the components before it, the nearest of all. */
static const char *nearest_of(const struct candidates *c, const char *word)
{
	const char **last = calloc(c->n + 1, sizeof *last);
	size_t before = before_last(word), n = 0;
	const char *near = NULL;

	for (size_t i = 0; last && i < c->n; i++)
		if (before && before_last(c->v[i]) == before && strncmp(c->v[i], word, before) == 0)
			last[n++] = c->v[i] + before;
	if (n)
		near = problem_nearest(word + before, last, n);
	else if (last)
		near = problem_nearest(word, (const char *const *)c->v, c->n);
	free(last);
	return near && n ? near - before : near;
}

void which_scope_nearest(const struct which_scope_list *list, const char *word, struct buf *out)
{
	struct candidates c = { .p = NULL, .kind = -1 };
	const char *near = list->each(list->ctx, on_scope, &c) == RBAC_OK ? nearest_of(&c, word)
									  : NULL;

	if (near)
		buf_printf(out, "; did you mean \"%s\"?", near);
	for (size_t i = 0; i < c.n; i++)
		free(c.v[i]);
	free(c.v);
}
