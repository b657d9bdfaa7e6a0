/*
 * The page adapts to a light and a dark screen, a narrow window and paper. Many roles make several
 * tables, because paper does not scroll. Every pair of colors has a contrast of 4.5 to 1 or better
 * (WCAG 2.1, 1.4.3); what a cell says is a word, not a color.
 */
#include "rbacctl/cmd/matrix_html.h"

#include <stdio.h>

enum {
	ROLES_UPRIGHT = 8, /* of more in one table the names are turned */
	ROLES_TABLE = 24   /* how many one table has */
};

static const char style[] =
	":root { color-scheme: light dark; --ink: #1c1c1c; --soft: #595959; --line: #c4c4c4; "
	"--page: #fff; --head: #f0f0f0; --yes: #0b5d1e; --yes-back: #e3f4e6; --link: #0b4f9e; }\n"
	"@media (prefers-color-scheme: dark) { :root { --ink: #ececec; --soft: #b0b0b0; "
	"--line: #4a4a4a; --page: #161616; --head: #262626; --yes: #8fe3a3; --yes-back: #17331e; "
	"--link: #8ec1ff; } }\n"
	"body { font: 15px/1.4 sans-serif; margin: 2em; color: var(--ink); "
	"background: var(--page); }\n"
	"a { color: var(--link); } p, dd { max-width: 45em; }\n"
	"code { color: var(--soft); font-size: .87em; }\n"
	".table { overflow: auto; max-height: 90vh; margin: 1em 0; width: fit-content; "
	"max-width: 100%; border: 1px solid var(--line); }\n"
	".table:focus-visible, a:focus-visible { outline: 3px solid var(--link); }\n"
	"table { border-collapse: separate; border-spacing: 0; }\n"
	"caption { text-align: left; font-weight: bold; padding: .5em .6em; }\n"
	"th, td { border: 0 solid var(--line); border-width: 0 1px 1px 0; padding: .3em .6em; "
	"text-align: left; font-weight: normal; }\n"
	"thead th { background: var(--head); position: sticky; top: 0; z-index: 1; "
	"vertical-align: bottom; }\n"
	"thead th:first-child { left: 0; z-index: 2; }\n"
	"tbody th { background: var(--page); position: sticky; left: 0; min-width: 15em; "
	"max-width: 24em; overflow-wrap: break-word; }\n"
	"th.role { max-width: 11em; overflow-wrap: break-word; }\n"
	"tr > :last-child { border-right: 0; } tbody tr:last-child > * { border-bottom: 0; }\n"
	".turned th.role { padding: .6em .2em; } .turned th.role span { writing-mode: vertical-rl; "
	"transform: rotate(180deg); display: inline-block; max-height: 18em; }\n"
	"td { text-align: center; } td.no { color: var(--soft); }\n"
	"td.yes { color: var(--yes); background: var(--yes-back); font-weight: bold; }\n"
	"tbody tr:hover > * { background: var(--head); }\n"
	"dt { margin-top: .7em; } dd { margin-left: 1.5em; color: var(--soft); }\n"
	"@media (max-width: 40em) { body { margin: .8em; } tbody th { min-width: 7em; "
	"max-width: 40vw; } }\n"
	"@media print { @page { size: landscape; margin: 1.2cm; } :root { --ink: #000; "
	"--soft: #444; --line: #888; --page: #fff; --head: #eee; --yes: #000; --yes-back: #ddd; "
	"--link: #000; }\n"
	"body { margin: 0; font-size: 9pt; } .table { overflow: visible; max-height: none; "
	"border: 0; break-inside: auto; }\n"
	"table { border: 1px solid var(--line); } "
	"th, td { padding: .15em .4em; print-color-adjust: exact; }\n"
	"thead th, tbody th { position: static; } tr, dt { break-inside: avoid; } "
	"dt { break-after: avoid; } a { text-decoration: none; } }\n";

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

static void head(const struct snapshot *snap)
{
	printf("<!DOCTYPE html>\n<html lang=\"en\">\n<head>\n<meta charset=\"utf-8\">\n"
	       "<meta name=\"viewport\" content=\"width=device-width, initial-scale=1\">\n"
	       "<meta name=\"color-scheme\" content=\"light dark\">\n"
	       "<title>Roles and permissions</title>\n<style>\n%s</style>\n</head>\n<body>\n"
	       "<h1>Roles and permissions</h1>\n"
	       "<p>The policy as applied, generation %llu: %zu permissions, %zu roles. A role "
	       "counts where it is held and below; what an included role gives is counted in. "
	       "<a href=\"#roles\">What each role is</a></p>\n",
	       style, (unsigned long long)snap->v.meta.generation, snap->p->n_keys,
	       snap->p->n_roles);
}

/* TITLE, and below it NAME where that is another text. */
static void title_and_name(const char *title, const char *name)
{
	escaped(title);
	fputs("<br><code>", stdout);
	escaped(name);
	fputs("</code>", stdout);
}

/* The roles from FROM up to, not including, TO. */
static void table(const struct policy *p, size_t from, size_t to)
{
	printf("<div class=\"table%s\" tabindex=\"0\" role=\"region\" aria-label=\"Roles %zu to "
	       "%zu\">\n<table>\n",
	       to - from > ROLES_UPRIGHT ? " turned" : "", from + 1, to);
	if (p->n_roles > ROLES_TABLE)
		printf("<caption>Roles %zu to %zu of %zu</caption>\n", from + 1, to, p->n_roles);
	fputs("<thead><tr><th scope=\"col\">Permission</th>", stdout);
	for (size_t r = from; r < to; r++) {
		printf("<th scope=\"col\" class=\"role\"><span>");
		printf("<a href=\"#role-%s\">", p->roles[r].name);
		title_and_name(p->roles[r].title, p->roles[r].name);
		fputs("</a></span></th>", stdout);
	}
	puts("</tr></thead>\n<tbody>");
	for (size_t k = 0; k < p->n_keys; k++) {
		fputs("<tr><th scope=\"row\">", stdout);
		title_and_name(p->keys[k].title, p->keys[k].name);
		fputs("</th>", stdout);
		for (size_t r = from; r < to; r++)
			fputs(policy_role_has_key(p, (int)r, (int)k) ? "<td class=\"yes\">yes</td>"
								     : "<td class=\"no\">-</td>",
			      stdout);
		puts("</tr>");
	}
	puts("</tbody>\n</table>\n</div>");
}

static void roles(const struct policy *p)
{
	puts("<h2 id=\"roles\">Roles</h2>\n<dl>");
	for (size_t r = 0; r < p->n_roles; r++) {
		const struct policy_role *role = &p->roles[r];
		printf("<dt id=\"role-%s\">", role->name);
		escaped(role->title);
		printf(" <code>%s</code></dt>\n<dd>", role->name);
		escaped(role->purpose);
		printf("%sAssigned at scopes of kind %s.", *role->purpose ? " " : "",
		       p->kinds[role->kind].name);
		for (size_t i = 0; i < role->includes.n; i++) {
			const char *other = p->roles[role->includes.v[i]].name;
			printf("%s<a href=\"#role-%s\">%s</a>", i ? ", " : " Includes ", other,
			       other);
		}
		puts(role->includes.n ? ".</dd>" : "</dd>");
	}
	puts("</dl>");
}

void matrix_html(const struct snapshot *snap)
{
	const struct policy *p = snap->p;
	/* Tables of about the same width. */
	size_t tables = (p->n_roles + ROLES_TABLE - 1) / ROLES_TABLE;

	head(snap);
	for (size_t i = 0; i < tables; i++)
		table(p, p->n_roles * i / tables, p->n_roles * (i + 1) / tables);
	roles(p);
	puts("</body>\n</html>");
}
