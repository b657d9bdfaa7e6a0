/* matrix: permissions against roles, for the terminal and as JSON; the page is in matrix_html.c. */
#include <langinfo.h>
#include <stdio.h>
#include <stdlib.h>
#include <string.h>

#include "rbacctl/cmd/cmd.h"
#include "rbacctl/cmd/matrix_html.h"
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
		table_row_of(t, -1, cells, p->n_roles + 1);
	}
	int err = table_print(t);
	table_free(t);
	free(cells);
	return err;
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
		matrix_html(&snap);
	else if (!err)
		err = print_table(a, snap.p);
	snapshot_close(&snap);
	return cmd_done(exit_of(err));
}
