/* graph: scopes, roles, keychains, keys, users and Unix groups as DOT. */
#include <stdio.h>
#include <string.h>

#include "rbacctl/cmd/cmd.h"

struct graph {
	const struct invocation *a;
	const struct snapshot *snap;
};

/* Names of users may hold a backslash, which DOT would take for an escape. */
static void quoted(const char *s)
{
	for (; *s; s++)
		printf(*s == '\\' ? "\\\\" : "%c", *s);
}

static int on_scope(void *ctx, const char *scope, const struct rbac_scope_rec *rec)
{
	struct graph *g = ctx;
	char parent[RBAC_SCOPE_MAX + 1], owner[RBAC_USER_MAX + 1];
	printf("  \"s %s\" [label=\"%s\", shape=folder];\n", scope, scope);
	if (policy_scope_parent(g->snap->p, scope, parent) == RBAC_OK)
		printf("  \"s %s\" -> \"s %s\" [style=dotted];\n", parent, scope);
	if (rec->owner.len) {
		snprintf(owner, sizeof owner, "%.*s", (int)rec->owner.len,
			 (const char *)rec->owner.p);
		fputs("  \"u ", stdout);
		quoted(owner);
		printf("\" -> \"s %s\" [label=\"owns\", style=bold];\n", scope);
	}
	return RBAC_OK;
}

static int print_subject(void *ctx, const char *subject, struct holdings *h)
{
	const struct graph *g = ctx;

	fputs("  \"u ", stdout);
	quoted(subject);
	fputs("\" [label=\"", stdout);
	quoted(subject);
	printf("\", shape=%s%s];\n", subject[0] == '%' ? "octagon" : "oval",
	       h->suspended ? ", style=dashed" : "");
	for (size_t i = 0; i < h->n; i++) {
		if (h->v[i].owner || !rbac_window_open(h->v[i].window, g->a->now))
			continue;
		fputs("  \"u ", stdout);
		quoted(subject);
		printf("\" -> \"r %s\" [label=\"at %s\"];\n", g->snap->p->roles[h->v[i].role].name,
		       h->v[i].scope);
	}
	return RBAC_OK;
}

static void print_policy(const struct policy *p)
{
	for (size_t i = 0; i < p->n_roles; i++) {
		const struct policy_role *r = &p->roles[i];
		printf("  \"r %s\" [label=\"%s\\n%s\", shape=box, style=filled, "
		       "fillcolor=lightblue];\n",
		       r->name, r->name, p->kinds[r->kind].name);
		for (size_t j = 0; j < r->includes.n; j++)
			printf("  \"r %s\" -> \"r %s\" [label=\"includes\"];\n", r->name,
			       p->roles[r->includes.v[j]].name);
		for (size_t j = 0; j < r->keychains.n; j++)
			printf("  \"r %s\" -> \"c %s\";\n", r->name,
			       p->keychains[r->keychains.v[j]].name);
	}
	for (size_t i = 0; i < p->n_keychains; i++) {
		printf("  \"c %s\" [label=\"%s\", shape=component];\n", p->keychains[i].name,
		       p->keychains[i].name);
		for (size_t j = 0; j < p->keychains[i].keys.n; j++)
			printf("  \"c %s\" -> \"k %s\";\n", p->keychains[i].name,
			       p->keys[p->keychains[i].keys.v[j]].name);
	}
	/* All keys in one column at the end. */
	puts("  subgraph keys {\n    rank=max;");
	for (size_t i = 0; i < p->n_keys; i++)
		printf("    \"k %s\" [label=\"%s\", shape=plaintext];\n", p->keys[i].name,
		       p->keys[i].name);
	puts("  }");
}

int cmd_graph(struct invocation *a, const struct args *args)
{
	struct snapshot snap;
	(void)args;
	int err = snapshot_open(&snap, a->view);
	if (!err) {
		struct graph g = { a, &snap };
		puts("digraph rbac {\n  rankdir=LR;\n"
		     "  graph [bgcolor=white, nodesep=0.15, ranksep=0.6];\n"
		     "  node [fontname=\"sans-serif\", fontsize=11, height=0.3];\n"
		     "  edge [fontname=\"sans-serif\", fontsize=9, color=\"#555555\", "
		     "arrowsize=0.7];");
		print_policy(snap.p);
		err = snapshot_scopes(&snap, on_scope, &g);
		struct source source = snapshot_source(&snap);
		if (!err)
			err = source_subjects(&source, print_subject, &g);
		puts("}");
	}
	snapshot_close(&snap);
	return cmd_done(exit_of(err));
}
