/* matrix: permissions against roles, for the terminal, as JSON, as a page for an auditor. */
#include <langinfo.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rbacctl/cmd/cmd.h"
#include "rbacctl/table.h"

static int print_table(const struct invocation *a, const struct policy *p)
{
	bool utf8 = strcmp(nl_langinfo(CODESET), "UTF-8") == 0;
	const char *dot = a->json ? "yes" : utf8 ? "\u25cf" : "x", *none = a->json ? "" : ".";
	const char **cells = calloc(p->n_roles + 1, sizeof *cells);
	struct table_column *columns = calloc(p->n_roles + 1, sizeof *columns);
	if (!cells || !columns) {
		free(cells);
		free(columns);
		return RBAC_NOMEM;
	}
	columns[0] = (struct table_column){ "", "permission", TABLE_TEXT };
	for (size_t r = 0; r < p->n_roles; r++) {
		const char *role = p->roles[r].name;
		columns[1 + r] = (struct table_column){ role, role, TABLE_YES };
	}
	struct table *t = table_new("matrix", a->json, columns, p->n_roles + 1);
	free(columns);
	for (size_t k = 0; k < p->n_keys; k++) {
		cells[0] = p->keys[k].title;
		for (size_t r = 0; r < p->n_roles; r++)
			cells[1 + r] = policy_role_has_key(p, (int)r, (int)k) ? dot : none;
		table_row(t, -1, cells);
	}
	int err = table_print(t);
	table_free(t);
	free(cells);
	return err;
}

static void escaped(const char *s)
{
	for (; *s; s++)
		switch (*s) {
		case '&':
			fputs("&amp;", stdout);
			break;
		case '<':
			fputs("&lt;", stdout);
			break;
		case '>':
			fputs("&gt;", stdout);
			break;
		case '"':
			fputs("&quot;", stdout);
			break;
		default:
			putchar(*s);
		}
}

static void html_head(const struct snapshot *snap)
{
	printf("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
	       "<title>Roles and permissions</title>\n<style>\n"
	       "body { font: 15px/1.4 sans-serif; margin: 2em; } "
	       "table { border-collapse: collapse; }\n"
	       "th, td { border: 1px solid #bbb; padding: .3em .6em; text-align: left; } "
	       "td.yes, td.no { text-align: center; }\n"
	       "thead th { background: #eee; position: sticky; top: 0; } "
	       "td.no { color: #bbb; } code { color: #555; }\n"
	       "</style>\n</head>\n<body>\n<h1>Roles and permissions</h1>\n"
	       "<p>As applied, generation %llu. A role counts where it is held and below; "
	       "included roles are counted in.</p>\n<table>\n<thead><tr><th>Permission</th>",
	       (unsigned long long)snap->v.meta.generation);
	for (size_t r = 0; r < snap->p->n_roles; r++) {
		fputs("<th title=\"", stdout);
		escaped(snap->p->roles[r].purpose);
		fputs("\">", stdout);
		escaped(snap->p->roles[r].title);
		fputs("<br><code>", stdout);
		escaped(snap->p->roles[r].name);
		fputs("</code></th>", stdout);
	}
	puts("</tr></thead>\n<tbody>");
}

static void print_html(const struct snapshot *snap)
{
	const struct policy *p = snap->p;
	html_head(snap);
	for (size_t k = 0; k < p->n_keys; k++) {
		fputs("<tr><th>", stdout);
		escaped(p->keys[k].title);
		fputs("<br><code>", stdout);
		escaped(p->keys[k].name);
		fputs("</code></th>", stdout);
		for (size_t r = 0; r < p->n_roles; r++)
			fputs(policy_role_has_key(p, (int)r, (int)k) ? "<td class=\"yes\">yes</td>"
								     : "<td class=\"no\">-</td>",
			      stdout);
		puts("</tr>");
	}
	puts("</tbody>\n</table>\n</body>\n</html>");
}

int cmd_matrix(struct invocation *a, const struct args *args)
{
	struct snapshot snap;
	if (a->json && args->value[OPT_HTML]) {
		complain("matrix: --json or --html, not both");
		return EXIT_USAGE;
	}
	int err = snapshot_open(&snap, a->view);
	if (!err && args->value[OPT_HTML])
		print_html(&snap);
	else if (!err)
		err = print_table(a, snap.p);
	snapshot_close(&snap);
	return cmd_done(exit_of(err));
}
