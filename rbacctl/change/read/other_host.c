#include "rbacctl/change/read/other_host.h"

#include <stdio.h>
#include <string.h>

#include "rbacctl/change/read/as_of.h"
#include "rbacctl/change/rules/scopes.h"
#include "rbacctl/complain.h"
#include "rbacctl/config/load.h"
#include "rbacctl/host/people/canonical.h"

static const char own[] = "host.conf";

/* The texts that are applied, with the scope of the other host in the place of ours. */
static int texts_with(const struct policy_sources *applied, const char *scope,
		      struct policy_sources *out)
{
	struct buf text = { 0 };
	int err = RBAC_OK;

	for (size_t i = 0; i < applied->n && !err; i++)
		if (strcmp(applied->v[i].name, own) != 0)
			err = policy_sources_add(out, applied->v[i].name, applied->v[i].text,
						 applied->v[i].len);
	buf_printf(&text, "version = 1;\nhost = \"%s\";\n", scope);
	if (!err)
		err = text.failed ? RBAC_NOMEM
				  : policy_sources_add(out, own, buf_text(&text), text.len);
	buf_free(&text);
	return err;
}

static int be_host(struct change *c, const char *scope)
{
	struct policy_sources s = { 0 };
	struct problems problems = { 0 };
	struct policy *p = NULL;
	int err = texts_with(&c->sources, scope, &s);

	if (!err)
		err = policy_load(&s, &p, &problems);
	if (!err)
		err = canonical_rules(p, NULL, NULL, NULL);
	problems_free(&problems);
	if (err) {
		policy_free(p);
		policy_sources_free(&s);
		return change_fail(c, err, "--host %s: %s", scope, rbac_error_text(err));
	}
	policy_free(c->p);
	policy_sources_free(&c->sources);
	c->p = p;
	c->sources = s;
	return store_texts_put(&c->t, c->change, &c->sources); /* never committed */
}

int other_host_view(struct invocation *a, const char *scope)
{
	char path[sizeof(a->view)];
	struct change c;
	int kind, err = change_open_to_publish(&c, a);

	if (!err)
		err = change_need_scope(&c, scope, &kind);
	if (!err)
		err = be_host(&c, scope);
	if (!err)
		err = as_of_compile(&c, path, sizeof(path));
	int status = change_close(&c, err);
	if (!err)
		snprintf(a->view, sizeof(a->view), "%s", path);
	return status;
}

int other_host_begin(struct invocation *a, const char *scope)
{
	int status = other_host_view(a, scope);

	if (!status)
		complain("as a host with the scope %s; accounts, Unix groups and PAM are those of "
			 "this host",
			 scope);
	return status;
}
